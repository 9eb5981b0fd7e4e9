"""What the browser receives before Streamlit speaks: French from the first byte, our style, and security headers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etl.catalog import contrat as contrats
from pages.ui import dossiers, identite, lancement

TITRE = "Contrat de ville · tableau de bord"
# 'unsafe-inline' and 'unsafe-eval' are Streamlit's and Plotly's needs; no other host is ever allowed by default.
CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:{tuiles}; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
    "frame-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_PAS_DES_PAGES = ("static", "media", "_stcore", "component")
_A_OUBLIER = (b"accept-encoding", b"if-none-match", b"if-modified-since")
SANS_SCRIPT = b"<noscript><p>Activez JavaScript pour lire ce tableau de bord.</p></noscript>"
# What Streamlit draws the first screen with, each a script of its own.
AU_PREMIER_ECRAN = ("Metric", "Radio", "Selectbox", "Multiselect", "Table", "DownloadButton")
ENTETES = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def hote_des_tuiles() -> str:
    """Host of the map background chosen in the contract, the only other one a browser may ask; empty by default."""
    try:
        adresse = urlsplit(contrats.load(dossiers.contrat()).carte.tuiles)
    except (contrats.ContratInvalide, OSError):  # the build will say what is wrong with the contract
        return ""
    return f"{adresse.scheme}://{adresse.netloc}" if adresse.netloc else ""


def franciser(html: bytes, insertion: bytes) -> bytes:
    """Streamlit's page in French: language, title, translations and style; its English hints removed."""
    html = html.replace(b'<html lang="en">', b'<html lang="fr">', 1)
    html = re.sub(rb'<link rel="service-desc"[^>]*>', b"", html)
    html = re.sub(rb"<noscript>.*?</noscript>", SANS_SCRIPT, html, flags=re.DOTALL)
    html = re.sub(rb'<link rel="shortcut icon"[^>]*>', b"", html)
    return html.replace(b"<title>Streamlit</title>", insertion, 1)


def lecture_d_avance(base: str) -> bytes:
    """The script by which a page that waits for the demonstration reads what its figures will be drawn with.

    Streamlit's page asks for it when the first figure comes: a second in which nothing shows. Its own start goes first.
    """
    scripts = Path(st.__file__).parent / "static" / "static" / "js"
    noms = [script.name for module in AU_PREMIER_ECRAN for script in scripts.glob(f"{module}.*.js")]
    demandes = " ".join(f'import("{base}/static/js/{nom}");' for nom in noms)
    return f"<script>setTimeout(() => {{{demandes}}}, 3000)</script>".encode()


@asynccontextmanager
async def vie_du_serveur(_: st.App) -> AsyncIterator[None]:
    """Life of the server: a demonstration that will be needed starts before the first visitor, and ends with it."""
    lancement.anticiper()
    yield
    lancement.arreter()


class Facade:
    """ASGI middleware: every response gets the headers, every HTML page is made French."""

    def __init__(self, app: ASGIApp, tuiles: str = "") -> None:
        self.app = app
        self.entetes = ENTETES | {"Content-Security-Policy": CSP.format(tuiles=f" {tuiles}" if tuiles else "")}
        base = "/".join(["", *filter(None, [str(st.get_option("server.baseUrlPath")).strip("/")])])
        self.insertion = (
            f"<title>{TITRE}</title><style>{identite.variables_css()}</style>"
            f'<link rel="shortcut icon" type="image/svg+xml" href="{base}/app/static/marque.svg">'
            f'<link rel="stylesheet" href="{base}/app/static/style.css">'
            f'<script src="{base}/app/static/fr.js" defer></script>'
            # Without it a deep link first asks /<page>/_stcore/…, and the browser logs the two refusals.
            f"<script>window.__streamlit={{BACKEND_BASE_URL:location.origin+'{base}/'}}</script>"
        ).encode()
        self.lecture = lecture_d_avance(base)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through, except that HTML is held until whole."""
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self.app(scope, receive, send)
            return
        if _page(scope):  # it must arrive whole and uncompressed to be rewritten, and never as « not modified »
            scope["headers"] = [(k, v) for k, v in scope["headers"] if k not in _A_OUBLIER]
        depart: Message | None = None
        corps = b""

        async def envoyer(message: Message) -> None:
            nonlocal depart, corps
            if message["type"] == "http.response.start":
                entetes = MutableHeaders(scope=message)
                for nom, valeur in self.entetes.items():
                    entetes[nom] = valeur
                if entetes.get("content-type", "").startswith("text/html") and "content-encoding" not in entetes:
                    depart = message
                    return
            elif depart is not None:
                corps += message.get("body", b"")
                if message.get("more_body"):
                    return
                corps = franciser(corps, self.insertion + (self.lecture if lancement.en_cours() else b""))
                entetes = MutableHeaders(scope=depart)
                entetes["content-length"] = str(len(corps))
                del entetes["etag"], entetes["last-modified"]
                await send(depart)
                message = {"type": "http.response.body", "body": corps}
            await send(message)

        await self.app(scope, receive, envoyer)


def _page(scope: Scope) -> bool:
    return not any(f"/{dossier}/" in scope["path"] for dossier in _PAS_DES_PAGES)
