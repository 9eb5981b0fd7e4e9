"""Geometry of perimeters: metric projection, simplification for drawing, schematic discs, GeoJSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas
    import pyproj
    from shapely.geometry.base import BaseGeometry

DECIMALES = 5  # about one metre
# Mainland France and Corsica, where Lambert-93 is in force (west, south, east, north).
_HEXAGONE = (-5.5, 41.0, 10.0, 51.5)


def metric_crs(frame: geopandas.GeoDataFrame) -> pyproj.CRS:
    """Projection in metres fit for measuring: Lambert-93 in mainland France, the local UTM zone overseas."""
    import pyproj

    ouest, sud, est, nord = frame.total_bounds
    dans = _HEXAGONE[0] <= ouest and _HEXAGONE[1] <= sud and est <= _HEXAGONE[2] and nord <= _HEXAGONE[3]
    return pyproj.CRS.from_epsg(2154) if dans else frame.estimate_utm_crs()


def disc(latitude: float, longitude: float, superficie_ha: float) -> BaseGeometry:
    """Disc of that area around that centre, in degrees: a drawing of a place whose contour is not known."""
    import math

    import geopandas
    import shapely

    centre = geopandas.GeoSeries([shapely.Point(longitude, latitude)], crs=4326)
    projection = metric_crs(geopandas.GeoDataFrame(geometry=centre))
    rayon = math.sqrt(superficie_ha * 10_000 / math.pi)
    return centre.to_crs(projection).buffer(rayon, quad_segs=8).to_crs(4326).iloc[0]


def simplify(frame: geopandas.GeoDataFrame, metres: float, mosaique: bool = False) -> geopandas.GeoSeries:
    """Outlines good enough for a screen (WGS84, 5 decimals, still valid); `mosaique` keeps shared borders shared."""
    import geopandas
    import shapely

    if frame.empty:
        return frame.geometry
    projete = frame.geometry.to_crs(metric_crs(frame))
    allege = projete.simplify_coverage(metres) if mosaique else projete.simplify(metres, preserve_topology=True)
    arrondi = shapely.set_precision(allege.to_crs(4326).to_numpy(), 10**-DECIMALES)
    return geopandas.GeoSeries(arrondi, index=frame.index, crs=4326)


def to_geojson(contour: BaseGeometry | None) -> str | None:
    """Geometry as compact GeoJSON text with 5 decimals, or None when there is nothing to draw."""
    import shapely

    if contour is None or contour.is_empty:
        return None
    objet = shapely.geometry.mapping(contour)
    return json.dumps(
        {"type": objet["type"], "coordinates": _round(objet["coordinates"])}, separators=(",", ":"), allow_nan=False
    )


def _round(valeur: Any) -> Any:
    if isinstance(valeur, (int, float)):
        return round(valeur, DECIMALES)
    return [_round(element) for element in valeur]
