"""Another contrat de ville from configuration alone: built, attached to its own perimeters, every page opened."""

import json
import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl import read
from etl.catalog import contrat, sources
from pages.ui import cadre
from tests.conftest import etl

RACINE = Path(__file__).parents[2]
CONTRATS = RACINE / "tests" / "contrats"
NOMS = ["orleans", "trois_quartiers"]


@pytest.fixture(scope="module", params=NOMS)
def autre(request, tmp_path_factory):
    """A contract of the tests, its invented depot and its base: (folder of the contract, base)."""
    dossier, ici = CONTRATS / request.param, tmp_path_factory.mktemp(request.param)
    assert etl("demo", "--contrat", dossier, "--vers", ici / "depot", "--facteur", "0.06").returncode == 0
    # The second one is built without any public file: nothing of a mirror may reach it.
    miroir = ["--miroir", os.environ["QPV_MIROIR"]] if _au_miroir(request.param) else []
    reponse = etl(
        "build", "--contrat", dossier, "--depot", ici / "depot", "--public", ici / "public", "--sortie", ici / "base",
        *miroir, "--json", QPV_MIROIR="",
    )  # fmt: skip
    assert reponse.returncode == 0, reponse.stderr
    assert any(f["etat"] == "charge" for f in json.loads(reponse.stdout)["fichiers"])
    return dossier, ici / "base"


def _au_miroir(nom: str) -> bool:
    return nom == "orleans" and bool(os.environ.get("QPV_MIROIR"))


def test_a_contract_is_a_folder_of_configuration(autre):
    dossier, sortie = autre
    attendu, base = contrat.load(dossier), read.connect(sortie, "diffusion")
    assert (base.version.contrat_nom, base.version.demonstration) == (attendu.nom, True)
    quartiers = base.mesures(("interventions",), ("qpv",))
    comptes = dict(zip(quartiers["qpv"], quartiers["valeur"], strict=True))
    assert {q.code for q in attendu.qpv} <= set(comptes)
    assert all(comptes[q.code] > 0 for q in attendu.qpv)
    assert base.version.perimetres == ("contour" if _au_miroir(dossier.name) else "schematique")
    assert base.mesures(("participants_suivis",))["valeur"].iloc[0] > 25


def test_every_page_opens_on_it_and_names_no_other_place(autre, monkeypatch):
    dossier, sortie = autre
    monkeypatch.setenv("QPV_SORTIE", str(sortie))
    monkeypatch.setenv("QPV_CONTRAT", str(dossier))
    app = AppTest.from_file(str(RACINE / "pages" / "ui" / "cadre.py"), default_timeout=60).run()
    for entrees in cadre.menu().values():
        for entree, _ in entrees:
            app.switch_page(str(RACINE / "pages" / f"{entree.fichier}.py")).run()
            assert not app.exception and not app.error, entree.fichier
            assert len(app.title) == 1, entree.fichier
            assert not any("Tours" in m.value for m in [*app.markdown, *app.caption]), entree.fichier


def test_each_missing_public_source_says_so_in_one_sentence(autre):
    dossier, sortie = autre
    if _au_miroir(dossier.name):
        return  # this one has its public files
    etats = read.connect(sortie, "diffusion").table("source").set_index("id")
    assert set(etats.index) == {s.id for s in sources.SOURCES}
    for message in etats["message"]:
        assert message.endswith(".") and message.count(". ") == 0
    contexte = read.connect(sortie, "diffusion").table("contexte")
    assert contexte["valeur"].isna().all() and contexte["motif"].notna().all()
