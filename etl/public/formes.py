"""Turns the features of a GeoJSON file into a table with valid geometries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etl.public.content import FichierFautif

if TYPE_CHECKING:
    import geopandas
    import numpy

_PERTE = 0.9


def to_frame(objets: Sequence[Mapping[str, Any]], attributs: Mapping[str, str]) -> geopandas.GeoDataFrame:
    """One row per feature that has a shape; `attributs` maps the producer's names to ours; geometry in WGS84.

    Polygons whose rings cross or touch themselves are repaired, and stay polygons: the lines a collapsed ring would
    leave are dropped. Raises FichierFautif.
    """
    import geopandas

    places = [objet for objet in objets if objet.get("geometry")]
    lignes = [{ici: objet["properties"].get(la) for la, ici in attributs.items()} for objet in places]
    brutes = _shapes(places)
    frame = geopandas.GeoDataFrame(lignes, columns=list(attributs.values()), geometry=list(repair(brutes)), crs=4326)
    return frame[~frame.geometry.is_empty].reset_index(drop=True)


def check(objets: Sequence[Mapping[str, Any]]) -> None:
    """Raise FichierFautif unless every shape there can be drawn."""
    _shapes([objet for objet in objets if objet.get("geometry")])


def _shapes(places: Sequence[Mapping[str, Any]]) -> numpy.ndarray:
    """Flat shapes of these features, in degrees."""
    import numpy
    import shapely

    try:
        brutes = shapely.force_2d([shapely.geometry.shape(objet["geometry"]) for objet in places])
        bornes = shapely.bounds(brutes[~shapely.is_empty(brutes)])
    except (shapely.errors.ShapelyError, AttributeError, KeyError, TypeError, ValueError) as erreur:
        raise FichierFautif("une des formes est illisible.") from erreur
    if not (numpy.isfinite(bornes) & (numpy.abs(bornes) <= 180)).all():
        raise FichierFautif("une des formes n'est pas en degrés (latitude, longitude).")
    return brutes


def repair(brutes: numpy.ndarray) -> numpy.ndarray:
    """Valid shapes, each of the kind it was (polygons, lines or points), as large as it was."""
    import shapely

    valides = shapely.make_valid(brutes, method="structure", keep_collapsed=False)
    # This method has been seen to lose a whole polygon whose ring crosses itself: the other one rebuilds it.
    for rang in (shapely.area(valides) < _PERTE * shapely.area(brutes)).nonzero()[0]:
        morceaux = shapely.get_parts(shapely.get_parts(shapely.make_valid(brutes[rang], method="linework")))
        valides[rang] = shapely.union_all([morceau for morceau in morceaux if morceau.geom_type == "Polygon"])
    return valides
