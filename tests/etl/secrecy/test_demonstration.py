"""The demonstration as anyone may read it, before an adversary who knows all but the answers: nobody is certain."""

import random

import duckdb
import pytest

from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy.membres import PROFILS
from tests.etl.secrecy.parutions import DEPUIS, EN_PERIODE, UNE_FOIS, certain_by_lp, differences, read


@pytest.fixture(scope="module")
def con(demonstration):
    with duckdb.connect(str(demonstration.sortie / "prive" / "prive.duckdb"), read_only=True) as con:
        yield con


@pytest.mark.parametrize("indicateur", UNE_FOIS)
def test_nobody_is_certain_in_the_demonstration(con, indicateur):
    lignes = read(con, indicateur, nouvelles=False)
    personnes = sorted(set().union(*(ligne.membres for ligne in lignes)))
    assert len(lignes) > 150 and len(personnes) > 1_500
    assert differences(lignes) == set()
    assert certain_by_lp(lignes, random.Random(1).sample(personnes, 6)) == set()


@pytest.mark.parametrize("indicateur", EN_PERIODE + DEPUIS)
def test_nobody_is_certain_of_an_event_in_the_demonstration_by_differences(con, indicateur):
    lignes = read(con, indicateur, nouvelles=False)
    assert len(lignes) > 100
    assert differences(lignes) == set()


def test_behind_each_total_the_private_base_holds_as_many_persons_as_were_counted(con):
    tenues = con.execute(f"""SELECT fonds, maille, periode, count(DISTINCT personne)
        FROM {PROFILS} WHERE jusque IS NULL GROUP BY ALL""").fetchall()
    par_fonds = {ligne[:3]: ligne[3] for ligne in tenues}
    comptees = con.execute("""SELECT indicateur, maille, periode, personnes FROM mart.mesure
        WHERE territoire = 'total' AND axe = '' AND personnes > 0""").fetchall()
    fonds = {
        i.id: i.nom_base for i in CATALOGUE.values() if i.sur_personnes and i.calcul == "decompte" and not i.derive
    }
    suivies = [(i, *ou, n) for i, *ou, n in comptees if i in fonds]
    assert len(suivies) > 1_000
    assert [ligne for ligne in suivies if par_fonds.get((fonds[ligne[0]], *ligne[1:3])) != ligne[3]] == []
