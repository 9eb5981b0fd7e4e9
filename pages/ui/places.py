"""Places on the map and their words: structures, permanences, outings. Raw text: `cartes` escapes it."""

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from etl.catalog import nomenclatures
from pages.ui import cartes, donnees, formats, quartier, semiologie
from pages.ui.cartes import Couche, Point
from pages.ui.toponymes import nuplets

LIEUX = {"acteur": "Acteurs", "permanence": "Permanences", "intervention": "Interventions"}
ETIQUETTES_MAX = 2000  # above, a point carries its place only and its words come with a click


def couches(
    familles: Sequence[str], periode: str, mois: str | None, legendes: list[semiologie.Legende], code: str | None = None
) -> list[Couche]:
    """Layers of the kinds of places wanted, in one neighbourhood or everywhere; their symbols join the legend."""
    resultat, genres = [], []
    for famille in familles:
        for type_, points in _points(famille, periode, mois, code).items():
            mots = LIEUX[famille] if type_ == famille else libelle("type_intervention", type_)
            resultat.append(cartes.points(points, mots, famille, type_))
            genres.append((type_, mots))
    if genres:
        legendes.append(semiologie.legende_symboles("Lieux", genres))
    return resultat


def _points(famille: str, periode: str, mois: str | None, code: str | None) -> dict[str, list[Point]]:
    """Points by type, in the order of the closed list; a family without types is its own type."""
    if famille == "acteur":
        annuaire = donnees.table("acteur")
        annuaire = quartier.acteurs(code) if code else annuaire[annuaire["actif"].astype(bool)]
        places = [_point(a, a.acteur_id, a.nom, libelle("type_acteur", a.type_acteur)) for a in nuplets(annuaire)]
        return {famille: _allege(places)} if places else {}
    if famille == "permanence":
        tenues = nuplets(quartier.permanences(code))
        places = [_point(p, f"{p.acteur_id}|{p.lieu}", p.acteur_nom, p.lieu) for p in tenues]
        return {famille: _allege(places)} if places else {}
    sorties = quartier.interventions(periode, mois, code)
    muet = len(sorties) > ETIQUETTES_MAX
    par_type: dict[str, list[Point]] = {}
    for i in nuplets(sorties):
        mots = ("", "") if muet else (libelle("type_intervention", i.type_intervention), _quand_et_ou(i))
        par_type.setdefault(i.type_intervention, []).append(_point(i, i.intervention_id, *mots))
    return {t: par_type[t] for t in nomenclatures.load("type_intervention").codes if t in par_type}


def _point(ligne: Any, code: str, titre: Any, detail: Any) -> Point:
    return Point(ligne.latitude, ligne.longitude, code, titre, "" if formats.est_absent(detail) else detail)


def _allege(places: list[Point]) -> list[Point]:
    if len(places) <= ETIQUETTES_MAX:
        return places
    return [Point(p.latitude, p.longitude, p.code) for p in places]


def _quand_et_ou(sortie: Any) -> str:
    lieu = "" if formats.est_absent(sortie.lieu) else f", {sortie.lieu}"
    return f"{pd.Timestamp(sortie.date):%d/%m/%Y}{lieu}"


def decrire(famille: str, code: str) -> tuple[str, list[str]]:
    """(title, lines) of the place a click names; empty when it is no longer published."""
    if famille == "acteur":
        annuaire = donnees.table("acteur")
        trouves = [(a.nom, _acteur(a)) for a in nuplets(annuaire[annuaire["acteur_id"] == code])]
    elif famille == "permanence":
        tenues = [p for p in nuplets(quartier.permanences()) if f"{p.acteur_id}|{p.lieu}" == code]
        trouves = [(p.acteur_nom, [p.lieu, horaires(p)]) for p in tenues]
    else:
        sorties = donnees.table("intervention_point")
        trouves = [_intervention(i) for i in nuplets(sorties[sorties["intervention_id"] == code])]
    return trouves[0] if trouves else ("", [])


def libelle(liste: str, code: Any) -> str:
    """Label of a code of a closed list, the code itself when the list does not know it."""
    return "" if formats.est_absent(code) else nomenclatures.load(liste).codes.get(str(code), str(code))


def _presents(*textes: Any) -> list[str]:
    return [str(t) for t in textes if not formats.est_absent(t) and str(t)]


def _acteur(acteur: Any) -> list[str]:
    adresse = " ".join(_presents(acteur.adresse, acteur.code_postal))
    return _presents(libelle("type_acteur", acteur.type_acteur), adresse, telephone(acteur.telephone), acteur.site_web)


def _intervention(sortie: Any) -> tuple[str, list[str]]:
    details = _presents(formats.date_longue(sortie.date), sortie.lieu, sortie.acteur_nom)
    if not formats.est_absent(sortie.personnes_rencontrees):
        nombre = int(sortie.personnes_rencontrees)
        details.append(formats.accord(nombre, "personne rencontrée", "personnes rencontrées"))
    return libelle("type_intervention", sortie.type_intervention), details


def heures(permanence: Any) -> str:
    """`9 h 30 – 12 h`, or only when it opens."""
    debut, fin = (heure(h) for h in (permanence.heure_debut, permanence.heure_fin))
    return f"{debut} – {fin}" if fin else debut


def horaires(permanence: Any) -> str:
    """`Mardi et jeudi, 9 h 30 – 12 h, chaque semaine`."""
    codes = permanence.jours if not isinstance(permanence.jours, str) else [permanence.jours]
    jours = formats.enumeration([libelle("jour", code).lower() for code in codes]) if codes is not None else ""
    texte = ", ".join(_presents(jours, heures(permanence), libelle("frequence", permanence.frequence).lower()))
    return texte[:1].upper() + texte[1:]


def telephone(numero: Any) -> str:
    """`0247000000` → `02 47 00 00 00`; anything else as written."""
    texte = "" if formats.est_absent(numero) else str(numero)
    return "\u00a0".join(texte[i : i + 2] for i in range(0, 10, 2)) if re.fullmatch(r"0\d{9}", texte) else texte


def heure(heure: Any) -> str:
    """`09:30` → `9 h 30`, `12:00:00` → `12 h`."""
    if formats.est_absent(heure) or not str(heure):
        return ""
    heures, minutes, *_ = [*str(heure).split(":"), "00"]
    return f"{int(heures)}{formats.FINE}h" + (f"{formats.FINE}{minutes}" if minutes != "00" else "")
