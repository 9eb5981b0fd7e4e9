"""Declares every public source once: producer, licence, addresses, files, columns, vintage, limits of use."""

from etl.catalog.sources import chiffres, lieux, territoires
from etl.catalog.sources.modele import Fichier, Source

__all__ = ["PAR_ID", "SOURCES", "Fichier", "Source", "get"]

# In the order of the page Sources.
SOURCES: tuple[Source, ...] = (*territoires.SOURCES, *chiffres.SOURCES, *lieux.SOURCES)
PAR_ID: dict[str, Source] = {source.id: source for source in SOURCES}


def get(id: str) -> Source:
    """The source of that id; KeyError when the catalogue has none."""
    return PAR_ID[id]
