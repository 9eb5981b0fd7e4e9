"""Adult mediators (adultes-relais) financed near residents, year by year (ANCT)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.public.postes import load_posts

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "adultes_relais"


def load(dossier: Path, contrat: str | None = None) -> pandas.DataFrame:
    """Columns annee, poste, structure, montant (euros), contrat (ANCT code, may be missing), departement.

    `contrat` keeps the posts of that contrat de ville. Raises FileNotFoundError, or FichierFautif.
    """
    return load_posts(ID, dossier, contrat)


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The posts of the contract."""
    return load(dossier, contrat.code_anct)
