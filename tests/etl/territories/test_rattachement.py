"""Points attached to neighbourhoods, on geometry worked by hand."""

import math
from pathlib import Path
from types import SimpleNamespace

import geopandas
import pandas
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import territories
from tests.etl.territories.lignes import rows

VERS_DEGRES = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)
RIEN = Path("/nulle-part")


def in_metres(*carres: tuple[float, float, float], tolerance: float = 0, methode: str = "contour"):
    """Territories made of Lambert-93 squares (west, south, side in metres), coded QN1, QN2…"""
    formes = [shapely.box(ouest, sud, ouest + cote, sud + cote) for ouest, sud, cote in carres]
    series = geopandas.GeoSeries(formes, crs=2154).to_crs(4326)
    codes = [f"QN{rang}" for rang in range(1, len(formes) + 1)]
    qpv = geopandas.GeoDataFrame({"code": codes, "methode": methode}, geometry=series)
    vide = geopandas.GeoDataFrame(columns=["code", "nom", "geometry"], geometry="geometry", crs=4326)
    contrat = SimpleNamespace(tolerance_qpv_m=tolerance)
    return territories.Territoires(contrat, RIEN, qpv, vide, vide, vide)  # type: ignore[arg-type]


def points(*metres: tuple[float, float]) -> pandas.DataFrame:
    """Lambert-93 metres as a table of WGS84 degrees."""
    degres = [VERS_DEGRES.transform(est, nord) for est, nord in metres]
    return pandas.DataFrame(degres, columns=["longitude", "latitude"])


def test_points_are_attached_by_contour() -> None:
    ile = in_metres((600_000, 6_600_000, 100), (600_500, 6_600_000, 100))
    vus = ile.attach(points((600_050, 6_600_050), (600_150, 6_600_050), (600_130, 6_600_140), (600_590, 6_600_001)))
    # 50 m east of the first square; then 30 m east and 40 m north of its corner, so 50 m again.
    assert rows(vus) == [
        ("QN1", 0.0, "contour"),
        ("hors_qpv", 50.0, "contour"),
        ("hors_qpv", 50.0, "contour"),
        ("QN2", 0.0, "contour"),
    ]


def test_a_tolerance_attaches_the_neighbour_and_says_so() -> None:
    ile = in_metres((600_000, 6_600_000, 100), (600_180, 6_600_000, 100), tolerance=60)
    vus = ile.attach(points((600_150, 6_600_050), (600_130, 6_600_050), (600_050, 6_600_161), (600_050, 6_600_050)))
    assert rows(vus) == [
        ("QN2", 30.0, "tolerance"),
        ("QN1", 30.0, "tolerance"),
        ("hors_qpv", 61.0, "contour"),
        ("QN1", 0.0, "contour"),
    ]
    assert rows(ile.attach(points((600_150, 6_600_050)), tolerance=0)) == [("hors_qpv", 30.0, "contour")]


def test_a_point_on_the_border_is_inside_and_on_two_borders_goes_to_the_first_code() -> None:
    ile = in_metres((600_000, 6_600_000, 100), (600_100, 6_600_000, 100))
    assert rows(ile.attach(points((600_000, 6_600_040), (600_100, 6_600_040)))) == [("QN1", 0.0, "contour")] * 2


def test_what_cannot_be_placed_is_unknown() -> None:
    ile = in_metres((600_000, 6_600_000, 100))
    etranges = pandas.DataFrame(
        {"latitude": [None, 47.0, "x", 91.0, math.inf], "longitude": [2.0, None, 2.0, 2.0, 2.0]}, index=[9, 7, 5, 3, 1]
    )
    vus = ile.attach(etranges)
    assert vus.index.tolist() == [9, 7, 5, 3, 1]
    assert rows(vus) == [("inconnu", None, "sans_coordonnees")] * 5
    assert ile.attach(etranges.iloc[:0]).columns.tolist() == ["code_qpv", "distance_m", "methode"]


def test_discs_never_attach_a_point() -> None:
    discs = in_metres((600_000, 6_600_000, 100), methode="schematique")
    assert rows(discs.attach(points((600_050, 6_600_050)))) == [("inconnu", None, "schematique")]


def test_outside_cannot_be_told_when_one_contour_is_missing() -> None:
    moitie = in_metres((600_000, 6_600_000, 100), (600_500, 6_600_000, 100), tolerance=10)
    moitie.qpv["methode"] = ["contour", "schematique"]
    vus = moitie.attach(points((600_050, 6_600_050), (600_105, 6_600_050), (600_550, 6_600_050)))
    assert rows(vus) == [
        ("QN1", 0.0, "contour"),
        ("QN1", 5.0, "tolerance"),
        ("inconnu", 450.0, "schematique"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-300, 700), st.integers(-300, 700)), min_size=1, max_size=20))
def test_attaching_agrees_with_plain_arithmetic(decalages: list[tuple[int, int]]) -> None:
    ile = in_metres((600_000, 6_600_000, 200), tolerance=50)
    vus = ile.attach(points(*((600_000 + x, 6_600_000 + y) for x, y in decalages)))
    for (x, y), (code, distance, _) in zip(decalages, rows(vus), strict=True):
        attendue = math.hypot(max(-x, 0, x - 200), max(-y, 0, y - 200))
        assert distance == pytest.approx(attendue, abs=0.1)
        if abs(attendue - 50) > 0.1:
            assert code == ("QN1" if attendue < 50 else "hors_qpv")
