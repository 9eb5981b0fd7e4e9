"""Childcare places one by one: read from either format, placed only where their position is sure."""

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from etl.catalog import sources
from etl.public import bpe_geolocalisee, content, tables
from etl.public.content import FichierFautif
from tests.etl.territories.lignes import rows

# The layout INSEE publishes (a few of its 89 columns), about places that do not exist.
COLONNES = "AN, NOMRS, SIRET, DEPCOM, TYPEQU, LAMBERT_X, LATITUDE, LONGITUDE, QUALITE_XY, QUALITE_GEOLOC, QP2024"
LIGNES = """
    ('2024', 'CRECHE LES LUTINS', '12345678901234', '99001', 'D502', 525000.0, 47.41, 0.71, 'B', '11', 'CSZ'),
    ('2024', 'HALTE GARDERIE', '_Z', '99001', 'D502', 525000.0, 47.42, 0.72, 'A', '12', 'CSZ'),
    ('2024', 'MICRO CRECHE', '_Z', '99001', 'D502', 525000.0, 47.43, 0.73, 'M', '22', 'CSZ'),
    ('2024', 'AU HASARD', '_Z', '99001', 'D502', 525000.0, 47.44, 0.74, 'A', '33', 'CSZ'),
    ('2024', '', NULL, '99001', 'D502', NULL, NULL, NULL, '_Z', '_Z', 'CSZ'),
    ('2024', 'VOISINE', '_Z', '98002', 'D502', 525000.0, 47.45, 0.75, '_U', '_U', 'CSZ'),
    ('2024', 'TROP LOIN', '_Z', '98003', 'D502', 525000.0, 47.6, 0.75, 'B', '11', 'CSZ'),
    ('2024', 'PHARMACIE', '_Z', '99001', 'D307', 525000.0, 47.41, 0.71, 'B', '11', 'CSZ')
"""
CONTRAT = SimpleNamespace(
    communes=(SimpleNamespace(code="99001"),),
    qpv=(SimpleNamespace(code="QN99901I", code_2015=None, latitude=47.43, longitude=0.73),),
    **{"epci": "990000001", "zone_emploi": "9901", "bassin_emploi": "9901", "code_anct": "CV999"},
)


@pytest.fixture(params=["parquet", "csv"])
def dossier(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    options = "FORMAT parquet" if request.param == "parquet" else "FORMAT csv, DELIMITER ';', HEADER"
    duckdb.execute(
        f"COPY (SELECT * FROM (VALUES {LIGNES}) AS t ({COLONNES})) TO '{tmp_path}/BPE24.{request.param}' ({options})"
    )
    return tmp_path


def test_both_formats_pass_the_check_and_give_the_same_places(dossier: Path) -> None:
    fichier = next(f for f in sources.get("bpe_geolocalisee").fichiers if (dossier / f.nom).exists())
    content.check(dossier / fichier.nom, fichier)
    lues = bpe_geolocalisee.select(dossier, CONTRAT)  # type: ignore[arg-type]
    colonnes = ["nom", "siret", "commune", "annee", "precision", "latitude", "longitude"]
    assert set(lues["equipement"]) == {"creche"} and lues["id"].is_unique
    assert sorted(rows(lues[colonnes])) == [
        ("AU HASARD", None, "99001", 2024, "100 à 500 m", None, None),
        ("Accueil de jeunes enfants", None, "99001", 2024, "non précisée", None, None),
        ("CRECHE LES LUTINS", "12345678901234", "99001", 2024, "moins de 100 m", 47.41, 0.71),
        ("HALTE GARDERIE", None, "99001", 2024, "100 à 500 m", 47.42, 0.72),
        ("MICRO CRECHE", None, "99001", 2024, "non précisée", None, None),
        ("VOISINE", None, "98002", 2024, "non précisée", 47.45, 0.75),
    ]
    assert len(bpe_geolocalisee.load(dossier)) == 7


def test_it_becomes_a_table_of_the_base(dossier: Path) -> None:
    with duckdb.connect() as con:
        alertes = tables.write(con, CONTRAT, dossier)  # type: ignore[arg-type]
        assert not [a for a in alertes if a.startswith("Crèches")]
        comptes = "SELECT count(*), count(latitude) FROM public.bpe_geolocalisee"
        assert con.execute(comptes).fetchone() == (6, 3)


def test_a_missing_or_truncated_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        bpe_geolocalisee.load(tmp_path)
    (tmp_path / "BPE24.parquet").write_bytes(b"PAR1 tronque")
    with pytest.raises(FichierFautif, match=r"^fichier illisible \(BPE24\.parquet\)\.$"):
        bpe_geolocalisee.load(tmp_path)
