"""The downloader against a server that misbehaves in every way we know of."""

import time
from pathlib import Path

import httpx
import pytest

from etl.public.download import Impossible, Limites, Telechargeur
from tests.etl.public.serveur import Serveur, send

CORPS = bytes(range(256)) * 400
VIF = Limites(pause=0.01, pause_max=0.05, connexion=1.0, silence=0.3, secondes=10.0, essais=3)


def fetch(adresse: str, partiel: Path, limites: Limites = VIF) -> bytes:
    with Telechargeur(limites) as telechargeur:
        telechargeur.fetch(adresse, partiel)
    return partiel.read_bytes()


def refusal(adresse: str, partiel: Path, limites: Limites = VIF) -> str:
    with pytest.raises(Impossible) as erreur:
        fetch(adresse, partiel, limites)
    return str(erreur.value)


def test_a_redirect_is_followed(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/stable"] = lambda g, rang: send(g, code=302, Location="/ailleurs")
    serveur.routes["/ailleurs"] = lambda g, rang: send(g, CORPS)
    assert fetch(serveur.adresse + "/stable", partiel) == CORPS


def test_a_redirect_loop_is_said(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/a"] = lambda g, rang: send(g, code=302, Location="/b")
    serveur.routes["/b"] = lambda g, rang: send(g, code=302, Location="/a")
    assert refusal(serveur.adresse + "/a", partiel) == "l'adresse redirige sans fin (plus de 5 fois)."
    assert len(serveur.requetes) == 6


def test_a_redirect_to_another_protocol_is_refused(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/a"] = lambda g, rang: send(g, code=302, Location="file:///etc/passwd")
    assert refusal(serveur.adresse + "/a", partiel) == "l'adresse renvoie vers une adresse inutilisable."


def test_a_redirect_that_drops_encryption_is_refused(partiel: Path) -> None:
    def answer(requete: httpx.Request) -> httpx.Response:
        if requete.url.scheme == "https":
            return httpx.Response(302, headers={"Location": "http://exemple.invalid/f"})
        return httpx.Response(200, content=CORPS)

    with Telechargeur(VIF) as telechargeur:
        telechargeur._client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
        with pytest.raises(Impossible, match="sans chiffrement : refusé"):
            telechargeur.fetch("https://exemple.invalid/f", partiel)
    assert not partiel.exists()


@pytest.mark.parametrize(
    ("code", "phrase"),
    [
        (404, "le fichier n'existe plus à cette adresse (erreur 404, 127.0.0.1)."),
        (410, "le fichier n'existe plus à cette adresse (erreur 410, 127.0.0.1)."),
        (403, "le serveur 127.0.0.1 refuse l'accès (erreur 403)."),
        (204, "réponse inattendue du serveur 127.0.0.1 (code 204)."),
        (418, "réponse inattendue du serveur 127.0.0.1 (code 418)."),
    ],
)
def test_a_final_refusal_is_not_retried(serveur: Serveur, partiel: Path, code: int, phrase: str) -> None:
    serveur.routes["/f"] = lambda g, rang: send(g, code=code)
    assert refusal(serveur.adresse + "/f", partiel) == phrase
    assert len(serveur.requetes) == 1


def test_a_server_that_recovers_is_asked_again(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/f"] = lambda g, rang: send(g, code=500) if rang < 2 else send(g, CORPS)
    assert fetch(serveur.adresse + "/f", partiel) == CORPS
    assert len(serveur.requetes) == 3


def test_a_server_that_stays_down_is_said(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/f"] = lambda g, rang: send(g, code=503)
    assert refusal(serveur.adresse + "/f", partiel) == "le serveur 127.0.0.1 est indisponible (erreur 503)."
    assert len(serveur.requetes) == VIF.essais


@pytest.mark.parametrize("pause", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT", "bientôt".encode().decode("latin-1")])
def test_the_pause_a_server_asks_for_is_bounded(serveur: Serveur, partiel: Path, pause: str) -> None:
    serveur.routes["/f"] = lambda g, rang: send(g, code=429, Retry_After=pause) if rang == 0 else send(g, CORPS)
    debut = time.monotonic()
    assert fetch(serveur.adresse + "/f", partiel) == CORPS
    assert time.monotonic() - debut < 2


def test_a_silent_server_is_not_waited_for(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/f"] = lambda g, rang: time.sleep(1.2)
    limites = Limites(pause=0.01, silence=0.1, essais=2)
    assert refusal(serveur.adresse + "/f", partiel, limites) == "le serveur 127.0.0.1 n'a pas répondu à temps."


def test_a_trickle_is_stopped_by_the_whole_time_limit(serveur: Serveur, partiel: Path) -> None:
    def trickle(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        guichet.send_response(200)
        guichet.send_header("Content-Length", "1000")
        guichet.end_headers()
        for _ in range(1000):
            guichet.wfile.write(b"x")
            guichet.wfile.flush()
            time.sleep(0.05)

    serveur.routes["/f"] = trickle
    phrase = refusal(serveur.adresse + "/f", partiel, Limites(secondes=0.4, essais=1))
    assert phrase == "téléchargement interrompu après 0.4 secondes."


def test_headers_that_come_drop_by_drop_are_stopped_too(serveur: Serveur, partiel: Path) -> None:
    def drip(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        guichet.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for rang in range(400):
            guichet.wfile.write(b"X-%d: y\r\n" % rang)
            guichet.wfile.flush()
            time.sleep(0.05)

    serveur.routes["/f"] = drip
    phrase = refusal(serveur.adresse + "/f", partiel, Limites(secondes=0.4, essais=1))
    assert phrase == "téléchargement interrompu après 0.4 secondes."
    assert len(serveur.requetes) == 1


def test_an_answer_that_is_not_one_is_said(serveur: Serveur, partiel: Path) -> None:
    def gibberish(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        guichet.wfile.write(b"\x00\x01 ceci n'est pas du HTTP\r\n\r\n")
        guichet.close_connection = True

    serveur.routes["/f"] = gibberish
    assert refusal(serveur.adresse + "/f", partiel) == (
        "le serveur 127.0.0.1 coupe la connexion, ou sa réponse est illisible."
    )


def test_a_connection_that_cannot_be_encrypted_is_said(serveur: Serveur, partiel: Path) -> None:
    phrase = refusal(serveur.adresse.replace("http:", "https:") + "/f", partiel)
    assert phrase == "la connexion chiffrée à 127.0.0.1 est refusée (certificat ou chiffrement)."


def test_nobody_listens(partiel: Path, serveur: Serveur) -> None:
    adresse = serveur.adresse
    serveur.close()
    with Telechargeur(VIF) as telechargeur:
        for _ in range(2):
            with pytest.raises(Impossible, match=r"^le serveur 127\.0\.0\.1 est injoignable\.$"):
                telechargeur.fetch(adresse + "/f", partiel)


def test_an_unknown_server_is_said(partiel: Path, serveur: Serveur) -> None:
    assert refusal("http://nulle-part.invalid/f", partiel) == "le serveur nulle-part.invalid est injoignable."


def test_a_file_announced_too_large_is_not_downloaded(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/f"] = lambda g, rang: send(g, CORPS)
    phrase = refusal(serveur.adresse + "/f", partiel, Limites(octets=1000))
    assert phrase == f"fichier trop volumineux ({len(CORPS)} octets, limite 1000)."
    assert not partiel.exists()


def test_a_flood_without_announced_size_is_stopped(serveur: Serveur, partiel: Path) -> None:
    def flood(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        guichet.send_response(200)
        guichet.send_header("Connection", "close")
        guichet.end_headers()
        for _ in range(100):
            guichet.wfile.write(CORPS)

    serveur.routes["/f"] = flood
    assert refusal(serveur.adresse + "/f", partiel, Limites(octets=200_000)) == (
        "fichier trop volumineux (limite 200000 octets)."
    )
    assert not partiel.exists()


def test_the_proxy_of_the_environment_is_used(serveur: Serveur, partiel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", serveur.adresse)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    serveur.routes["http://exemple.invalid/f"] = lambda g, rang: send(g, CORPS)
    assert fetch("http://exemple.invalid/f", partiel) == CORPS


def test_a_proxy_that_does_not_answer_is_named(
    serveur: Serveur, partiel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", serveur.adresse)
    for nom in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(nom, raising=False)
    serveur.close()
    phrase = refusal("http://exemple.invalid/f", partiel)
    assert (
        phrase == "le serveur exemple.invalid est injoignable par le serveur mandataire (proxy) indiqué sur ce poste."
    )


@pytest.mark.parametrize(("nom", "valeur"), [("ALL_PROXY", "socks5://127.0.0.1:1"), ("SSL_CERT_FILE", "/nulle/part")])
def test_settings_of_the_computer_that_cannot_be_used_are_said(
    serveur: Serveur, partiel: Path, monkeypatch: pytest.MonkeyPatch, nom: str, valeur: str
) -> None:
    monkeypatch.setenv(nom, valeur)
    assert refusal(serveur.adresse + "/f", partiel) == (
        "le serveur mandataire (proxy) ou les certificats indiqués sur ce poste sont inutilisables."
    )


def test_progress_is_reported(serveur: Serveur, partiel: Path) -> None:
    serveur.routes["/f"] = lambda g, rang: send(g, CORPS)
    etapes: list[tuple[int, int | None]] = []
    with Telechargeur(VIF) as telechargeur:
        telechargeur.fetch(serveur.adresse + "/f", partiel, lambda fait, total: etapes.append((fait, total)))
    assert etapes[-1] == (len(CORPS), len(CORPS))
    assert [fait for fait, _ in etapes] == sorted(fait for fait, _ in etapes)
