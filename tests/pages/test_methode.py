"""Méthode: every indicator published is explained, secrecy is said with the contract's own thresholds."""

import pytest

from etl.catalog import contrat
from etl.catalog.indicateurs import CATALOGUE
from pages.ui import methode, synthese
from tests.pages.conftest import RACINE


@pytest.mark.parametrize("partie", methode.PARTIES)
def test_every_part_opens(ouvrir, partie):
    app = ouvrir("methode", partie=partie)
    assert not app.exception and not app.error
    assert [t.value for t in app.title] == ["Méthode"]
    assert len(app.header) >= 1


def test_every_published_indicator_is_explained(ouvrir, base):
    disponibles = set(base.table("indicateur").query("disponible")["id"])
    expliques = set()
    for famille, (titre, _) in synthese.FAMILLES.items():
        ids = {i.id for i in CATALOGUE.values() if i.famille == famille} & disponibles
        if not ids:
            continue
        app = ouvrir("methode", partie="Les indicateurs", famille=titre)
        expliques |= {e.label for e in app.expander}
        textes = " ".join(m.value for m in app.markdown)
        assert all(CATALOGUE[i].definition in textes.replace("\u202f", " ").replace("\u00a0", " ") for i in ids)
    assert expliques == {CATALOGUE[i].libelle for i in disponibles}


def test_secrecy_is_said_with_the_thresholds_of_the_contract(ouvrir):
    s = contrat.load(RACINE / "data" / "contrat").secret
    textes = " ".join(m.value for m in ouvrir("methode", partie="Le secret statistique").markdown)
    for seuil in (s.seuil_resultat, s.seuil_sensible, s.seuil_population, s.base, s.taux_min):
        assert str(seuil) in textes
