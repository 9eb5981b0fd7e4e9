"""The frame: every page opens in it, filters survive it, a link opens the same view, nothing fails in English."""

import os
import shutil
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import cadre, filtres
from tests.conftest import etl
from tests.pages.conftest import CADRE, RACINE

PAGES = [
    e.fichier for entrees in cadre.MENU.values() for e in entrees if (RACINE / "pages" / f"{e.fichier}.py").exists()
]


def titres(app: AppTest) -> list[str]:
    return [t.value for t in app.title]


def legendes(app: AppTest) -> str:
    return " ".join(c.value for c in [*app.caption, *app.markdown])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_one_title(ouvrir, page):
    app = ouvrir(page)
    assert not app.exception
    assert [e.value for e in app.error] == []
    assert len(titres(app)) == 1


def test_the_menu_shows_only_pages_that_exist_and_no_page_is_forgotten():
    presentes = {p.stem for p in (RACINE / "pages").glob("*.py")} - {"__init__"}
    assert presentes == set(PAGES)
    assert {e.fichier for pages in cadre.menu().values() for e, _ in pages} == presentes


@pytest.mark.parametrize("page", ["tendances", "methode"])
def test_a_page_can_be_the_first_request(demonstration, page):
    """A deep link right after a start: the frame must be there (the browser test opens every page so)."""
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(CADRE)!r}, default_timeout=60)\n"
        f"app.switch_page({str(RACINE / 'pages' / page)!r} + '.py').run()\n"
        "assert not app.exception and not app.error, app.error\n"
        "assert len(app.title) == 1 and app.radio(key='profil').value == 'diffusion'\n"
    )
    env = os.environ | {"QPV_SORTIE": str(demonstration)}
    subprocess.run([sys.executable, "-c", code], cwd=RACINE, env=env, check=True, timeout=120)


def test_the_header_says_what_the_data_are(ouvrir, base):
    app = ouvrir()
    v = base.version
    assert f"**{v.contrat_nom.replace('(', chr(92) + '(')}**" in [m.value for m in app.markdown]
    assert f"{v.partenaires_recus} partenaires sur {v.partenaires_attendus} ont transmis" in legendes(app)
    assert "Données au 30 septembre 2026" in legendes(app)
    assert "Données de démonstration (fictives)" in legendes(app)
    assert "Objectifs d'exemple" in legendes(app)


def test_filters_survive_a_page_change(ouvrir):
    app = ouvrir()
    app.selectbox(key="periode").set_value("2025")
    code = app.multiselect(key="quartiers").options[0]
    app.multiselect(key="quartiers").set_value([_code(app, code)]).run()
    phrase = _phrase(app)
    assert "décembre 2025" in phrase and code in phrase
    app.switch_page(str(RACINE / "pages" / "tendances.py")).run()
    assert code in _phrase(app)
    app.switch_page(str(RACINE / "pages" / "methode.py")).run()
    app.switch_page(str(RACINE / "pages" / "synthese.py")).run()
    assert _phrase(app) == phrase


def _phrase(app: AppTest) -> str:
    return next(c.value for c in app.caption if c.value.startswith("Vous regardez"))


def _code(app: AppTest, libelle: str) -> str:
    choix, ref = app.session_state[filtres._CLE]
    return next(t.code for t in ref.territoires if t.libelle == libelle)


def test_a_link_opens_the_same_view(ouvrir):
    libelle = ouvrir().multiselect(key="quartiers").options[0]
    app = ouvrir(periode="2025", quartiers=libelle)
    assert f"**{libelle}, janvier – décembre 2025**" in _phrase(app)


def test_a_link_to_what_is_not_published_opens_the_default_view(ouvrir):
    app = ouvrir(periode="1999", quartiers="Nulle part")
    assert not app.exception
    assert _phrase(app) == _phrase(ouvrir())


def test_acteur_and_fiche_exclude_each_other_and_say_why(ouvrir):
    app = ouvrir()
    app.selectbox(key="acteur").set_value(app.session_state[filtres._CLE][1].acteurs[0][0]).run()
    assert app.selectbox(key="fiche").disabled
    assert "Retirez l'acteur" in app.selectbox(key="fiche").help


def test_the_exact_profile_is_a_visible_switch(ouvrir):
    app = ouvrir()
    assert app.radio(key="profil").value == "diffusion"
    app.radio(key="profil").set_value("gestion").run()
    assert "Profil gestion" in legendes(app)
    app.switch_page(str(RACINE / "pages" / "tendances.py")).run()
    assert app.radio(key="profil").value == "gestion"
    assert len(app.get("download_button")) == 0, "exact figures must not be downloadable by address"


def test_without_a_base_but_with_files_the_page_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "depot" / "partenaire").mkdir(parents=True)
    (tmp_path / "depot" / "partenaire" / "acteurs.csv").write_text("acteur_id\n")
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "base"))
    monkeypatch.setenv("QPV_DEPOT", str(tmp_path / "depot"))
    app = AppTest.from_file(str(CADRE), default_timeout=30).run()
    assert titres(app) == ["Synthèse"]
    assert "python -m etl build" in app.info[0].value


def test_a_failing_page_keeps_its_title_and_a_sentence_in_french(ouvrir, monkeypatch):
    from pages.ui import synthese

    def casser(*arguments):
        raise RuntimeError("panne secrète")

    monkeypatch.setattr(synthese, "lire", casser)
    app = ouvrir()
    assert titres(app) == ["Synthèse"]
    (erreur,) = [e.value for e in app.error]
    assert erreur.startswith("Cette page n'a pas pu s'afficher") and "secrète" not in erreur


def test_a_damaged_base_is_said_in_french(tmp_path, monkeypatch):
    publie = tmp_path / "base" / "publie"
    publie.mkdir(parents=True)
    for profil in ("diffusion", "gestion"):
        (publie / f"{profil}-20260101T000000Z.duckdb").write_bytes(b"pas une base")
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "base"))
    app = AppTest.from_file(str(CADRE), default_timeout=30).run()
    assert titres(app) == ["Synthèse"]
    assert "est abîmée : aucune de ses versions ne s'ouvre" in app.error[0].value
    assert "python -m etl build" in app.error[0].value


def test_a_damaged_version_leaves_the_one_before_on_screen_and_says_so(demonstration, tmp_path, monkeypatch):
    shutil.copytree(demonstration, tmp_path / "base")
    publie = tmp_path / "base" / "publie"
    for profil in ("diffusion", "gestion"):
        (publie / f"{profil}-29990101T000000000Z.duckdb").write_bytes(b"pas une base")
    (publie / "COURANT").write_text('{"version": "29990101T000000000Z"}')
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "base"))
    app = AppTest.from_file(str(CADRE), default_timeout=60).run()
    assert titres(app) == ["Synthèse"]
    assert [e.value for e in app.error] == []
    (sentence,) = [w.value for w in app.warning if "abîmée" in w.value]
    reponse = etl("mesure", "interventions", "--sortie", tmp_path / "base")
    assert reponse.returncode == 0, reponse.stderr
    assert reponse.stdout.splitlines()[0] == sentence
