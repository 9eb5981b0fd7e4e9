"""Projections, discs and drawings, on shapes worked by hand."""

import geopandas
import pytest
import shapely

from etl.territories.geometrie import disc, metric_crs, simplify, to_geojson


def test_the_projection_follows_the_territory() -> None:
    def crs(longitude: float, latitude: float) -> int | None:
        forme = shapely.Point(longitude, latitude).buffer(0.01)
        return metric_crs(geopandas.GeoDataFrame(geometry=[forme], crs=4326)).to_epsg()

    assert [crs(0.7, 47.4), crs(9.1, 41.9)] == [2154, 2154]
    # Réunion, Martinique, Mayotte, French Guiana: the UTM zone of each.
    assert [crs(55.45, -20.9), crs(-61.0, 14.6), crs(45.2, -12.8), crs(-52.3, 4.9)] == [32740, 32620, 32738, 32622]


@pytest.mark.parametrize(("latitude", "longitude"), [(47.38, 0.7), (-20.9, 55.45)])
def test_a_disc_has_the_known_area(latitude: float, longitude: float) -> None:
    series = geopandas.GeoSeries([disc(latitude, longitude, 48)], crs=4326)
    projection = metric_crs(geopandas.GeoDataFrame(geometry=series))
    assert series.to_crs(projection).area.iloc[0] / 10_000 == pytest.approx(48, rel=0.01)
    assert series.iloc[0].centroid.distance(shapely.Point(longitude, latitude)) < 1e-6


def test_drawings_are_rounded_valid_and_share_their_borders() -> None:
    dents = [(600_000 + 10 * i, 6_600_000 + (i % 2) * 4) for i in range(200)]
    nord = shapely.Polygon([*dents, (601_990, 6_602_000), (600_000, 6_602_000)])
    sud = shapely.Polygon([*dents, (601_990, 6_598_000), (600_000, 6_598_000)])
    frame = geopandas.GeoDataFrame(geometry=geopandas.GeoSeries([nord, sud], crs=2154).to_crs(4326))
    for mosaique in (False, True):
        dessins = simplify(frame, 20, mosaique=mosaique)
        assert dessins.is_valid.all()
        assert dessins.count_coordinates().sum() < 60
    assert dessins.iloc[0].intersection(dessins.iloc[1]).area == 0
    texte = to_geojson(dessins.iloc[0])
    assert texte is not None and " " not in texte
    relu = shapely.from_geojson(texte)
    assert relu.is_valid and relu.equals(dessins.iloc[0])
    assert all(round(nombre, 5) == nombre for nombre in shapely.get_coordinates(relu).flat)
    assert to_geojson(None) is None and to_geojson(shapely.Polygon()) is None
