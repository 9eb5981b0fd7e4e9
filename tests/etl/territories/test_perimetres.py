"""Perimeters of a contract: loaded and written with the whole public folder, a part of it, or nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas
import pytest
import shapely

from etl import territories
from tests.etl.public import miroir_invente
from tests.etl.territories.lignes import rows


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return miroir_invente.build(tmp_path / "public")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connexion:
        yield connexion


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
        ("fleuves_loire_cher.geojson", b'{"features": [{"properties": {}}]}', "aucune forme."),
        ("fleuves_loire_cher.geojson", b'{"features": [{"properties": {}, "geometry": 5}]}', "illisible."),
        (
            "fleuves_loire_cher.geojson",
            b'{"features": [{"properties": {}, "geometry": {"type": "Point"}}]}',
            "illisible.",
        ),
        ("osm_transit_stations.json.gz", b'{"stations": 3}', "la liste « stations » est absente."),
        ("osm_transit_stations.json.gz", b'{"stations": [{"lat": "nord", "lon": "x"}]}', "contenu inattendu"),
        ("qpv2024_statistiques_reexport.csv", b"a;b\n", "contenu inattendu"),
    ],
)
def test_one_damaged_file_leaves_the_others(
    public: Path, con: duckdb.DuckDBPyConnection, nom: str, contenu: bytes, alerte: str
) -> None:
    (public / nom).write_bytes(contenu)
    lu = territories.load(miroir_invente.contrat(), public)  # type: ignore[arg-type]
    assert len(lu.qpv) == 3
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
