"""Numbers, dates and periods read as a French reader writes them."""

import csv
import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui import formats

F = formats.FINE


@pytest.mark.parametrize(
    ("valeur", "decimales", "signe", "attendu"),
    [
        (1234567.891, 1, False, f"1{F}234{F}567,9"),
        (1234, 0, False, f"1{F}234"),
        (0, 0, False, "0"),
        (-0.04, 1, False, "0,0"),
        (-3, 0, False, "−3"),
        (12, 0, True, "+12"),
        (0, 0, True, "0"),
        (-2.14, 1, True, "−2,1"),
        (pd.NA, 0, False, "non renseigné"),
        (float("nan"), 0, False, "non renseigné"),
        (None, 2, False, "non renseigné"),
    ],
)
def test_numbers(valeur, decimales, signe, attendu):
    assert formats.nombre(valeur, decimales, signe) == attendu


@given(st.integers(-(10**12), 10**12))
def test_an_integer_keeps_its_digits_and_its_sign(entier):
    texte = formats.nombre(entier)
    assert int(texte.replace(F, "").replace("−", "-")) == entier


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ({"v": 1855.0, "unite": "personnes"}, f"1{F}855"),
        ({"v": 1855.0, "unite": "personnes", "complet": True}, f"1{F}855 personnes"),
        ({"v": 1.0, "unite": "personnes", "complet": True}, "1 personne"),
        ({"v": 0.0, "unite": "personnes", "complet": True}, "0 personne"),
        ({"v": 34.5, "unite": "%", "decimales": 1}, f"34,5{F}%"),
        ({"v": 1240, "unite": "€"}, f"1{F}240{F}€"),
        ({"v": 31.4, "unite": "jours", "decimales": 0}, f"31{F}j"),
        ({"v": 0.0, "unite": "personnes", "arrondi": 5, "exact": False}, "moins de 5"),
        ({"v": 0.0, "unite": "freins", "arrondi": 10, "exact": False, "complet": True}, "moins de 10 freins"),
        ({"v": 0.0, "unite": "interventions", "arrondi": 0, "exact": True}, "0"),
        ({"v": 5.0, "unite": "%", "exact": False, "borne": "≤"}, f"≤{F}5{F}%"),
        ({"v": 95.0, "unite": "%", "exact": False, "borne": "≥"}, f"≥{F}95{F}%"),
        ({"v": None, "etat": "secret"}, "secret"),
        ({"v": None, "etat": "non_renseigne"}, "non renseigné"),
        ({"v": None, "etat": "non_applicable"}, "sans objet"),
        ({"v": pd.NA, "unite": "%"}, "non renseigné"),
    ],
)
def test_a_cell_is_a_value_or_says_why_not(cellule, attendu):
    assert formats.valeur(**cellule) == attendu


def test_the_states_of_a_figure_are_never_confused():
    dits = {formats.valeur(0, etat=etat) for etat in ("valeur", "secret", "non_renseigne", "non_applicable")}
    assert len(dits) == 4


@pytest.mark.parametrize(
    ("v", "unite", "decimales", "attendu"),
    [(-2.1, "%", 1, f"−2,1{F}pts"), (1, "%", 0, f"+1{F}pt"), (12, "personnes", 0, "+12"), (-30, "€", 0, f"−30{F}€")],
)
def test_differences_carry_their_sign(v, unite, decimales, attendu):
    assert formats.ecart(v, unite, decimales) == attendu


@pytest.mark.parametrize(
    ("code", "attendu", "court"),
    [
        ("2025-T1", "1er trimestre 2025", "T1 2025"),
        ("2025-T3", "3e trimestre 2025", "T3 2025"),
        ("2025-01", "janvier 2025", "janv. 2025"),
        ("2025", "2025", "2025"),
        ("depuis_debut", "depuis le début", "depuis le début"),
        ("2025-10/2026-09", "octobre 2025 – septembre 2026", "oct. 2025 – sept. 2026"),
    ],
)
def test_periods(code, attendu, court):
    assert formats.periode(code) == attendu
    assert formats.periode(code, court=True) == court


@pytest.mark.parametrize(
    ("code", "debut", "fin"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 9, 30)),
        ("2025-T4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("depuis_debut", date(2024, 1, 1), date(2026, 9, 30)),
    ],
)
def test_bounds_of_periods_stop_at_the_data_date(code, debut, fin):
    assert formats.debut_periode(code, date(2024, 1, 1)) == debut
    assert formats.fin_periode(code, date(2026, 9, 30)) == fin


def test_dates():
    assert formats.date_longue(date(2026, 9, 30)) == "30 septembre 2026"
    assert formats.date_longue(date(2026, 1, 1)) == "1er janvier 2026"
    assert formats.date_longue(date(2026, 1, 11)) == "11 janvier 2026"
    assert formats.date_courte(date(2026, 9, 3)) == "03/09/2026"
    assert formats.instant(pd.Timestamp(2026, 9, 3, 8, 5)) == "3 septembre 2026 à 08 h 05"


def test_words():
    assert formats.enumeration(["a", "b", "c"]) == "a, b et c"
    assert formats.enumeration(["a"]) == "a"
    assert formats.enumeration([]) == ""
    assert formats.accord(1, "quartier") == "1 quartier"
    assert formats.accord(13, "quartier") == "13 quartiers"
    assert formats.typographie("Qui ? « Nous » : oui !") == f"Qui{F}? «{F}Nous{F}»\u00a0: oui{F}!"


@given(st.text())
def test_text_of_a_partner_starts_no_markdown(texte):
    inerte = formats.sans_markdown(texte)
    assert "![" not in inerte.replace("\\!", "")
    assert not any(signe in _sans_echappements(inerte) for signe in "`*_[]<>|$~^")


def _sans_echappements(texte: str) -> str:
    propre, i = "", 0
    while i < len(texte):
        i += 2 if texte[i] == "\\" else 1
        propre += "" if texte[i - 2 : i - 1] == "\\" and i > 1 else texte[i - 1]
    return propre


def test_plain_text_stays_as_written():
    assert formats.sans_markdown("L'été d'Émile, 12 - 14 rue Neuve") == "L'été d'Émile, 12 - 14 rue Neuve"
    assert formats.sans_markdown("21\u202f900\u202f€ \t au\u00a0plus\n") == "21\u202f900\u202f€ au\u00a0plus"
    assert formats.sans_markdown("- puce") == "\\- puce"
    assert formats.sans_markdown("![x](https://exemple.fr)") == "\\!\\[x\\]\\(https\\://exemple.fr\\)"


def test_csv_opens_in_a_french_spreadsheet_and_runs_nothing():
    tableau = pd.DataFrame(
        {
            "Quartier": ["Nord", "=1+1", "@x", "−2"],
            "Valeur": [12.5, -3.0, None, 1234567.0],
            "Vrai": [True, False, True, True],
        }
    )
    octets = formats.csv_francais(tableau, ["Données au 30 septembre 2026"])
    assert octets.startswith(b"\xef\xbb\xbf")
    lignes = list(csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))
    assert lignes == [
        ["Quartier", "Valeur", "Vrai"],
        ["Nord", "12,5", "oui"],
        ["'=1+1", "-3", "non"],
        ["'@x", "", "oui"],
        ["−2", "1234567", "oui"],
        [],
        ["Données au 30 septembre 2026"],
    ]
