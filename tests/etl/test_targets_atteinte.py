"""When a projection meets its target: years worked by hand."""

from types import SimpleNamespace

import pytest

from etl.targets.atteinte import SANS_ANNEE, SECRETS, STABLE, Atteinte, reach

COURT = "moins de 8 trimestres publiés"


def mesure(nature: str, sens: str = "hausse", numerateur: str = "count(*)") -> SimpleNamespace:
    return SimpleNamespace(nature=nature, sens=sens, classe="hors_personnes", numerateur=numerateur, facteur=1)


# 2026 known up to T3 (10, 11, 12), then one more each quarter, give or take 2: 13 … 20, from 2026-T4 to 2028-T3.
CONNUS = {(2026, 1): 10.0, (2026, 2): 11.0, (2026, 3): 12.0}
SUITE = {((8107 + n) // 4, (8107 + n) % 4 + 1): (13.0 + n, 11.0 + n, 15.0 + n) for n in range(8)}
# Sums: 2026 = 46 (44 to 48), 2027 = 14+15+16+17 = 62 (54 to 70); 2028 is not whole.
BAISSE = {cle: (30 - v, 30 - h, 30 - b) for cle, (v, b, h) in SUITE.items()}


@pytest.mark.parametrize(
    ("nature", "cible", "attendu"),
    [
        ("flux", 44, Atteinte(2026, 2026, 2026, 2027)),
        ("flux", 47, Atteinte(2027, 2026, 2027, 2027)),
        ("flux", 60, Atteinte(2027, 2027, None, 2027)),
        ("flux", 65, Atteinte(None, 2027, None, 2027)),
        ("flux", 71, Atteinte(None, None, None, 2027)),
        ("stock", 13, Atteinte(2026, 2026, 2027, 2027)),  # T4: 13 (11 to 15), then 17 (15 to 19)
        ("ratio", 15.5, Atteinte(2027, 2027, None, 2027)),  # means: 11.5, then 15.5 (13.5 to 17.5)
    ],
)
def test_the_year_and_its_interval(nature, cible, attendu):
    assert reach(mesure(nature), cible, CONNUS, SUITE, COURT) == attendu


def test_a_decrease_reads_the_other_end():
    # Last quarters: 17 (15 to 19) in 2026, 13 (11 to 15) in 2027.
    assert reach(mesure("stock", "baisse"), 15, CONNUS, BAISSE, COURT) == Atteinte(2027, 2026, 2027, 2027)


@pytest.mark.parametrize(
    ("nature", "connus", "suite", "motif"),
    [
        ("flux", CONNUS, {}, COURT),
        ("flux", CONNUS, BAISSE, STABLE),
        ("flux", CONNUS, dict.fromkeys(SUITE, (13.0, 11.0, 15.0)), STABLE),
        ("flux", CONNUS | {(2026, 2): None}, {(2026, 4): SUITE[2026, 4]}, SECRETS),
        ("cumul", CONNUS, SUITE, SANS_ANNEE),
    ],
)
def test_what_cannot_be_computed_says_why(nature, connus, suite, motif):
    assert reach(mesure(nature), 100, connus, suite, COURT) == Atteinte(motif=motif)


def test_distinct_persons_do_not_add_up_over_quarters():
    assert reach(mesure("flux", numerateur="count(DISTINCT x)"), 100, CONNUS, SUITE, COURT) == Atteinte(
        motif=SANS_ANNEE
    )
