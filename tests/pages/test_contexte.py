"""Public figures on the fiche: perimeters apart, gaps written, every missing comparison explained."""

import pandas as pd
import pytest

from pages.ui import contexte

CONTEXTE = [
    # indicateur, type_territoire, territoire, valeur, etat, millesime, mention
    ("taux_emploi", "qpv", "QN1", 34.5, "valeur", "non précisé", "réédition non officielle"),
    ("taux_emploi", "qpv_2015", "QP1", 34.8, "valeur", "édition 2022", None),
    ("revenu_median", "qpv_2015", "QP1", 12220.0, "valeur", "édition 2022", None),
    ("taux_pauvrete", "qpv_2015", "QP1", None, "secret", "édition 2022", None),
    ("taux_emploi", "qpv", "QN2", None, "non_renseigne", None, None),
    ("chomage_zone_emploi", "zone_emploi", "2413", 7.3, "valeur", "4e trimestre 2025", None),
]
COLONNES = ["indicateur", "type_territoire", "territoire", "valeur", "etat", "millesime", "mention"]
COMPARAISON = [
    # indicateur, territoire, comparateur, valeur_comparateur, ecart, motif
    ("revenu_median", "QP1", "commune", 20210.0, -7990.0, None),
    ("revenu_median", "QP1", "epci", None, None, "Comparateur absent."),
    ("taux_emploi", "QN1", "commune", None, None, "Aucun taux communal."),
]


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    publiees = {
        "qpv": pd.DataFrame({"code": ["QN1", "QN2"], "code_2015": ["QP1", None]}),
        "contexte": pd.DataFrame(CONTEXTE, columns=COLONNES).assign(
            maille="depuis_debut", axe="", nom="Tours", motif=None
        ),
        "comparaison": pd.DataFrame(
            COMPARAISON, columns=["indicateur", "territoire", "comparateur", "valeur_comparateur", "ecart", "motif"]
        ).assign(type_territoire=["qpv_2015", "qpv_2015", "qpv"], millesime_comparateur="2019"),
    }
    monkeypatch.setattr(contexte.donnees, "table", publiees.__getitem__)


def plain(texte: str) -> str:
    return texte.replace("\u202f", " ").replace("\u2212", "-")


def test_each_perimeter_has_its_own_row_and_gaps_are_signed() -> None:
    tableau, notes, seuls = contexte.du_quartier("QN1")
    assert list(tableau.columns) == ["Chiffre", "Limites", "Quartier", "Comparaison", "Millésime"]
    assert [tuple(plain(c) for c in ligne) for ligne in tableau.itertuples(index=False)] == [
        ("Taux d'emploi des habitants", "2024", "34,5 %", "sans comparaison", "non précisé"),
        ("Taux d'emploi des habitants", "2015", "34,8 %", "sans comparaison", "édition 2022"),
        ("Taux de pauvreté", "2015", "secret", "sans comparaison", "édition 2022"),
        ("Revenu médian", "2015", "12 220 €", "commune 20 210 € en 2019 (-7 990 €)", "édition 2022"),
    ]
    assert notes == [contexte.RUPTURE, "Limites de 2024 : réédition non officielle."]
    # One reason per figure that stands alone; the income, compared, has none.
    assert [raison.split(" : ")[0] for raison in seuls] == ["Taux d'emploi", "Taux de pauvreté"]


def test_a_new_quarter_is_said_without_history() -> None:
    tableau, notes, _ = contexte.du_quartier("QN2")
    assert tableau["Quartier"].tolist() == ["non renseigné"]
    assert notes == [contexte.SANS_HISTORIQUE]


def test_the_employment_zone_in_one_sentence() -> None:
    dite = contexte.de_la_zone()
    assert plain(dite).startswith("Taux de chômage de la zone d'emploi de Tours : 7,3 %, 4e trimestre 2025. ")


def test_the_employment_zone_without_its_file_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    vide = pd.DataFrame(
        [
            (
                "chomage_zone_emploi",
                "zone_emploi",
                "2413",
                None,
                "non_renseigne",
                None,
                None,
                None,
                "Source absente : X.",
            )
        ],
        columns=[*COLONNES, "nom", "motif"],
    ).assign(maille="depuis_debut", axe="")
    monkeypatch.setattr(contexte.donnees, "table", {"contexte": vide}.__getitem__)
    assert contexte.de_la_zone() == "Taux de chômage de la zone d'emploi : non renseigné. Source absente : X."
