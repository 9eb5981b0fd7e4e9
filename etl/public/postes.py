"""Posts financed for a contrat de ville (ANCT): the layout that two yearly lists share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import read_json

if TYPE_CHECKING:
    import pandas

_COLONNES = {
    "annee": "annee",
    "id_poste": "poste",
    "raison_sociale": "structure",
    "montant": "montant",
    "code_cv": "contrat",
    "insee_dep": "departement",
}


def load_posts(id: str, dossier: Path, contrat: str | None) -> pandas.DataFrame:
    """One row per post and year, of the contract `contrat` (ANCT code) or of all; files present only.

    Raises FileNotFoundError when no file is there, or FichierFautif.
    """
    import pandas

    fichiers = [dossier / fichier.nom for fichier in sources.get(id).fichiers]
    presents = [chemin for chemin in fichiers if chemin.is_file()]
    if not presents:
        raise FileNotFoundError(fichiers[0])
    lignes = [ligne for chemin in presents for ligne in read_json(chemin)]
    frame = pandas.DataFrame(lignes).reindex(columns=list(_COLONNES)).rename(columns=_COLONNES)
    frame["annee"] = pandas.to_numeric(frame["annee"], errors="coerce").astype("Int64")
    frame["montant"] = pandas.to_numeric(frame["montant"], errors="coerce").astype("Float64")
    frame = frame if contrat is None else frame[frame["contrat"] == contrat]
    return frame.sort_values(["annee", "poste"]).reset_index(drop=True)
