"""A delivery declared complete: rows it no longer holds are withdrawn, many of them only once confirmed."""

from dataclasses import replace

import pytest

from etl import validate
from etl.catalog.contrat import Livraison, Partenaire
from etl.validate.annulation import undo_last
from etl.validate.journal import Demande
from tests.etl.validate import depot_essai
from tests.etl.validate.depot_essai import ACTEUR, many


@pytest.fixture(autouse=True)
def complet(monkeypatch):
    """Partner p owes a complete list of actors each quarter."""
    livraisons = (Livraison("acteurs", "trimestre", 30, "complet"),)
    contrat = replace(depot_essai.contrat(), partenaires=(Partenaire("p", "Partenaire", livraisons),))
    monkeypatch.setattr(depot_essai, "contrat", lambda: contrat)


def _actors(depot, trimestre: int, *rangs: int):
    depot.csv(f"p/acteurs_2026-T{trimestre}.csv", [ACTEUR | {"acteur_id": f"P{rang}"} for rang in rangs])


def _count(resultat) -> int:
    return resultat.rows("SELECT count(*) FROM valide.acteurs WHERE partenaire = 'p'")[0]


def test_a_few_missing_rows_are_withdrawn_and_told(depot):
    _actors(depot, 1, *range(40))
    _actors(depot, 2, *range(39))
    resultat = depot.load()
    assert _count(resultat) == 39
    assert "p/acteurs : 1 ligne sur 40 (2,5 %) absente de l'envoi complet 2026-T2 a été retirée." in validate.alerts(
        depot.con
    )


def test_many_missing_rows_wait_for_a_confirmation_kept_for_good(depot):
    _actors(depot, 1, *range(40))
    _actors(depot, 2, *range(30))
    assert _count(depot.load()) == 40
    (phrase,) = (a for a in validate.alerts(depot.con) if a.startswith("p/acteurs :"))
    assert "10 lignes sur 40 (25,0 %)" in phrase and "pas confirmée" in phrase
    assert _count(depot.load(demande=Demande(confirmer=["p/acteurs_2026-T2.csv"]))) == 30
    assert _count(depot.load()) == 30


def test_a_row_refused_in_the_latest_delivery_is_not_missing(depot):
    _actors(depot, 1, *range(40))
    depot.csv("p/acteurs_2026-T2.csv", [*many(ACTEUR, 39, acteur_id="P{}"), ACTEUR | {"acteur_id": "P0", "champ": "x"}])
    assert _count(depot.load()) == 40


def test_two_files_of_the_latest_period_make_it_together(depot):
    _actors(depot, 1, *range(40))
    _actors(depot, 2, *range(20))
    depot.csv("p/acteurs_2026-T2_suite.csv", [ACTEUR | {"acteur_id": f"P{rang}"} for rang in range(20, 40)])
    assert _count(depot.load()) == 40


def test_other_partners_keep_their_rows(depot):
    depot.csv("q/acteurs_2026-T1.csv", [ACTEUR | {"acteur_id": "Q1"}])
    depot.csv("q/acteurs_2026-T2.csv", [ACTEUR | {"acteur_id": "Q2"}])
    assert depot.load().rows("SELECT acteur_id FROM valide.acteurs WHERE partenaire = 'q' ORDER BY 1") == ["Q1", "Q2"]


def test_withdrawn_rows_stay_away_when_the_next_delivery_is_the_same(depot):
    _actors(depot, 1, *range(40))
    _actors(depot, 2, *range(30))
    assert _count(depot.load(demande=Demande(confirmer=["p/acteurs_2026-T2.csv"]))) == 30
    _actors(depot, 3, *range(29, -1, -1))  # the same thirty, in another order
    assert _count(depot.load()) == 30
    _actors(depot, 4, *range(30), 35)  # one comes back
    resultat = depot.load()
    assert _count(resultat) == 31
    assert resultat.rows("SELECT acteur_id FROM valide.acteurs WHERE acteur_id = 'P35'") == ["P35"]


def test_confirming_one_file_confirms_no_other(depot):
    _actors(depot, 1, *range(40))
    _actors(depot, 2, *range(30))
    depot.load()
    assert _count(depot.load(demande=Demande(confirmer=["p/acteurs_2026-T1.csv", "socle/acteurs.csv"]))) == 40
    assert _count(depot.load(demande=Demande(confirmer=["p/acteurs_2026-T2.csv"]))) == 30


def test_undoing_a_complete_delivery_brings_its_withdrawals_back(depot):
    _actors(depot, 1, *range(40))
    depot.load()
    _actors(depot, 2, *range(30))
    assert _count(depot.load(demande=Demande(confirmer=["p/acteurs_2026-T2.csv"]))) == 30
    undo_last(depot.con, depot_essai.contrat(), depot_essai.JOUR, "Anne")
    assert depot.con.execute("SELECT count(*) FROM valide.acteurs WHERE partenaire = 'p'").fetchall() == [(40,)]
    assert depot.con.execute("FROM journal.suppression").fetchall() == []


def test_what_came_without_a_period_after_a_complete_delivery_is_not_missing_from_it(depot):
    _actors(depot, 1, *range(40))
    _actors(depot, 2, *range(40))
    depot.load()
    depot.csv("p/acteurs.csv", [ACTEUR | {"acteur_id": "P50"}])
    assert _count(depot.load()) == 41
    _actors(depot, 3, *range(1, 40))
    depot.load()
    assert depot.con.execute("SELECT count(*) FROM valide.acteurs WHERE acteur_id IN ('P0', 'P50')").fetchall() == [
        (0,)
    ]
