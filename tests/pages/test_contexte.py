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
]
COMPARAISON = [
    # indicateur, territoire, comparateur, valeur_comparateur, ecart, motif
    ("revenu_median", "QP1", "commune", 20210.0, -7990.0, None),
    ("revenu_median", "QP1", "epci", None, None, "Comparateur absent."),
    ("taux_emploi", "QN1", "commune", None, None, "Aucun taux communal."),
]


@pytest.fixture(autouse=True)
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    colonnes = ["indicateur", "type_territoire", "territoire", "valeur", "etat", "millesime", "mention"]
    publiees = {
        "qpv": pd.DataFrame({"code": ["QN1", "QN2"], "code_2015": ["QP1", None]}),
        "contexte": pd.DataFrame(CONTEXTE, columns=colonnes).assign(maille="depuis_debut", axe=""),
        "comparaison": pd.DataFrame(
            COMPARAISON, columns=["indicateur", "territoire", "comparateur", "valeur_comparateur", "ecart", "motif"]
        ),
    }
    monkeypatch.setattr(contexte.donnees, "table", publiees.__getitem__)


def plain(texte: str) -> str:
    return texte.replace("\u202f", " ").replace("\u2212", "-")


def test_each_perimeter_has_its_own_row_and_gaps_are_signed() -> None:
    tableau, notes = contexte.du_quartier("QN1")
    assert [tuple(plain(c) for c in ligne) for ligne in tableau.itertuples(index=False)] == [
        ("Taux d'emploi des habitants", "2024", "34,5 %", "–", "–", "non précisé"),
        ("Taux d'emploi des habitants", "2015", "34,8 %", "–", "–", "édition 2022"),
        ("Taux de pauvreté", "2015", "secret", "–", "–", "édition 2022"),
        ("Revenu médian", "2015", "12 220 €", "20 210 € (-7 990 €)", "–", "édition 2022"),
    ]
    assert notes == [
        contexte.RUPTURE,
        "Périmètre 2024 : réédition non officielle.",
        "Aucun taux communal.",
        "Comparateur absent.",
    ]


def test_a_new_quarter_is_said_without_history() -> None:
    tableau, notes = contexte.du_quartier("QN2")
    assert tableau["Quartier"].tolist() == ["non renseigné"]
    assert notes == [contexte.SANS_HISTORIQUE]
