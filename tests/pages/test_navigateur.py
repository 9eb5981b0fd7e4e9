"""In a real browser, network cut: every page is French, readable on a phone, accessible, and asks nobody else."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

from etl import read
from pages.ui import cadre
from tests.pages.conftest import RACINE, Onglet, servir

pytestmark = pytest.mark.navigateur

ENTREES = [e for entrees in cadre.MENU.values() for e in entrees]
PAGES = [e.fichier for e in ENTREES if (RACINE / "pages" / f"{e.fichier}.py").exists()]
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
# Words of Streamlit's chrome that no French text holds; French homographs (Notifications, Pages…) are left out.
ANGLAIS = re.compile(
    r"\b(the|Open|Close|Help|Select|Search|Download|Skip|Main|Running|Loading|required|optional|View|Show|Hide|Choose|"
    r"Clear|Remove|Sidebar|Toggle|Expand|Collapse|Deploy|Settings|Rerun|Print|Record|About|App|Sort|Copy|Navigate|"
    r"home|less|more|heading|Theme|Light|Dark|Get|Report|Made with|Press|Enter|Fullscreen|No options|No results|"
    r"Zoom in|Zoom out|Leaflet map|Marker|map)\b"
)
# Every text and label a reader or a screen reader meets; icon ligatures (aria-hidden) are not text.
TEXTES = """() => {
  const hors = '[aria-hidden="true"], [data-testid="stIconMaterial"], script, style, noscript';
  const vus = new Set();
  const marche = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let n = marche.nextNode(); n; n = marche.nextNode()) {
    const element = n.nodeType === Node.TEXT_NODE ? n.parentElement : n;
    if (!element || element.closest(hors)) continue;
    if (n.nodeType === Node.TEXT_NODE) vus.add(n.data.trim());
    else for (const nom of ['aria-label', 'title', 'placeholder', 'alt', 'aria-roledescription'])
      if (n.getAttribute(nom)) vus.add(n.getAttribute(nom));
  }
  return [...vus].filter(Boolean);
}"""
DEBORDE = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => [e.tagName, e.scrollWidth, e.clientWidth])"""


def adresse(page: str) -> str:
    return "/" if page == PAGES[0] else f"/{page}"


def anglais(page) -> list[str]:
    return [t for t in page.evaluate(TEXTES) if ANGLAIS.search(t)]


@pytest.mark.parametrize("nom", PAGES)
def test_a_page_alone_with_the_network_cut(onglet, nom):
    """First request of a visitor: one title, French, nothing asked elsewhere, no console error (see `onglet`)."""
    page = onglet().ouvrir(adresse(nom))
    titre = next(e.titre for e in ENTREES if e.fichier == nom)
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator("h1").count() == 1
    assert page.title().startswith(titre)
    assert page.locator('[data-testid="stSidebarNavLink"]').count() == len(PAGES)
    assert anglais(page) == []
    for depliant in page.locator('[data-testid="stExpander"] summary').all():
        depliant.click()
    page.wait_for_timeout(300)
    violations = Axe().run(page, options=WCAG).response["violations"]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in violations] == []


@pytest.mark.parametrize("ailleurs", ["http://exemple.org/a", "http://203.0.113.7/b"])
def test_what_leaves_the_loopback_is_seen_and_goes_nowhere(navigateur, serveur, ailleurs):
    o = Onglet(navigateur, serveur)
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        o.page.goto(ailleurs)
    assert o.dehors == [ailleurs]
    o.fermer()


@pytest.mark.parametrize("nom", PAGES)
def test_a_page_holds_on_a_phone(onglet, nom):
    o = onglet(390)
    page = o.ouvrir(adresse(nom))
    assert page.locator("h1").count() == 1
    violations = Axe().run(page, options=WCAG).response["violations"]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in violations] == []
    for largeur in (390, 320):
        page.set_viewport_size({"width": largeur, "height": 900})
        o.calme()
        assert page.evaluate(DEBORDE) == [], largeur


def test_lists_and_menus_of_streamlit_speak_french(onglet):
    page = onglet().ouvrir("/")
    for champ in ("periode", "quartiers"):
        page.locator(f".st-key-{champ} input").click()
        page.wait_for_timeout(300)
        assert anglais(page) == []
        page.keyboard.press("Escape")
    page.locator('[data-testid="stMainMenu"] button').first.click()
    page.wait_for_timeout(300)
    assert anglais(page) == []


def test_filters_follow_the_reader_and_the_back_button(onglet):
    o = onglet()
    page = o.ouvrir("/?periode=2025")
    phrase = page.get_by_text("Vous regardez").inner_text()
    assert "2025" in phrase
    page.get_by_role("link", name="Tendances et cibles").click()
    page.wait_for_selector("h1:has-text('Tendances')")
    o.calme()
    page.get_by_role("link", name="Synthèse").click()
    page.wait_for_selector("h1:has-text('Synthèse')")
    o.calme()
    assert page.get_by_text("Vous regardez").inner_text() == phrase
    page.go_back()
    page.wait_for_selector("h1:has-text('Tendances')")
    page.go_back()
    page.wait_for_selector("h1:has-text('Synthèse')")
    o.calme()
    assert page.get_by_text("Vous regardez").inner_text() == phrase


def test_the_fiche_is_printed_on_the_width_of_the_paper(onglet):
    """Charts take their width from the screen: they must have taken the paper's (186 mm) when the printing starts."""
    page = onglet().ouvrir("/fiche_quartier")
    page.evaluate("""() => { window.print = () => {
        const page = document.querySelector('[data-testid="stMainBlockContainer"]');
        window.imprime = [Math.round(page.clientWidth), document.querySelector('.js-plotly-plot').clientWidth]; }; }""")
    page.get_by_role("button", name="Imprimer").click()
    page.wait_for_function("window.imprime")
    largeur, figure = page.evaluate("window.imprime")
    assert largeur == 703 and figure < 703
    assert page.evaluate("document.documentElement.className.includes('papier')") is False


def test_the_keyboard_reaches_the_content_first(onglet):
    page = onglet().ouvrir("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Aller au contenu principal"


def test_a_first_start_shows_its_title_then_figures(navigateur, tmp_path):
    """Nothing loaded: title and progress at once, then the demonstration, said fictitious."""
    noms = {"QPV_SORTIE": "base", "QPV_DEPOT": "depot", "QPV_PUBLIC": "public"}
    dossiers = {variable: str(tmp_path / nom) for variable, nom in noms.items()}
    processus, adresse = servir(dossiers, tmp_path / "journal.txt")
    try:
        o = Onglet(navigateur, adresse)
        o.page.goto(adresse)
        o.page.wait_for_selector("h1")
        o.page.wait_for_selector('[role="progressbar"]')
        assert "démonstration" in o.page.locator('[data-testid="stMain"]').inner_text()
        o.page.wait_for_selector('[data-testid="stMetric"]', timeout=240_000)
        o.calme()
        assert o.page.locator("h1").count() == 1
        assert o.page.get_by_text("Données de démonstration (fictives)").count() >= 1
        # Beside the real folders, never in them.
        assert read.connect(tmp_path / "demonstration" / "base", "diffusion").version.demonstration
        assert not (tmp_path / "base").exists() and not (tmp_path / "depot").exists()
        assert (o.dehors, o.erreurs) == ([], [])
        o.fermer()
    finally:
        processus.terminate()
        processus.wait(timeout=20)
