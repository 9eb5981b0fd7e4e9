"""Confirming, previewing, undoing a load by command line: published values before, after, and after the undo."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl import read
from etl.pannes import OCCUPEE
from tests.conftest import etl
from tests.etl.validate.depot_essai import ACTEUR, PERSONNE, csv_text, many, table

HABITANTE = PERSONNE | {"code_qpv": "hors_qpv"}
ANCIEN, COMPLET = "mission_locale/participants_2025-T4.csv", "metropole/acteurs_2026.csv"


class Chantier:
    """A depot of two partners of the configured contract, its base, and what each build answered."""

    def __init__(self, racine: Path) -> None:
        self.racine, self.depot, self.sortie = racine, racine / "depot", racine / "base"

    def write(self, fichier: str, lignes: list[dict[str, str]]) -> Path:
        chemin = self.depot / fichier
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(csv_text(table(lignes)), encoding="utf-8")
        return chemin

    def run(self, commande: str, *options: object, code: int = 0) -> dict[str, Any]:
        dossiers = ("--depot", self.depot, "--sortie", self.sortie)
        if commande != "apercu":
            dossiers += ("--public", self.racine / "public", "--date", "2026-09-30")
        reponse = etl(commande, *options, *dossiers, "--json", QPV_MIROIR="")
        assert reponse.returncode == code, reponse.stderr
        return json.loads(reponse.stdout)

    def published(self) -> tuple[list, ...]:
        """Every exact cell, and every actor, as the screens would read them."""
        base = read.connect(self.sortie, "gestion")
        tables = (base.table(nom).values.tolist() for nom in ("mesure", "acteur"))
        return tuple(sorted(map(str, lignes)) for lignes in tables)


@pytest.fixture(scope="module")
def histoire(tmp_path_factory) -> dict[str, Any]:
    """One life of a depot: a first load, two deliveries held back, both confirmed, then all of it undone."""
    lieu = Chantier(tmp_path_factory.mktemp("depot"))
    lieu.write("metropole/acteurs_2025.csv", many(ACTEUR, 20, acteur_id="A{}"))
    lieu.write("mission_locale/participants_2026-T1.csv", many(HABITANTE, 12, participant_ref="P-{:03d}"))
    histoire: dict[str, Any] = {"lieu": lieu, "premier": lieu.run("build")}
    histoire["avant"] = lieu.published()
    liste = lieu.write("../liste.csv", many(ACTEUR, 15, acteur_id="A{}"))
    options = ("--partenaire", "metropole", "--schema", "acteurs", "--periode", "2026")
    histoire["apercu_complet"] = lieu.run("apercu", liste, *options)
    lieu.write(COMPLET, many(ACTEUR, 15, acteur_id="A{}"))
    anciennes = many(HABITANTE | {"sexe": "homme"}, 5, participant_ref="V-{:03d}")
    ancien = lieu.write(ANCIEN, anciennes)
    ancien.rename(attente := lieu.racine / "export de Mme Durand.csv")
    histoire["apercu"] = lieu.run(
        "apercu", attente, "--partenaire", "mission_locale", "--schema", "participants", "--periode", "2025-T4"
    )
    attente.rename(ancien)
    histoire["retenus"] = lieu.run("build")
    histoire["apres_retenue"] = lieu.published()
    histoire["confirmes"] = lieu.run("build", "--forcer", ANCIEN, "--confirmer", lieu.depot / COMPLET, "--par", "Anne")
    histoire["apres"] = lieu.published()
    histoire["annule"] = lieu.run("annuler", "--par", "Bernard")
    histoire["apres_annulation"] = lieu.published()
    return histoire


def states(rapport: dict[str, Any]) -> dict[str, str]:
    return {f["fichier"]: f["etat"] for f in rapport["fichiers"]}


def test_an_older_delivery_and_a_large_withdrawal_wait(histoire):
    assert states(histoire["retenus"])[ANCIEN] == "refuse"
    assert states(histoire["retenus"])[COMPLET] == "charge"
    assert histoire["apres_retenue"] == histoire["avant"]


def test_each_is_confirmed_by_the_name_of_its_file(histoire):
    assert states(histoire["confirmes"])[ANCIEN] == "charge"
    mesures, acteurs = histoire["apres"]
    assert len(acteurs) == 15 and len(histoire["avant"][1]) == 20
    assert mesures != histoire["avant"][0]


def test_after_an_undo_every_published_value_is_the_one_of_before(histoire):
    assert {f["fichier"]: f["etat"] for f in histoire["annule"]["fichiers"]} == {ANCIEN: "annule"}
    assert histoire["annule"]["version"] != histoire["confirmes"]["version"]
    assert histoire["apres_annulation"] == histoire["avant"]


def test_the_preview_says_what_the_build_then_does(histoire):
    apercu = histoire["apercu"]
    assert apercu["fichier"] == ANCIEN  # nothing of the sender's file name is kept
    assert (apercu["etat"], apercu["lues"], apercu["acceptees"], apercu["refusees"]) == ("charge", 5, 5, 0)
    (reserve,) = apercu["reserves"]
    assert reserve["genre"] == "forcer" and "plus ancien" in reserve["phrase"]
    assert [(d["schema"], d["ajoutees"], d["corrigees"]) for d in apercu["differences"]] == [("participants", 5, 0)]
    assert apercu["en_attente"] == [COMPLET]
    charge = next(f for f in histoire["confirmes"]["fichiers"] if f["fichier"] == ANCIEN)
    communs = set(charge) - {"feuilles"}
    assert {cle: charge[cle] for cle in communs} == {cle: apercu[cle] for cle in communs}
    assert not list((histoire["lieu"].depot / ".attente").iterdir())


def test_the_preview_of_a_shorter_list_says_what_it_would_withdraw(histoire):
    apercu = histoire["apercu_complet"]
    (reserve,) = apercu["reserves"]
    assert reserve["genre"] == "confirmer" and "5 lignes sur 20 (25,0 %)" in reserve["phrase"]
    (difference,) = apercu["differences"]
    assert (difference["retirees"], difference["identiques"]) == (5, 15)
    assert sorted(c["cle"] for c in apercu["changements"]) == [[f"A{n}"] for n in (16, 17, 18, 19, 20)]


def test_a_row_tells_its_history(histoire):
    reponse = etl("historique", "participants", "A1", "v-001", "--sortie", histoire["lieu"].sortie, "--json")
    assert reponse.returncode == 0, reponse.stderr
    faits = json.loads(reponse.stdout)["faits"]
    assert [(f["genre"], f["fichier"], f["qui"]) for f in faits] == [
        ("ajoutee", ANCIEN, "Anne"), ("retiree", None, "Bernard"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("build", "--forcer", "absent.csv"), "n'est pas dans le dépôt"),
        (("build", "--confirmer", "/etc/hostname"), "n'est pas dans le dépôt"),
        (("apercu", "README.md", "--partenaire", "inconnu"), "n'est pas déclaré dans contrat.toml"),
        (("apercu", "README.md", "--partenaire", "../plie"), "n'est pas déclaré dans contrat.toml"),
        (("apercu", "README.md", "--partenaire", "plie"), "Ce format n'est pas accepté"),
        (("apercu", "README.md", "--partenaire", "plie", "--schema", "../x"), "n'existe pas"),
        (("apercu", "README.md", "--partenaire", "plie", "--periode", "2026-T5"), "s'écrit 2026, 2026-T3 ou 2026-09"),
        (("historique", "participants", "A1"), "La clé de « participants » est : acteur_id, participant_ref"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence_and_64(tmp_path, arguments, phrase):
    depot = () if arguments[0] == "historique" else ("--depot", tmp_path / "depot")
    reponse = etl(*arguments, "--sortie", tmp_path / "base", *depot)
    assert (reponse.returncode, reponse.stderr.count("\n")) == (64, 1), reponse.stderr
    assert phrase in reponse.stderr


def test_nothing_to_undo_is_said_and_publishes_nothing(tmp_path):
    reponse = etl("annuler", "--sortie", tmp_path / "base", "--depot", tmp_path / "depot", "--json", QPV_MIROIR="")
    assert reponse.returncode == 1
    assert json.loads(reponse.stdout) == {"erreur": "Aucun chargement à annuler : le journal n'en contient pas."}
    assert not (tmp_path / "base" / "publie").exists()


def test_everyone_reads_states_and_dates_only_accredited_staff_reads_who_and_how_many(histoire):
    exact, protege = (read.connect(histoire["lieu"].sortie, profil) for profil in ("gestion", "diffusion"))
    colonnes = ["genre", "qui", "annule", "annule_par", "lues", "acceptees", "ajoutees", "retirees"]
    lignes = exact.table("journal")[colonnes].astype(object)
    assert lignes.where(lignes.notna(), None).values.tolist()[:2] == [
        ["annulation", "Bernard", 3, None, 5, 5, 0, 5], ["chargement", "Anne", None, 4, 5, 5, 5, 5],
    ]  # fmt: skip
    for nom in read.RESERVEES:
        with pytest.raises(read.ProfilInsuffisant, match="réservée au profil « Gestion »"):
            protege.table(nom)
        assert protege.connexion.cursor().execute(f"SELECT count(*) FROM {nom}").fetchall() == [(0,)]
    fichiers = protege.table("chargement").set_index("fichier")
    assert fichiers.loc[COMPLET, "acceptees"] == 15 and fichiers.loc[ANCIEN, "etat"] == "annule"
    assert fichiers.loc[ANCIEN, ["lues", "acceptees", "refusees", "ignorees", "motif", "sha256"]].isna().all()
    personnes = protege.table("regle_resultat").query("personnes")
    assert len(personnes) > 5 and personnes["nombre"].isna().all()


def test_a_load_under_way_is_said(histoire):
    lieu = histoire["lieu"]
    fichier = lieu.write("../f.csv", many(HABITANTE, 2, participant_ref="Z-{}"))
    with duckdb.connect(str(lieu.sortie / "prive" / "prive.duckdb")):
        options = ("--partenaire", "plie", "--schema", "participants")
        assert lieu.run("apercu", fichier, *options, code=1) == {"erreur": OCCUPEE}
        assert lieu.run("annuler", code=1) == {"erreur": OCCUPEE}
