"""Attaches points to neighbourhoods by their contour, keeping the distance and the way it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.territories.perimetres import CONTOUR, SCHEMATIQUE, Territoires

if TYPE_CHECKING:
    import pandas

HORS_QPV = "hors_qpv"
INCONNU = "inconnu"
TOLERANCE = "tolerance"
SANS_POINT = "sans_coordonnees"


def attach(territoires: Territoires, points: pandas.DataFrame, tolerance: float | None = None) -> pandas.DataFrame:
    """One row per point (columns latitude, longitude; same index): code_qpv, distance_m, methode.

    `code_qpv` is a code, 'hors_qpv' or 'inconnu'; `distance_m` the metres to the nearest contour (0 inside, missing
    without contour); `methode` is 'contour', 'tolerance' (outside, but within `tolerance` metres, by default the
    contract's), 'schematique' (a contour is missing, so outside cannot be told) or 'sans_coordonnees'.
    """
    import geopandas
    import numpy
    import pandas

    from etl.territories.geometrie import metric_crs

    seuil = float(territoires.contrat.tolerance_qpv_m if tolerance is None else tolerance)
    latitude = pandas.to_numeric(points["latitude"], errors="coerce").to_numpy(dtype=float, na_value=numpy.nan)
    longitude = pandas.to_numeric(points["longitude"], errors="coerce").to_numpy(dtype=float, na_value=numpy.nan)
    placables = (numpy.abs(latitude) <= 90) & (numpy.abs(longitude) <= 180)
    code = numpy.full(len(points), INCONNU, dtype=object)
    distance = numpy.full(len(points), numpy.nan)
    methode = numpy.where(placables, SCHEMATIQUE, SANS_POINT).astype(object)
    contours = territoires.qpv[territoires.qpv["methode"] == CONTOUR]
    if len(contours) and placables.any():
        projection = metric_crs(contours)
        formes = contours.geometry.to_crs(projection)
        cibles = geopandas.GeoSeries.from_xy(longitude[placables], latitude[placables], crs=4326).to_crs(projection)
        rang, metres = _nearest(formes, cibles)
        dedans, proche = metres == 0, (metres > 0) & (metres <= seuil)
        complet = territoires.methode == CONTOUR
        noms = contours["code"].to_numpy(dtype=object)[rang]
        code[placables] = numpy.where(dedans | proche, noms, HORS_QPV if complet else INCONNU)
        distance[placables] = metres.round(1)
        ailleurs = CONTOUR if complet else SCHEMATIQUE
        methode[placables] = numpy.where(dedans, CONTOUR, numpy.where(proche, TOLERANCE, ailleurs))
    return pandas.DataFrame({"code_qpv": code, "distance_m": distance, "methode": methode}, index=points.index)


def _nearest(formes, cibles):  # type: ignore[no-untyped-def]
    """For each point, rank of the nearest shape and metres to it; equal distances go to the first shape (by code)."""
    import numpy
    import shapely

    arbre = shapely.STRtree(formes.to_numpy())
    paires, metres = arbre.query_nearest(cibles.to_numpy(), return_distance=True, all_matches=True)
    rang = numpy.full(len(cibles), len(formes), dtype=int)
    numpy.minimum.at(rang, paires[0], paires[1])
    distance = numpy.zeros(len(cibles))
    distance[paires[0]] = metres
    return rang, distance
