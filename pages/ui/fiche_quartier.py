"""The page Fiche quartier: one neighbourhood for an elected official, in figures compared, sentences and places."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE
from pages.ui import chiffres, donnees, filtres, formats, places, quartier
from pages.ui.toponymes import nuplets

POUR_MILLE = 1000
INTERVENTIONS_MONTREES = 6
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
REPLI = (
    "Ce quartier est petit : une période courte y serait presque entièrement secrète. La fiche montre donc tout depuis "
    "le début du contrat ; choisissez une période ci-dessus pour la forcer."
)
PERIMETRES = {
    "identique": "périmètre inchangé depuis 2015",
    "modifie": "périmètre modifié en 2024 : les chiffres d'avant 2024 ne se comparent pas",
    "nouveau": "nouveau quartier prioritaire en 2024 : sans historique",
}


@dataclass(frozen=True)
class Fiche:
    """What the page shows: the neighbourhood, the period read, its five cells and those it is compared with."""

    code: str
    nom: str
    commune: str
    commune_nom: str
    voisins: int  # QPV of the same commune, this one included
    periode: str
    repli: bool  # True when the period was widened because too little could be published
    cellules: dict[str, dict[str, Any]]
    de_la_commune: dict[str, dict[str, Any]]
    du_contrat: dict[str, dict[str, Any]]
    des_quartiers: dict[str, dict[str, Any]]


def lire(code: str, periode: str, periode_choisie: bool) -> Fiche:
    """Read the fiche; the smallest neighbourhoods open on "since the start" unless a period was asked for."""
    repli = not periode_choisie and _caches(code, periode) >= 2
    periode = "depuis_debut" if repli else periode
    tous = quartier.tous()
    ici = next(q for q in nuplets(tous) if q.code == code)
    return Fiche(
        code,
        ici.nom,
        ici.commune,
        ici.commune_nom,
        int((tous["commune"] == ici.commune).sum()),
        periode,
        repli,
        *(quartier.cellules_de(CINQ_DE_LA_FICHE, periode, ou) for ou in (code, ici.commune, "total", "tous_qpv")),
    )


def _caches(code: str, periode: str) -> int:
    cellules = quartier.cellules_de(CINQ_DE_LA_FICHE, periode, code).values()
    return sum(c["etat"] == "secret" or (c["etat"] == "valeur" and not c["valeur"]) for c in cellules)


def populations() -> dict[str, float]:
    """Inhabitants of each QPV, as the contract's facts give them."""
    return {q.code: float(q.population) for q in nuplets(donnees.table("qpv")) if not formats.est_absent(q.population)}


def pour_mille(cellule: dict[str, Any], population: float | None) -> float | None:
    """A count for 1 000 inhabitants, None when either is unknown or hidden."""
    if cellule.get("etat") != "valeur" or formats.est_absent(cellule.get("valeur")) or not population:
        return None
    return POUR_MILLE * float(cellule["valeur"]) / population


def comparaisons(fiche: Fiche, i: str, habitants: dict[str, float]) -> list[str]:
    """Lines under a figure: for 1 000 inhabitants here and in all the QPV, then commune and contract."""
    indicateur, resultat = CATALOGUE[i], []
    ici = pour_mille(fiche.cellules[i], habitants.get(fiche.code))
    partout = pour_mille(fiche.des_quartiers[i], sum(habitants.values()))
    if ici is not None and partout is not None:
        resultat.append(
            f"**{_taux(ici)}** pour 1{formats.FINE}000 habitants ({_taux(partout)} dans tous les quartiers)"
        )
    if fiche.voisins > 1:
        commune = chiffres.texte_valeur(fiche.de_la_commune[i], indicateur)
        resultat.append(f"{formats.sans_markdown(fiche.commune_nom)}, {fiche.voisins} quartiers : {commune}")
    return [*resultat, f"Ensemble du contrat : {chiffres.texte_valeur(fiche.du_contrat[i], indicateur)}"]


def _taux(valeur: float) -> str:
    return formats.nombre(valeur, 1 if valeur < 10 else 0)


def tableau(fiche: Fiche) -> pd.DataFrame:
    """The five figures and what they are compared with, in words."""
    # Names stay out of the headers: Streamlit reads them as Markdown.
    colonnes = {"Chiffre": [CATALOGUE[i].libelle for i in fiche.cellules], "Ce quartier": _mots(fiche.cellules)}
    if fiche.voisins > 1:
        colonnes[f"Sa commune ({fiche.voisins} quartiers)"] = _mots(fiche.de_la_commune)
    colonnes["Ensemble des quartiers"] = _mots(fiche.des_quartiers)
    colonnes["Ensemble du contrat"] = _mots(fiche.du_contrat)
    return pd.DataFrame(colonnes)


def _mots(cellules: dict[str, dict[str, Any]]) -> list[str]:
    return [quartier.mots(cellule) for cellule in cellules.values()]


def freins(code: str) -> pd.DataFrame:
    """Freins identified and lifted since the start, by type published, the most frequent first."""
    lus = donnees.mesures(("freins_identifies", "freins_leves"), ("type_frein",), "depuis_debut", (code,))
    lus = lus[lus["etat"] == "valeur"]
    types: dict[str, dict[str, Any]] = {}
    for c in nuplets(lus):
        types.setdefault(c.type_frein, {})[c.indicateur] = c
    resultat = [
        {"libelle": places.libelle("type_frein", type_)}
        | _serie("Identifiés", cellules["freins_identifies"])
        | _serie("Levés", cellules.get("freins_leves"))
        for type_, cellules in types.items()
        if "freins_identifies" in cellules and type_ != "non_renseigne"
    ]
    colonnes = ["libelle", "Identifiés", "Identifiés texte", "Levés", "Levés texte"]
    frame = pd.DataFrame(resultat, columns=colonnes)
    return frame.sort_values("Identifiés", ascending=False).reset_index(drop=True)


def _serie(nom: str, cellule: Any) -> dict[str, Any]:
    if cellule is None:
        return {nom: None, f"{nom} texte": "secret"}
    texte = chiffres.texte_valeur(cellule._asdict(), CATALOGUE[cellule.indicateur])
    return {nom: float(cellule.valeur), f"{nom} texte": texte}


def frein_principal(code: str) -> str:
    """Label of the frein most often identified there, empty when none is published."""
    connus = freins(code)
    return "" if connus.empty or not connus["Identifiés"].iloc[0] else str(connus["libelle"].iloc[0]).lower()


def suivi_par_trimestre(code: str) -> pd.DataFrame:
    """Participants followed by quarter: debut, valeur, texte, trimestre; a hidden quarter has no value."""
    lus = donnees.mesures(("participants_suivis",), ("trimestre",), None, (code,)).sort_values("trimestre")
    debut = filtres.referentiel().debut
    return pd.DataFrame(
        {
            "trimestre": [formats.periode(t) for t in lus["trimestre"]],
            "debut": [formats.debut_periode(t, debut) for t in lus["trimestre"]],
            "valeur": [c.valeur if c.etat == "valeur" else None for c in nuplets(lus)],
            "texte": [quartier.mots(c) for c in nuplets(lus)],
        }
    )


def prochaines(code: str, jour: date) -> list[str]:
    """Permanences of the neighbourhood, the soonest after `jour` first, in words; partners' text is escaped."""
    attendues = []
    for p in nuplets(quartier.permanences(code)):
        prochain = _prochain_jour(p, jour)
        qui = f"{formats.sans_markdown(p.acteur_nom)}, {formats.sans_markdown(p.lieu)}"
        # Only a weekly permanence has a next date one may write; the others keep their frequency in words.
        if prochain:
            texte = f"**{JOURS[prochain.weekday()]} {formats.date_longue(prochain)}**, {places.heures(p)} : {qui}"
        else:
            texte = f"{qui} : {places.horaires(p).lower()}"
        attendues.append((prochain or date.max, texte))
    return [texte for _, texte in sorted(attendues)]


def _prochain_jour(permanence: Any, jour: date) -> date | None:
    jours = [permanence.jours] if isinstance(permanence.jours, str) else list(permanence.jours)
    rangs = [(JOURS.index(j) - jour.weekday()) % 7 for j in jours if j in JOURS]
    hebdomadaire = formats.est_absent(permanence.frequence) or permanence.frequence == "hebdomadaire"
    return jour + timedelta(days=min(rangs)) if rangs and hebdomadaire else None


def acteurs(code: str) -> pd.DataFrame:
    """Structures acting there: name, type, telephone, in words."""
    presents = nuplets(quartier.acteurs(code).sort_values("nom"))
    return pd.DataFrame(
        {
            "Acteur": [a.nom for a in presents],
            "Type": [places.libelle("type_acteur", a.type_acteur) for a in presents],
            "Téléphone": [places.telephone(a.telephone) for a in presents],
        }
    )


def interventions(fiche: Fiche) -> pd.DataFrame:
    """The latest outings of the period, in words."""
    sorties = nuplets(quartier.interventions(fiche.periode, code=fiche.code).head(INTERVENTIONS_MONTREES))
    return pd.DataFrame(
        {
            "Date": [formats.date_courte(i.date) for i in sorties],
            "Type": [places.libelle("type_intervention", i.type_intervention) for i in sorties],
            "Lieu": ["" if formats.est_absent(i.lieu) else i.lieu for i in sorties],
            "Acteur": ["" if formats.est_absent(i.acteur_nom) else i.acteur_nom for i in sorties],
            "Personnes rencontrées": [formats.nombre(i.personnes_rencontrees) for i in sorties],
        }
    )


def types_d_intervention(fiche: Fiche) -> str:
    """`14 au pied d'immeuble, 6 stands…`: how many of each type in the period."""
    comptes = Counter(quartier.interventions(fiche.periode, code=fiche.code)["type_intervention"])
    morceaux = [f"{places.libelle('type_intervention', t)} : {formats.nombre(n)}" for t, n in comptes.most_common()]
    return " ; ".join(morceaux)


def faits(code: str) -> tuple[pd.DataFrame, list[str]]:
    """Facts of the neighbourhood as a table, then where they come from and what is not known of them."""
    q = next((q for q in nuplets(donnees.table("qpv")) if q.code == code), None)
    if q is None:
        return pd.DataFrame(columns=["Fait", "Valeur"]), []
    faits = {
        "Habitants": formats.nombre(q.population),
        "Taux d'emploi": formats.pourcentage(q.taux_emploi, 1),
        "Taux de pauvreté": formats.pourcentage(q.taux_pauvrete),
        "Superficie": formats.avec_unite(formats.nombre(q.superficie_ha), "hectares"),
        "Périmètre": PERIMETRES.get(q.contour, formats.ABSENT),
        "Code": f"{q.code} (2024)" + ("" if formats.est_absent(q.code_2015) else f", {q.code_2015} (2015)"),
    }
    notes = [formats.sans_markdown(n) for n in (q.source, q.remarque) if not formats.est_absent(n) and n]
    return pd.DataFrame({"Fait": list(faits), "Valeur": list(faits.values())}), notes


def ce_que_la_fiche_ne_dit_pas(fiche: Fiche) -> list[str]:
    """Limits of the five figures, then of the page."""
    limites = list(dict.fromkeys(CATALOGUE[i].limites for i in fiche.cellules))
    return [
        *limites,
        "Un chiffre faible peut venir d'un partenaire qui n'a pas encore transmis ses données.",
        "Les effectifs sont arrondis à 5 et les plus petits sont tenus secrets : les sommes peuvent différer du total.",
        "Un quartier plus grand accompagne plus de monde : comparez les chiffres pour 1 000 habitants.",
    ]
