"""The arithmetic of targets: expected values, rates, statuses, intervals of rounding, closed periods."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import targets
from etl.catalog.indicateurs import CATALOGUE
from etl.targets import Cellule, series

FAITS, TAUX = CATALOGUE["interventions"], CATALOGUE["part_femmes"]
JALONS = [(date(2023, 12, 31), 100), (date(2025, 12, 31), 140), (date(2026, 12, 31), 150), (date(2030, 12, 31), 200)]


@pytest.mark.parametrize(
    ("sens", "initiale", "actuelle", "cible", "attendu"),
    [
        ("hausse", 0, 5, 20, 25),
        ("hausse", 0, -5, 20, -25),
        ("hausse", 0, 30, 20, 150),
        ("hausse", 20, 20, 20, 100),  # already at the target, and still there
        ("hausse", 20, 19, 20, 0),
        ("hausse", 30, 25, 20, 100),  # started over the target, still over it
        ("hausse", 30, 19, 20, 0),
        ("baisse", 20, 15, 0, 25),
        ("baisse", 20, 25, 0, -25),
        ("baisse", 20, -10, 0, 150),
        ("baisse", 20, 20, 20, 100),
        ("baisse", 20, 21, 20, 0),
        ("baisse", 10, 15, 20, 100),  # started under the ceiling, still under it
        ("baisse", 10, 21, 20, 0),
    ],
)
def test_progress_also_when_the_start_is_past_the_target(sens, initiale, actuelle, cible, attendu):
    assert targets.progress(sens, initiale, actuelle, cible) == attendu


@pytest.mark.parametrize(
    ("jour", "attendu"),
    [
        (date(2023, 12, 30), None),
        (date(2023, 12, 31), 100),
        (date(2025, 12, 31), 140),
        (date(2026, 10, 19), 148),
        (date(2026, 12, 31), 150),
        (date(2030, 12, 31), 200),
        (date(2035, 1, 1), 200),
    ],
)
def test_the_expected_value_is_linear_between_milestones(jour, attendu):
    assert targets.expected(JALONS, jour) == attendu


def test_no_line_is_drawn_from_an_unknown_start():
    trajectoire = [(JALONS[0][0], None), *JALONS[1:]]
    assert targets.expected(trajectoire, date(2024, 6, 30)) is None
    assert targets.expected(trajectoire, date(2025, 12, 31)) == 140
    assert targets.expected([], date(2026, 10, 19)) is None


@pytest.mark.parametrize(
    ("taux_global", "a_date", "attendu"),
    [
        (100, 10, "atteint"),
        (99.9, 95, "trajectoire"),
        (None, 300, "trajectoire"),
        (50, 94.9, "surveiller"),
        (50, 75, "surveiller"),
        (50, 74.9, "retard"),
        (50, -20, "retard"),
        (50, None, "non_calcule"),
        (None, None, "non_calcule"),
    ],
)
def test_statuses(taux_global, a_date, attendu):
    assert targets.status(taux_global, a_date) == attendu
    assert targets.STATUTS[attendu].mot


def test_a_contract_sets_its_thresholds():
    @dataclass(frozen=True)
    class Locaux:
        dans_trajectoire: float = 90
        surveiller: float = 50

    assert [targets.status(0, taux, Locaux()) for taux in (90, 89, 49)] == ["trajectoire", "surveiller", "retard"]


@given(st.integers(0, 200), st.integers(0, 50), st.sampled_from([5, 10]), st.floats(0, 0.999))
def test_the_interval_holds_the_true_count_of_a_keyed_rounding(x, autres, base, u):
    publie = min(base * floor(x / base + u), base * floor((x + autres) / base))
    lue = series.read_cell({"2026": Cellule(publie, base)}, "2026", FAITS)
    assert lue.bas <= x <= lue.haut
    assert lue.haut - lue.bas <= 2 * (base - 1)


@given(st.integers(0, 200), st.integers(50, 300), st.floats(0, 0.999), st.floats(0, 0.999))
def test_the_interval_of_a_rate_comes_from_its_two_terms(x, n, u, v):
    x = min(x, n)
    den = 5 * floor(n / 5 + v)
    num = min(5 * floor(x / 5 + u), den)
    cellule = Cellule(round(100 * num / den), 5, "valeur", num, den)
    lue = series.read_cell({"2026": cellule}, "2026", TAUX)
    assert lue.bas <= 100 * x / n <= lue.haut


def test_a_whole_percent_keeps_the_rate_of_its_exact_terms_in_its_interval():
    lue = series.read_cell({"2026": Cellule(48, None, "valeur", 404, 850)}, "2026", TAUX)
    assert (lue.bas, lue.milieu, lue.haut) == (pytest.approx(47.529, abs=0.001), 48, 48)


valeurs = st.floats(-1e6, 1e6).map(lambda v: round(v, 3))
sens = st.sampled_from(["hausse", "baisse"])


@given(sens, valeurs, valeurs, valeurs, valeurs)
def test_going_the_right_way_never_lowers_the_rate(direction, initiale, cible, a, b):
    moins_bien, mieux = sorted((a, b), reverse=direction == "baisse")
    taux = [targets.progress(direction, initiale, actuelle, cible) for actuelle in (moins_bien, mieux)]
    assert taux[0] <= taux[1]
    assert all(0 <= targets.bounded(t) <= 100 for t in taux)


@given(sens, valeurs, valeurs)
def test_the_target_reached_is_a_hundred(direction, initiale, cible):
    assert targets.progress(direction, initiale, cible, cible) == 100


@pytest.mark.parametrize(
    ("nature", "sens_voulu", "actuelle", "attendu"),
    [
        ("stock", "hausse", 170, 10),  # 30 to go over three years
        ("stock", "hausse", 210, 0),
        ("stock", "baisse", 290, -30),
        ("stock", "baisse", 190, 0),
        ("stock", "hausse", None, None),
        ("flux", "hausse", 120, 200),  # the level of the final year
    ],
)
def test_required_pace(nature, sens_voulu, actuelle, attendu):
    jour = date(2030, 12, 31) - timedelta(days=3 * 365.25)
    rythme = targets.required_pace(nature, sens_voulu, actuelle, JALONS, jour)
    assert rythme == (None if attendu is None else pytest.approx(attendu, rel=1e-3))
    assert targets.required_pace("stock", "hausse", 1, JALONS, date(2030, 12, 31)) is None


@pytest.mark.parametrize(
    ("jour", "mois", "trimestre", "annee"),
    [
        (date(2026, 9, 30), "2026-09", (2026, 3), 2025),
        (date(2026, 9, 29), "2026-08", (2026, 2), 2025),
        (date(2025, 12, 31), "2025-12", (2025, 4), 2025),
        (date(2026, 1, 1), "2025-12", (2025, 4), 2025),
        (date(2024, 2, 29), "2024-02", (2023, 4), 2023),
    ],
)
def test_closed_periods(jour, mois, trimestre, annee):
    assert series.closed_months(jour, 1) == [mois]
    assert (series.closed_quarter(jour), series.closed_year(jour)) == (trimestre, annee)
    assert series.last_day(mois).strftime("%Y-%m") == mois


def test_the_rounding_changes_a_difference_by_both_its_terms():
    arrondies = [series.read_cell({"2026": Cellule(v, 5)}, "2026", FAITS) for v in (50, 30)]
    ecart = series.minus(*arrondies)
    assert (ecart.milieu, ecart.bas, ecart.haut) == (20, 12, 28)
