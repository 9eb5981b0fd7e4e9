"""Files are judged by what they hold, and the sentence says what is wrong."""

import gzip
import zipfile
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.catalog.sources import Fichier
from etl.public import content
from tests.etl.public.miroir_invente import EXTRAITS

QPV = Fichier("qpv-2024-geojson.zip", "geojson", ("code_qp", "lib_qp"))
TABLE = Fichier("t.csv", "csv", ("codgeo", "epci"))
FORME = b'{"type": "Point", "coordinates": [0, 1]}'
GEO = (
    b'{"type": "FeatureCollection", "features": [{"properties": {"code_qp": "Q", "lib_qp": ""}, "geometry": %b}]}'
    % FORME
)


def refusal(chemin: Path, contenu: bytes, fichier: Fichier) -> str:
    chemin.write_bytes(contenu)
    with pytest.raises(content.FichierFautif) as erreur:
        content.check(chemin, fichier)
    return str(erreur.value)


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"", "le fichier reçu est vide."),
        (b" \n\n", "le fichier reçu est vide."),
        (b"<!DOCTYPE html><html>Oups</html>", "le serveur a répondu par une page web, pas par le fichier attendu."),
        (b"\xef\xbb\xbf  <html>", "le serveur a répondu par une page web, pas par le fichier attendu."),
        (b'<?xml version="1.0"?><Error/>', "le serveur a répondu par une page web, pas par le fichier attendu."),
        (GEO[:-20], "contenu JSON illisible ou tronqué."),
        (b"code;nom\n1;2\n", "contenu JSON illisible ou tronqué."),
        ("<html>Erreur</html>".encode("utf-16"), "le serveur a répondu par une page web, pas par le fichier attendu."),
        (GEO.replace(FORME, b'{"type": "Cercle", "coordinates": []}'), "une des formes est illisible."),
        (
            GEO.replace(FORME, b'{"type": "Point", "coordinates": [525000, 6700000]}'),
            "une des formes n'est pas en degrés (latitude, longitude).",
        ),
        (
            GEO.replace(b"[0, 1]", b"[NaN, 1]"),
            "une des formes n'est pas en degrés (latitude, longitude).",
        ),
        (b'{"error": "quota"}', "le contenu n'est pas une collection GeoJSON."),
        (b'["a"]', "le contenu n'est pas une collection GeoJSON."),
        (b'{"features": [1, 2]}', "le contenu n'est pas une collection GeoJSON."),
        (b'{"features": [{"properties": 5, "geometry": {}}]}', "le contenu n'est pas une collection GeoJSON."),
        (b'{"type": "FeatureCollection", "features": []}', "la collection GeoJSON ne contient aucune forme."),
        (GEO.replace(FORME, b"null"), "la collection GeoJSON ne contient aucune forme."),
        (b"[" * 200_000, "contenu JSON illisible ou tronqué."),
        (GEO.replace(b"code_qp", b"code_qpv"), "colonne absente : « code_qp » (« code_qpv » lui ressemble)."),
        (
            GEO.replace(b"code_qp", b"x").replace(b"lib_qp", b"y"),
            "le contenu n'est pas celui attendu : aucune des colonnes attendues n'y est.",
        ),
        (b"PK\x03\x04 tronque", "archive tronquée ou abîmée : elle ne s'ouvre pas jusqu'au bout."),
        (gzip.compress(GEO)[:-9], "archive tronquée ou abîmée : elle ne s'ouvre pas jusqu'au bout."),
    ],
)
def test_what_is_wrong_with_perimeters(tmp_path: Path, contenu: bytes, phrase: str) -> None:
    assert refusal(tmp_path / "f", contenu, QPV) == phrase


def test_perimeters_are_accepted_bare_zipped_or_gzipped(tmp_path: Path) -> None:
    chemin = tmp_path / "qpv-2024-geojson.zip"
    for contenu in (GEO, b"\xef\xbb\xbf" + GEO, gzip.compress(GEO)):
        chemin.write_bytes(contenu)
        content.check(chemin, QPV)
    with zipfile.ZipFile(chemin, "w") as archive:
        archive.writestr("LISEZMOI.txt", "…")
        archive.writestr("GEOJSON/QP2024_LB93.geojson", b"{}" * 500)
        archive.writestr("GEOJSON/QP2024_WGS84.geojson", GEO)
    content.check(chemin, QPV)


def test_a_zip_without_perimeters_says_so(tmp_path: Path) -> None:
    chemin = tmp_path / "f.zip"
    with zipfile.ZipFile(chemin, "w") as archive:
        archive.writestr("SHP/qpv.shp", b"x")
    with pytest.raises(content.FichierFautif, match=r"^l'archive ne contient aucun fichier \.geojson ou \.json\.$"):
        content.check(chemin, QPV)


def test_a_bomb_is_not_decompressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "TAILLE_DECOMPRESSEE_MAX", 1000)
    chemin = tmp_path / "f.zip"
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b" " * 100_000)
    with pytest.raises(content.FichierFautif, match="anormalement volumineuse"):
        content.check(chemin, QPV)
    assert "anormalement volumineux" in refusal(tmp_path / "f.gz", gzip.compress(b" " * 100_000), QPV)


@pytest.mark.parametrize(
    "contenu",
    [
        b"codgeo,epci\n1,2\n",
        b"\xef\xbb\xbfcodgeo;epci;;;;;\r\n1;2;;;;;\r\n",
        "codgeo;libellé ;epci \n1;é;2\n".encode("cp1252"),
        b'"epci"\t"codgeo"\n2\t1\n',
    ],
)
def test_a_table_whatever_its_dialect(tmp_path: Path, contenu: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(contenu)
    content.check(tmp_path / "t.csv", TABLE)


def test_a_table_that_is_not_one(tmp_path: Path) -> None:
    assert refusal(tmp_path / "t.csv", GEO, TABLE) == "un tableau CSV était attendu, le contenu est de type json."
    assert refusal(tmp_path / "t.csv", b"codgeo,EPCI\n", TABLE) == "colonne absente : « epci »."


def test_a_workbook(tmp_path: Path) -> None:
    chemin = tmp_path / "bmo.xlsx"
    with xlsxwriter.Workbook(chemin) as classeur:
        classeur.add_worksheet("Description").write_row(0, 0, ["", "Variables"])
        classeur.add_worksheet("Données").write_row(0, 0, ["annee", "BE24"])
    content.check(chemin, Fichier("bmo.xlsx", "xlsx", ("annee", "BE24")))
    attendu = Fichier("bmo.xlsx", "xlsx", ("met",))
    assert refusal(chemin, chemin.read_bytes(), attendu) == "colonne absente : « met »."
    assert refusal(chemin, chemin.read_bytes()[:-300], attendu) == "classeur illisible ou tronqué."
    assert refusal(chemin, b"a;b\n", attendu) == "un classeur XLSX était attendu, le contenu est de type texte."


def test_a_workbook_that_would_fill_the_memory_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chemin = tmp_path / "bmo.xlsx"
    with xlsxwriter.Workbook(chemin) as classeur:
        classeur.add_worksheet().write_column(0, 0, ["a" * 1000] * 100)
    monkeypatch.setattr(content, "TAILLE_DECOMPRESSEE_MAX", 1000)
    phrase = refusal(chemin, chemin.read_bytes(), Fichier("bmo.xlsx", "xlsx", ("annee",)))
    assert phrase == "classeur anormalement volumineux une fois décompressé."


def test_a_parquet_file(tmp_path: Path) -> None:
    chemin = tmp_path / "di.parquet"
    duckdb.sql("SELECT 1 AS id, 'x' AS nom").write_parquet(str(chemin))
    content.check(chemin, Fichier("di.parquet", "parquet", ("id", "nom")))
    attendu = Fichier("di.parquet", "parquet", ("id", "source"))
    assert refusal(chemin, chemin.read_bytes(), attendu) == "colonne absente : « source »."
    assert refusal(chemin, chemin.read_bytes()[:-5], attendu) == "fichier Parquet illisible ou tronqué."
    assert refusal(chemin, b"a,b\n", attendu) == "un fichier Parquet était attendu, le contenu est de type texte."


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_content_crashes_the_check(tmp_path: Path, data: st.DataObject) -> None:
    bons = [GEO, gzip.compress(GEO), (EXTRAITS / "qpv.geojson").read_bytes(), b"codgeo,epci\n1,2\n"]
    bon = data.draw(st.sampled_from(bons))
    position = data.draw(st.integers(0, len(bon)))
    contenu = bon[:position] + data.draw(st.binary(max_size=20)) + bon[position + data.draw(st.integers(0, 50)) :]
    (tmp_path / "f").write_bytes(contenu)
    for genre in ("geojson", "json", "json.gz", "csv", "xlsx", "parquet"):
        try:
            content.check(tmp_path / "f", Fichier("f", genre, ("code_qp",)))
        except content.FichierFautif as erreur:
            assert str(erreur).endswith(".")
