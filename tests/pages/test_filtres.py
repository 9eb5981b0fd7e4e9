"""The choice of the reader, in words: only what is published, the sentence every page repeats."""

from datetime import date

import pytest

from pages.ui import filtres
from pages.ui.filtres import Filtres, Referentiel, Territoire

REF = Referentiel(
    periodes=("depuis_debut", "2026", "2025", "2024", "2026-T3", "2026-T2"),
    territoires=(
        Territoire("Q1", "Les Acacias", "qpv", "Villeneuve"),
        Territoire("Q2", "Le Port", "qpv", "Villeneuve"),
        Territoire("99001", "Commune : Villeneuve", "commune", "Villeneuve"),
    ),
    acteurs=(("ML", "Mission locale"),),
    fiches=("3.2.1",),
    debut=date(2024, 1, 1),
    date_donnees=date(2026, 9, 30),
)


@pytest.mark.parametrize(
    ("choix", "attendu"),
    [
        (Filtres(), "Ensemble du contrat (2 quartiers), janvier 2024 – septembre 2026"),
        (Filtres("2026"), "Ensemble du contrat (2 quartiers), janvier – septembre 2026"),
        (Filtres("2025", ("Q1",)), "Les Acacias, janvier – décembre 2025"),
        (
            Filtres("2026-T3", ("Q1", "Q2")),
            "Les Acacias et Le Port (somme de valeurs arrondies), juillet – septembre 2026",
        ),
        (
            Filtres("2025", acteur="ML"),
            "Ensemble du contrat (2 quartiers), janvier – décembre 2025, acteur : Mission locale",
        ),
        (Filtres("2025", fiche="3.2.1"), "Ensemble du contrat (2 quartiers), janvier – décembre 2025, fiche 3.2.1"),
        (Filtres("2025", ("99001",)), "Commune : Villeneuve, janvier – décembre 2025"),
    ],
)
def test_the_sentence_of_the_filters(choix, attendu):
    assert filtres.phrase(choix, REF) == attendu


def test_a_single_month_is_said_once():
    assert filtres.etendue("2026-03", REF) == "mars 2026"


def test_the_page_opens_on_the_year_of_the_data():
    assert filtres.periode_par_defaut(REF) == "2026"


def test_an_open_period_says_so():
    assert filtres.libelle_periode("2026", REF) == "2026 (en cours)"
    assert filtres.libelle_periode("2025", REF) == "2025"
    assert filtres.libelle_periode("2026-T3", REF) == "3e trimestre 2026"
    assert filtres.libelle_periode("depuis_debut", REF) == "Depuis le début (janvier 2024)"


def test_filters_are_a_cache_key():
    assert {Filtres("2025", ("Q1",)): 1}[Filtres("2025", ("Q1",))] == 1
    assert Filtres(acteur="ML").axes == (("acteur", "ML"),)
    assert Filtres("2025-T1").maille == "trimestre"


def test_unknown_codes_are_shown_as_they_are():
    assert REF.libelle("Q9") == "Q9"
    assert REF.nom_acteur("X") == "X"


def test_a_quartier_is_not_counted_again_with_its_commune():
    choisis = [
        filtres.Territoire("QN1", "Sanitas", "qpv", "Tours"),
        filtres.Territoire("QN2", "Rabière", "qpv", "Joué-lès-Tours"),
        filtres.Territoire("37261", "Commune : Tours", "commune", "Tours"),
    ]
    assert filtres.sans_double(choisis) == ("QN2", "37261")
    assert filtres.sans_double(choisis[:2]) == ("QN1", "QN2")
