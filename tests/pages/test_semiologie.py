"""From a value to a colour, a pattern, a disc and its words."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui import semiologie
from pages.ui.semiologie import HACHURES, POINTILLES

FINE = "\u202f"
taux = st.lists(st.integers(0, 10_000).map(lambda v: v / 100), min_size=1, max_size=40)  # published precision


@given(taux)
def test_classes_are_rounded_few_and_hold_every_value(valeurs):
    bornes = semiologie.classes(valeurs)
    assert 2 <= len(bornes) <= 6
    assert bornes[0] <= min(valeurs) and max(valeurs) <= bornes[-1] * (1 + 1e-9)
    pas = bornes[1] - bornes[0]
    mantisse = pas / 10 ** math.floor(math.log10(pas) + 1e-9)
    assert any(math.isclose(mantisse, m) for m in (1, 2, 2.5, 5, 10))
    rangs = [semiologie.rang(v, bornes) for v in valeurs]
    assert all(0 <= r <= len(bornes) - 2 for r in rangs)
    assert [r for _, r in sorted(zip(valeurs, rangs, strict=True))] == sorted(rangs)


def test_classes_of_two_years_compare():
    """The bounds come from every period: the same value gets the same colour whatever the year shown."""
    assert semiologie.classes([34, 41, 38, 52, 57, None, float("nan"), pd.NA]) == (30, 40, 50, 60)
    assert semiologie.classes([]) == ()
    assert semiologie.classes([40]) == (40, 41)


def test_a_class_holds_its_lower_bound_and_the_last_one_both():
    bornes = (20, 30, 40)
    assert [semiologie.rang(v, bornes) for v in (20, 29.9, 30, 40)] == [0, 0, 1, 1]


def test_states_have_patterns_of_their_own():
    bornes = (0, 50, 100)
    couleurs = {semiologie.aplat(v, "valeur", bornes) for v in (10, 60)}
    assert len(couleurs) == 2 and all(c.startswith("#") for c in couleurs)
    assert semiologie.aplat(None, "secret", bornes) == HACHURES
    assert semiologie.aplat(None, "non_renseigne", bornes) == POINTILLES
    assert semiologie.aplat(pd.NA, "valeur", bornes) == POINTILLES
    assert semiologie.aplat(0, "valeur", bornes) == semiologie.couleurs(bornes)[0]  # zero is a value


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_the_area_of_a_disc_is_proportional(a, b):
    maximum = max(a, b)
    rayons = [semiologie.rayon(v, maximum) for v in (a, b)]
    if min(rayons) > semiologie.RAYON_MIN:
        assert (rayons[0] / rayons[1]) ** 2 == pytest.approx(a / b)
    assert max(rayons) == semiologie.RAYON_MAX


def test_small_discs_stay_visible():
    assert semiologie.rayon(0, 500) == semiologie.RAYON_MIN
    assert semiologie.rayon(None, 500) == semiologie.RAYON_MIN
    assert semiologie.rayon(3, 0) == semiologie.RAYON_MIN


@pytest.mark.parametrize(
    ("maximum", "attendus"),
    [(435, (200, 50, 10)), (1000, (1000, 200, 50)), (7, (5, 1)), (1, (1,)), (0.5, ()), (0, ())],
)
def test_the_legend_of_discs_has_rounded_values(maximum, attendus):
    assert semiologie.paliers(maximum) == attendus


def test_the_legend_of_a_rate_is_written_in_french():
    legende = semiologie.legende_classes("Part des femmes", (40, 50, 60), "%", ["valeur", "secret", "non_renseigne"])
    assert [e.texte for e in legende.entrees] == [
        f"de 40 à moins de 50{FINE}%",
        f"de 50 à 60{FINE}%",
        "secret (effectif trop faible)",
        "non renseigné",
    ]
    assert [e.couleur for e in legende.entrees] == [*semiologie.couleurs((40, 50, 60)), HACHURES, POINTILLES]


def test_the_legend_says_only_what_is_on_the_map():
    assert [e.texte for e in semiologie.legende_classes("x", (0, 10), "%", ["valeur"]).entrees] == [f"de 0 à 10{FINE}%"]
    assert semiologie.legende_cercles("x", 100, ["valeur"]).note == ""
    assert "Sans cercle" in semiologie.legende_cercles("x", 100, ["valeur", "secret"]).note
    symboles = semiologie.legende_symboles("Lieux", [("forum", "Forum"), ("inconnu_de_la_liste", "Autre chose")])
    assert [(e.texte, e.forme) for e in symboles.entrees] == [("Forum", "etoile"), ("Autre chose", "rond")]


def test_every_type_of_outing_has_its_own_shape_and_colour():
    from etl.catalog import nomenclatures

    types = list(nomenclatures.load("type_intervention").codes)
    assert set(types) <= set(semiologie.SYMBOLES)
    assert len({semiologie.symbole(t) for t in types}) == len(types)


@pytest.mark.parametrize("couleur", ["#C8643C", "#FFFFFF", "#2F7F86", "#000000"])
def test_white_digits_are_read_on_a_cluster(couleur):
    sombre = semiologie.assombrie(couleur)
    rgb = [int(sombre[i : i + 2], 16) for i in (1, 3, 5)]
    assert 1.05 / (semiologie._luminance(rgb) + 0.05) >= 4.5
