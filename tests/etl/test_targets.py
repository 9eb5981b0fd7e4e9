"""Progress towards targets, against values worked by hand.

The data stop on 19 October 2026: day 292 of 365, so exactly 80 % of the year is elapsed.
"""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import targets
from etl.catalog.indicateurs import CATALOGUE
from etl.targets import Cellule, lectures

JOUR = date(2026, 10, 19)
FINS = (date(2023, 12, 31), date(2025, 12, 31), date(2026, 12, 31), date(2030, 12, 31))


@dataclass(frozen=True)
class Indicateur:
    nature: str
    sens: str = "hausse"
    classe: str = "hors_personnes"
    numerateur: str = "count(*)"
    facteur: float = 100.0


def jalons(*valeurs):
    return list(zip(FINS, valeurs, strict=True))


def exact(**cellules):
    """Cells from keyword names: a2026, t2026_3, m2026_09, debut."""
    noms = {"a": "{}", "t": "{}-T{}", "m": "{}-{}"}
    return {
        "depuis_debut" if nom == "debut" else noms[nom[0]].format(*nom[1:].split("_")): Cellule(valeur)
        for nom, valeur in cellules.items()
    }


def months(annee, *valeurs):
    return {f"{annee}-{rang:02}": Cellule(valeur) for rang, valeur in enumerate(valeurs, start=1)}


# 4 natures x 2 directions: series, milestones (2023, 2025, 2026, 2030), then global, annuel, à date, worked by hand.
# On 19 October 2026 the expected value of a stock is 80 % of the way from its 2025 to its 2026 milestone.
TABLE = {
    # (146-100)/(200-100); (146-140)/(150-140); expected 148: (146-100)/(148-100) = 46/48
    ("stock", "hausse"): (exact(m2026_09=146), (100, 140, 150, 200), (46, 60, 95.833333333)),
    # (78-100)/(50-100); (78-80)/(75-80); expected 76: (78-100)/(76-100) = 22/24.
    # The trap: read with the formula of an increase, 78 >= 76 would give 100 although the target asks for 76 or less.
    ("stock", "baisse"): (exact(m2026_09=78), (100, 80, 75, 50), (44, 40, 91.666666667)),
    # (29-20)/(40-20); (29-28)/(30-28); expected 29.6: 9/9.6
    ("ratio", "hausse"): (exact(a2025=27, a2026=29), (20, 28, 30, 40), (45, 50, 93.75)),
    # (31-40)/(20-40); (31-32)/(30-32); expected 30.4: 9/9.6
    ("ratio", "baisse"): (exact(a2025=33, a2026=31), (40, 32, 30, 20), (45, 50, 93.75)),
    # 456/1000; on 31 December 456-66 = 390: (456-390)/(500-390) = 66/110; expected 480: 456/480
    ("cumul", "hausse"): (exact(debut=456, a2026=66), (0, 400, 500, 1000), (45.6, 60, 95)),
    # A ceiling: starting under it, the way is all or nothing. 490 <= 1000; 490 <= 500; expected 480: 490 > 480
    ("cumul", "baisse"): (exact(debut=490, a2026=66), (0, 400, 500, 1000), (100, 100, 0)),
    # 124 over 12 months: (124-100)/(150-100); 95/125; expected 125 x 0.8 = 100: 95/100
    ("flux", "hausse"): (
        exact(a2026=95) | months(2025, *[0] * 9, 10, 10, 14) | months(2026, *[10] * 9),
        (100, 120, 125, 150),
        (48, 76, 95),
    ),
    # 84 over 12 months: (84-100)/(50-100); 64 <= 75; expected 75 x 0.8 = 60: 64 > 60
    ("flux", "baisse"): (
        exact(a2026=64) | months(2025, *[0] * 9, 7, 7, 7) | months(2026, *[7] * 9),
        (100, 80, 75, 50),
        (32, 100, 0),
    ),
}


@pytest.mark.parametrize("cas", TABLE, ids="-".join)
def test_the_three_readings_equal_the_values_worked_by_hand(cas):
    serie, valeurs, attendus = TABLE[cas]
    lues = targets.read(Indicateur(*cas), serie, jalons(*valeurs), JOUR)
    assert list(lues) == ["global", "annuel", "a_date"]
    assert [lecture.taux() for lecture in lues.values()] == pytest.approx(attendus, abs=1e-9)


def test_one_line_of_progress_is_whole():
    serie, valeurs, _ = TABLE["stock", "baisse"]
    serie = serie | exact(t2026_3=78, t2025_3=85)
    assert targets.evaluate(Indicateur("stock", "baisse"), serie, jalons(*valeurs), JOUR) == targets.Avancement(
        valeur_initiale=100,
        valeur_actuelle=78,
        periode_actuelle="2026-09",
        valeur_cible=50,
        annee_cible=2030,
        valeur_a_date=78,
        attendu_a_date=76,
        taux_global=44,
        taux_annuel=40,
        taux_a_date=91.666666667,
        statut="surveiller",
        motif=None,
        rythme_requis=-28 / (1534 / 365.25),  # 1534 days from 19 October 2026 to 31 December 2030
        evolution_annuelle=-7,
    )


REGULIERE = jalons(100, 140, 150, 200)
SANS_TAUX = {
    "no target": (exact(m2026_09=146), [], "aucune cible fixée pour cette date"),
    "no start": (exact(m2026_09=146), jalons(None, 140, 150, 200), "valeur initiale non renseignée"),
    "a lone milestone": (exact(m2026_09=146), [(FINS[3], 200)], "aucune cible fixée pour cette date"),
    "no value": ({}, REGULIERE, "aucune valeur publiée"),
    "protected": (
        {"2026-09": Cellule(None, 5, "secret")},
        REGULIERE,
        "valeur protégée par le secret statistique (2026-09)",
    ),
    "not filled": ({"2026-T3": Cellule(None, 0, "non_renseigne")}, REGULIERE, "donnée non renseignée (2026 T3)"),
    "no object": (
        {"2026": Cellule(None, 0, "non_applicable")},
        REGULIERE,
        "indicateur sans objet pour ce territoire (2026)",
    ),
}


@pytest.mark.parametrize("cas", SANS_TAUX)
def test_a_missing_rate_says_why_in_words(cas):
    serie, trajectoire, motif = SANS_TAUX[cas]
    ligne = targets.evaluate(Indicateur("stock"), serie, trajectoire, JOUR)
    assert (ligne.taux_global, ligne.taux_a_date, ligne.statut, ligne.motif) == (None, None, "non_calcule", motif)


def test_the_starting_year_may_have_its_own_target():
    trajectoire = [(FINS[1], 90), (FINS[1], 100), (FINS[3], 200)]
    ligne = targets.evaluate(Indicateur("stock"), exact(m2025_12=112), trajectoire, FINS[1])
    assert (ligne.valeur_initiale, ligne.attendu_a_date, ligne.taux_global) == (90, 100, 20)


def test_a_flux_without_a_start_keeps_its_other_readings():
    serie, _, _ = TABLE["flux", "hausse"]
    ligne = targets.evaluate(Indicateur("flux"), serie, jalons(None, 120, 125, 150), JOUR)
    assert (ligne.taux_global, ligne.taux_annuel, ligne.taux_a_date) == (None, 76, 95)
    assert (ligne.statut, ligne.motif) == ("trajectoire", "taux global : valeur initiale non renseignée")


def test_a_target_of_zero_asks_for_nothing():
    lues = targets.read(Indicateur("flux"), exact(a2026=3), jalons(0, 0, 0, 0), JOUR)
    assert {lecture.motif for lecture in lues.values()} >= {lectures.CIBLE_NULLE}
    assert lues["annuel"].taux() is None
    assert targets.read(Indicateur("flux", "baisse"), exact(a2026=3), jalons(9, 0, 0, 0), JOUR)["annuel"].taux() == 0


def rounded(valeur, base=5):
    return {"2026": Cellule(valeur, base), "2025": Cellule(110, base)}


@pytest.mark.parametrize(
    ("serie", "attendu"),
    [
        # Expected to date: 100. The true count of a published 95 lies between 91 and 99: two statuses are possible.
        (rounded(95), ("surveiller", "effectif faible")),
        (exact(a2026=95, a2025=110), ("trajectoire", None)),
        (rounded(100), ("trajectoire", None)),  # 96 to 104
        (rounded(85), ("surveiller", None)),  # 81 to 89
        (rounded(70), ("retard", None)),  # 66 to 74
        (rounded(75), ("surveiller", "effectif faible")),  # 71 to 79
    ],
)
def test_a_protected_value_has_a_status_only_if_rounding_cannot_change_it(serie, attendu):
    personnes = Indicateur("flux", classe="resultat")
    ligne = targets.evaluate(personnes, serie, jalons(100, 120, 125, 150), JOUR)
    assert (ligne.statut, ligne.motif) == attendu


valeurs = st.floats(-1e6, 1e6)
cellules = st.builds(
    Cellule,
    st.one_of(st.none(), st.floats(0, 1e4)),
    st.sampled_from([None, 0, 5, 10]),
    st.sampled_from(["valeur", "secret", "non_renseigne", "non_applicable"]),
)
periodes = st.sampled_from(["2023", "2024", "2025", "2026", "2025-T3", "2026-T3", "2026-09", "2025-09", "depuis_debut"])


@given(
    st.sampled_from(sorted(CATALOGUE)),
    st.dictionaries(periodes, cellules),
    st.lists(st.tuples(st.dates(date(2022, 1, 1), date(2031, 1, 1)), st.one_of(st.none(), valeurs)), max_size=4),
    st.dates(date(2024, 1, 1), date(2031, 1, 1)),
)
def test_any_series_of_any_indicator_gets_a_status_or_a_reason(indicateur, serie, trajectoire, jour):
    ligne = targets.evaluate(CATALOGUE[indicateur], serie, trajectoire, jour)
    assert ligne.statut in targets.STATUTS
    assert (ligne.taux_a_date is not None or ligne.statut == "atteint") or ligne.motif


def test_persons_are_counted_over_the_last_closed_year():
    personnes = Indicateur("flux", classe="resultat")
    ligne = targets.evaluate(personnes, exact(a2024=90, a2025=110, a2026=70, t2026_3=30, t2025_3=20), REGULIERE, JOUR)
    assert (ligne.valeur_actuelle, ligne.periode_actuelle, ligne.taux_global) == (110, "2025", 10)
    assert (ligne.valeur_a_date, ligne.attendu_a_date, ligne.evolution_annuelle) == (70, 120, 10)


def test_distinct_actors_do_not_add_up_over_months():
    acteurs = Indicateur("flux", numerateur="count(DISTINCT acteur)")
    serie = exact(a2025=12, a2026=11) | months(2025, *[9] * 12) | months(2026, *[9] * 9)
    assert targets.evaluate(acteurs, serie, REGULIERE, JOUR).valeur_actuelle == 12


def test_facts_are_compared_over_the_same_months_of_the_year_before():
    serie = exact(a2026=95) | months(2025, *[4] * 12) | months(2026, *[5] * 9)
    assert targets.evaluate(Indicateur("flux"), serie, REGULIERE, JOUR).evolution_annuelle == 9


def test_the_share_of_the_year_follows_two_past_years_when_known():
    fait = Indicateur("flux")
    # Nine months hold 50 % of 2024 and 70 % of 2025.
    serie = months(2024, *[5] * 10, 20, 20) | months(2025, *[7] * 10, 10, 10)
    serie |= {"2024-10": Cellule(5), "2025-10": Cellule(7)}
    assert lectures.elapsed(fait, serie, date(2026, 9, 30)) == pytest.approx((45 / 90 + 63 / 90) / 2)
    assert lectures.elapsed(fait, months(2025, *[7] * 12), JOUR) == 0.8  # one year is not enough: days
    assert lectures.elapsed(replace(fait, classe="resultat"), serie, JOUR) == 0.8  # persons do not add up
    assert lectures.elapsed(replace(fait, classe="resultat"), {}, JOUR, parts=(0.9, 0.7)) == pytest.approx(0.8)


def test_a_missing_month_leaves_no_sum():
    serie = months(2025, *[1] * 12) | months(2026, *[1] * 8)
    ligne = targets.evaluate(Indicateur("flux"), serie, REGULIERE, JOUR)
    assert (ligne.valeur_actuelle, ligne.taux_global) == (None, None)
    serie["2026"] = Cellule(8)
    assert (
        targets.evaluate(Indicateur("flux"), serie, REGULIERE, JOUR).motif == "taux global : aucune valeur pour 2026-09"
    )


def test_the_last_published_value_is_kept_and_dated():
    ratio = Indicateur("ratio", classe="resultat")
    serie = exact(a2024=25, a2025=27) | {"2026": Cellule(None, 5, "secret")}
    ligne = targets.evaluate(ratio, serie, jalons(20, 28, 30, 40), JOUR)
    assert (ligne.valeur_actuelle, ligne.periode_actuelle, ligne.attendu_a_date) == (27, "2025", 29.6)


def test_a_value_of_a_past_year_is_set_against_what_was_expected_then():
    public = Indicateur("ratio", classe="contexte")
    trajectoire = [(date(2020, 12, 31), 30), (date(2024, 12, 31), 34), (date(2030, 12, 31), 40)]
    ligne = targets.evaluate(public, exact(a2021=31, a2022=32), trajectoire, JOUR)
    assert (ligne.periode_actuelle, ligne.attendu_a_date, ligne.statut) == (
        "2022",
        pytest.approx(32, abs=0.01),
        "trajectoire",
    )
    avant = targets.evaluate(public, exact(a2019=29), trajectoire, JOUR)
    assert (avant.statut, avant.motif) == ("non_calcule", "aucune cible fixée pour cette date")


def test_a_sum_since_the_start_can_be_made_of_years():
    cumul = Indicateur("cumul")
    ligne = targets.evaluate(cumul, exact(a2024=200, a2025=190, a2026=66), jalons(0, 400, 500, 1000), JOUR)
    assert (ligne.valeur_actuelle, ligne.taux_global, ligne.taux_annuel) == (456, 45.6, 60)
