"""The demonstration as anyone may read it, before an adversary who knows all but the answers: nobody is certain."""

import random

import duckdb
import pytest

from tests.etl.secrecy.parutions import BASES, certain_by_lp, differences, read


@pytest.fixture(scope="module")
def con(demonstration):
    with duckdb.connect(str(demonstration.sortie / "prive" / "prive.duckdb"), read_only=True) as con:
        yield con


@pytest.mark.parametrize("indicateur", BASES)
def test_nobody_is_certain_in_the_demonstration(con, indicateur):
    lignes = read(con, indicateur, nouvelles=False)
    personnes = sorted(set().union(*(ligne.membres for ligne in lignes)))
    assert len(lignes) > 150 and len(personnes) > 1_500
    assert differences(lignes) == set()
    assert certain_by_lp(lignes, random.Random(1).sample(personnes, 6)) == set()
