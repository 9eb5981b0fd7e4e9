"""The steering files and the reference figures of the repository follow their schemas, and invent nothing unmarked."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from etl.catalog import contrat as contrats
from etl.catalog import schemas
from etl.catalog.indicateurs import CATALOGUE

RACINE = Path(__file__).parents[3]
CONTRAT = RACINE / "data" / "contrat"


def _rows(chemin: Path) -> list[dict[str, str]]:
    with chemin.open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


@pytest.mark.parametrize("nom", schemas.steering_names())
def test_a_steering_file_follows_its_schema(nom: str):
    schema, lignes = schemas.load(nom), _rows(CONTRAT / f"{nom}.csv")
    codes = {quartier.code for quartier in contrats.load(CONTRAT).qpv}
    assert lignes
    assert list(lignes[0]) == [colonne.name for colonne in schema.fields]
    for ligne in lignes:
        for colonne in schema.fields:
            valeur = ligne[colonne.name]
            if not valeur:
                assert not colonne.required, (colonne.name, ligne)
                continue
            assert not colonne.pattern or re.fullmatch(colonne.pattern, valeur)
            assert not colonne.enum or valeur in colonne.enum
            assert not colonne.max_length or len(valeur) <= colonne.max_length
            if colonne.type == "date":
                date.fromisoformat(valeur)
            if colonne.type in ("integer", "number"):
                assert colonne.minimum is None or float(valeur) >= colonne.minimum
            if colonne.name == "code_qpv":
                assert valeur in codes | {"total"}
            if colonne.name == "indicateur":
                assert valeur in CATALOGUE
    cles = [tuple(ligne[nom] for nom in schema.primary_key) for ligne in lignes]
    assert len(set(cles)) == len(cles)


def test_every_target_is_an_example_that_grows_the_right_way():
    lignes = _rows(CONTRAT / "cibles.csv")
    assert {ligne["statut"] for ligne in lignes} == {"exemple"}
    assert all(ligne["motif"].startswith("Exemple fictif") for ligne in lignes)
    fiche = {"interventions", "participants_suivis", "freins_leves", "inscriptions_droit_commun", "confiance_reprise"}
    assert fiche <= {ligne["indicateur"] for ligne in lignes if ligne["code_qpv"] == "total"}
    series: dict[tuple[str, str], list[float]] = {}
    for ligne in lignes:
        serie = series.setdefault((ligne["indicateur"], ligne["code_qpv"]), [float(ligne["valeur_initiale"])])
        serie.append(float(ligne["valeur_cible"]))
    for (indicateur, _), valeurs in series.items():
        assert len(valeurs) == 5
        assert valeurs == sorted(valeurs, reverse=CATALOGUE[indicateur].sens == "baisse")


@pytest.mark.parametrize("nom", ["evenements", "commentaires", "decisions"])
def test_an_example_says_so_in_its_own_words(nom: str):
    for ligne in _rows(CONTRAT / f"{nom}.csv"):
        texte = ligne.get("libelle") or ligne.get("texte") or ligne["decision"]
        assert (ligne["statut"] == "exemple") == texte.startswith("Exemple :")


def test_ptce_figures_say_that_their_definition_is_not_known():
    lignes = _rows(RACINE / "data" / "reference" / "ptce_2015.csv")
    valeurs = {ligne["repere"]: float(ligne["valeur"]) for ligne in lignes}
    assert {
        "demandeurs_suivis": 434, "part_moins_26": 49, "part_peu_diplomes": 53, "part_illettrisme": 20, "sorties": 178,
        "taux_sortie_emploi": 78, "taux_sortie_durable_ou_formation": 65, "entreprises_recrutement_maintien": 101,
        "parraines": 35, "porteurs_accompagnes": 30, "frequentation_moyenne": 13,
    }.items() <= valeurs.items()  # fmt: skip
    assert all("définition de la source non précisée" in ligne["remarque"] for ligne in lignes)
    assert all(ligne["source"] for ligne in lignes)
