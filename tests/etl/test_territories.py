"""Perimeters of a contract: drawn, attached and written, with the whole public folder, a part of it, or nothing."""

import math
import os
from pathlib import Path
from types import SimpleNamespace

import duckdb
import geopandas
import pandas
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import territories
from etl.territories.geometrie import disc, metric_crs, simplify, to_geojson
from tests.etl.public import miroir_invente

VERS_DEGRES = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)
RIEN = Path("/nulle-part")


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return miroir_invente.build(tmp_path / "public")


@pytest.fixture
def con():
    with duckdb.connect() as connexion:
        yield connexion


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


def rows(frame: pandas.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(None if pandas.isna(v) else v for v in ligne) for ligne in frame.itertuples(index=False)]


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


def test_a_whole_public_folder(public: Path, con: duckdb.DuckDBPyConnection) -> None:
    lu = territories.load(miroir_invente.contrat(), public)  # type: ignore[arg-type]
    assert (lu.methode, lu.alertes) == ("contour", [])
    colonnes = ["code", "nom", "commune", "superficie_ha", "population", "methode"]
    # The area and population that the contract leaves out are measured on the contour and read in the statistics:
    # 0,01° × 0,01° at 47° north is 1 112 m × 761 m.
    assert rows(lu.qpv[colonnes]) == [
        ("QN09901N", "Les Tilleuls", "99001", pytest.approx(84.6, abs=0.4), 1200, "contour"),
        ("QN09902M", "Le Nœud", "99001", 40.0, 810, "contour"),
        ("QN09903I", "L'Épi", "99002", 80.0, 2000, "contour"),
    ]
    assert rows(lu.arrets[["nom", "mode"]]) == [("Villeneuve", "train"), ("Mairie", "tram")]
    assert lu.fleuves["nom"].tolist() == ["la Rivière"]
    ouest, _, est, _ = lu.fleuves.total_bounds
    assert 1.9 < ouest < 2.0 < 2.07 < est < 2.11


def test_what_is_written(public: Path, con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE SCHEMA valide")
    con.execute(
        "CREATE TABLE valide.interventions AS SELECT * FROM (VALUES (47.005::DOUBLE, 2.005::DOUBLE), (47.005, 2.005), "
        "(47.5, 2.5), (NULL, 2.0), (47.0, NULL)) AS v(latitude, longitude)"
    )
    con.execute("CREATE TABLE valide.acteurs AS SELECT 47.005::DOUBLE AS latitude, 2.045::DOUBLE AS longitude")
    territories.load(miroir_invente.contrat(), public).write(con)  # type: ignore[arg-type]
    assert con.execute("SELECT * EXCLUDE (distance_m) FROM territoire.point").fetchall() == [
        (47.005, 2.005, "QN09901N", "contour"),
        (47.005, 2.045, "QN09903I", "contour"),
        (47.5, 2.5, "hors_qpv", "contour"),
    ]
    resume = "SELECT code, nom, type, commune, latitude, methode, contour IS NULL FROM territoire.territoire"
    assert con.execute(resume).fetchall() == [
        ("QN09901N", "Les Tilleuls", "qpv", "99001", 47.005, "contour", False),
        ("QN09902M", "Le Nœud", "qpv", "99001", 47.005, "contour", False),
        ("QN09903I", "L'Épi", "qpv", "99002", 47.005, "contour", False),
        ("99001", "Villeneuve", "commune", "99001", 47.005, "contour", True),
        ("99002", "Bourg-le-Vieux", "commune", "99002", 47.005, "contour", True),
        ("990000001", "Métropole inventée", "epci", None, 47.005, "contour", False),
    ]
    assert con.execute("SELECT type, code, nom, mode FROM territoire.fond").fetchall() == [
        ("commune", "99001", "Villeneuve", None),
        ("commune", "99002", "Bourg-le-Vieux", None),
        ("fleuve", None, "la Rivière", None),
        ("arret", None, "Villeneuve", "train"),
        ("arret", None, "Mairie", "tram"),
    ]
    for (texte,) in con.execute("SELECT geojson FROM territoire.fond").fetchall():
        assert shapely.from_geojson(texte).is_valid
    sources = con.execute("SELECT id, etat, fichier FROM territoire.source WHERE etat = 'obtenu'").fetchall()
    assert sources[1] == ("communes", "obtenu", "communes-99.geojson, insee_epci_communes.csv")
    assert con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL AND schema_name='territoire'"
    ).fetchone() == (0,)


def test_with_nothing_at_all(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    lu = territories.load(miroir_invente.contrat(), tmp_path / "vide")  # type: ignore[arg-type]
    assert lu.methode == "schematique"
    assert lu.alertes == [
        "Périmètres des quartiers prioritaires 2024 : fichier absent du dossier public.",
        "Population, emploi et pauvreté des quartiers 2024 (réédition non officielle) : "
        "fichier absent du dossier public.",
        "Périmètres schématiques pour 3 quartier(s) sur 3 : les points sans code de quartier restent « inconnu ».",
        "Contours des communes et appartenance aux intercommunalités : fichier absent du dossier public.",
        "Cours d'eau : fichier absent du dossier public.",
        "Gares, stations et arrêts de tramway : fichier absent du dossier public.",
    ]
    con.execute("CREATE SCHEMA valide")
    con.execute("CREATE TABLE valide.permanences AS SELECT 47.005::DOUBLE AS latitude, 2.028::DOUBLE AS longitude")
    lu.write(con)
    assert con.execute("SELECT * FROM territoire.point").fetchall() == [(47.005, 2.028, "inconnu", None, "schematique")]
    lignes = con.execute(
        "SELECT code, superficie_ha, population, methode, contour, source FROM territoire.territoire WHERE type = 'qpv'"
    ).fetchall()
    # Nobody published the area of the first: nothing is drawn rather than invented.
    assert [(code, aire, population, methode) for code, aire, population, methode, *_ in lignes] == [
        ("QN09901N", None, None, "schematique"),
        ("QN09902M", 40.0, 810, "schematique"),
        ("QN09903I", 80.0, 2000, "schematique"),
    ]
    assert [contour is None for *_, contour, _ in lignes] == [True, False, False]
    assert {source for *_, source in lignes} == {"Périmètre schématique (surface connue)"}
    centre = shapely.from_geojson(lignes[1][4]).centroid
    assert (round(centre.y, 4), round(centre.x, 4)) == (47.005, 2.028)
    communes = "SELECT code, latitude, methode, contour FROM territoire.territoire WHERE type <> 'qpv'"
    assert con.execute(communes).fetchall() == [
        ("99001", 47.005, None, None),
        ("99002", 47.005, None, None),
        ("990000001", None, None, None),
    ]
    assert con.execute("SELECT count(*) FROM territoire.fond").fetchone() == (0,)
    assert con.execute("SELECT DISTINCT etat, message, fichier FROM territoire.source").fetchall() == [
        ("absent", "Source non collectée.", None)
    ]


@pytest.mark.parametrize(
    ("nom", "contenu", "alerte"),
    [
        ("qpv-2024-geojson.zip", b"PK\x03\x04", "archive tronquée ou abîmée : elle ne s'ouvre pas jusqu'au bout."),
        ("communes-99.geojson", b"{}", "le contenu n'est pas une collection GeoJSON."),
        ("fleuves_loire_cher.geojson", b'{"features": [{"properties": {}}]}', None),
        ("osm_transit_stations.json.gz", b'{"stations": 3}', "la liste « stations » est absente."),
        ("osm_transit_stations.json.gz", b'{"stations": [{"lat": "nord", "lon": "x"}]}', "contenu inattendu"),
        ("qpv2024_statistiques_reexport.csv", b"a;b\n", "contenu inattendu"),
    ],
)
def test_one_damaged_file_leaves_the_others(
    public: Path, con: duckdb.DuckDBPyConnection, nom: str, contenu: bytes, alerte: str | None
) -> None:
    (public / nom).write_bytes(contenu)
    lu = territories.load(miroir_invente.contrat(), public)  # type: ignore[arg-type]
    assert len(lu.qpv) == 3
    assert (alerte is None) == (not lu.alertes)
    if alerte:
        assert alerte in lu.alertes[0]
    assert (lu.methode == "schematique") == nom.startswith("qpv-2024")
    assert (len(lu.communes) == 0) == nom.startswith("communes")
    assert (len(lu.arrets) == 0) == nom.startswith("osm")
    lu.write(con)


def test_an_overseas_contract_with_one_contour_missing(public: Path) -> None:
    quartier = miroir_invente._quartier
    contrat = miroir_invente.contrat(
        communes=(SimpleNamespace(code="97699", nom="Outre-mer", latitude=-12.8, longitude=45.2),),
        qpv=(
            quartier("QN97601N", "Un", -12.795, 45.205, population=1000, superficie_ha=None),
            quartier("QN97602N", "Deux", -12.81, 45.205, population=1000, superficie_ha=12.0),
        ),
    )
    lu = territories.load(contrat, public)  # type: ignore[arg-type]
    assert lu.qpv["methode"].tolist() == ["contour", "schematique"]
    # 0,01° × 0,01° at 12,8° south is 1 106 m × 1 086 m.
    assert lu.qpv["superficie_ha"].iloc[0] == pytest.approx(120.1, abs=0.5)
    vus = lu.attach(pandas.DataFrame({"latitude": [-12.795, -12.81], "longitude": [45.205, 45.205]}))
    assert rows(vus[["code_qpv", "methode"]]) == [("QN97601N", "contour"), ("inconnu", "schematique")]


@pytest.fixture(scope="module")
def vrai_miroir() -> Path:
    if "QPV_MIROIR" not in os.environ:
        pytest.skip("QPV_MIROIR ne désigne aucun miroir")
    return Path(os.environ["QPV_MIROIR"])


@pytest.mark.miroir
def test_the_contract_of_the_repository(vrai_miroir: Path, con: duckdb.DuckDBPyConnection) -> None:
    from etl.catalog import contrat

    lu = territories.load(contrat.load(Path("data/contrat")), vrai_miroir)
    assert (lu.methode, lu.alertes) == ("contour", [])
    assert (len(lu.qpv), len(lu.communes), len(lu.fleuves)) == (13, 22, 2)
    assert lu.qpv.is_valid.all()
    # The centres published for the neighbourhoods fall in them, and the areas agree with the published hectares.
    centres = lu.attach(lu.qpv[["latitude", "longitude"]])
    assert rows(centres) == [(code, 0.0, "contour") for code in lu.qpv["code"]]
    hectares = lu.qpv.geometry.to_crs(2154).area / 10_000
    assert ((hectares - lu.qpv["superficie_ha"].astype(float)).abs() <= 0.6).all()
    dans_sa_commune = lu.qpv.merge(lu.communes, left_on="commune", right_on="code", suffixes=("", "_commune"))
    quartiers, communes = (dans_sa_commune[nom].to_numpy() for nom in ("geometry", "geometry_commune"))
    assert (shapely.area(shapely.intersection(quartiers, communes)) / shapely.area(quartiers) > 0.98).all()
    lu.write(con)
    (dessins,) = con.execute("SELECT list(contour) FROM territoire.territoire WHERE contour IS NOT NULL").fetchone()
    (fond,) = con.execute("SELECT list(geojson) FROM territoire.fond").fetchone()
    assert sum(map(len, [*dessins, *fond])) < 300_000
    assert all(shapely.from_geojson(texte).is_valid for texte in [*dessins, *fond])
    modes = con.execute("SELECT mode, count(*) FROM territoire.fond WHERE type = 'arret' GROUP BY mode").fetchall()
    assert dict(modes)["tram"] == 30


@pytest.mark.miroir
def test_another_contract_among_the_1584(vrai_miroir: Path) -> None:
    from etl.public import qpv_2024

    tous = qpv_2024.load(vrai_miroir)
    martinique = tous[tous["code"].str.startswith("QN972")]
    centres = martinique.geometry.representative_point()
    quartiers = tuple(
        miroir_invente._quartier(code, nom, point.y, point.x, commune=commune, population=None, superficie_ha=None)
        for code, nom, commune, point in zip(
            martinique["code"], martinique["nom"], martinique["commune"], centres, strict=True
        )
    )
    lu = territories.load(miroir_invente.contrat(qpv=quartiers, communes=()), vrai_miroir)  # type: ignore[arg-type]
    assert lu.methode == "contour"
    assert len(lu.communes) == 0
    vus = lu.attach(lu.qpv[["latitude", "longitude"]])
    assert rows(vus) == [(code, 0.0, "contour") for code in lu.qpv["code"]]
    assert lu.qpv["population"].notna().all()
    assert lu.qpv["superficie_ha"].between(1, 500).all()
