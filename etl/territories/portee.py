"""Places within reach of each neighbourhood: inside it, or at a projected distance from its contour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl.territories.perimetres import CONTOUR, Territoires

if TYPE_CHECKING:
    import pandas

PRES_M, LOIN_M = 300, 1000


def within_reach(territoires: Territoires, points: pandas.DataFrame, metres: float = LOIN_M) -> pandas.DataFrame:
    """One row per place and neighbourhood it is within `metres` of: id, code_qpv, distance_m (0 inside).

    `points` has the columns id, latitude, longitude (WGS84). Neighbourhoods without contour have no row: a drawn disc
    measures nothing.
    """
    import geopandas
    import pandas
    import shapely

    from etl.territories.geometrie import metric_crs

    contours = territoires.qpv[territoires.qpv["methode"] == CONTOUR]
    places = points.dropna(subset=["latitude", "longitude"]).reset_index(drop=True)
    if contours.empty or places.empty:
        return pandas.DataFrame({"id": [], "code_qpv": [], "distance_m": []}).astype(
            {"id": "str", "code_qpv": "str", "distance_m": "float64"}
        )
    projection = metric_crs(contours)
    formes = contours.geometry.to_crs(projection).to_numpy()
    cibles = (
        geopandas.GeoSeries.from_xy(places["longitude"], places["latitude"], crs=4326).to_crs(projection).to_numpy()
    )
    rangs, quartiers = shapely.STRtree(formes).query(cibles, predicate="dwithin", distance=metres)
    distances = shapely.distance(cibles[rangs], formes[quartiers]).round(1)
    codes = contours["code"].to_numpy(dtype=object)[quartiers]
    trouves = pandas.DataFrame({"id": places["id"].to_numpy()[rangs], "code_qpv": codes, "distance_m": distances})
    return trouves.sort_values(["id", "code_qpv"], ignore_index=True)
