"""Rows that partners send again once they know more: first as known at the time, then complete in a later file."""

from __future__ import annotations

import numpy as np

from etl.demo.table import NAT, Table, Vecteur, count, plus

# contract: the day the row is first known, then columns learnt later with the day (a column, or days after the first).
_APPRIS: dict[str, tuple[str, tuple[tuple[str, str | int, str], ...]]] = {
    "participants": ("date_reperage", (("date_entree", "date_entree", ""),)),
    "freins": ("date_identification", (("date_orientation", "date_orientation", ""), ("date_levee", "date_levee", ""))),
    "orientations": ("date", (("statut", "date_statut", "prescrite"), ("date_statut", "date_statut", ""))),
    "sorties": (
        "date_sortie",
        (("situation_4_semaines", 28, ""), ("situation_6_mois", 183, ""), ("situation_12_mois", 365, "")),
    ),
    "parrainages": ("date_debut", (("date_fin", "date_fin", ""),)),
    "projets": (
        "date_accompagnement",
        (("date_creation", "date_creation", ""), ("statut_12_mois", "date_creation", "")),
    ),
}


def unfold(nom: str, table: Table, rangs: Vecteur, fins: Vecteur) -> tuple[Table, Vecteur, Vecteur]:
    """Add the first version of the rows whose last news falls in a later file.

    `rangs` is the rank of each row's file by `_maj`; `fins` the last day of each file, by rank. Returns the rows
    (first versions after the others), the rank of their files and the position of the row each comes from.
    """
    tous = np.arange(count(table))
    if nom not in _APPRIS:
        return table, rangs, tous
    naissance, colonnes = _APPRIS[nom]
    premiers = np.searchsorted(fins, table[naissance])
    reprises = np.flatnonzero(premiers < rangs)
    avant = {colonne: valeurs[reprises] for colonne, valeurs in table.items()}
    jusque = fins[premiers[reprises]]
    for colonne, quand, vide in colonnes:
        jour = (
            plus(avant[naissance], np.full(len(reprises), quand)) if isinstance(quand, int) else table[quand][reprises]
        )
        inconnu = ~(jour <= jusque)
        avant[colonne] = np.where(inconnu, NAT if avant[colonne].dtype.kind == "M" else vide, avant[colonne])
    avant["_maj"] = avant[naissance]
    ensemble = {colonne: np.concatenate([valeurs, avant[colonne]]) for colonne, valeurs in table.items()}
    return ensemble, np.concatenate([rangs, premiers[reprises]]), np.concatenate([tous, reprises])
