"""Every indicator equals the value worked by hand on the small world of tests/attendus."""

import csv
from pathlib import Path

import pytest

from etl.catalog.indicateurs import CATALOGUE
from tests.attendus import monde as rows
from tests.etl import monde

ATTENDUS = list(csv.DictReader((Path(__file__).parents[1] / "attendus" / "indicateurs.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def con():
    base = monde.empty()
    base.executemany("INSERT INTO territoire.point VALUES (?, ?, ?, ?, ?)", rows.POINTS)
    for nom, lignes in rows.TABLES.items():
        monde.add(base, nom, *lignes)
    return monde.compute(base)


@pytest.mark.parametrize("attendu", ATTENDUS, ids=[" ".join(filter(None, list(a.values())[:5])) for a in ATTENDUS])
def test_value_worked_by_hand(con, attendu):
    obtenu = monde.cell(con, *(attendu[c] for c in ("indicateur", "periode", "territoire", "axe", "modalite")))
    valeurs = tuple(float(attendu[c]) if attendu[c] else None for c in ("numerateur", "denominateur"))
    for trouve, voulu in zip(obtenu, valeurs, strict=True):
        assert trouve == (voulu if voulu is None else pytest.approx(voulu, rel=1e-6)), obtenu


def test_every_indicator_has_a_value_worked_by_hand():
    calcules = {i.id for i in CATALOGUE.values() if i.classe != "contexte"}
    assert calcules == {a["indicateur"] for a in ATTENDUS}


def test_presumed_abandonment_closes_a_support_a_year_after_its_last_fact(con):
    ligne = con.execute(
        "SELECT date_fin, abandon_presume FROM core.suivi WHERE acteur_id = 'PLIE' AND participant_ref = '3'"
    ).fetchall()
    # e's last fact is an orientation of 1 June 2026, so the support is still open on 30 June.
    assert ligne == [(None, False)]


def test_measures_do_not_depend_on_the_order_of_rows(con):
    base = monde.empty()
    base.executemany("INSERT INTO territoire.point VALUES (?, ?, ?, ?, ?)", rows.POINTS)
    for nom, lignes in reversed(rows.TABLES.items()):
        monde.add(base, nom, *reversed(lignes))
    monde.compute(base)
    toutes = "SELECT * FROM mart.mesure ORDER BY ALL"
    assert base.execute(toutes).fetchall() == con.execute(toutes).fetchall()
