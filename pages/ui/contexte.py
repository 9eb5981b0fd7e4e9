"""Public figures of one neighbourhood beside its commune and EPCI, each with its perimeter and vintage in words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.contexte import SANS_COMPARATEUR
from pages.ui import donnees, formats

PERIMETRES = {"qpv": "2024", "qpv_2015": "2015"}
RUPTURE = (
    "Les périmètres ont changé le 1er janvier 2024 : une valeur du quartier de 2015 et une valeur du quartier de 2024 "
    "ne se suivent pas, et ne se comparent pas."
)
SANS_HISTORIQUE = "Nouveau quartier prioritaire en 2024 : aucun chiffre public n'existe avant, il est sans historique."


SANS_COMPARAISON = "sans comparaison"
_ZONES = {"commune": "commune", "epci": "intercommunalité"}


def du_quartier(code: str) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The latest public figures of a neighbourhood (2024 code), what must be read with them, why some stand alone.

    Columns Chiffre, Limites, Quartier, Comparaison, Millésime; one row per figure and perimeter.
    """
    anciens = {str(q["code"]): q["code_2015"] for q in formats.lignes(donnees.table("qpv"))}
    codes = {code} if formats.est_absent(anciens.get(code)) else {code, str(anciens[code])}
    toutes = donnees.table("contexte")
    siennes = toutes[toutes["territoire"].isin(codes) & (toutes["maille"] == "depuis_debut") & (toutes["axe"] == "")]
    ecarts = _gaps(codes)
    rangs = {i: rang for rang, i in enumerate(CATALOGUE)}
    cellules = sorted(formats.lignes(siennes), key=lambda c: (rangs[str(c["indicateur"])], c["type_territoire"]))
    cellules = [c for c in cellules if c["etat"] != "non_renseigne" or len(codes) == 1]
    lignes = pd.DataFrame([_row(c, ecarts) for c in cellules])
    return lignes, _notes(cellules, len(codes) > 1), _alone(cellules, ecarts)


def de_la_zone() -> str:
    """Unemployment of the employment zone in one sentence; why not when it was not collected."""
    toutes = donnees.table("contexte")
    chomage = toutes[(toutes["indicateur"] == "chomage_zone_emploi") & (toutes["type_territoire"] == "zone_emploi")]
    derniere = next(iter(formats.lignes(chomage[chomage["maille"] == "depuis_debut"])), None)
    if derniere is None or formats.est_absent(derniere["valeur"]):
        motif = "" if derniere is None or formats.est_absent(derniere["motif"]) else f" {derniere['motif']}"
        return f"Taux de chômage de la zone d'emploi : non renseigné.{motif}"
    lieu = "" if formats.est_absent(derniere["nom"]) else f" de {formats.sans_markdown(derniere['nom'])}"
    phrase = f"Taux de chômage de la zone d'emploi{lieu} : {formats.pourcentage(derniere['valeur'], 1)}"
    return f"{phrase}, {derniere['millesime']}. {CATALOGUE['chomage_zone_emploi'].limites}"


def cites(indicateurs: Sequence[str], quartiers: bool = False) -> list[str]:
    """`Title (vintage)` of the sources of these indicators, for the contract or for its quartiers, each once."""
    toutes = donnees.table("contexte")
    lues = toutes[toutes["indicateur"].isin(list(indicateurs)) & (toutes["maille"] == "depuis_debut")]
    lues = lues[lues["type_territoire"] == "qpv" if quartiers else ~lues["type_territoire"].isin(["qpv", "qpv_2015"])]
    mots = [f"{formats.sans_markdown(c['titre'])} ({c['millesime']})" for c in formats.lignes(lues)]
    return list(dict.fromkeys(mots))


def cites_quartiers(indicateur: str) -> list[str]:
    """Titles of the sources of one figure of the neighbourhoods, with the years they cover."""
    toutes = donnees.table("contexte")
    lues = toutes[(toutes["indicateur"] == indicateur) & (toutes["maille"] == "annee")].sort_values("periode")
    par_titre = {str(t): g["periode"] for t, g in lues.groupby("titre")}
    return [f"{formats.sans_markdown(t)} (années {p.iloc[0]} à {p.iloc[-1]})" for t, p in par_titre.items()]


def _gaps(codes: set[str]) -> dict[tuple[str, str, str], dict[str, Any]]:
    toutes = donnees.table("comparaison")
    siennes = formats.lignes(toutes[toutes["territoire"].isin(codes)])
    return {(str(e["indicateur"]), str(e["territoire"]), str(e["comparateur"])): e for e in siennes}


def _row(cellule: dict[str, Any], ecarts: dict[tuple[str, str, str], dict[str, Any]]) -> dict[str, str]:
    indicateur, territoire = str(cellule["indicateur"]), str(cellule["territoire"])
    return {
        "Chiffre": CATALOGUE[indicateur].libelle,
        "Limites": PERIMETRES.get(str(cellule["type_territoire"]), ""),
        "Quartier": _words(indicateur, cellule["valeur"], str(cellule["etat"])),
        "Comparaison": " ; ".join(
            f"{nom} {_against(ecarts[indicateur, territoire, zone])}"
            for zone, nom in _ZONES.items()
            if _known(ecarts.get((indicateur, territoire, zone)))
        )
        or SANS_COMPARAISON,
        "Millésime": "" if formats.est_absent(cellule["millesime"]) else str(cellule["millesime"]),
    }


def _words(indicateur: str, valeur: Any, etat: str) -> str:
    declare = CATALOGUE[indicateur]
    return formats.valeur(valeur, declare.unite, declare.decimales, etat)


def _known(ecart: dict[str, Any] | None) -> bool:
    return ecart is not None and not formats.est_absent(ecart["valeur_comparateur"])


def _against(ecart: dict[str, Any]) -> str:
    """Value of the comparator, its vintage and the gap to it."""
    declare = CATALOGUE[str(ecart["indicateur"])]
    difference = formats.ecart(ecart["ecart"], declare.unite, declare.decimales)
    annee = "" if formats.est_absent(ecart["millesime_comparateur"]) else f" en {ecart['millesime_comparateur']}"
    return f"{_words(declare.id, ecart['valeur_comparateur'], 'valeur')}{annee} ({difference})"


def _notes(cellules: list[dict[str, Any]], historique: bool) -> list[str]:
    """The break between perimeters, then what the sources ask to print."""
    mentions = {str(c["mention"]) for c in cellules if not formats.est_absent(c["mention"])}
    premiere = RUPTURE if historique else SANS_HISTORIQUE
    return [premiere, *(f"Limites de 2024 : {mention}." for mention in sorted(mentions))]


def _alone(cellules: list[dict[str, Any]], ecarts: dict[tuple[str, str, str], dict[str, Any]]) -> list[str]:
    """Why each figure without comparison has none, each reason once, in the order of the catalogue."""
    compares = {indicateur for (indicateur, _, _), e in ecarts.items() if _known(e)}
    motifs = {i: str(e["motif"]) for (i, _, _), e in ecarts.items() if not formats.est_absent(e["motif"])}
    seuls = [str(c["indicateur"]) for c in cellules if str(c["indicateur"]) not in compares]
    return [r for r in dict.fromkeys(SANS_COMPARATEUR.get(i, motifs.get(i, "")) for i in seuls) if r]
