"""The command line is a stable interface: exit codes, JSON, one French sentence when something is wrong."""

import json

import pytest

from tests.conftest import Demonstration, etl

ETATS = {"valeur", "secret", "non_renseigne", "non_applicable"}


def mesure(demonstration: Demonstration, *arguments: str) -> list[dict]:
    reponse = etl("mesure", *arguments, "--sortie", demonstration.sortie, "--json")
    assert reponse.returncode == 0, reponse.stderr
    rapport = json.loads(reponse.stdout)
    assert list(rapport) == ["indicateur", "unite", "cellules"]
    assert {c["etat"] for c in rapport["cellules"]} <= ETATS
    assert all((c["valeur"] is None) == (c["etat"] != "valeur") for c in rapport["cellules"])
    return rapport["cellules"]


def test_build_reports_every_file_and_the_counts_add_up(demonstration):
    rapport = demonstration.rapport
    assert set(rapport) == {"version", "date_donnees", "duree_s", "fichiers", "mesures", "audit", "alertes"}
    assert rapport["date_donnees"] == "2026-09-30"
    fichiers = [f for f in demonstration.depot.rglob("*") if f.is_file() and f.parent != demonstration.depot]
    assert {f["fichier"] for f in rapport["fichiers"]} == {
        f.relative_to(demonstration.depot).as_posix() for f in fichiers
    }
    for f in rapport["fichiers"]:
        assert f["lues"] == f["acceptees"] + f["refusees"] + f["ignorees"], f
        assert f["etat"] in ("charge", "refuse", "deja_charge")
        assert (f["etat"] == "refuse") <= bool(f["motif"])
    assert sum(f["etat"] == "refuse" for f in rapport["fichiers"]) >= 1


def test_a_second_build_changes_nothing(demonstration, tmp_path):
    import shutil

    shutil.copytree(demonstration.sortie, tmp_path / "base")
    encore = etl(
        "build", "--depot", demonstration.depot, "--public", demonstration.public, "--sortie", tmp_path / "base",
        "--json",
    )  # fmt: skip
    assert encore.returncode == 0, encore.stderr
    rapport = json.loads(encore.stdout)
    assert {f["etat"] for f in rapport["fichiers"]} <= {"deja_charge", "refuse"}
    avant = mesure(demonstration, "participants_suivis", "--par", "qpv", "--par", "annee")
    apres = etl(
        "mesure", "participants_suivis", "--par", "qpv", "--par", "annee", "--sortie", tmp_path / "base", "--json"
    )
    assert json.loads(apres.stdout)["cellules"] == avant


def test_without_axis_the_total_since_start(demonstration):
    (cellule,) = mesure(demonstration, "interventions")
    assert set(cellule) == {"valeur", "numerateur", "denominateur", "etat"}
    (exact,) = mesure(demonstration, "interventions", "--profil", "gestion")
    assert exact == cellule


def test_axes_give_one_cell_per_quarter_and_year(demonstration):
    cellules = mesure(demonstration, "participants_suivis", "--par", "qpv", "--par", "annee")
    assert {c["annee"] for c in cellules} == {2024, 2025, 2026}
    assert {"total", "tous_qpv", "hors_qpv", "inconnu"} <= {c["qpv"] for c in cellules}
    assert len({(c["qpv"], c["annee"]) for c in cellules}) == len(cellules) == 17 * 3


@pytest.mark.parametrize(("profil", "etat"), [("diffusion", "secret"), ("gestion", "non_applicable")])
@pytest.mark.parametrize("axes", [("sexe", "acteur"), ("qpv", "situation_entree", "annee")])
def test_outside_the_catalogue(demonstration, profil, etat, axes):
    options = [o for axe in axes for o in ("--par", axe)]
    cellules = mesure(demonstration, "participants_suivis", *options, "--profil", profil)
    assert cellules
    if axes[0] == "qpv":
        cellules = [c for c in cellules if c["qpv"].startswith("QN")]
    assert {c["etat"] for c in cellules} == {etat}


def test_protected_and_exact_profiles_differ_only_by_protection(demonstration):
    exact = mesure(demonstration, "confiance_reprise", "--par", "qpv", "--par", "annee", "--profil", "gestion")
    protege = mesure(demonstration, "confiance_reprise", "--par", "qpv", "--par", "annee")
    assert [(c["qpv"], c["annee"]) for c in exact] == [(c["qpv"], c["annee"]) for c in protege]
    quartiers = [c for c in protege if c["etat"] == "valeur" and c["qpv"].startswith("QN")]
    assert quartiers
    assert all(c["valeur"] % 5 == 0 for c in quartiers)


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("mesure", "inconnu"), "L'indicateur « inconnu » n'existe pas"),
        (("mesure", "interventions", "--par", "lune"), "L'axe « lune » n'existe pas"),
        (("build", "--date", "hier"), "« hier » n'est pas une date AAAA-MM-JJ"),
        (("build", "--nimporte"), "option inconnue"),
        (("voler",), "choix inconnu"),
        (("check", "absent.csv", "--schema", "participants"), "Le fichier « absent.csv » n'existe pas"),
        (("template", "nimporte"), "Le modèle « nimporte » n'existe pas"),
        (("public", "lune"), "Source inconnue"),
        (("demo", "--vers", "x", "--facteur", "-1"), "--facteur doit être un nombre positif"),
    ],
)
def test_usage_errors_are_one_french_sentence_and_64(demonstration, arguments, phrase):
    sortie = ("--sortie", demonstration.sortie) if arguments[0] in ("mesure", "build") else ()
    reponse = etl(*arguments, *sortie)
    assert reponse.returncode == 64, reponse.stderr
    assert phrase in reponse.stderr
    assert reponse.stderr.count("\n") == 1
    assert "Traceback" not in reponse.stderr


def test_nothing_published_says_what_to_do(tmp_path):
    reponse = etl("mesure", "interventions", "--sortie", tmp_path)
    assert (reponse.returncode, reponse.stdout) == (1, "")
    assert "Aucune base publiée" in reponse.stderr


def test_check_exit_codes(demonstration, tmp_path):
    bon = tmp_path / "frequentation.csv"
    bon.write_text("acteur_id;date;passages\nML;02/03/2025;12\nML;03/03/2025;8\n", encoding="utf-8")
    reponse = etl("check", bon, "--schema", "frequentation", "--json")
    assert reponse.returncode == 0, reponse.stderr
    rapport = json.loads(reponse.stdout)
    assert set(rapport) == {"etat", "motif", "lues", "acceptees", "refusees", "ignorees", "defauts"}
    assert (rapport["lues"], rapport["acceptees"]) == (2, 2)
    lignes = "".join(f"ML;{jour:02}/03/2025;{jour}\n" for jour in range(1, 11))
    bon.write_text(f"acteur_id;date;passages\n{lignes}ML;31/02/2025;12\n", encoding="utf-8")
    reponse = etl("check", bon, "--schema", "frequentation", "--json")
    assert reponse.returncode == 1, reponse.stderr
    (defaut,) = json.loads(reponse.stdout)["defauts"]
    assert (defaut["ligne"], defaut["colonne"]) == (12, "date")
    assert "n'est pas une date du calendrier" in defaut["message"]
    bon.write_text("n'importe quoi\n", encoding="utf-8")
    assert etl("check", bon, "--schema", "frequentation").returncode == 2


def test_an_empty_depot_publishes_context_only(tmp_path):
    (tmp_path / "depot").mkdir()
    reponse = etl(
        "build", "--depot", tmp_path / "depot", "--public", tmp_path / "public", "--sortie", tmp_path / "base",
        "--json", QPV_MIROIR="",
    )  # fmt: skip
    assert reponse.returncode == 0, reponse.stderr
    rapport = json.loads(reponse.stdout)
    assert rapport["fichiers"] == []
    assert "Périmètres schématiques" in " ".join(rapport["alertes"])
