"""Every public source on the extracts (shape) and on the real files (figures checked by hand)."""

import importlib
from pathlib import Path

import numpy
import pandas
import pytest
import shapely

from etl import runner
from etl.build import SQL
from etl.catalog import sources
from etl.public import arrets_transport, communes, content, fleuves, qpv_2024, qpv_2024_stat, tables

TMVL = "243700754"
# Names and codes as the prefecture's list gives them.
QPV_TMVL = {
    "QN03702M": ("Rabière", "37122"),
    "QN03703M": ("Niqueux Bruère - Marcel Pagnol", "37195"),
    "QN03704M": ("Rabaterie", "37233"),
    "QN03705M": ("Fontaines", "37261"),
    "QN03706I": ("Rochepinard", "37261"),
    "QN03707I": ("Rives Du Cher", "37261"),
    "QN03708M": ("Europe", "37261"),
    "QN03709M": ("Sanitas", "37261"),
    "QN03710M": ("Maryse Bastié", "37261"),
    "QN03711M": ("Bords De Loire", "37261"),
    "QN03713N": ("Les Tourettes", "37261"),
    "QN03714N": ("La Galboisière", "37233"),
    "QN03715N": ("Le Morier", "37122"),
}


def test_every_source_is_declared_whole() -> None:
    noms = [fichier.nom for source in sources.SOURCES for fichier in source.fichiers]
    assert len(set(noms)) == len(noms)
    assert len({source.id for source in sources.SOURCES}) == len(sources.SOURCES)
    for source in sources.SOURCES:
        textes = (source.titre, source.producteur, source.licence, source.millesime, source.geographie)
        assert all(textes) and source.periodicite and source.interdits and source.fichiers, source.id
        assert all(phrase.endswith(".") for phrase in source.interdits), source.id
        assert source.page.startswith("https://")
        assert all(adresse.startswith("https://") for adresse in source.adresses)
        assert source.colonnes


@pytest.mark.parametrize("chemin", sorted(Path("etl/public").glob("*.py")), ids=lambda chemin: chemin.stem)
def test_every_module_of_a_source_has_the_common_shape(chemin: Path) -> None:
    module = importlib.import_module(f"etl.public.{chemin.stem}")
    if not hasattr(module, "ID"):
        return
    assert chemin.stem == module.ID
    assert module.ID in sources.PAR_ID
    if hasattr(module, "write"):
        assert module.write.__doc__.startswith("Replace ")
        return
    assert module.load.__doc__.startswith("Columns ")


def test_perimeters_are_repaired_and_keep_their_names(miroir: Path) -> None:
    frame = qpv_2024.load(miroir)
    assert frame.drop(columns="geometry").iloc[:3].to_dict("records") == [
        _quartier("QN09901N", "Les Tilleuls", "99001", "Villeneuve"),
        _quartier("QN09902M", "Le Nœud", "99001", "Villeneuve"),
        _quartier("QN09903I", "L'Épi", "99002", "Bourg-le-Vieux"),
    ]
    assert frame["code"].tolist() == ["QN09901N", "QN09902M", "QN09903I", "QN09904N", "QN97601N"]
    assert frame.is_valid.all()
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    # The bow-tie keeps its two triangles (half of its square), the spike its square without the spike.
    assert shapely.area(frame.geometry.iloc[:3].to_numpy()).round(8).tolist() == [1e-4, 5e-5, 1e-4]
    assert qpv_2024.load(miroir, {"QN09903I"})["code"].tolist() == ["QN09903I"]


def _quartier(code: str, nom: str, commune: str, commune_nom: str) -> dict[str, str]:
    return {"code": code, "nom": nom, "commune": commune, "commune_nom": commune_nom, "epci": "990000001"}


def test_communes_and_their_epci(miroir: Path) -> None:
    frame = communes.load(miroir, {"99002", "99001", "98001"})
    assert frame[["code", "nom"]].to_numpy().tolist() == [["99001", "Villeneuve"], ["99002", "Bourg-le-Vieux"]]
    with pytest.raises(FileNotFoundError):
        communes.load(miroir, {"98001"})
    epci = communes.load_epci(miroir)
    assert epci.loc[epci["epci"] == "990000001", "code"].tolist() == ["99001", "99002"]
    assert [communes.departement(code) for code in ("37261", "2A004", "97411", "98818")] == ["37", "2A", "974", "988"]


def test_rivers(miroir: Path) -> None:
    assert fleuves.load(miroir)["nom"].tolist() == ["la Rivière", "le Lointain"]


def test_platforms_of_one_stop_are_one_point(miroir: Path) -> None:
    frame = arrets_transport.load(miroir, (1.9, 46.9, 2.1, 47.1))
    vus = [(ligne.nom, ligne.mode, ligne.geometry.wkt) for ligne in frame.itertuples()]
    assert vus == [("Villeneuve", "train", "POINT (2.03 47.02)"), ("Mairie", "tram", "POINT (2.005 47.005)")]
    (miroir / "osm_transit_stations.json.gz").write_text('{"elements": []}')
    with pytest.raises(content.FichierFautif, match="« stations »"):
        arrets_transport.load(miroir, (1.9, 46.9, 2.1, 47.1))


def test_statistics_are_counted_once_and_stay_missing(miroir: Path) -> None:
    frame = qpv_2024_stat.load(miroir)
    assert frame["code"].tolist() == ["QN09901N", "QN09902M"]
    assert frame.loc[0, ["population", "menages", "taux_emploi", "allocataires_rsa"]].tolist() == [
        1200,
        500.5,
        41.5,
        100,
    ]
    assert frame.loc[1, "population"] == 800
    assert frame.loc[1, ["taux_emploi", "taux_pauvrete"]].isna().all()


@pytest.mark.miroir
def test_real_perimeters(vrai_miroir: Path) -> None:
    frame = qpv_2024.load(vrai_miroir)
    assert len(frame) == 1584
    assert frame.is_valid.all()
    assert set(frame.geom_type) <= {"Polygon", "MultiPolygon"}
    brutes = content.read_geojson(vrai_miroir / "qpv-2024-geojson.zip")["features"]
    formes = numpy.array([shapely.geometry.shape(objet["geometry"]) for objet in brutes])
    assert int((~shapely.is_valid(formes)).sum()) == 586
    # Nothing is lost in the repair: each contour keeps its area (in square degrees) within 1 %.
    avant = pandas.Series(shapely.area(formes), index=[objet["properties"]["code_qp"] for objet in brutes])
    apres = pandas.Series(shapely.area(frame.geometry.to_numpy()), index=frame["code"])
    assert ((apres / avant - 1).abs() < 0.01).all()
    tours = frame[frame["epci"] == TMVL]
    vus = {ligne.code: (ligne.nom, ligne.commune) for ligne in tours.itertuples()}
    assert vus == QPV_TMVL


@pytest.mark.miroir
def test_real_communes(vrai_miroir: Path) -> None:
    epci = communes.load_epci(vrai_miroir)
    codes = set(epci.loc[epci["epci"] == TMVL, "code"])
    frame = communes.load(vrai_miroir, codes)
    assert len(codes) == len(frame) == 22
    assert set(frame["code"]) == codes
    assert frame.is_valid.all()


@pytest.mark.miroir
def test_real_rivers_and_stops(vrai_miroir: Path) -> None:
    assert fleuves.load(vrai_miroir)["nom"].tolist() == ["la Loire", "le Cher"]
    frame = arrets_transport.load(vrai_miroir, (0.55, 47.30, 0.80, 47.46))
    assert frame["mode"].value_counts()["tram"] == 30
    assert "Sanitas" not in frame["nom"].tolist()
    assert {"Liberté", "Palais des Sports"} <= set(frame["nom"])


@pytest.mark.miroir
def test_real_statistics_of_2024(vrai_miroir: Path) -> None:
    frame = qpv_2024_stat.load(vrai_miroir).set_index("code")
    assert frame.index.is_unique
    assert frame.loc["QN03709M", ["population", "taux_emploi", "taux_pauvrete"]].tolist() == [7492, 34.5, 59.0]
    tours = frame[frame["epci"] == TMVL]
    assert (len(tours), pandas.to_numeric(tours["population"]).sum()) == (13, 38919)


def test_every_source_with_a_table_has_its_staging_model() -> None:
    modeles = {modele.nom: modele for modele in runner.models(SQL)}
    for id in tables.TABLES:
        assert f"public.{id}" in modeles[f"staging.{id}"].lit
