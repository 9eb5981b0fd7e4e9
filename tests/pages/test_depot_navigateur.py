"""In a real browser: Dépôt from the file to the figures and back, in French, accessible, also on a phone."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from etl import read
from tests.conftest import CLE
from tests.etl.validate.depot_essai import many
from tests.pages.conftest import Onglet, servir
from tests.pages.test_depot import HABITANTE, contenu, premier  # noqa: F401  the small base is a fixture
from tests.pages.test_navigateur import DEBORDE, WCAG, anglais

pytestmark = pytest.mark.navigateur


def violations(page) -> list:
    trouvees = Axe().run(page, options=WCAG).response["violations"]
    return [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in trouvees]


@pytest.fixture
def atelier(premier: Path, tmp_path: Path):  # noqa: F811
    """The real server on a copy of the small base."""
    shutil.copytree(premier, tmp_path, dirs_exist_ok=True)
    dossiers = {f"QPV_{nom.upper()}": str(tmp_path / nom) for nom in ("depot", "public")}
    processus, adresse = servir(
        {**dossiers, "QPV_SORTIE": str(tmp_path / "base"), "QPV_CLE": CLE, "QPV_MIROIR": ""}, tmp_path / "journal.txt"
    )
    yield tmp_path, adresse
    processus.terminate()
    processus.wait(timeout=20)


def gestion(o: Onglet, chemin: str):
    """Open a page as accredited staff."""
    page = o.ouvrir(chemin)
    etroit = page.viewport_size["width"] < 700
    if etroit:
        page.locator('[data-testid="stExpandSidebarButton"]').first.click()
        page.wait_for_timeout(400)
    page.get_by_text("Gestion (chiffres exacts)").click()
    page.get_by_text("Profil gestion").first.wait_for()
    if etroit:
        page.locator('[data-testid="stSidebarCollapseButton"] button').first.click()
        page.wait_for_timeout(400)
    o.calme()
    return page


def choose(o: Onglet, page, champ: str, libelle: str) -> None:
    page.locator(f"[class*='st-key-{champ}'] input").click()
    page.get_by_role("option", name=libelle, exact=True).click()
    o.calme()


def test_from_the_file_to_the_figures_and_back(navigateur, atelier):
    lieu, adresse = atelier
    o = Onglet(navigateur, adresse)
    page = gestion(o, "/depot")
    assert anglais(page) == [] and violations(page) == []
    choose(o, page, "depot-partenaire", "Mission locale")
    choose(o, page, "depot-periode", "2e trimestre 2026")
    fichier = contenu([*many(HABITANTE | {"sexe": "homme"}, 6, participant_ref="P-{:03d}"),
                       HABITANTE | {"participant_ref": "R-1", "sexe": "zz"}])  # fmt: skip
    envoi = {"name": "participants.csv", "mimeType": "text/csv", "buffer": fichier}
    page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files(envoi)
    o.calme()
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.get_by_text("7 lignes lues = 6 acceptées + 1 refusée + 0 ignorée").last.wait_for(timeout=60_000)
    o.calme()
    assert anglais(page) == [] and violations(page) == []
    page.get_by_role("button", name="Charger ce fichier").click()
    page.get_by_text("Les chiffres sont à jour").wait_for(timeout=120_000)
    o.calme()
    assert read.connect(lieu / "base", "gestion").cells("part_femmes")[0]["valeur"] == 50
    page.get_by_text("Annuler le dernier chargement").click()
    o.calme()  # the panel is open: nothing below moves any more
    confirmation = page.get_by_role("checkbox", name="Je confirme l'annulation de ce chargement.")
    confirmation.locator("xpath=ancestor::label").click()
    o.calme()
    assert confirmation.is_checked()
    assert anglais(page) == [] and violations(page) == []
    page.get_by_role("button", name="Annuler ce chargement").click()
    page.get_by_text("Les chiffres d'avant sont revenus").wait_for(timeout=120_000)
    o.calme()
    assert read.connect(lieu / "base", "gestion").cells("part_femmes")[0]["valeur"] == 100
    assert page.locator("h1").count() == 1 and anglais(page) == []
    assert (o.dehors, o.erreurs) == ([], [])
    o.fermer()


@pytest.mark.parametrize("nom", ["depot", "qualite"])
@pytest.mark.parametrize("largeur", [1440, 390, 320])
def test_the_exact_profile_holds_too(onglet, nom, largeur):
    """The other browser tests read every page in diffusion, where these two show less."""
    page = gestion(onglet(largeur), f"/{nom}")
    assert page.locator("h1").count() == 1
    assert page.evaluate(DEBORDE) == []
    if largeur > 320:
        for depliant in page.locator('[data-testid="stExpander"] summary').all():
            depliant.click()
        page.wait_for_timeout(300)
        assert anglais(page) == [] and violations(page) == []
