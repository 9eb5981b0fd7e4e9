"""Dépôt: refused outside the exact profile; in it, preview, confirmation, load, journal and undo, on a real depot."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl import read
from pages.ui import depot, depot_actions, dossiers, livraisons
from tests.conftest import CLE, etl
from tests.etl.validate.depot_essai import ACTEUR, PERSONNE, csv_text, many, table
from tests.pages.conftest import CADRE, RACINE

HABITANTE = PERSONNE | {"code_qpv": "hors_qpv"}
CONTENU, PERIODE = "depot-contenu-mission_locale", "depot-periode-mission_locale-participants"


def contenu(lignes: list[dict[str, str]]) -> bytes:
    return csv_text(table(lignes)).encode()


@pytest.fixture(scope="module")
def premier(tmp_path_factory) -> Path:
    """A small base of two files, built once and copied by each test that changes it."""
    racine = tmp_path_factory.mktemp("premier")
    for fichier, lignes in {
        "metropole/acteurs_2025.csv": many(ACTEUR, 3, acteur_id="A{}"),
        "mission_locale/participants_2026-T1.csv": many(HABITANTE, 12, participant_ref="P-{:03d}"),
    }.items():
        chemin = racine / "depot" / fichier
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_bytes(contenu(lignes))
    fait = etl(
        "build", "--depot", racine / "depot", "--public", racine / "public", "--sortie", racine / "base", QPV_MIROIR=""
    )
    assert fait.returncode == 0, fait.stderr
    return racine


@pytest.fixture
def lieu(premier: Path, tmp_path: Path, monkeypatch) -> Path:
    """A copy of the small base, that the pages and their child processes use."""
    shutil.copytree(premier, tmp_path, dirs_exist_ok=True)
    for nom in ("depot", "public"):
        monkeypatch.setenv(f"QPV_{nom.upper()}", str(tmp_path / nom))
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "base"))
    monkeypatch.setenv("QPV_CLE", CLE)
    monkeypatch.setenv("QPV_MIROIR", "")
    return tmp_path


@pytest.fixture
def page(lieu: Path) -> Callable[[str], AppTest]:
    def ouvrir(profil: str = "gestion") -> AppTest:
        app = AppTest.from_file(str(CADRE), default_timeout=120)
        app.session_state["profil"] = profil
        app.run()
        return app.switch_page(str(RACINE / "pages" / "depot.py")).run()

    return ouvrir


def choose(app: AppTest, nom: str, octets: bytes, periode: str) -> AppTest:
    """Give a file of participants of the Mission locale and ask for its check."""
    app.selectbox(key="depot-partenaire").set_value("mission_locale").run()
    app.selectbox(key=CONTENU).set_value("participants").run()
    app.selectbox(key=PERIODE).set_value(periode).run()
    app.file_uploader[0].set_value((nom, octets, "text/csv")).run()
    return button(app, "Vérifier le fichier")


def button(app: AppTest, libelle: str) -> AppTest:
    return next(b for b in app.button if b.label == libelle).click().run()


def words(app: AppTest) -> str:
    return " ".join(e.value for e in [*app.markdown, *app.caption, *app.success, *app.warning, *app.info, *app.error])


def counts(lieu: Path) -> tuple[int, float]:
    """Persons followed since the start and the share of women, as published now."""
    base = read.connect(lieu / "base", "gestion")
    suivis, femmes = base.cells("participants_suivis"), base.cells("part_femmes")
    return suivis[0]["valeur"], femmes[0]["valeur"]


def test_outside_the_exact_profile_the_page_and_its_actions_are_refused(page, monkeypatch):
    app = page("diffusion")
    assert not app.exception and [t.value for t in app.title] == ["Dépôt"]
    assert len(app.file_uploader) == 0 and len(app.button) == 0
    (refus,) = [i.value for i in app.info]
    assert "réservée au profil « Gestion »" in refus
    for action in (
        lambda: depot_actions.apercu(b"x", "x.csv", "plie", "participants", ""),
        lambda: depot_actions.charger(b"x", {"fichier": "plie/x.csv"}, [], print),
        lambda: depot_actions.annuler(print),
    ):
        with pytest.raises(read.ProfilInsuffisant):
            action()


def test_from_the_file_to_the_figures_and_back(page, lieu):
    avant = counts(lieu)
    corrige = [*many(HABITANTE | {"sexe": "homme"}, 6, participant_ref="P-{:03d}"),
               *many(HABITANTE, 3, participant_ref="N-{:03d}"),
               HABITANTE | {"participant_ref": "R-1", "sexe": "zz"}]  # fmt: skip
    app = choose(page(), "../../export de Mme Durand.CSV", contenu(corrige), "2026-T2")
    assert not app.exception and not app.error
    assert "10 lignes lues = 9 acceptées + 1 refusée + 0 ignorée" in words(app)
    refusees, changees, valeurs = (t.value for t in app.table[:3])
    assert refusees["Ligne"].tolist() == ["11"] and "n'est pas dans la liste" in refusees["Ce qui ne va pas"].iloc[0]
    assert changees.iloc[0].tolist() == ["Participants", "3", "6", "0", "0", "0"]
    assert valeurs.iloc[0][["Ligne", "Colonne", "Avant", "Après"]].tolist() == ["A1 · P-001", "Sexe", "femme", "homme"]
    assert counts(lieu) == avant, "a preview changes nothing"
    assert not list((lieu / "depot" / ".attente").iterdir())

    app = button(app, "Charger ce fichier")
    assert not app.exception and not app.error
    assert "participants\\_2026-T2.csv. 10 lignes lues" in words(app)
    assert counts(lieu) == (15, pytest.approx(100 * 9 / 15))
    assert (lieu / "depot/mission_locale/participants_2026-T2.csv").read_bytes() == contenu(corrige)
    assert "Durand" not in " ".join(f.name for f in lieu.rglob("*"))
    journal = app.table[0].value
    assert journal["N°"].tolist() == ["2", "1"]
    assert journal["Effet sur les données"].tolist() == ["3 nouvelles, 6 corrigées", "15 nouvelles"]
    (chemins,) = [c.value for c in app.code]
    assert Path(chemins).is_file() and Path(chemins).parent == lieu / "base" / "rejets"

    assert next(b for b in app.button if b.label == "Annuler ce chargement").disabled
    app.checkbox(key="depot-annuler-2").check().run()
    app = button(app, "Annuler ce chargement")
    assert not app.exception and not app.error
    assert "Les chiffres d'avant sont revenus" in words(app)
    assert counts(lieu) == avant
    assert app.table[0].value["Quoi"].iloc[0].startswith("Annulation du chargement n° 2")
    # The same file again is loaded only once that is confirmed.
    app = choose(app, "export.csv", contenu(corrige), "2026-T2")
    assert "a été annulé" in words(app)
    assert next(b for b in app.button if b.label == "Charger ce fichier").disabled


def test_a_refused_file_says_why_and_cannot_be_loaded(page, lieu):
    avant = sorted(f.name for f in (lieu / "depot").rglob("*"))
    app = choose(page(), "bilan.csv", b"Nom;Age\nX;3\n", "2026-T2")
    (phrase,) = [e.value for e in app.error]
    assert phrase.startswith("Ce fichier serait refusé.")
    assert not [b for b in app.button if b.label == "Charger ce fichier"]
    assert [f for f in sorted(f.name for f in (lieu / "depot").rglob("*")) if f != ".attente"] == avant


def test_an_older_delivery_needs_its_box(page):
    app = choose(page(), "vieux.csv", contenu(many(HABITANTE, 2, participant_ref="V-{}")), "2025-T4")
    assert "plus ancien qu'un envoi déjà chargé" in words(app)
    assert next(b for b in app.button if b.label == "Charger ce fichier").disabled
    app.checkbox[0].check().run()
    assert not next(b for b in app.button if b.label == "Charger ce fichier").disabled


def test_a_correction_wins_over_a_file_of_its_period_named_by_hand(lieu, monkeypatch):
    monkeypatch.setattr(depot_actions.donnees, "exiger_gestion", lambda: None)
    a_la_main = lieu / "depot" / "mission_locale" / "participants_2026T1.csv"
    a_la_main.write_bytes(contenu(many(HABITANTE | {"sexe": "homme"}, 12, participant_ref="P-{:03d}")))
    dossiers_lus = [mot for nom in ("depot", "public") for mot in (f"--{nom}", lieu / nom)]
    assert etl("build", *dossiers_lus, "--sortie", lieu / "base", QPV_MIROIR="").returncode == 0
    a_la_main.unlink()  # a removed file is not an undo: it still comes before
    correction = contenu(many(HABITANTE | {"sexe": "non_renseigne"}, 12, participant_ref="P-{:03d}"))
    rapport = depot_actions.apercu(correction, "x.csv", "mission_locale", "participants", "2026-T1")
    assert rapport["fichier"] == "mission_locale/participants_2026T1_v02.csv"
    assert [(d["corrigees"], d["identiques"]) for d in rapport["differences"]] == [(12, 0)]
    assert rapport["perimees"] == 0
    # Another contract of the same partner does not meet that file.
    autre = depot_actions.apercu(correction, "x.csv", "mission_locale", "etapes", "2026-T1")
    assert autre["fichier"] == "mission_locale/etapes_2026-T1.csv"


def test_the_file_already_loaded_has_nothing_to_do(page):
    app = choose(page(), "copie.csv", contenu(many(HABITANTE, 12, participant_ref="P-{:03d}")), "2026-T1")
    assert "Il n'y a rien à faire" in words(app)
    assert not [b for b in app.button if b.label == "Charger ce fichier"]


@pytest.mark.parametrize("nom", ["x.exe", "x", "../../../etc/passwd", ".csv.exe"])
def test_other_formats_never_reach_the_disk(lieu, nom, monkeypatch):
    monkeypatch.setattr("pages.ui.donnees.exiger_gestion", lambda: None)
    with pytest.raises(depot_actions.ActionImpossible, match="Ce format n'est pas accepté"):
        depot_actions.apercu(b"x", nom, "plie", "participants", "")
    assert not (lieu / "depot" / ".attente").exists()


def test_a_file_never_lands_outside_the_depot(lieu, monkeypatch):
    monkeypatch.setattr("pages.ui.donnees.exiger_gestion", lambda: None)
    with pytest.raises(depot_actions.ActionImpossible, match="ne peut pas être rangé"):
        depot_actions.charger(b"x", {"fichier": "../ailleurs.csv"}, [], print)
    with pytest.raises(depot_actions.ActionImpossible, match="n'est pas déclaré"):
        depot_actions.apercu(b"x", "x.csv", "../plie", "participants", "")
    assert not (lieu / "ailleurs.csv").exists()


def test_a_load_that_fails_takes_its_file_out_of_the_depot(lieu, monkeypatch):
    """Left there, the next build would load it without anybody's confirmation."""
    monkeypatch.setattr("pages.ui.donnees.exiger_gestion", lambda: None)
    octets = contenu(many(HABITANTE, 2, participant_ref="Z-{}"))
    rapport = depot_actions.apercu(octets, "f.csv", "plie", "participants", "2026-T2")
    with (
        duckdb.connect(str(lieu / "base" / "prive" / "prive.duckdb")),
        pytest.raises(depot_actions.ActionImpossible, match="Un autre chargement est en cours"),
    ):
        depot_actions.charger(octets, rapport, [], lambda etape, part: None)
    assert not (lieu / "depot" / rapport["fichier"]).exists()


def test_a_preview_does_not_pass_for_a_received_file(tmp_path, monkeypatch):
    monkeypatch.setenv("QPV_DEPOT", str(tmp_path))
    for fichier in (".attente/a1/envoi.csv", ".gitkeep"):
        (tmp_path / fichier).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / fichier).touch()
    assert not dossiers.fichiers_recus()
    (tmp_path / "plie").mkdir()
    (tmp_path / "plie" / "etapes.csv").touch()
    assert dossiers.fichiers_recus()


def test_what_a_stopped_server_left_behind_is_removed(lieu, monkeypatch):
    monkeypatch.setattr("pages.ui.donnees.exiger_gestion", lambda: None)
    reste = lieu / "depot" / ".attente" / "ancien"
    reste.mkdir(parents=True)
    (reste / "envoi.csv").write_text("Durand")
    os.utime(reste, (0, 0))
    lignes = many(HABITANTE, 2, participant_ref="Z-{}")
    assert depot_actions.apercu(contenu(lignes), "f.csv", "plie", "participants", "2026-T2")["acceptees"] == 2
    assert not list(reste.parent.iterdir())


def test_the_template_is_a_workbook_of_the_contract(lieu):
    assert depot_actions.modele("participants")[:4] == b"PK\x03\x04"


def test_the_accounting_sentence_and_its_bar_hold_the_same_counts():
    rapport = {"lues": 1234, "acceptees": 1200, "refusees": 1, "ignorees": 33}
    assert depot.identite_comptable(rapport).replace("\u202f", " ") == (
        "1 234 lignes lues = 1 200 acceptées + 1 refusée + 33 ignorées"
    )
    assert [t["x"][0] for t in depot.barre(rapport).to_dict()["data"]] == [1200, 1, 33]


def test_periods_offered_follow_the_rhythm():
    from datetime import date

    debut, jour = date(2025, 10, 1), date(2026, 8, 20)
    assert livraisons.periodes("trimestre", debut, jour) == ["2026-T3", "2026-T2", "2026-T1", "2025-T4"]
    assert livraisons.periodes("semestre", debut, jour) == ["2026-T4", "2026-T2", "2025-T4"]
    assert livraisons.periodes("annee", debut, jour) == ["2026", "2025"]
    assert livraisons.periodes("mois", debut, jour)[:2] == ["2026-08", "2026-07"]
