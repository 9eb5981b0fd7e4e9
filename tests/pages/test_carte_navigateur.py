"""The map in a real browser, network cut: it draws, a click chooses, panning costs nothing, the keyboard suffices."""

from urllib.parse import quote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe

from etl.catalog.indicateurs import CATALOGUE
from tests.pages.conftest import Onglet
from tests.pages.test_carte import qpv
from tests.pages.test_navigateur import ANGLAIS, TEXTES, WCAG

pytestmark = pytest.mark.navigateur

CADRE = 'iframe[src*="streamlit_folium"]'
LIBELLES = "[...document.querySelectorAll('path[aria-label]')].map(e => e.getAttribute('aria-label'))"
POINTS = """() => Object.values(map._layers).filter(couche => couche instanceof L.MarkerClusterGroup)
  .reduce((n, famille) => n + famille.getLayers().length, 0)"""
# Pairs of a neighbourhood's name and what it is written over.
COUVERTS = """() => {
  const boites = s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility())
    .map(e => [e.innerText.slice(0, 30), e.getBoundingClientRect()]);
  const autres = boites('.leaflet-control, .carte-grappe');
  const noms = boites('.carte-nom.quartier');
  const croise = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return noms.flatMap(([nom, n], i) =>
    [...autres, ...noms.slice(i + 1)].filter(([, a]) => croise(n, a)).map(([a]) => [nom, a]));
}"""
NOMMEE = "() => [...document.querySelectorAll('.carte-nom.quartier')].some(e => e.checkVisibility())"
PRETE = "() => window.map && document.querySelectorAll('path.leaflet-interactive').length > 0"


def carte(o: Onglet, chemin: str = "/carte"):
    """Open a page with a map; returns (page, the map's own frame) once it is drawn."""
    page = o.ouvrir(chemin)
    poignee = page.wait_for_selector(CADRE)
    cadre = poignee.content_frame()
    cadre.wait_for_function(PRETE)
    cadre.wait_for_function(NOMMEE)  # the names come last
    return page, cadre


def messages(page) -> list[int]:
    """Counts what the browser sends to the server from now on."""
    envoyes: list[int] = []
    page.on("websocket", lambda ws: ws.on("framesent", lambda _: envoyes.append(1)))
    return envoyes


def quartier(cadre, nom: str):
    return cadre.locator(f'path.leaflet-interactive[aria-label^="{nom}"]').first


@pytest.mark.parametrize("largeur", [1440, 390])
def test_everything_is_drawn_with_the_network_cut(onglet, base, largeur):
    """No request outside, no console error: see `onglet`."""
    _, cadre = carte(onglet(largeur))
    lieux = qpv(base)
    assert sorted(cadre.evaluate(LIBELLES)) == sorted(lieux["nom"])
    assert cadre.locator(".carte-grappe").count() > 0  # outings, in clusters
    noms = [nom.inner_text() for nom in cadre.locator(".carte-nom.quartier:visible").all()]
    assert len(noms) >= len(lieux) / 2
    assert cadre.evaluate(COUVERTS) == []


def test_the_map_speaks_french_and_is_accessible(onglet):
    page, cadre = carte(onglet())
    cadre.locator(".leaflet-control-layers").hover()
    textes = cadre.evaluate(TEXTES)
    assert {"Zoom avant", "Zoom arrière", "Choisir les couches de la carte", "Légende"} <= set(textes)
    assert [t for t in textes if ANGLAIS.search(t) and t != "Leaflet"] == []
    assert cadre.evaluate("document.documentElement.lang") == "fr"
    assert page.locator(CADRE).get_attribute("title").startswith("Carte interactive")
    violations = Axe().run(cadre, options=WCAG).response["violations"]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in violations] == []


def test_panning_and_zooming_ask_nothing_of_the_server(onglet):
    o = onglet()
    envoyes = messages(o.page)
    page, cadre = carte(o)
    avant, centre = len(envoyes), cadre.evaluate("[map.getCenter().lat, map.getZoom()]")
    boite = page.locator(CADRE).bounding_box()
    for _ in range(3):
        page.mouse.move(boite["x"] + 380, boite["y"] + 60)
        page.mouse.down()
        page.mouse.move(boite["x"] + 330, boite["y"] + 120, steps=4)
        page.mouse.up()
        page.wait_for_timeout(400)
    cadre.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(1200)
    apres = cadre.evaluate("[map.getCenter().lat, map.getZoom()]")
    assert apres[0] != centre[0] and apres[1] > centre[1]
    assert len(envoyes) == avant


def test_a_click_on_a_neighbourhood_chooses_it(onglet, base):
    o = onglet()
    page, cadre = carte(o, "/carte?lieux=")
    noms = [n for n in qpv(base)["nom"] if quartier(cadre, n).count()]
    for nom in noms[:2]:
        quartier(cadre, nom).dispatch_event("click")
        page.wait_for_selector(f'h3:has-text("{nom}")')
        o.calme()
        assert page.get_by_role("combobox", name="Quartier", exact=True).input_value() == nom
        assert f"qpv={quote_plus(nom)}" in page.url
    quartier(cadre, noms[0]).dispatch_event("click")  # a second click on the same place is news again
    page.wait_for_selector(f'h3:has-text("{noms[0]}")')


def test_the_keyboard_chooses_too(onglet, base):
    o = onglet()
    page, cadre = carte(o)
    nom = qpv(base)["nom"].iloc[3]
    quartier(cadre, nom).focus()
    assert cadre.evaluate("document.activeElement.getAttribute('aria-label')").startswith(nom)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'h3:has-text("{nom}")')


def test_a_change_of_layer_keeps_the_view(onglet):
    o = onglet()
    page, cadre = carte(o)
    cadre.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(600)
    avant = cadre.evaluate("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]")
    points = cadre.evaluate(POINTS)
    page.get_by_role("button", name="Interventions", exact=True).click()
    cadre.wait_for_function("() => document.querySelectorAll('.carte-grappe').length === 0")
    page.get_by_role("button", name="Interventions", exact=True).click()
    cadre.wait_for_function("() => document.querySelectorAll('.carte-grappe').length > 0")
    assert cadre.evaluate("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]") == avant
    assert cadre.evaluate(POINTS) == points
    assert cadre.locator(".carte-legende").count() == cadre.locator(".leaflet-control-layers").count() == 1


def test_a_rate_colours_the_neighbourhoods_and_its_legend_says_how(onglet, base):
    o = onglet()
    page, cadre = carte(o, "/carte?lieux=")
    libelle = CATALOGUE["part_femmes"].libelle
    page.get_by_role("combobox", name="Couleur des quartiers").click()
    page.get_by_role("option", name=libelle).click()
    cadre.wait_for_function("(mot) => document.querySelector('.carte-legende')?.innerText.includes(mot)", arg=libelle)
    remplis = set(cadre.evaluate("[...document.querySelectorAll('path[aria-label]')].map(e => e.getAttribute('fill'))"))
    assert len(remplis) > 1
    legende = cadre.evaluate("[...document.querySelectorAll('.carte-legende rect')].map(e => e.getAttribute('fill'))")
    assert remplis <= set(legende)
    assert libelle in quartier(cadre, qpv(base)["nom"].iloc[0]).get_attribute("aria-label")


def test_ticking_a_type_off_takes_its_points_away(onglet):
    page, cadre = carte(onglet())
    avant = cadre.evaluate(POINTS)
    cadre.locator(".leaflet-control-layers").hover()
    cadre.locator(".leaflet-control-layers-overlays input").first.uncheck()
    page.wait_for_timeout(500)
    assert 0 < cadre.evaluate(POINTS) < avant


def test_the_sheet_has_its_own_small_map(onglet, base):
    nom = qpv(base)["nom"].iloc[0]
    page, cadre = carte(onglet(), f"/fiche_quartier?qpv={nom}")
    assert page.locator("h1").inner_text() == nom
    assert quartier(cadre, nom).count() == 1
