"""A year still open, read quarter after quarter: each release shows what is new, and tells nothing of anybody."""

from datetime import date

import pytest

from etl.secrecy import audit, parution, protect
from tests.etl.secrecy.monde_protege import CLE, SECRET
from tests.etl.secrecy.parutions import DEPUIS, EN_PERIODE, certain_by_lp, differences, months, read
from tests.etl.secrecy.test_parutions import count, populated, unproven

JOURS = [date(2025, 2, 14), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30)]
INDICATEURS = ("participants_suivis", "reperes", "freins_identifies", "confiance_reprise", *EN_PERIODE, *DEPUIS)


@pytest.fixture(scope="module")
def parues():
    """What is read of each answer over four releases, the reports, and the months in which each is concerned."""
    lus, rapports = {i: [] for i in EN_PERIODE + DEPUIS}, []
    with populated(120, 21, 0.6) as con:
        for jour in JOURS:
            count(con, jour, INDICATEURS)
            protect(con, SECRET, CLE)
            rapports.append(audit.audit(con, jour.isoformat()))
            assert unproven(con, jour.isoformat()) == {}
            for indicateur, lignes in lus.items():
                lignes += read(con, indicateur)
            parution.keep(con, jour.isoformat())
            parution.confirm(con, jour.isoformat())
        yield lus, rapports, {i: months(con, i) for i in EN_PERIODE}


def test_each_release_is_proven_and_hardly_anything_new_gives_way(parues):
    lus, rapports, _ = parues
    assert [r["etat"] for r in rapports] == ["prouve"] * len(JOURS)
    assert sum(r["cellules_retirees"] for r in rapports) <= 8
    for indicateur in EN_PERIODE:
        annee = [ligne.jours for ligne in lus[indicateur] if ligne.quoi == ("annee", "2025", "total", "", "")]
        # Within the quarter it is not refreshed.
        assert [date.fromordinal(fin) for _, fin in annee] == [JOURS[0], *JOURS[2:]]


def test_nobody_is_certain_of_an_event_by_differences(parues):
    for indicateur, lignes in parues[0].items():
        assert differences(lignes) == set(), indicateur


@pytest.mark.parametrize("indicateur", EN_PERIODE + DEPUIS)
def test_nobody_is_certain_of_an_event_by_linear_programming(parues, indicateur):
    lus, _, mois = parues
    lignes = lus[indicateur]
    personnes = sorted(set().union(*(ligne.membres for ligne in lignes)))
    assert certain_by_lp(lignes, personnes[::60], mois.get(indicateur)) == set()
