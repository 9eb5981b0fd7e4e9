"""Another contrat de ville from configuration alone: built, attached to its own perimeters, opened."""

import json
import os
from pathlib import Path

import pytest

from etl import read
from etl.catalog import contrat
from tests.conftest import etl

CONTRATS = Path(__file__).parents[1] / "contrats"


@pytest.mark.parametrize("nom", ["orleans", "trois_quartiers"])
def test_a_contract_is_a_folder_of_configuration(nom, tmp_path):
    dossier = CONTRATS / nom
    assert etl("demo", "--contrat", dossier, "--vers", tmp_path / "depot", "--facteur", "0.3").returncode == 0
    reponse = etl(
        "build", "--contrat", dossier, "--depot", tmp_path / "depot", "--public", tmp_path / "public",
        "--sortie", tmp_path / "base", "--json",
    )  # fmt: skip
    assert reponse.returncode == 0, reponse.stderr
    assert any(f["etat"] == "charge" for f in json.loads(reponse.stdout)["fichiers"])
    attendu = contrat.load(dossier)
    base = read.connect(tmp_path / "base", "diffusion")
    assert (base.version.contrat_nom, base.version.demonstration) == (attendu.nom, True)
    quartiers = base.mesures(("interventions",), ("qpv",))
    comptes = dict(zip(quartiers["qpv"], quartiers["valeur"], strict=True))
    assert {q.code for q in attendu.qpv} <= set(comptes)
    assert all(comptes[q.code] > 0 for q in attendu.qpv)
    if nom == "orleans" and os.environ.get("QPV_MIROIR"):
        assert base.version.perimetres == "contour"
    assert base.mesures(("participants_suivis",))["valeur"].iloc[0] > 50
