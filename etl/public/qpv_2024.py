"""Perimeters of the priority neighbourhoods of 2024 (ANCT): one row per neighbourhood, contours repaired."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import read_geojson
from etl.public.formes import to_frame

if TYPE_CHECKING:
    import geopandas

ID = "qpv_2024"
# The producer's attributes under the project's names.
_ATTRIBUTS = {
    "code_qp": "code",
    "lib_qp": "nom",
    "insee_com": "commune",
    "lib_com": "commune_nom",
    "siren_epci": "epci",
}


def load(dossier: Path, codes: Collection[str] | None = None) -> geopandas.GeoDataFrame:
    """Columns code, nom, commune (INSEE code), commune_nom, epci, geometry (valid, WGS84), ordered by code.

    `codes` keeps these neighbourhoods only. Raises FileNotFoundError, or FichierFautif with a French sentence.
    """
    objets = read_geojson(dossier / sources.get(ID).fichiers[0].nom)["features"]
    retenus = [objet for objet in objets if codes is None or objet["properties"].get("code_qp") in codes]
    return to_frame(retenus, _ATTRIBUTS).sort_values("code").reset_index(drop=True)
