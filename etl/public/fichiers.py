"""Where the file of a source is, when its declaration knows the same table in several formats."""

from __future__ import annotations

from pathlib import Path

from etl.catalog import sources


def present(dossier: Path, id: str) -> Path:
    """The first declared file that is there: the producer's own before the one a mirror holds.

    Raises FileNotFoundError, naming the first one.
    """
    chemins = [dossier / fichier.nom for fichier in sources.get(id).fichiers]
    for chemin in chemins:
        if chemin.is_file():
            return chemin
    raise FileNotFoundError(chemins[0])
