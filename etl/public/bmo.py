"""Recruitment projects by occupation in each employment area (France Travail, BMO survey)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import FichierFautif

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "bmo"
_TEXTES = {
    "annee": "annee",
    "Code métier BMO": "metier",
    "Nom métier BMO": "nom",
    "Lbl_fam_met": "famille",
    "BE24": "bassin",
    "NOMBE24": "bassin_nom",
}
_NOMBRES = {"met": "projets", "xmet": "projets_difficiles", "smet": "projets_saisonniers"}


def load(dossier: Path, bassin: str | None = None) -> pandas.DataFrame:
    """Columns annee, metier, nom, famille, bassin, bassin_nom, projets, projets_difficiles, projets_saisonniers.

    A figure masked by the producer («*») is missing: never a zero, never a one. `bassin` keeps one area.
    Raises FileNotFoundError, or FichierFautif.
    """
    import pandas

    table = _sheet(dossier / sources.get(ID).fichiers[0].nom)
    frame = pandas.DataFrame({ici: table[la] for la, ici in (_TEXTES | _NOMBRES).items()})
    for colonne in ("annee", "bassin"):
        frame[colonne] = pandas.to_numeric(frame[colonne], errors="coerce").astype("Int64")
    frame["bassin"] = frame["bassin"].astype("string")
    for colonne in _NOMBRES.values():
        frame[colonne] = pandas.to_numeric(frame[colonne], errors="coerce").astype("Int64")
    frame = frame if bassin is None else frame[frame["bassin"] == bassin]
    return frame.reset_index(drop=True)


def _sheet(chemin: Path) -> pandas.DataFrame:
    """The sheet whose first row names the columns (another one describes them)."""
    import pandas
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(chemin.read_bytes()))
    except CalamineError as erreur:
        raise FichierFautif("classeur illisible ou tronqué.") from erreur
    for nom in classeur.sheet_names:
        lignes = classeur.get_sheet_by_name(nom).to_python()
        if lignes and set(_TEXTES) <= set(lignes[0]):
            return pandas.DataFrame(lignes[1:], columns=lignes[0])
    raise FichierFautif("aucune feuille ne porte les colonnes attendues.")


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The occupations of the contract's employment area."""
    return load(dossier, contrat.bassin_emploi)
