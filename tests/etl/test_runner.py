"""The runner orders the models by itself, refuses what breaks the layers, and describes each table."""

from pathlib import Path

import duckdb
import pytest

from etl import runner


@pytest.fixture
def con():
    with duckdb.connect() as connexion:
        connexion.execute("CREATE SCHEMA valide; CREATE TABLE valide.sorties AS SELECT 1 AS id, 'cdi' AS type_sortie")
        connexion.execute("CREATE SCHEMA contrat; CREATE TABLE contrat.qpv AS SELECT 'QN1' AS code")
        yield connexion


@pytest.fixture
def dossier(tmp_path):
    def write(**fichiers: str) -> Path:
        for nom, sql in fichiers.items():
            chemin = tmp_path / f"{nom.replace('__', '/')}.sql"
            chemin.parent.mkdir(exist_ok=True)
            chemin.write_text(sql, encoding="utf-8")
        return tmp_path

    return write


CHAINE = {
    "mart__a": "-- Ce que l'écran lit.\nSELECT * FROM mart.b;\n",
    "mart__b": "-- B.\nWITH s AS (SELECT * FROM core.sortie) SELECT s.*, q.code FROM s CROSS JOIN contrat.qpv AS q",
    "core__sortie": "-- Une ligne par sortie.\nSELECT * FROM staging.sorties",
    "staging__sorties": "-- Sorties.\nSELECT * FROM valide.sorties",
}


def test_models_run_after_what_they_read(con, dossier):
    vus = []
    ordre = runner.run(con, dossier(**CHAINE), lambda nom, rang, total: vus.append((nom, rang, total)))
    assert [m.nom for m in ordre] == ["staging.sorties", "core.sortie", "mart.b", "mart.a"]
    assert vus == [("staging.sorties", 1, 4), ("core.sortie", 2, 4), ("mart.b", 3, 4), ("mart.a", 4, 4)]
    assert con.execute("SELECT * FROM mart.a").fetchall() == [(1, "cdi", "QN1")]


def test_results_are_described_tables(con, dossier):
    runner.run(con, dossier(**CHAINE))
    tables = con.execute(
        "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() "
        "WHERE schema_name IN ('core', 'mart') ORDER BY 1"
    ).fetchall()
    assert tables == [("core.sortie", "Une ligne par sortie."), ("mart.a", "Ce que l'écran lit."), ("mart.b", "B.")]
    assert con.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchone() == (0,)


def test_a_second_run_replaces_the_tables(con, dossier):
    runner.run(con, dossier(**CHAINE))
    con.execute("UPDATE valide.sorties SET type_sortie = 'interim'")
    runner.run(con, dossier(**CHAINE))
    assert con.execute("SELECT * FROM mart.a").fetchall() == [(1, "interim", "QN1")]


def test_tables_read_are_found_everywhere_in_a_select(dossier):
    sql = """-- X.
    WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3),
    u AS MATERIALIZED (SELECT * FROM core.a ASOF JOIN core.b USING (k))
    SELECT *, (SELECT max(k) FROM core.c) FROM t, u, range(3), unnest([1]) AS v(x)
    WHERE k IN (SELECT k FROM core.d) OR EXISTS (FROM core.e) UNION ALL BY NAME SELECT * FROM territoire.point"""
    feuilles = {f"core__{nom}": "-- Y.\nSELECT 1 AS k" for nom in "abcde"}
    lit = {m.nom: m.lit for m in runner.models(dossier(core__x=sql, **feuilles))}["core.x"]
    assert lit == ("core.a", "core.b", "core.c", "core.d", "core.e", "territoire.point")


def test_a_public_source_may_be_missing(con, dossier):
    modeles = dossier(staging__pub="-- Public.\nFROM public.pub", staging__b="-- B.\nFROM valide.sorties")
    runner.run(con, modeles)
    tables = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'staging' ORDER BY 1"
    assert con.execute(tables).fetchall() == [("b",)]
    con.execute("CREATE SCHEMA public; CREATE TABLE public.pub AS SELECT 7 AS n")
    runner.stage_public(con, modeles)
    assert con.execute("FROM staging.pub").fetchall() == [(7,)]
    con.execute("DROP TABLE public.pub")
    runner.run(con, modeles)
    assert con.execute(tables).fetchall() == [("b",)]


REFUS = {
    "a public source is needed": (
        {"core__a": "-- A.\nFROM staging.b", "staging__b": "-- B.\nFROM public.b"},
        "core.a reads staging.b, a public source that may be missing",
    ),
    "a layer is skipped": (
        {"mart__a": "-- A.\nFROM staging.b", "staging__b": "-- B.\nFROM valide.b"},
        "mart.a reads staging.b: layer mart reads core, mart, territoire, contrat only",
    ),
    "a layer is read backwards": (
        {"core__a": "-- A.\nFROM mart.b", "mart__b": "-- B.\nSELECT 1"},
        "core.a reads mart.b: layer core reads",
    ),
    "the raw rows are read": ({"core__a": "-- A.\nFROM raw.b"}, "core.a reads raw.b"),
    "validated rows are read past staging": ({"core__a": "-- A.\nFROM valide.b"}, "core.a reads valide.b"),
    "the table is made by no model": ({"mart__a": "-- A.\nFROM core.b"}, "mart.a reads core.b, which no model makes"),
    "a table is unqualified": ({"mart__a": "-- A.\nFROM b"}, "reads b without its layer"),
    "a common table expression ended": (
        {"mart__a": "-- A.\nSELECT * FROM (WITH b AS (SELECT 1) FROM b), b"},
        "reads b without its layer",
    ),
    "a file is read": ({"mart__a": "-- A.\nFROM read_csv('x.csv')"}, "reads through read_csv"),
    "a cycle": ({"core__a": "-- A.\nFROM core.b", "core__b": "-- B.\nFROM core.a"}, "in a circle: core"),
    "no description": ({"core__a": "SELECT 1"}, "must be a comment that describes"),
    "an empty description": ({"core__a": "--\nSELECT 1"}, "must be a comment that describes"),
    "an unknown layer": ({"vrac__a": "-- A.\nSELECT 1"}, "unknown layer 'vrac'"),
    "two statements": ({"core__a": "-- A.\nSELECT 1; SELECT 2"}, "several statements"),
    "not a select": ({"core__a": "-- A.\nCREATE TABLE x AS SELECT 1"}, "not one readable SELECT"),
    "a syntax error": ({"core__a": "-- A.\nSELECT FROM"}, "syntax error"),
    "a failure while running": ({"core__a": "-- A.\nSELECT no_such"}, "core.a failed"),
}


@pytest.mark.parametrize(("fichiers", "message"), REFUS.values(), ids=REFUS.keys())
def test_refusals_name_what_is_wrong(con, dossier, fichiers, message):
    with pytest.raises(runner.ErreurModele) as refus:
        runner.run(con, dossier(**fichiers))
    assert message in str(refus.value)


def test_the_project_s_own_models_follow_the_rules():
    for modele in runner.models(Path(__file__).parents[2] / "etl" / "sql"):
        assert modele.description.endswith((".", "?")), f"{modele.nom}: the description is a sentence"
