"""Accepted rows stay as values from one load to the next; whatever contradicts them later, their text comes back."""

from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from etl import validate
from etl.catalog import schemas
from etl.intake import rapide
from etl.validate.annulation import undo_last
from etl.validate.historique import history
from etl.validate.journal import Demande
from tests.etl.validate import depot_essai
from tests.etl.validate.depot_essai import CLE, JOUR, PERSONNE, Depot, many, persons

ETAPE = {"acteur_id": "A1", "participant_ref": "P-001", "date": "05/04/2025", "type_etape": "diagnostic"}
DIRECT, SOIGNEUX = 0, 2**40


@pytest.fixture(params=[DIRECT, SOIGNEUX], ids=["lu en SQL", "lu avec soin"])
def lecteur(request, monkeypatch) -> int:
    """Both ways of reading a text file: everything below holds for either."""
    monkeypatch.setattr(rapide, "TAILLE", request.param)
    return request.param


def held(depot: Depot, schema: str) -> tuple[int, int]:
    """Rows held as text, rows accepted."""
    textes, valeurs = (f"(SELECT count(*) FROM {couche}.{schema})" for couche in ("raw", "valide"))
    return depot.con.execute(f"SELECT {textes}, {valeurs}").fetchall()[0]


def test_an_accepted_row_is_held_once_a_refused_one_as_text(depot, monkeypatch):
    monkeypatch.setattr(rapide, "TAILLE", DIRECT)
    depot.csv("p/participants.csv", persons(30))
    lignes = many(ETAPE, 28, participant_ref="P-{:03d}")
    depot.csv("p/etapes.csv", [*lignes, ETAPE | {"type_etape": "Diagnostique"}, ETAPE | {"date": "31/02/2025"}])
    depot.load()
    assert held(depot, "participants") == (0, 30)
    assert held(depot, "etapes") == (2, 28)
    assert depot.con.execute("SELECT ligne, type_etape, date FROM raw.etapes ORDER BY 1").fetchall() == [
        (30, "Diagnostique", "05/04/2025"), (31, "diagnostic", "31/02/2025"),
    ]  # fmt: skip


def test_a_spelling_of_a_list_is_kept_beside_its_code(depot, monkeypatch):
    monkeypatch.setattr(rapide, "TAILLE", DIRECT)
    depot.csv("p/participants.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "code_qpv": "Les Lilas"}])
    depot.load()
    assert depot.con.execute("SELECT participant_ref, code_qpv FROM raw.participants").fetchall() == [
        ("P-010", "Les Lilas")
    ]
    assert held(depot, "participants") == (1, 10)


def test_an_undo_takes_references_away_then_a_reload_brings_the_rows_back(depot, lecteur):
    depot.csv("p/participants_2025-T1.csv", persons(5))
    depot.csv("p/etapes_2025-T1.csv", many(ETAPE, 5, participant_ref="P-{:03d}"))
    depot.load()
    depot.csv("p/participants_2025-T2.csv", many(PERSONNE, 20, participant_ref="N-{:03d}"))
    depot.load()
    depot.csv("q/etapes_2025-T2.csv", [*many(ETAPE, 20, participant_ref="N-{:03d}")])
    depot.load()
    etapes = depot.con.execute("FROM valide.etapes ORDER BY ALL").fetchall()
    for _ in range(2):
        undo_last(depot.con, depot_essai.contrat(), JOUR, "Anne")
    assert held(depot, "etapes")[1] == 5 and held(depot, "participants")[1] == 5
    noms = ["p/participants_2025-T2.csv", "q/etapes_2025-T2.csv"]
    assert depot.load(demande=Demande(forcer=noms)).rows("SELECT count(*) FROM valide.etapes") == [25]
    sans_lot = "SELECT * EXCLUDE lot FROM valide.etapes ORDER BY ALL"
    assert depot.con.execute(sans_lot).fetchall() == sorted((*e[:-2], e[-1]) for e in etapes)


def test_a_row_refused_long_after_is_held_as_text_again(depot, lecteur):
    depot.csv("p/participants.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "code_qpv": "QN99902M"}])
    depot.csv("p/etapes.csv", many(ETAPE, 10, participant_ref="P-{:03d}"))
    avant = depot.load().rows("FROM valide.etapes ORDER BY ALL")
    reduit = replace(depot_essai.contrat(), qpv=depot_essai.contrat().qpv[:1])
    validate.load_depot(depot.con, reduit, depot.dossier, CLE, JOUR, depot.sortie)
    assert held(depot, "etapes")[1] == 9
    assert depot.con.execute("SELECT ligne, colonne, code FROM refus.ligne WHERE schema = 'etapes'").fetchall() == [
        (11, "participant_ref", "reference_refusee")
    ]
    assert depot.con.execute("SELECT * EXCLUDE lot FROM raw.etapes WHERE participant_ref = 'P-010'").fetchall() == [
        (11, None, "A1", "P-010", "05/04/2025", "diagnostic")
    ]
    assert depot.load().rows("FROM valide.etapes ORDER BY ALL") == avant


def test_corrections_are_told_and_undone(depot, lecteur):
    depot.csv("p/participants_2025.csv", persons(12))
    depot.load()
    avant = depot.con.execute("FROM valide.participants ORDER BY ALL").fetchall()
    depot.csv("p/participants_2026.csv", [*persons(2, sexe="homme"), *many(PERSONNE, 3, participant_ref="N-{}")])
    depot.load()
    assert depot.con.execute("FROM journal.difference WHERE chargement = 2").fetchall() == [
        (2, "participants", 3, 2, 0, 0, 0)
    ]
    (_, corrigee) = history(depot.con, schemas.load("participants"), ["A1", "P-001"])
    assert corrigee["valeurs"] == [{"colonne": "sexe", "avant": "femme", "apres": "homme"}]
    undo_last(depot.con, depot_essai.contrat(), JOUR, "Anne")
    assert depot.con.execute("FROM valide.participants ORDER BY ALL").fetchall() == avant
    assert depot.con.execute("FROM journal.difference WHERE chargement = 3").fetchall() == [
        (3, "participants", 0, 2, 3, 0, 0)
    ]


def test_rows_are_judged_again_when_what_reads_them_changes(depot, lecteur):
    depot.csv("p/participants.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "code_qpv": "QN99902M"}])
    depot.load()
    reduit = replace(depot_essai.contrat(), qpv=depot_essai.contrat().qpv[:1])
    for contrat, attendues in ((reduit, 9), (depot_essai.contrat(), 10)):
        validate.load_depot(depot.con, contrat, depot.dossier, CLE, JOUR, depot.sortie)
        assert held(depot, "participants")[1] == attendues
    assert depot.con.execute("SELECT genre, cle FROM journal.changement ORDER BY chargement").fetchall() == [
        ("retiree", ["A1", "P-010"]), ("revenue", ["A1", "P-010"]),
    ]  # fmt: skip


def test_a_day_before_the_last_judgement_judges_again(depot, lecteur):
    depot.csv("p/participants.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "date_entree": "15/11/2026"}])
    depot.load()
    assert depot.load(jour=date(2026, 11, 10)).rows("SELECT count(*) FROM valide.participants") == [9]
    assert depot.load().rows("SELECT count(*) FROM valide.participants") == [10]


def test_a_load_that_brings_nothing_moves_nothing(depot, lecteur):
    depot.csv("p/participants.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "sexe": "zz"}])
    depot.csv("p/etapes.csv", many(ETAPE, 9, participant_ref="P-{:03d}"))
    depot.load()
    tables = [f"{couche}.{nom}" for couche in ("raw", "valide") for nom in schemas.names()]
    tables += ["refus.ligne", "journal.changement", "journal.difference", "journal.chargement", "journal.lecture"]
    avant = {nom: depot.con.execute(f"FROM {nom} ORDER BY ALL").fetchall() for nom in tables}
    depot.load()
    assert {nom: depot.con.execute(f"FROM {nom} ORDER BY ALL").fetchall() for nom in tables} == avant


def test_a_base_of_before_values_stood_is_judged_once_and_nothing_is_said_to_change(depot, monkeypatch):
    monkeypatch.setattr(rapide, "TAILLE", SOIGNEUX)
    depot.csv("p/participants.csv", persons(10))
    depot.load()
    depot.con.execute("DROP TABLE journal.lecture")
    avant = depot.con.execute("FROM valide.participants ORDER BY ALL").fetchall()
    depot.load()
    assert depot.con.execute("FROM valide.participants ORDER BY ALL").fetchall() == avant
    assert depot.con.execute("SELECT count(*) FROM journal.changement").fetchall() == [(0,)]


def test_the_workbook_of_a_row_refused_by_its_reference_loads_once_the_reference_is_there(depot, monkeypatch):
    monkeypatch.setattr(rapide, "TAILLE", DIRECT)
    depot.csv("p/participants.csv", persons(9))
    depot.csv("p/etapes.csv", many(ETAPE, 10, participant_ref="P-{:03d}"))
    depot.load()
    (classeur,) = (depot.sortie / "rejets").glob("p-*.xlsx")
    (feuille,) = openpyxl.load_workbook(classeur)
    assert [cellule.value for cellule in feuille[2]][:4] == ["A1", "P-010", "05/04/2025", "diagnostic"]
