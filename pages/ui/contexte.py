"""Public figures of one neighbourhood beside its commune and EPCI, each with its perimeter and vintage in words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import donnees, formats

PERIMETRES = {"qpv": "2024", "qpv_2015": "2015"}
RUPTURE = (
    "Les périmètres ont changé le 1er janvier 2024 : une valeur du quartier de 2015 et une valeur du quartier de 2024 "
    "ne se suivent pas, et ne se comparent pas."
)
SANS_HISTORIQUE = "Nouveau quartier prioritaire en 2024 : aucun chiffre public n'existe avant, il est sans historique."


def du_quartier(code: str) -> tuple[pd.DataFrame, list[str]]:
    """The latest public figures of a neighbourhood (2024 code) and what must be read with them.

    Columns Chiffre, Périmètre, Quartier, Commune, Intercommunalité, Millésime; one row per figure and perimeter.
    """
    anciens = {str(q["code"]): q["code_2015"] for q in formats.lignes(donnees.table("qpv"))}
    codes = {code} if formats.est_absent(anciens.get(code)) else {code, str(anciens[code])}
    toutes = donnees.table("contexte")
    siennes = toutes[toutes["territoire"].isin(codes) & (toutes["maille"] == "depuis_debut") & (toutes["axe"] == "")]
    ecarts = _gaps(codes)
    rangs = {i: rang for rang, i in enumerate(CATALOGUE)}
    cellules = sorted(formats.lignes(siennes), key=lambda c: (rangs[str(c["indicateur"])], c["type_territoire"]))
    lignes = [_row(c, ecarts) for c in cellules if c["etat"] != "non_renseigne" or len(codes) == 1]
    return pd.DataFrame(lignes), _notes(cellules, ecarts, len(codes) > 1)


def cites(indicateurs: Sequence[str]) -> list[str]:
    """`Title (vintage)` of the sources of these indicators, for the contract as a whole, each once."""
    toutes = donnees.table("contexte")
    lues = toutes[toutes["indicateur"].isin(list(indicateurs)) & (toutes["maille"] == "depuis_debut")]
    lues = lues[~lues["type_territoire"].isin(["qpv", "qpv_2015"])]
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
        "Périmètre": PERIMETRES.get(str(cellule["type_territoire"]), ""),
        "Quartier": _words(indicateur, cellule["valeur"], str(cellule["etat"])),
        "Commune": _against(ecarts.get((indicateur, territoire, "commune"))),
        "Intercommunalité": _against(ecarts.get((indicateur, territoire, "epci"))),
        "Millésime": "" if formats.est_absent(cellule["millesime"]) else str(cellule["millesime"]),
    }


def _words(indicateur: str, valeur: Any, etat: str) -> str:
    declare = CATALOGUE[indicateur]
    return formats.valeur(valeur, declare.unite, declare.decimales, etat)


def _against(ecart: dict[str, Any] | None) -> str:
    """Value of the comparator and the gap to it; a dash where none is comparable (the reason is in the notes)."""
    if ecart is None or formats.est_absent(ecart["valeur_comparateur"]):
        return "–"
    indicateur = str(ecart["indicateur"])
    unite = CATALOGUE[indicateur].unite
    difference = formats.ecart(ecart["ecart"], unite, CATALOGUE[indicateur].decimales)
    return f"{_words(indicateur, ecart['valeur_comparateur'], 'valeur')} ({difference})"


def _notes(
    cellules: list[dict[str, Any]], ecarts: dict[tuple[str, str, str], dict[str, Any]], historique: bool
) -> list[str]:
    """The break between perimeters, what the sources ask to print, and why some comparisons are missing."""
    mentions = {str(c["mention"]) for c in cellules if not formats.est_absent(c["mention"])}
    raisons = {str(e["motif"]) for e in ecarts.values() if not formats.est_absent(e["motif"])}
    premiere = RUPTURE if historique else SANS_HISTORIQUE
    citees = [f"Périmètre 2024 : {mention}." for mention in sorted(mentions)]
    return [premiere, *citees, *sorted(raisons)]
