"""Downloads one address into one file: redirects, retries, resume, limits; every failure is one French sentence."""

from __future__ import annotations

import contextlib
import email.utils
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import tenacity

from etl.public.reprise import Reprise

Progression = Callable[[int, int | None], None]
_ENTETES = {"User-Agent": "contrat-de-ville (tableau de bord)", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Limites:
    """Bounds of one download: bytes, seconds (whole, connection, silence of the server), hops, attempts, pauses."""

    octets: int = 300_000_000
    secondes: float = 900.0
    connexion: float = 10.0
    silence: float = 30.0
    redirections: int = 5
    essais: int = 4
    pause: float = 1.0
    pause_max: float = 30.0


class Impossible(Exception):
    """A download that will not succeed now; the message is a French sentence without the source's name."""


class _Passager(Impossible):
    """A failure worth another attempt, after `attente` seconds when the server asked for a pause."""

    def __init__(self, phrase: str, attente: float | None = None) -> None:
        super().__init__(phrase)
        self.attente = attente


class _Injoignable(_Passager):
    """No connection at all: after the last attempt, the other files of that server are not tried."""


class Telechargeur:
    """Downloads with one HTTP client (proxy and certificates from the environment); to be used in a `with`."""

    def __init__(self, limites: Limites | None = None) -> None:
        self.limites = limites or Limites()
        self._injoignables: set[str] = set()
        self._client: httpx.Client | None = None

    def __enter__(self) -> Telechargeur:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._client:
            self._client.close()

    def _open(self) -> httpx.Client:
        """The client, made at the first download: the proxy or the certificates of the environment may be unusable."""
        if self._client is None:
            delais = httpx.Timeout(self.limites.silence, connect=self.limites.connexion)
            try:
                self._client = httpx.Client(
                    headers=_ENTETES, timeout=delais, follow_redirects=True, max_redirects=self.limites.redirections
                )
            except (ValueError, ImportError, OSError, httpx.InvalidURL) as erreur:
                raise Impossible(
                    "le serveur mandataire (proxy) ou les certificats indiqués sur ce poste sont inutilisables."
                ) from erreur
        return self._client

    def fetch(self, adresse: str, partiel: Path, progression: Progression | None = None) -> None:
        """Fill `partiel` with what `adresse` serves, going on from where an interrupted attempt stopped.

        Raises Impossible; the part already received stays in place for the next call.
        """
        hote = httpx.URL(adresse).host
        if hote in self._injoignables:
            raise Impossible(f"le serveur {hote} est injoignable.")
        echeance = time.monotonic() + self.limites.secondes
        essais = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Passager),
            stop=tenacity.stop_after_attempt(self.limites.essais) | tenacity.stop_before_delay(self.limites.secondes),
            wait=self._pause,
            reraise=True,
        )
        try:
            essais(self._attempt, adresse, partiel, progression or (lambda fait, total: None), echeance)
        except Impossible as erreur:
            if isinstance(erreur, _Injoignable):
                self._injoignables.add(hote)
            Reprise(adresse, partiel).abandon()
            raise

    def _pause(self, etat: tenacity.RetryCallState) -> float:
        """Doubling pause, or the one the server asked for, never above the limit."""
        erreur = etat.outcome.exception() if etat.outcome else None
        demandee = erreur.attente if isinstance(erreur, _Passager) else None
        doublee = self.limites.pause * 2 ** (etat.attempt_number - 1)
        return min(doublee if demandee is None else demandee, self.limites.pause_max)

    def _attempt(self, adresse: str, partiel: Path, progression: Progression, echeance: float) -> None:
        """One attempt, its failures turned into sentences and sorted into final ones and passing ones."""
        hote = httpx.URL(adresse).host
        try:
            with _Garde(echeance) as garde:
                self._stream(adresse, partiel, progression, garde)
        except httpx.TooManyRedirects as erreur:
            raise Impossible(f"l'adresse redirige sans fin (plus de {self.limites.redirections} fois).") from erreur
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as erreur:
            raise Impossible("l'adresse renvoie vers une adresse inutilisable.") from erreur
        except httpx.ProxyError as erreur:
            raise _Passager(f"le serveur mandataire (proxy) refuse l'accès à {hote}.") from erreur
        except httpx.TimeoutException as erreur:
            raise _Passager(f"le serveur {hote} n'a pas répondu à temps.") from erreur
        except httpx.ConnectError as erreur:
            if _by_encryption(erreur):
                raise Impossible(f"la connexion chiffrée à {hote} est refusée (certificat ou chiffrement).") from erreur
            raise _Injoignable(f"le serveur {hote} est injoignable{_through_proxy(adresse)}.") from erreur
        except httpx.HTTPError as erreur:
            if garde.fini:
                raise Impossible(_late(self.limites)) from erreur
            if not garde.recus:
                raise _Passager(f"le serveur {hote} coupe la connexion, ou sa réponse est illisible.") from erreur
            raise _Passager(f"la connexion à {hote} s'est coupée après {garde.recus} octets.") from erreur

    def _stream(self, adresse: str, partiel: Path, progression: Progression, garde: _Garde) -> None:
        reprise = Reprise(adresse, partiel)
        traces = {"trace": garde.note}
        with self._open().stream("GET", adresse, headers=reprise.headers(), extensions=traces) as reponse:
            self._check_response(adresse, reponse, reprise)
            depart = reprise.accept(reponse)
            if depart is None:
                raise _Passager("le serveur a repris le téléchargement au mauvais endroit, ou dans une autre version.")
            total = _expected_size(reponse, depart)
            if (total or 0) > self.limites.octets:
                raise Impossible(f"fichier trop volumineux ({total} octets, limite {self.limites.octets}).")
            fait = depart
            with partiel.open("ab" if depart else "wb") as sortie:
                # Blocks as they come: waiting for a full one would let a trickle outlive the time limit.
                for bloc in reponse.iter_bytes():
                    fait += len(bloc)
                    garde.recus = fait
                    if fait > self.limites.octets:
                        raise Impossible(f"fichier trop volumineux (limite {self.limites.octets} octets).")
                    if garde.fini:
                        raise Impossible(_late(self.limites))
                    sortie.write(bloc)
                    progression(fait, total)
        reprise.forget()

    def _check_response(self, adresse: str, reponse: httpx.Response, reprise: Reprise) -> None:
        chaine = [*reponse.history, reponse]
        if adresse.startswith("https:") and any(etape.url.scheme != "https" for etape in chaine):
            raise Impossible("l'adresse redirige vers un serveur sans chiffrement : refusé.")
        code, hote = reponse.status_code, reponse.url.host
        if code == 416:
            reprise.forget(supprimer=True)
            raise _Passager("le serveur refuse la reprise du téléchargement.")
        if code == 429:
            raise _Passager(f"le serveur {hote} limite les demandes (erreur 429).", _retry_after(reponse))
        if code in (408, 425) or code >= 500:
            raise _Passager(f"le serveur {hote} est indisponible (erreur {code}).", _retry_after(reponse))
        if code in (404, 410):
            raise Impossible(f"le fichier n'existe plus à cette adresse (erreur {code}, {hote}).")
        if code in (401, 403, 407):
            raise Impossible(f"le serveur {hote} refuse l'accès (erreur {code}).")
        if code not in (200, 206):
            raise Impossible(f"réponse inattendue du serveur {hote} (code {code}).")


class _Garde:
    """Closes the connection when the time is over: a server that sends a byte now and then never falls silent."""

    def __init__(self, echeance: float) -> None:
        self.fini, self.recus = False, 0
        self._prise: socket.socket | None = None
        self._minuteur = threading.Timer(max(0.0, echeance - time.monotonic()), self._cut)
        self._minuteur.daemon = True

    def __enter__(self) -> _Garde:
        self._minuteur.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._minuteur.cancel()

    def note(self, nom: str, faits: dict[str, Any]) -> None:
        """Keep the connection at hand each time one is opened (events of the HTTP library)."""
        if nom in ("connection.connect_tcp.complete", "proxy_stream.start_tls.complete"):
            self._prise = faits["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        self.fini = True
        if self._prise is not None:
            with contextlib.suppress(OSError):
                self._prise.shutdown(socket.SHUT_RDWR)


def _late(limites: Limites) -> str:
    return f"téléchargement interrompu après {limites.secondes:g} secondes."


def _through_proxy(adresse: str) -> str:
    """Says that a proxy of the environment stands in between, when one does."""
    lue = httpx.URL(adresse)
    passe = lue.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(lue.host)
    return " par le serveur mandataire (proxy) indiqué sur ce poste" if passe else ""


def _by_encryption(erreur: BaseException | None) -> bool:
    """Whether the connection failed on its encryption: the cause is hidden two exceptions below."""
    while erreur is not None and not isinstance(erreur, ssl.SSLError):
        erreur = erreur.__cause__ or erreur.__context__
    return erreur is not None


def _expected_size(reponse: httpx.Response, depart: int) -> int | None:
    longueur = reponse.headers.get("Content-Length", "")
    if not longueur.isdigit() or "Content-Encoding" in reponse.headers:
        return None
    return depart + int(longueur)


def _retry_after(reponse: httpx.Response) -> float | None:
    valeur = reponse.headers.get("Retry-After", "")
    if valeur.isdigit():
        return float(valeur)
    try:
        moment = email.utils.parsedate_to_datetime(valeur)
    except (TypeError, ValueError):
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds()) if moment.tzinfo else None
