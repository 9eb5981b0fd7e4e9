"""Equipment of each commune (INSEE): childcare places nearby, post offices, schools."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import read_json

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "bpe"


def load(dossier: Path, codes: Collection[str] | None = None) -> pandas.DataFrame:
    """Columns commune, equipement, nombre: one row per kind of equipment counted in a commune.

    A kind that is not listed is not known to be absent: no zero is written. Raises FileNotFoundError, or
    FichierFautif.
    """
    import pandas

    communes = read_json(dossier / sources.get(ID).fichiers[0].nom)["communes"]
    lignes = [
        (code, equipement, nombre)
        for code, comptes in sorted(communes.items())
        if codes is None or code in codes
        for equipement, nombre in sorted(comptes.items())
    ]
    return pandas.DataFrame(lignes, columns=["commune", "equipement", "nombre"])


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The equipment of the contract's communes."""
    return load(dossier, {commune.code for commune in contrat.communes})
