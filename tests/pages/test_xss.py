"""Hostile text in every text column of the published file: shown as written, never run, asking nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from tests.pages.conftest import Onglet, servir
from tests.pages.test_carte_navigateur import CADRE, PRETE
from tests.pages.test_cartes import PAYLOADS

pytestmark = pytest.mark.navigateur

MARKDOWN = ("![x](/payload.png)", "[clic](javascript:top.__xss=1)", "$\\href{javascript:top.__xss=1}{x}$")
CHARGES = (*PAYLOADS, *MARKDOWN)
# Text a partner or the contract writes. Codes of closed lists, identifiers and dates are checked at the door.
COLONNES = {
    "acteur": ("nom", "adresse", "telephone", "site_web"),
    "permanence": ("lieu",),
    "intervention_point": ("lieu", "acteur_nom"),
    "territoire": ("nom",),
    "fond": ("nom",),
    "qpv": ("source", "remarque"),
    "evenement": ("libelle",),
}


@pytest.fixture(scope="module")
def serveur_hostile(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on a copy of the published files where every text column carries the payloads in turn."""
    sortie = tmp_path_factory.mktemp("hostile") / "base"
    shutil.copytree(demonstration / "publie", sortie / "publie")
    liste = ", ".join("'" + charge.replace("'", "''") + "'" for charge in CHARGES)
    for fichier in (sortie / "publie").glob("*.duckdb"):
        with duckdb.connect(str(fichier)) as base:
            for table, colonnes in COLONNES.items():
                for rang, colonne in enumerate(colonnes):
                    choix = f"list_extract([{liste}], 1 + CAST((rowid + {rang}) % {len(CHARGES)} AS INTEGER))"
                    base.execute(f"UPDATE {table} SET {colonne} = {choix} || ' ' || CAST(rowid AS VARCHAR)")
    processus, adresse = servir({"QPV_SORTIE": str(sortie)}, tmp_path_factory.mktemp("journal") / "journal.txt")
    yield adresse
    processus.terminate()
    processus.wait(timeout=20)


def executes(o: Onglet) -> list[str]:
    """Frames where a payload ran, dialogs included."""
    return [cadre.url for cadre in o.page.frames if cadre.evaluate("window.__xss || top.__xss || null")]


LIEUX = "&".join(f"lieux={quote(nom)}" for nom in ("Acteurs", "Permanences", "Interventions"))


@pytest.mark.parametrize(
    "chemin",
    [f"/carte?{LIEUX}", f"/carte?{LIEUX}&couleur={quote('Part des femmes')}", "/fiche_quartier", "/parcours", "/"],
)
def test_no_text_is_ever_executed(navigateur, serveur_hostile, chemin):
    o = Onglet(navigateur, serveur_hostile)
    demandes: list[str] = []
    dialogues: list[str] = []
    o.page.on("request", lambda r: demandes.append(r.url))
    o.page.on("dialog", lambda d: (dialogues.append(d.message), d.dismiss()))
    page = o.ouvrir(chemin)
    if "carte" in chemin or "fiche" in chemin:
        cadre = page.wait_for_selector(CADRE).content_frame()
        cadre.wait_for_function(PRETE)
        for cible in cadre.locator("path.leaflet-interactive, .carte-symbole").all()[:30]:
            cible.dispatch_event("mouseover")  # opens the tooltip: the sink that runs HTML
        cadre.locator(".leaflet-control-layers-toggle").dispatch_event("mouseover")
        for cible in cadre.locator(".carte-symbole").all()[:2]:
            cible.dispatch_event("click")
            page.wait_for_timeout(600)
        montre = cadre.evaluate("document.body.innerText")
        assert "<img src=x onerror=top.__xss=1>" in montre or "${top.__xss=1}" in montre  # shown exactly as written
    o.calme()
    assert executes(o) == [] and dialogues == [] and o.dehors == []
    assert [u for u in demandes if u.endswith(("/x", "payload.png"))] == []
    o.fermer()


def test_the_test_itself_would_see_a_payload_run(navigateur, serveur_hostile):
    """A map that did not escape would be caught: the same text put raw in a tooltip does run."""
    o = Onglet(navigateur, serveur_hostile)
    page = o.ouvrir("/carte")
    cadre = page.wait_for_selector(CADRE).content_frame()
    cadre.wait_for_function(PRETE)
    cadre.evaluate("L.marker(map.getCenter()).bindTooltip('<img src=x onerror=top.__xss=1>').addTo(map).openTooltip()")
    page.wait_for_timeout(500)
    assert executes(o)
    o.fermer()
