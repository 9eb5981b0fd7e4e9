"""What the page Comparer needs: each neighbourhood against the zone the reader chose, now and since the start."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE, Indicateur
from pages.ui import donnees, fiche_quartier, filtres, formats, methode, quartier, synthese

ZONES = {"commune": "Sa commune", "tous_qpv": "Tous les quartiers"}
TRIS = {"valeur": "Valeur", "ecart": "Écart", "avancement": "Avancement"}
MINE, ZONE = "Le quartier", "La zone de comparaison"
SECRET = "chiffre secret ou non renseigné"
PROCHE = 0.05  # two counts for 1 000 inhabitants closer than this share of the zone's are called comparable
PETIT = "effectif trop petit pour comparer"


@dataclass(frozen=True)
class Point:
    """One neighbourhood beside its zone: comparable values (a rate, or a count for 1 000 inhabitants)."""

    code: str
    nom: str
    ici: float | None
    zone: float | None
    doute: float  # what rounding alone may explain of a gap
    avancement: float | None
    motif: str  # why there is no value

    @property
    def ecart(self) -> float | None:
        """Neighbourhood − zone, None when either is unknown."""
        return None if self.ici is None or self.zone is None else self.ici - self.zone

    @property
    def sens(self) -> int:
        """+1 above its zone, −1 below, 0 when rounding may explain the gap or there is none."""
        ecart = self.ecart
        return 0 if ecart is None or abs(ecart) <= self.doute else 1 if ecart > 0 else -1


def choisir() -> Indicateur:
    """The indicator compared, bound to the URL: those read by neighbourhood, the fiche's five first."""
    par_quartier = [i for i in synthese.indicateurs() if i.territoires and i.classe != "contexte"]
    choix = sorted(par_quartier, key=lambda i: i.id not in CINQ_DE_LA_FICHE)
    identifiant = st.selectbox(
        "Indicateur",
        [i.id for i in choix],
        format_func=lambda i: CATALOGUE[i].libelle,
        key="compare",
        bind="query-params",
        persist_state="session",
    )
    return CATALOGUE[identifiant]


def choisir_zone() -> str:
    """The comparison zone, bound to the URL."""
    zone = st.segmented_control(
        "Comparer chaque quartier à", list(ZONES), format_func=ZONES.__getitem__, default="tous_qpv", required=True,
        key="zone", bind="query-params", persist_state="session",
    )  # fmt: skip
    return zone or "tous_qpv"


def choisir_tri(points: list[Point]) -> str:
    """The order of the ranking; progress only where neighbourhoods have a target."""
    tris = [t for t in TRIS if t != "avancement" or any(p.avancement is not None for p in points)]
    tri = st.segmented_control(
        "Ranger par", tris, format_func=TRIS.__getitem__, default="valeur", required=True,
        key="tri", bind="query-params", persist_state="session",
    )  # fmt: skip
    return tri or "valeur"


def unite(indicateur: Indicateur) -> str:
    """What the values compared are counted in."""
    return indicateur.unite if indicateur.ratio else f"{indicateur.unite} pour 1{formats.FINE}000 habitants"


def lire(indicateur: Indicateur, periode: str, zone: str) -> list[Point]:
    """One point per neighbourhood of the contract for this period, in the order of their names."""
    lieux, habitants = quartier.tous(), fiche_quartier.populations()
    communes = {str(q["code"]): str(q["commune"]) for q in formats.lignes(lieux)}
    ici = _cellules(indicateur, periode, tuple(communes))
    zones = tuple(dict.fromkeys(communes.values())) if zone == "commune" else ("tous_qpv",)
    la_bas = _cellules(indicateur, periode, zones)
    progres = _avancements(indicateur)
    points = []
    for code, commune in communes.items():
        autour = commune if zone == "commune" else "tous_qpv"
        voisins = [q for q, c in communes.items() if zone != "commune" or c == commune]
        valeur, doute = _comparable(indicateur, ici.get(code, {}), [code], habitants)
        reference, doute_zone = _comparable(indicateur, la_bas.get(autour, {}), voisins, habitants)
        points.append(
            Point(
                code, filtres.referentiel().libelle(code), valeur, reference,
                max(doute + doute_zone, 0.0 if indicateur.ratio else PROCHE * (reference or 0.0)), progres.get(code),
                "" if valeur is not None else PETIT if ici.get(code, {}).get("etat") == "valeur" else SECRET,
            )
        )  # fmt: skip
    return points


def _cellules(indicateur: Indicateur, periode: str, territoires: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    lues = donnees.mesures((indicateur.id,), (), periode, territoires)
    return {str(c["territoire"]): c for c in formats.lignes(lues)} if "territoire" in lues else {}


def _comparable(
    indicateur: Indicateur, cellule: dict[str, Any], quartiers: list[str], habitants: dict[str, float]
) -> tuple[float | None, float]:
    """Value one may compare and its doubt: a rate over enough persons, or a count for 1 000 inhabitants."""
    valeur = formats.reel(cellule.get("valeur")) if cellule.get("etat") == "valeur" else None
    if valeur is None:
        return None, 0.0
    exact = bool(cellule.get("exact"))
    if indicateur.ratio:
        base = formats.reel(cellule.get("denominateur"))
        assez = exact or not indicateur.sur_personnes or (base or 0) >= methode.contrat().secret.taux_min_comparaison
        return (valeur if assez else None), 0.0 if exact else 1.0
    population = sum(habitants.get(q, 0.0) for q in quartiers)
    if not population or any(q not in habitants for q in quartiers) or (not exact and not valeur):
        return None, 0.0  # a rounded zero reads « moins de 5 »: it has no rank
    arrondi = 0.0 if exact else formats.reel(cellule.get("arrondi")) or 0.0
    return 1000 * valeur / population, 1000 * arrondi / population


def _avancements(indicateur: Indicateur) -> dict[str, float]:
    table = donnees.table("avancement")
    lues = formats.lignes(table[(table["indicateur"] == indicateur.id) & (table["type_territoire"] == "qpv")])
    taux = {str(a["territoire"]): formats.reel(a["taux_a_date"]) for a in lues}
    return {code: t for code, t in taux.items() if t is not None}


def ranger(points: list[Point], tri: str) -> list[Point]:
    """The ranking asked for, highest first; what has no figure comes last."""
    cles = {"valeur": "ici", "ecart": "ecart", "avancement": "avancement"}

    def rang(p: Point) -> tuple[bool, float]:
        valeur = getattr(p, cles[tri])
        return valeur is None, -(valeur or 0.0)

    return sorted(points, key=rang)


def titre(points: list[Point], indicateur: Indicateur, zone: str) -> str:
    """The finding: how many neighbourhoods stand above their zone, and which one most."""
    lus = [p for p in points if p.ecart is not None]
    if not lus:
        return f"{indicateur.libelle} : pas assez de chiffres publiés pour comparer"
    autour = "leur commune" if zone == "commune" else "l'ensemble des quartiers"
    dessus = [p for p in lus if p.sens > 0]
    debut = f"{len(dessus)} quartier{'s' if len(dessus) > 1 else ''} sur {len(lus)} au-dessus de {autour}"
    if not dessus:
        return debut
    premier = max(dessus, key=lambda p: p.ecart or 0.0)
    return f"{debut}, {premier.nom} le plus ({mots(premier.ici, indicateur)})"


def mots(valeur: float | None, indicateur: Indicateur) -> str:
    """A value compared, in words, without its unit unless it sticks to it."""
    if valeur is None:
        return formats.ABSENT
    decimales = max(indicateur.decimales, 0 if indicateur.ratio or valeur >= 10 else 1)
    return formats.valeur(valeur, indicateur.unite if indicateur.ratio else "", decimales)


def ecart_en_mots(point: Point, indicateur: Indicateur) -> str:
    """`53 (+12)`, `53 (écart dans l'arrondi)`, or why there is nothing."""
    if point.ici is None:
        return point.motif
    if point.ecart is None:
        return mots(point.ici, indicateur)
    if not point.sens:
        return f"{mots(point.ici, indicateur)} (comparable)"
    decimales = max(indicateur.decimales, 0 if abs(point.ecart) >= 10 else 1)
    return f"{mots(point.ici, indicateur)} ({formats.ecart(point.ecart, unite_ecart(indicateur), decimales)})"


def unite_ecart(indicateur: Indicateur) -> str:
    """The unit a gap is written with."""
    return indicateur.unite if indicateur.ratio else ""


def lignes(points: list[Point], indicateur: Indicateur) -> pd.DataFrame:
    """The ranking as the dumbbell chart takes it."""
    return pd.DataFrame(
        {
            "libelle": [p.nom for p in points],
            MINE: [p.ici for p in points],
            ZONE: [p.zone if p.ici is not None else None for p in points],
            "texte": [ecart_en_mots(p, indicateur) for p in points],
        }
    )


def tableau(points: list[Point], indicateur: Indicateur, zone: str) -> pd.DataFrame:
    """The ranking in words; progress where some neighbourhood has a target."""
    colonnes = {
        "Rang": [str(r) if p.ici is not None else "–" for r, p in enumerate(points, start=1)],
        "Quartier": [p.nom for p in points],
        f"{MINE} ({unite(indicateur)})": [p.motif or mots(p.ici, indicateur) for p in points],
        ZONES[zone]: [mots(p.zone, indicateur) for p in points],
        "Lecture": [{1: "au-dessus", -1: "au-dessous", 0: "comparable"}[p.sens] if p.ecart is not None else "–"
                    for p in points],
    }  # fmt: skip
    if any(p.avancement is not None for p in points):
        colonnes["Avancement à date"] = [
            "sans cible" if p.avancement is None else formats.pourcentage(p.avancement) for p in points
        ]
    return pd.DataFrame(colonnes)


def note(indicateur: Indicateur) -> str:
    """What must be known to read the ranking."""
    phrases = ["« Comparable » : l'écart est plus petit que ce que l'arrondi peut expliquer."]
    if not indicateur.ratio:
        phrases = ["« Comparable » : l'écart est inférieur à 5 %, ou à ce que l'arrondi peut expliquer."]
        phrases.append("Les nombres sont rapportés à la population, pour que les grands quartiers ne gagnent pas tous.")
    elif indicateur.sur_personnes:
        seuil = methode.contrat().secret.taux_min_comparaison
        phrases.append(f"Un taux n'est comparé que s'il porte sur au moins {seuil} personnes.")
    return " ".join(phrases)


def sans_chiffre(points: list[Point]) -> str:
    """Neighbourhoods left out, by reason; empty when none is."""
    raisons: dict[str, list[str]] = {}
    for p in points:
        if p.ici is None:
            raisons.setdefault(p.motif, []).append(formats.sans_markdown(p.nom))
    return " ".join(f"{motif.capitalize()} : {formats.enumeration(noms)}." for motif, noms in raisons.items())
