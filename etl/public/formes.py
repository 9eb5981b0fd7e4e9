"""Turns the features of a GeoJSON file into a table with valid geometries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas


def to_frame(objets: Sequence[Mapping[str, Any]], attributs: Mapping[str, str]) -> geopandas.GeoDataFrame:
    """One row per feature that has a shape; `attributs` maps the producer's names to ours; geometry in WGS84.

    Polygons whose rings cross or touch themselves are repaired, and stay polygons: the lines a collapsed ring would
    leave are dropped.
    """
    import geopandas
    import shapely

    places = [objet for objet in objets if objet.get("geometry")]
    lignes = [{ici: objet["properties"].get(la) for la, ici in attributs.items()} for objet in places]
    brutes = shapely.force_2d([shapely.geometry.shape(objet["geometry"]) for objet in places])
    valides = shapely.make_valid(brutes, method="structure", keep_collapsed=False)
    frame = geopandas.GeoDataFrame(lignes, columns=list(attributs.values()), geometry=list(valides), crs=4326)
    return frame[~frame.geometry.is_empty].reset_index(drop=True)
