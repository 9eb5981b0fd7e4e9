"""The integer program finds a world where there is one, a second one for a person, and nothing where there is none."""

import numpy as np
import pytest

from etl.secrecy.audit import entier
from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import Tableau
from etl.secrecy.lien import EXACTEMENT_UNE, LIBRE


def tableau(valeurs, lignes, presences, unites, mode=LIBRE, marges=None):
    """A tableau of these rows (`lignes`: those of each presence) and feuilles (`presences`: those each makes true)."""
    nombre = len(valeurs)
    zeros = np.zeros(nombre, dtype=int)
    return Tableau(
        "essai", [("annee", str(r), "total", "total", "", "", "") for r in range(nombre)], np.array(valeurs),
        np.array(marges or zeros), np.full(nombre, 9), zeros, zeros, zeros.astype(bool), zeros - 1, mode,
        np.array([*lignes, [nombre] * len(lignes[0])]), np.array(presences), np.arange(len(lignes)),
        np.zeros(len(lignes), dtype=int), np.zeros(len(lignes), dtype=int), np.array(unites),
        np.arange(len(presences), dtype=np.uint64), np.array([False]),
    )  # fmt: skip


def world(lu):
    """A world with nothing true in it."""
    monde = Monde(lu, credit=1000)
    monde.place(np.zeros(len(lu.cles), dtype=bool))
    return monde


def test_answers_are_found_in_two_rows_that_share_a_person():
    monde = world(tableau([2, 1], [[0, 2], [0, 1], [1, 2]], [[0], [1], [2]], [0, 1, 2]))
    assert entier.settle(monde)
    assert monde.ecarts[:2].tolist() == [0, 0]


def test_rows_that_no_answers_make_have_no_world():
    assert not entier.settle(world(tableau([2, 0], [[0, 1], [0, 1]], [[0], [1]], [0, 1])))


def test_a_presence_made_true_twice_counts_once():
    """Two events of one person: the quarters say one each, the year says one person."""
    lu = tableau([1, 1, 1], [[0], [1], [2]], [[0, 2], [1, 2]], [0, 0])
    monde = world(lu)
    assert entier.settle(monde)
    assert monde.vraies.tolist() == [True, True]
    assert not entier.settle(world(tableau([1, 1, 0], [[0], [1], [2]], [[0, 2], [1, 2]], [0, 0])))


def test_exactly_one_answer_each_when_there_must_be():
    lu = tableau([1, 1], [[0], [1], [0], [1]], [[0], [1], [2], [3]], [0, 0, 1, 1], EXACTEMENT_UNE)
    monde = world(lu)
    assert entier.settle(monde)
    assert monde.vraies.reshape(2, 2).sum(axis=1).tolist() == [1, 1]


@pytest.mark.parametrize(("valeur", "existe"), [(1, True), (2, False), (0, False)])
def test_a_second_world_exists_unless_the_row_says_it_all(valeur, existe):
    """Two persons, an exact total: one of the two counts, or both do, or neither."""
    monde = world(tableau([valeur], [[0], [0]], [[0], [1]], [0, 1]))
    assert entier.settle(monde)
    presence = 0
    avant = monde.comptes[presence]
    autre = entier.second(monde, presence)
    assert (autre is not None) is existe
    if existe:
        for feuille in autre:
            monde.toggle(feuille)
        assert monde.comptes[presence] != avant
        assert not len(monde.violated())


def large():
    hasard = np.random.default_rng(3)
    lignes = np.sort(hasard.integers(0, 60, (400, 8)), axis=1)
    return world(tableau([27] * 60, lignes.tolist(), [[p] for p in range(400)], list(range(400)), marges=[3] * 60))


def test_a_program_that_has_spent_its_credit_is_not_asked_again():
    monde = large()
    monde.credit = 2 * 400**2 - 1
    assert entier.settle(monde)
    monde.place(np.zeros(400, dtype=bool))
    assert not entier.settle(monde)
    # One it could spend is all that was missing.
    monde.credit = 400**2
    assert entier.settle(monde)


def test_after_a_program_stopped_by_the_clock_none_is_asked(monkeypatch):
    monde = large()
    monde.credit = 10 * 400**2
    monkeypatch.setattr(entier, "_SECONDES", 0.0)
    assert not entier.settle(monde)
    monkeypatch.undo()
    assert not entier.settle(monde)
    assert monde.credit <= 0
