"""Workbooks are opened in a child process: one that kills it is refused, the next ones are read."""

import os
import signal
import time
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from etl.catalog import schemas
from etl.intake import atelier as ateliers
from etl.intake.atelier import Atelier

FREQUENTATION = [["acteur_id", "date", "passages"], ["A1", "02/03/2025", "12"]]


@pytest.fixture
def atelier():
    choisis = [schemas.load(nom) for nom in schemas.names()]
    with Atelier(choisis, bytes(32), date(2026, 1, 1)) as ouvert:
        yield ouvert


def _workbook(chemin, passages="12"):
    classeur = openpyxl.Workbook()
    for ligne in FREQUENTATION:
        classeur.active.append([passages if cellule == "12" else cellule for cellule in ligne])
    classeur.save(chemin)
    return chemin


def test_rows_come_back_from_the_child(atelier, tmp_path):
    lecture = atelier.read(_workbook(tmp_path / "frequentation.xlsx"))
    (tableau,) = lecture.tableaux
    assert list(tableau.blocs) == [[[2], [None], ["A1"], ["02/03/2025"], ["12"]]]
    assert (tableau.schema.name, tableau.bilan.lues, tableau.bilan.gardees) == ("frequentation", 1, 1)


def test_a_child_that_dies_refuses_its_workbook_only(atelier, tmp_path):
    premier, second = _workbook(tmp_path / "frequentation_a.xlsx"), _workbook(tmp_path / "frequentation_b.xlsx")
    atelier.start()
    os.kill(atelier._enfant.pid, signal.SIGKILL)
    atelier._enfant.wait()
    atelier._enfant.poll = lambda: None  # the parent believes it alive, as when it dies while reading
    lecture = atelier.read(premier)
    assert (lecture.etat, lecture.schema) == ("refuse", "frequentation")
    assert "limites de mémoire et de temps" in lecture.motif
    assert atelier.read(second).etat == "lu"


def test_a_child_that_died_before_a_workbook_does_not_refuse_it(atelier, tmp_path):
    premier, second = _workbook(tmp_path / "frequentation_a.xlsx"), _workbook(tmp_path / "frequentation_b.xlsx")
    assert atelier.read(premier).etat == "lu"
    os.kill(atelier._enfant.pid, signal.SIGKILL)
    atelier._enfant.wait()
    atelier._enfant.poll = lambda: None  # the system has not said yet that it is dead
    assert atelier.read(second).etat == "lu"


def test_a_workbook_that_kills_every_child_is_refused(atelier, tmp_path, monkeypatch):
    premier, second = _workbook(tmp_path / "frequentation_a.xlsx"), _workbook(tmp_path / "frequentation_b.xlsx")
    assert atelier.read(premier).etat == "lu"
    poser, morts = atelier._put, []

    def tuer(demande):
        atelier.start()
        morts.append(atelier._enfant.pid)
        os.kill(morts[-1], signal.SIGSTOP)  # it cannot answer before it dies
        poser(demande)
        os.kill(morts[-1], signal.SIGKILL)

    monkeypatch.setattr(atelier, "_put", tuer)
    assert atelier.read(second).etat == "refuse"
    assert len(set(morts)) == 2


@pytest.fixture
def annonces(atelier, tmp_path):
    """Three workbooks and a text file announced, which say 1, 2, 3 and 4 visits; the first is read."""
    chemins = [_workbook(tmp_path / f"frequentation_{rang}.xlsx", str(rang)) for rang in (1, 2, 3)]
    texte = tmp_path / "frequentation_4.csv"
    texte.write_text("acteur_id;date;passages\nA1;02/03/2025;4\n", encoding="utf-8")
    atelier.expect([chemins[0], texte, tmp_path / "absent.xlsx", *chemins[1:]])
    assert _visits(atelier.read(chemins[0])) == "1"
    return [*chemins, texte]


def _visits(lecture):
    (tableau,) = lecture.tableaux
    return next(tableau.blocs)[-1][0]


def test_a_workbook_read_ahead_is_the_one_asked_for(atelier, annonces):
    assert [_visits(atelier.read(annonces[rang])) for rang in (3, 1, 2)] == ["4", "2", "3"]


def test_a_workbook_read_ahead_and_never_asked_for_is_left(atelier, annonces):
    assert [_visits(atelier.read(annonces[rang])) for rang in (2, 1, 0)] == ["3", "2", "1"]


def test_a_child_that_dies_ahead_takes_no_other_workbook_with_it(atelier, annonces):
    os.kill(atelier._enfant.pid, signal.SIGKILL)
    assert _visits(atelier.read(annonces[3])) == "4"
    assert _visits(atelier.read(annonces[2])) == "3"
    assert atelier.read(annonces[1]).etat == "lu"


def test_a_child_that_hangs_is_stopped(atelier, tmp_path, monkeypatch):
    monkeypatch.setattr(ateliers, "ATTENTE", 0.5)
    atelier.start()
    os.kill(atelier._enfant.pid, signal.SIGSTOP)
    debut = time.monotonic()
    assert atelier.read(_workbook(tmp_path / "frequentation.xlsx")).etat == "refuse"
    assert time.monotonic() - debut < 30


def test_the_child_ends_with_the_load(tmp_path):
    with Atelier([schemas.load("frequentation")], bytes(32), date(2026, 1, 1)) as ouvert:
        ouvert.read(_workbook(tmp_path / "frequentation.xlsx"))
        enfant = ouvert._enfant
    assert enfant.returncode is not None


def test_memory_is_limited(atelier, tmp_path):
    """The child cannot take more memory than allowed: its own limit is read from the system."""
    atelier.read(_workbook(tmp_path / "frequentation.xlsx"))
    lignes = Path(f"/proc/{atelier._enfant.pid}/limits").read_text(encoding="ascii").splitlines()
    limites = {ligne[:26].strip(): ligne[26:].split()[0] for ligne in lignes[1:]}
    assert limites["Max address space"] == str(2 * 2**30)
    assert int(limites["Max cpu time"]) <= 70 and limites["Max core file size"] == "0"
