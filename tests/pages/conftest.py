"""What the tests of the screens share: one demonstration base, the application under AppTest, one browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest

from etl import read

RACINE = Path(__file__).parents[2]
CADRE = RACINE / "pages" / "ui" / "cadre.py"
OPTIONS_CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # The network is cut for good: no name but the loopback's leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
SANS_NAVIGATEUR = (
    "AUCUN NAVIGATEUR : les tests de navigateur ne tournent pas. Installez-en un : « apt-get install chromium » "
    "(Debian, Ubuntu), Google Chrome, ou « .venv/bin/playwright install chromium »."
)


@pytest.fixture(scope="session")
def demonstration(demonstration) -> Path:
    """Folder of the base that the whole suite shares (see tests/conftest.py)."""
    if "erreur" in demonstration.rapport:
        pytest.fail(f"La base de démonstration n'a pas été construite : {demonstration.rapport['erreur'][-1500:]}")
    return demonstration.sortie


@pytest.fixture(scope="session")
def base(demonstration: Path) -> read.Base:
    """The protected base, read through the same door as the pages."""
    return read.connect(demonstration, "diffusion")


@pytest.fixture
def ouvrir(demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open the frame, on a page if one is named, with the query parameters of a link."""
    monkeypatch.setenv("QPV_SORTIE", str(demonstration))

    def ouvrir_page(page: str | None = None, profil: str | None = None, **lien: str) -> AppTest:
        app = AppTest.from_file(str(CADRE), default_timeout=30)
        for cle, valeur in lien.items():
            app.query_params[cle] = valeur
        if profil:
            app.session_state["profil"] = profil
        app.run()
        if page:
            app.switch_page(str(RACINE / "pages" / f"{page}.py")).run()
        return app

    return ouvrir_page


def chiffres(texte: str) -> int | None:
    """Digits of a displayed number as an integer: `1 855` → 1855; None without digit."""
    trouves = re.sub(r"\D", "", texte)
    return int(trouves) if trouves else None


def nombre(texte: str) -> float | None:
    """The number a displayed figure starts with: `1 855,5 jours` → 1855.5; None without one."""
    trouve = re.match(r"[≤≥]?\s?([−-]?)([\d\u202f]+)(?:,(\d+))?", texte)
    if trouve is None:
        return None
    signe, entier, decimales = trouve.groups()
    return float(f"{'-' if signe else ''}{entier.replace(chr(0x202F), '')}.{decimales or 0}")


def chromium() -> str | None:
    """Path of Debian's Chromium, of Chrome, or of Playwright's own."""
    for nom in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if chemin := shutil.which(nom):
            return chemin
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        chemin = p.chromium.executable_path
    return chemin if Path(chemin).exists() else None


def port_libre() -> int:
    """A port nobody listens on."""
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return prise.getsockname()[1]


def servir(environnement: dict[str, str], journal: Path) -> tuple[subprocess.Popen, str]:
    """Start the real server on a free port; returns the process and its address once it answers."""
    port = port_libre()
    with journal.open("wb") as sortie:
        processus = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=RACINE,
            env=os.environ | environnement,
            stdout=sortie,
            stderr=subprocess.STDOUT,
        )
    adresse = f"http://localhost:{port}"
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{adresse}/_stcore/health", timeout=2):
                return processus, adresse
        except OSError:
            if processus.poll() is not None:
                break
            time.sleep(0.1)
    processus.kill()
    pytest.fail(f"Le serveur n'a pas démarré :\n{journal.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def serveur(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the real application, serving the demonstration base."""
    processus, adresse = servir({"QPV_SORTIE": str(demonstration)}, tmp_path_factory.mktemp("serveur") / "journal.txt")
    yield adresse
    processus.terminate()
    processus.wait(timeout=20)


@pytest.fixture(scope="session")
def navigateur() -> Iterator:
    """A Chromium; when there is none the test is skipped loudly, or fails if QPV_NAVIGATEUR_OBLIGATOIRE=1."""
    from playwright.sync_api import sync_playwright

    chemin = chromium()
    if chemin is None:
        print(f"\n{SANS_NAVIGATEUR}", file=sys.stderr)
        if os.environ.get("QPV_NAVIGATEUR_OBLIGATOIRE") == "1":
            pytest.fail(SANS_NAVIGATEUR)
        pytest.skip(SANS_NAVIGATEUR)
    with sync_playwright() as p:
        instance = p.chromium.launch(executable_path=chemin, args=OPTIONS_CHROMIUM)
        yield instance
        instance.close()


INTERROMPU = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
DESSINE = """() => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stStatusWidget"], [data-stale="true"]')"""


class Echanges:
    """What a tab and its server say to each other: the screen alone does not tell that a run was asked for.

    Between a click and the first message of the run it causes, a loaded machine leaves the page looking at rest.
    """

    def __init__(self) -> None:
        self.demandes = self.servies = 0  # runs asked for; of these, those that the runs ended so far had seen
        self._vues = 0

    def suivre(self, prise) -> None:
        """Follow a websocket; a new one starts a new conversation."""
        self.demandes = self.servies = self._vues = 0
        prise.on("framesent", self._envoi)
        prise.on("framereceived", self._reception)

    def _envoi(self, trame: str | bytes) -> None:
        if isinstance(trame, bytes) and BackMsg.FromString(trame).WhichOneof("type") == "rerun_script":
            self.demandes += 1

    def _reception(self, trame: str | bytes) -> None:
        if not isinstance(trame, bytes):
            return
        message = ForwardMsg.FromString(trame)
        if message.WhichOneof("type") == "new_session":
            self._vues = self.demandes
        elif message.WhichOneof("type") == "script_finished" and message.script_finished != INTERROMPU:
            self.servies = self._vues

    def finis(self) -> bool:
        """Whether a run that began after the last request has ended."""
        return 0 < self.demandes == self.servies


class Onglet:
    """A page of the browser with the network cut, remembering what should never happen."""

    def __init__(self, navigateur, adresse: str, largeur: int = 1440) -> None:
        self.adresse = adresse
        self.dehors: list[str] = []
        self.erreurs: list[str] = []
        self._echanges = Echanges()
        self.page = _contexte(navigateur).new_page()
        self.page.set_viewport_size({"width": largeur, "height": 900})
        self.page.set_default_timeout(20_000)
        self.page.on("request", lambda requete: self._noter(requete.url))
        self.page.on("console", lambda m: self.erreurs.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.erreurs.append(str(e)))
        self.page.on("websocket", lambda prise: self._noter(prise.url))
        self.page.on("websocket", self._echanges.suivre)

    def _noter(self, url: str) -> None:
        if not re.match(r"(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:", url):
            self.dehors.append(url)

    def ouvrir(self, chemin: str = "/"):
        """Open an address and wait until the page is drawn and quiet; returns the Playwright page."""
        self.page.goto(self.adresse + chemin)
        self.page.wait_for_selector("h1")
        self.calme()
        return self.page

    def calme(self) -> None:
        """Wait until every run asked for has ended, nothing is left to draw, and no new run began meanwhile."""
        fin = time.monotonic() + 60
        self.page.wait_for_timeout(100)
        while True:
            self.page.wait_for_function(DESSINE)
            self.page.wait_for_timeout(300)
            if self._echanges.finis() and self.page.evaluate(DESSINE):
                return
            assert time.monotonic() < fin, "the page never came to rest"

    def fermer(self) -> None:
        self.page.close()


def _contexte(navigateur):
    """The one profile of the run: what a page loads is kept for the next, as in the browser of a reader.

    In English: whatever is French on screen comes from us, not from the reader's settings. Without animations: on a
    loaded machine a click may fall where the thing aimed at no longer is.
    """
    if not navigateur.contexts:
        navigateur.new_context(locale="en-US", reduced_motion="reduce")
    return navigateur.contexts[0]


@pytest.fixture
def onglet(navigateur, serveur: str) -> Iterator[Callable[..., Onglet]]:
    """Open tabs of a given width on the application; nothing outside the loopback, no console error allowed."""
    ouverts: list[Onglet] = []

    def nouveau(largeur: int = 1440) -> Onglet:
        ouverts.append(Onglet(navigateur, serveur, largeur))
        return ouverts[-1]

    yield nouveau
    for o in ouverts:
        o.fermer()
        assert o.dehors == [], "requests outside the loopback"
        assert o.erreurs == [], "console errors"
