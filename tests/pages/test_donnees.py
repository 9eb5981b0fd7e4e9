"""The door of the pages: profiles and versions never mix, territories are put together without inventing a figure."""

import pandas as pd
import pytest

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import donnees, dossiers

COLONNES = ["indicateur", "territoire", "valeur", "numerateur", "denominateur", "etat", "exact", "arrondi"]


def cellules(*lignes: tuple) -> pd.DataFrame:
    return pd.DataFrame(lignes, columns=COLONNES)


def reunie(*lignes: tuple) -> dict:
    (ligne,) = donnees.reunir(cellules(*lignes), ("indicateur",)).to_dict("records")
    return ligne


def test_counts_of_several_quartiers_are_added():
    r = reunie(
        ("participants_suivis", "Q1", 40.0, None, None, "valeur", False, 5),
        ("participants_suivis", "Q2", 25.0, None, None, "valeur", False, 5),
    )
    assert (r["valeur"], r["etat"], r["arrondi"]) == (65.0, "valeur", 5)


def test_one_hidden_quartier_hides_the_sum():
    r = reunie(
        ("participants_suivis", "Q1", 40.0, None, None, "valeur", False, 5),
        ("participants_suivis", "Q2", None, None, None, "secret", False, 5),
    )
    assert (r["valeur"], r["etat"]) == (None, "secret")


def test_rates_are_the_sum_of_numerators_over_the_sum_of_denominators():
    assert CATALOGUE["taux_levee"].unite == "%"
    r = reunie(
        ("taux_levee", "Q1", 50.0, 30.0, 60.0, "valeur", False, 5),
        ("taux_levee", "Q2", 25.0, 10.0, 40.0, "valeur", False, 5),
    )
    assert (r["valeur"], r["numerateur"], r["denominateur"], r["etat"]) == (40.0, 40.0, 100.0, "valeur")


def test_a_rate_over_too_few_stays_secret():
    r = reunie(
        ("taux_levee", "Q1", None, 5.0, 20.0, "secret", False, 5),
        ("taux_levee", "Q2", None, 5.0, 20.0, "secret", False, 5),
    )
    assert (r["valeur"], r["etat"]) == (None, "secret")


def test_a_rate_with_a_hidden_part_has_no_sum():
    r = reunie(
        ("taux_levee", "Q1", 50.0, 30.0, 60.0, "valeur", False, 5),
        ("taux_levee", "Q2", None, None, None, "secret", False, 5),
    )
    assert (r["valeur"], r["etat"]) == (None, "secret")


@pytest.fixture
def ailleurs(tmp_path, monkeypatch):
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "base"))
    monkeypatch.setenv("QPV_DEPOT", str(tmp_path / "depot"))
    return tmp_path


def test_without_a_base_the_ordinary_folder_is_expected(ailleurs):
    assert dossiers.sortie() == ailleurs / "base"


def test_the_demonstration_is_read_only_while_nothing_was_received(ailleurs, demonstration):
    (ailleurs / "demonstration").mkdir()
    (ailleurs / "demonstration" / "base").symlink_to(demonstration)
    assert dossiers.sortie() == ailleurs / "demonstration" / "base"
    (ailleurs / "depot" / "partenaire").mkdir(parents=True)
    assert dossiers.sortie() == ailleurs / "demonstration" / "base"
    (ailleurs / "depot" / "partenaire" / "acteurs.csv").write_text("acteur_id\n")
    assert dossiers.sortie() == ailleurs / "base"


def test_the_two_profiles_never_share_a_cell(demonstration, monkeypatch):
    """The cache is shared by everyone: the profile is part of the key, whatever the order of the calls."""
    monkeypatch.setenv("QPV_SORTIE", str(demonstration))
    lues = {}
    for profil in ("gestion", "diffusion", "gestion"):
        monkeypatch.setattr(donnees, "profil", lambda p=profil: p)
        cellule = donnees.mesures(("participants_suivis",), ("qpv",), "2025")
        lues.setdefault(profil, []).append(cellule)
        assert donnees.version().profil == profil
    assert lues["gestion"][0].equals(lues["gestion"][1])
    assert not lues["gestion"][0]["valeur"].equals(lues["diffusion"][0]["valeur"])
    visibles = lues["diffusion"][0].query("etat == 'valeur' and not exact")
    assert (visibles["valeur"] % 5 == 0).all()


def test_a_combination_outside_the_catalogue_is_secret_for_everyone(demonstration, monkeypatch):
    monkeypatch.setenv("QPV_SORTIE", str(demonstration))
    lues = donnees.mesures(("participants_suivis",), ("sexe",), "2025", axes=(("acteur", "X"),))
    assert list(lues["etat"]) == ["secret"]


def test_only_published_choices_are_offered(demonstration, base, monkeypatch):
    monkeypatch.setenv("QPV_SORTIE", str(demonstration))
    ref = donnees.referentiel()
    lieux = base.table("territoire")
    assert {t.code for t in ref.qpv} == set(lieux[lieux["type"] == "qpv"]["code"])
    assert {a for a, _ in ref.acteurs} == set(base.table("acteur")["acteur_id"])
    assert ref.periodes[0] == "depuis_debut"
    assert max(p for p in ref.periodes[1:]) <= f"{ref.date_donnees.year}-T4"
