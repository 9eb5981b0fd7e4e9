"""What the browser receives: French from the first byte, headers, nothing of ours outside this host."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import streamlit as st
from starlette.responses import HTMLResponse, PlainTextResponse

from pages.ui import facade, lancement
from pages.ui.facade import Facade

PAGE = b"""<!DOCTYPE html>\n<html lang="en"><head><link rel="service-desc" href="./x.json" />
<title>Streamlit</title></head><body><noscript><p>You need to enable JavaScript.</p></noscript></body></html>"""


def demander(app, chemin: str = "/", methode: str = "GET", **entetes: str) -> tuple[dict[str, str], bytes]:
    """Send one request to an ASGI application; returns its headers and body."""
    messages = []

    async def envoyer(message):
        messages.append(message)

    async def recevoir():
        return {"type": "http.request", "body": b"", "more_body": False}

    lignes = [(k.replace("_", "-").encode(), v.encode()) for k, v in entetes.items()]
    portee = {"type": "http", "method": methode, "path": chemin, "headers": lignes, "query_string": b""}
    with ThreadPoolExecutor(1) as fil:  # a loop of its own: the browser tests keep one running in this thread
        fil.submit(asyncio.run, app(portee, recevoir, envoyer)).result()
    recus = {k.decode(): v.decode() for k, v in messages[0]["headers"]}
    return recus, b"".join(m.get("body", b"") for m in messages[1:])


async def page(scope, receive, send):
    await HTMLResponse(PAGE, headers={"etag": '"1"', "last-modified": "hier"})(scope, receive, send)


def test_the_page_is_french_from_the_first_byte():
    entetes, corps = demander(Facade(page))
    assert corps.startswith(b'<!DOCTYPE html>\n<html lang="fr">')
    assert f"<title>{facade.TITRE}</title>".encode() in corps
    assert b"You need" not in corps and b"service-desc" not in corps
    assert int(entetes["content-length"]) == len(corps)


def test_a_page_changed_by_us_is_never_validated_by_what_it_was():
    entetes, _ = demander(Facade(page))
    assert "etag" not in entetes and "last-modified" not in entetes


def test_a_page_is_asked_uncompressed_and_other_files_are_left_alone():
    vus = {}

    async def noter(scope, receive, send):
        vus[scope["path"]] = dict(scope["headers"])
        await PlainTextResponse("x")(scope, receive, send)

    for chemin in ("/tendances", "/static/js/a.js"):
        demander(Facade(noter), chemin, accept_encoding="gzip", if_none_match='"1"')
    assert vus["/tendances"] == {}
    assert set(vus["/static/js/a.js"]) == {b"accept-encoding", b"if-none-match"}


@pytest.mark.parametrize("chemin", ["/", "/media/x.csv", "/_stcore/health"])
def test_every_response_carries_the_headers(chemin):
    entetes, _ = demander(Facade(page), chemin)
    assert entetes["x-content-type-options"] == "nosniff"
    assert entetes["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'self'" in entetes["content-security-policy"]


def test_no_other_host_is_allowed_unless_the_operator_chose_tiles():
    csp = demander(Facade(page))[0]["content-security-policy"]
    assert "http:" not in csp and "https:" not in csp and "*" not in csp
    csp = demander(Facade(page, tuiles="https://tuiles.exemple.fr"))[0]["content-security-policy"]
    assert "img-src 'self' data: blob: https://tuiles.exemple.fr;" in csp


def test_a_page_that_waits_for_the_demonstration_reads_meanwhile_what_draws_the_figures(monkeypatch):
    travail = lancement.Travail()
    monkeypatch.setattr(lancement, "_travail", travail)
    _, corps = demander(Facade(page))
    demandes = re.findall(rb'import\("/(static/js/([A-Za-z]+)\.[^"]+)"\)', corps)
    assert tuple(nom.decode() for _, nom in demandes) == facade.AU_PREMIER_ECRAN
    assert all((Path(st.__file__).parent / "static" / chemin.decode()).is_file() for chemin, _ in demandes)
    travail.fini = True
    assert b"import(" not in demander(Facade(page))[1]
