"""The directory: a partner's sheet stands, the public one is added or recognised, duplicates are shown with why."""

import pytest

from etl import annuaire, runner
from etl.build import SQL
from tests.etl import monde

ICI = {"latitude": 47.4050, "longitude": 0.7050}


@pytest.fixture
def con():
    base = monde.empty()
    base.execute("CREATE SCHEMA public")
    adresse = {"adresse": "12, rue de l'Étang", "code_postal": "99000"}
    monde.add(
        base,
        "acteurs",
        {"acteur_id": "A", "nom": "Mission locale d'Amont", "siret": "11111111111111", **ICI},
        {"acteur_id": "B", "nom": "Régie de quartier", **adresse},
        {"acteur_id": "C", "nom": "Centre social Le Pont", "latitude": 47.41, "longitude": 0.71},
    )
    runner.run(base, SQL)
    return base


def structures(base) -> None:
    base.execute("""
    CREATE TABLE public.data_inclusion_structure AS
    SELECT 'dora' AS source, *, NULL AS commune, NULL AS complement_adresse, '99001' AS code_insee,
        NULL AS telephone, NULL AS courriel, NULL AS lien_source, NULL AS score_qualite, NULL AS site_web,
        [] AS reseaux_porteurs
    FROM (VALUES
        ('dora--1', 'MISSION LOCALE D''AMONT', '11111111111111', 'rue neuve', '99000', 48.0, 1.0, DATE '2026-01-01'),
        ('dora--2', 'Regie de Quartier', NULL, '12 rue de l''etang', '99000', NULL, NULL, DATE '2026-01-01'),
        ('dora--3', 'Centre social du Pont', NULL, NULL, NULL, 47.4101, 0.7101, DATE '2020-01-01'),
        ('dora--4', 'Pâtisserie', NULL, NULL, NULL, 47.4101, 0.7101, DATE '2026-01-01'),
        ('dora--5', 'Antenne santé', '11111111111111', NULL, NULL, 48.0, 1.0, DATE '2026-01-01')
    ) AS t (id, nom, siret, adresse, code_postal, latitude, longitude, date_maj);
    CREATE TABLE public.data_inclusion AS
    SELECT 'dora--4' AS structure_id, ['sante--acces-aux-soins'] AS thematiques, ['femmes'] AS publics;
    """)


def test_without_the_public_file_the_directory_is_the_partners(con) -> None:
    annuaire.build(con)
    assert con.execute("SELECT origine, id, structures FROM mart.annuaire").fetchall() == [
        ("partenaire", "A", None),
        ("partenaire", "B", None),
        ("partenaire", "C", None),
    ]
    assert con.execute("SELECT * FROM mart.doublon").fetchall() == []
    assert con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'public'").fetchall() == []


def test_duplicates_are_recognised_and_said(con) -> None:
    structures(con)
    annuaire.build(con)
    lus = con.execute("SELECT id_1, id_2, motif FROM mart.doublon ORDER BY ALL").fetchall()
    assert lus == [
        ("A", "dora--1", "siret"),
        # One SIRET under another name may be another branch: shown, not merged.
        ("A", "dora--5", "siret_nom_different"),
        ("B", "dora--2", "nom_adresse"),
        ("C", "dora--3", "distance"),
        ("dora--1", "dora--5", "siret_nom_different"),
    ]


def test_a_partner_s_sheet_is_never_overwritten(con) -> None:
    structures(con)
    annuaire.build(con)
    colonnes = "origine, id, nom, adresse, structures, services, score"
    lues = con.execute(f"SELECT {colonnes} FROM mart.annuaire ORDER BY origine DESC, id").fetchall()
    scores = dict(con.execute("SELECT acteur_id, score_fiche FROM core.acteur").fetchall())
    assert lues == [
        ("partenaire", "A", "Mission locale d'Amont", None, ["dora--1"], None, scores["A"]),
        ("partenaire", "B", "Régie de quartier", "12, rue de l'Étang", ["dora--2"], None, scores["B"]),
        ("partenaire", "C", "Centre social Le Pont", None, ["dora--3"], None, scores["C"]),
        # Name, coordinates, a theme, a public, a recent date: five criteria of ten.
        ("data_inclusion", "dora--4", "Pâtisserie", None, None, 1, 50.0),
        ("data_inclusion", "dora--5", "Antenne santé", None, None, 0, 40.0),
    ]
