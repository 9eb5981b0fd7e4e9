"""What each partner owed and sent: states, dates, and what cannot be known."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from etl import completeness

AUJOURDHUI = date(2026, 8, 20)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One partner, a contract since April 2026, and no delivery yet."""
    with duckdb.connect() as con:
        con.execute("""
        CREATE SCHEMA contrat; CREATE SCHEMA journal; CREATE SCHEMA publication;
        CREATE TABLE contrat.parametre AS SELECT DATE '2026-01-01' AS debut, DATE '2030-12-31' AS fin;
        CREATE TABLE contrat.livraison
            (dossier VARCHAR, nom VARCHAR, schema VARCHAR, periodicite VARCHAR, delai_jours INTEGER, mode VARCHAR);
        CREATE TABLE journal.lot
            (partenaire VARCHAR, schema VARCHAR, periode VARCHAR, etat VARCHAR, charge_le TIMESTAMP);
        """)
        yield con


def expect(con, partenaire: str, schema: str, periodicite: str, delai: int = 30) -> None:
    con.execute("INSERT INTO contrat.livraison VALUES (?, ?, ?, ?, ?, 'incremental')",
                [partenaire, partenaire.title(), schema, periodicite, delai])  # fmt: skip


def receive(con, partenaire: str, schema: str, periode: str | None, jour: str, etat: str = "charge") -> None:
    con.execute("INSERT INTO journal.lot VALUES (?, ?, ?, ?, ?)", [partenaire, schema, periode, etat, jour])


def board(con, jour: date = AUJOURDHUI) -> list[tuple]:
    completeness.measure(con, jour)
    return con.execute(
        "SELECT periode, strftime(attendu_le, '%d/%m'), strftime(recu_le, '%d/%m'), a_l_heure, etat "
        "FROM publication.completude ORDER BY attendu_le"
    ).fetchall()


def test_on_time_received_late_late_and_to_come(con):
    expect(con, "plie", "etapes", "trimestre")
    receive(con, "autre", "acteurs", "2025", "2026-01-05")  # the base has been loading since January
    receive(con, "plie", "etapes", "2026-T1", "2026-04-30")
    assert board(con) == [
        ("2026-T1", "30/04", "30/04", True, "recu"),
        ("2026-T2", "30/07", None, None, "en_retard"),
        ("2026-T3", "30/10", None, None, "attendu"),
    ]
    receive(con, "plie", "etapes", "2026-T2", "2026-07-31")
    assert board(con)[1] == ("2026-T2", "30/07", "31/07", False, "recu_en_retard")
    receive(con, "plie", "etapes", "2026-T2", "2026-08-15")  # a correction does not make the first one late
    receive(con, "plie", "etapes", "2026-T2", "2026-07-30")
    assert board(con)[1] == ("2026-T2", "30/07", "30/07", True, "recu")


def test_before_the_first_load_nobody_knows_who_was_late(con):
    expect(con, "plie", "etapes", "trimestre")
    for trimestre in ("2026-T1", "2026-T2"):
        receive(con, "plie", "etapes", trimestre, "2026-07-30")
    assert board(con)[:2] == [
        ("2026-T1", "30/04", "30/07", None, "recu"),
        ("2026-T2", "30/07", "30/07", True, "recu"),
    ]


def test_refused_and_undone_files_are_not_received(con):
    expect(con, "plie", "etapes", "trimestre")
    receive(con, "plie", "etapes", "2026-T1", "2026-04-02", "refuse")
    receive(con, "plie", "etapes", "2026-T1", "2026-04-03", "annule")
    receive(con, "plie", "freins", "2026-T1", "2026-04-04")
    receive(con, "ailleurs", "etapes", "2026-T1", "2026-04-05")
    assert board(con)[0] == ("2026-T1", "30/04", None, None, "en_retard")


def test_a_year_or_a_file_without_period_covers_only_what_was_over(con):
    expect(con, "plie", "etapes", "trimestre")
    expect(con, "cite", "etapes", "trimestre")
    receive(con, "plie", "etapes", None, "2026-04-10")
    receive(con, "cite", "etapes", "2026", "2026-04-10")
    assert [(p, etat) for p, _, _, _, etat in board(con)] == [
        ("2026-T1", "recu"), ("2026-T1", "recu"), ("2026-T2", "en_retard"), ("2026-T2", "en_retard"),
        ("2026-T3", "attendu"), ("2026-T3", "attendu"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("periodicite", "dues"),
    [
        ("mois", ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"]),
        ("semestre", ["2026-T2", "2026-T4"]),
        ("annee", ["2026"]),
    ],
)
def test_each_periodicity_has_its_periods_the_running_one_included(con, periodicite, dues):
    expect(con, "plie", "etapes", periodicite)
    lignes = board(con)
    assert [ligne[0] for ligne in lignes] == dues
    assert lignes[-1][-1] == "attendu"


def test_deliveries_are_expected_even_when_everybody_stopped_sending(con):
    """The data date stands still when nobody sends: lateness is told from today."""
    expect(con, "plie", "etapes", "mois", 15)
    receive(con, "plie", "etapes", "2026-01", "2026-02-03")
    assert [etat for *_, etat in board(con)] == ["recu", *["en_retard"] * 6, "attendu"]


def test_a_partner_has_answered_when_its_latest_due_period_is_complete(con):
    for partenaire in ("plie", "cite"):
        expect(con, partenaire, "etapes", "trimestre")
        expect(con, partenaire, "freins", "trimestre")
        receive(con, partenaire, "etapes", "2026-T2", "2026-07-10")
    receive(con, "plie", "freins", "2026-T2", "2026-08-10")
    assert completeness.measure(con, AUJOURDHUI) == (2, 1)


def test_the_reminder_names_the_file_the_period_and_the_date(con):
    expect(con, "plie", "etapes", "trimestre")
    board(con)
    (rappels,) = con.execute("SELECT list(rappel) FILTER (rappel IS NOT NULL) FROM publication.completude").fetchall()
    assert "« etapes » pour la période 2026-T1, attendu le 30/04/2026" in " ".join(rappels[0])
