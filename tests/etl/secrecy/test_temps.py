"""What days each published value speaks of, and when those behind it may have answered; all worked by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import lien
from etl.secrecy.audit import lecture
from etl.secrecy.audit.assemblage import Entrees, assemble
from etl.secrecy.audit.temps import ANNEE, DEBUT, MOIS, TRIMESTRE, Calendrier, span, spans
from etl.secrecy.denominateurs import denominators
from etl.secrecy.lien import ACQUIS, DATE, EVENEMENT, LIBRE, PAR_PERIODE, TRAIT

MARS, JUIN = date(2026, 3, 31), date(2026, 6, 30)


def days(debut, fin):
    return date.fromisoformat(debut).toordinal(), date.fromisoformat(fin).toordinal()


@pytest.mark.parametrize(
    ("periode", "jour", "duree", "attendu"),
    [
        ("2026", JUIN, EVENEMENT, (*days("2026-01-01", "2026-06-30"), ANNEE)),
        ("2026", MARS, DATE, (*days("2026-01-01", "2026-03-31"), ANNEE)),
        ("2026-T1", JUIN, EVENEMENT, (*days("2026-01-01", "2026-03-31"), TRIMESTRE)),
        ("2025-T4", JUIN, EVENEMENT, (*days("2025-10-01", "2025-12-31"), TRIMESTRE)),
        ("2024-02", JUIN, EVENEMENT, (*days("2024-02-01", "2024-02-29"), MOIS)),
        ("2025-12", JUIN, EVENEMENT, (*days("2025-12-01", "2025-12-31"), MOIS)),
        ("depuis_debut", MARS, EVENEMENT, (0, MARS.toordinal(), DEBUT)),
        ("2025", MARS, PAR_PERIODE, (*days("2025-12-31", "2025-12-31"), MOIS)),
        ("2026", MARS, PAR_PERIODE, (*days("2026-03-31", "2026-03-31"), MOIS)),
        ("2025", MARS, ACQUIS, (0, MARS.toordinal(), MOIS)),
        ("2025", MARS, TRAIT, (0, 0, MOIS)),
    ],
)
def test_days_a_value_speaks_of(periode, jour, duree, attendu):
    assert span(periode, jour, duree) == attendu


def calendar(*lues, duree=EVENEMENT):
    """The calendar of these (period, day of reading), the first day of each slice, and the rank of each span."""
    calendrier, rangs = Calendrier.of(spans(*zip(*lues, strict=True), duree))
    return calendrier, [date.fromordinal(j).isoformat() if j else "" for j in calendrier.tranches.tolist()], rangs


def possible(calendrier, rangs, *siens, duree=EVENEMENT):
    presents = np.zeros((1, len(calendrier)), dtype=bool)
    presents[0, [rangs[s] for s in siens]] = True
    return calendrier.possible(presents, duree)[0].tolist()


def test_a_year_that_has_one_quarter_so_far_is_that_quarter():
    calendrier, tranches, rangs = calendar(("2026", MARS), ("2026-T1", JUIN), ("2026", JUIN))
    assert tranches == ["2026-01-01", "2026-04-01"]
    assert rangs[0] == rangs[1] != rangs[2]
    assert calendrier.mailles[rangs[0]] == TRIMESTRE
    assert calendrier.dedans[rangs[2]].tolist() == [True, True]
    assert calendrier.dedans[rangs[0]].tolist() == [True, False]


def test_who_is_in_an_open_year_may_answer_after_it_was_first_read():
    calendrier, tranches, rangs = calendar(("2026", MARS), ("2026", JUIN))
    assert possible(calendrier, rangs, 0, 1) == [True, True]
    assert possible(calendrier, rangs, 0) == [True, False]


def test_a_base_of_one_known_day_answers_in_the_shortest_span_it_was_seen_in():
    calendrier, tranches, rangs = calendar(("2026", MARS), ("2026", JUIN), duree=DATE)
    assert possible(calendrier, rangs, 0, 1, duree=DATE) == [True, False]
    assert possible(calendrier, rangs, 1, duree=DATE) == [True, True]


def test_who_is_in_some_months_of_a_quarter_answers_in_one_of_these():
    calendrier, tranches, rangs = calendar(
        ("2026-01", JUIN), ("2026-02", JUIN), ("2026-03", JUIN), ("2026-T1", JUIN), ("2026", JUIN)
    )
    assert tranches == ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
    assert possible(calendrier, rangs, 0, 1, 3, 4) == [True, True, False, True]  # no quarter is told after March
    assert possible(calendrier, rangs, 3, 4) == [True, True, True, True]
    assert possible(calendrier, rangs, 4) == [True, True, True, True]


def test_a_month_cut_by_a_reading_is_two_slices():
    _, tranches, _ = calendar(("2026-05", date(2026, 5, 14)), ("2026-05", JUIN))
    assert tranches == ["2026-05-01", "2026-05-15"]


def test_what_is_reached_one_day_counts_from_then_on_whatever_the_period():
    calendrier, tranches, rangs = calendar(("2024", MARS), ("2025", MARS), ("2024", JUIN), duree=ACQUIS)
    assert rangs[0] == rangs[1]
    assert tranches == ["", "2026-04-01"]
    assert possible(calendrier, rangs, 0, 2, duree=ACQUIS) == [True, True]


def tableau(duree, jours):
    """Two persons in the year 2026 as read on each of these days."""
    cellules = pd.DataFrame(
        {
            "maille": "annee", "periode": "2026", "type_territoire": "total", "territoire": "total", "axe": "",
            "modalite": "", "nombre": "", "valeur": range(len(jours)), "marge": 0, "base": 2, "repli": 0,
            "marge_repli": 0, "fixe": False, "remplacante": -1,
        }
    )  # fmt: skip
    cellules[["debut", "fin", "maille_portee"]] = spans(["2026"] * len(jours), jours, duree)
    lignes = np.repeat(np.arange(len(jours)), 2)
    entrees = Entrees(np.tile([0, 1], len(jours)), lignes, np.zeros(len(jours), dtype=int), [""], np.array([5, 9]))
    return assemble("essai", LIBRE, duree, cellules, entrees)


@pytest.mark.parametrize(
    ("duree", "comptes"),
    [
        # One answer given in the second quarter, counted in March and in June.
        (EVENEMENT, [0, 1]),
        (ACQUIS, [0, 1]),
        # What never moves counts at every reading.
        (TRAIT, [1, 1]),
        (PAR_PERIODE, [0, 1]),
    ],
)
def test_the_last_answer_possible_counts_where_it_was_given_only(duree, comptes):
    lu = tableau(duree, [MARS, JUIN])
    assert lu.count(lu.cles == lu.cles[lu.unite_de_feuille == 0].max()).tolist() == comptes


def test_an_answer_keeps_its_key_from_one_release_to_the_next():
    assert set(tableau(EVENEMENT, [MARS]).cles) < set(tableau(EVENEMENT, [MARS, JUIN]).cles)


def known(*lues, duree=EVENEMENT):
    """Rows (period, release, day, value, former, read already) of one place whose base is the same ten persons."""
    cellules = pd.DataFrame(lues, columns=["periode", "parution", "jour", "valeur", "ancienne", "fixe"])
    cellules = cellules.assign(
        maille="annee", type_territoire="total", territoire="total", axe="", modalite="", nombre="", marge=0,
        rang=cellules.index,
    )  # fmt: skip
    cellules[["debut", "fin", "maille_portee"]] = spans(cellules["periode"].tolist(), cellules["jour"].tolist(), duree)
    membres = pd.DataFrame(
        [(unite, ligne) for ligne in cellules.index for unite in range(10)], columns=["unite", "ligne"]
    )
    gardees, _ = lecture.useful(cellules, membres)
    return [(ligne.periode, ligne.parution, ligne.valeur, ligne.remplacante) for ligne in gardees.itertuples()]


def test_a_year_read_in_march_is_compared_to_the_first_quarter_not_to_the_year_read_in_june():
    """Two persons more in the quarter than was said: who counted in March is no longer known."""
    assert known(
        ("2026", 1, MARS, 1, True, True), ("2026", 2, JUIN, 7, False, False), ("2026-T1", 2, JUIN, 3, False, False)
    ) == [("2026", 1, 1, 2), ("2026", 2, 7, -1), ("2026-T1", 2, 3, -1)]


def test_a_year_that_grew_while_it_was_open_says_no_answer_moved():
    assert known(("2026", 1, MARS, 1, True, True), ("2026", 2, JUIN, 7, False, False)) == [
        ("2026", 1, 1, -1), ("2026", 2, 7, -1),
    ]  # fmt: skip


def test_a_year_that_shrank_says_answers_moved():
    assert known(("2026", 1, MARS, 7, True, True), ("2026", 2, JUIN, 1, False, False)) == [
        ("2026", 1, 7, 1), ("2026", 2, 1, -1),
    ]  # fmt: skip


def test_what_a_later_release_has_made_untrue_stays_so_whatever_is_shown_now():
    """The quarter said 1, then 3, and would say 4 now: the first value is out, the second waits."""
    assert known(
        ("2026-T1", 1, MARS, 1, True, True), ("2026-T1", 2, JUIN, 3, True, True),
        ("2026-T1", 3, date(2026, 9, 30), 4, False, False),
    ) == [("2026-T1", 2, 3, 1), ("2026-T1", 3, 4, -1)]  # fmt: skip


def test_what_says_the_same_as_before_cannot_give_way():
    assert known(("2026-T1", 1, MARS, 3, True, True), ("2026-T1", 2, JUIN, 3, False, False)) == [("2026-T1", 2, 3, -1)]


# Columns an answer is read from that hold for good once read, or happen on a day; those that ripen are in etl.secrecy.
DONNEES = {
    "parraine", "invisible", "rsa", "allophone", "illettrisme", "rqth", "mode_reperage", "neutre", "durable",
    "transition", "positive", "durable_ou_formation", "locale", "emploi", "mur_6_mois", "mur_12_mois", "mur_36_mois",
    "statut_12_mois", "statut_36_mois", "aboutie", "sans_reponse", "inscrit", "leve", "leve_183j", "rupture",
    "reprise", "recul",
}  # fmt: skip
# Facts of which the day is that of their base; the others last.
D_UN_JOUR = {"fait_reperage", "fait_orientation", "fait_entree", "fait_confiance", "fait_sortie"}


def test_how_long_each_answer_of_the_catalogue_holds_has_been_thought_of():
    """A new answer that ripens, taken for one given once for all, would make proofs of worlds that are not possible."""
    audites = [i for i in CATALOGUE.values() if lien.is_audited(i)]
    demandees = [*(i.compte for i in audites), *(d.taux.base for d in denominators())]
    mots = set().union(*map(lien._words, demandees)) - lien._CONNUS - {"IS", "NULL"}
    assert mots == DONNEES | set(lien._ACQUIS) | set(lien._PAR_PERIODE) | set(lien._DATES)
    assert {i.fait for i in audites} == D_UN_JOUR | set(lien._DURABLES)
