"""Since the last committee: only what went from "not below" to "below the year before" is named."""

import re
from datetime import date

import pytest

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import comite


@pytest.mark.parametrize(
    ("jour", "trimestre"),
    [
        (date(2026, 6, 18), "2026-T1"),
        (date(2026, 7, 1), "2026-T2"),
        (date(2026, 1, 1), "2025-T4"),
        (date(2026, 10, 1), "2026-T3"),
    ],
)
def test_the_last_quarter_closed_before_a_day(jour, trimestre):
    assert comite.trimestre_clos(jour) == trimestre


def test_the_indicators_named_went_down_since_the_committee(ouvrir, base):
    app = ouvrir("synthese")
    texte = " ".join(m.value for m in app.markdown)
    phrase = re.search(r"Depuis le comité du 18 juin 2026[^\n]*", texte.replace("\u202f", " ").replace("\u00a0", " "))
    assert phrase, "the demonstration has a committee on 18 June 2026"
    par_libelle = {i.libelle: i for i in CATALOGUE.values()}
    nommes = [par_libelle[nom.strip()] for nom in re.findall(r"«([^»]+)»", phrase[0])]
    assert nommes or "aucun indicateur" in phrase[0]
    for indicateur in nommes:
        cellules = base.mesures((indicateur.id,), ("trimestre",)).set_index("trimestre")
        valeurs, signe = cellules["valeur"], 1 if indicateur.sens == "hausse" else -1
        # What the rounding alone may explain is no fall.
        doute = cellules["arrondi"].fillna(1).max()
        assert signe * (valeurs["2026-T3"] - valeurs["2025-T3"]) < 0
        assert signe * (valeurs["2026-T1"] - valeurs["2025-T1"]) >= -doute
