"""Downloads one address into one file: redirects, retries, resume, limits; every failure is one French sentence."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import httpx
import tenacity

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
        delais = httpx.Timeout(self.limites.silence, connect=self.limites.connexion)
        self._client = httpx.Client(
            headers=_ENTETES, timeout=delais, follow_redirects=True, max_redirects=self.limites.redirections
        )

    def __enter__(self) -> Telechargeur:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

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
        except _Injoignable:
            self._injoignables.add(hote)
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
            self._stream(adresse, partiel, progression, echeance)
        except httpx.TooManyRedirects as erreur:
            raise Impossible(f"l'adresse redirige sans fin (plus de {self.limites.redirections} fois).") from erreur
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as erreur:
            raise Impossible("l'adresse renvoie vers une adresse inutilisable.") from erreur
        except httpx.ProxyError as erreur:
            raise _Passager(f"le serveur mandataire (proxy) refuse l'accès à {hote}.") from erreur
        except httpx.TimeoutException as erreur:
            raise _Passager(f"le serveur {hote} n'a pas répondu à temps.") from erreur
        except httpx.ConnectError as erreur:
            raise _Injoignable(f"le serveur {hote} est injoignable.") from erreur
        except httpx.HTTPError as erreur:
            recus = partiel.stat().st_size if partiel.exists() else 0
            raise _Passager(f"la connexion à {hote} s'est coupée après {recus} octets.") from erreur

    def _stream(self, adresse: str, partiel: Path, progression: Progression, echeance: float) -> None:
        reprise = _Reprise(adresse, partiel)
        with self._client.stream("GET", adresse, headers=reprise.headers()) as reponse:
            self._check_response(adresse, reponse, reprise)
            depart = reprise.accept(reponse)
            total = _expected_size(reponse, depart)
            if (total or 0) > self.limites.octets:
                raise Impossible(f"fichier trop volumineux ({total} octets, limite {self.limites.octets}).")
            fait = depart
            with partiel.open("ab" if depart else "wb") as sortie:
                # Blocks as they come: waiting for a full one would let a trickle outlive the time limit.
                for bloc in reponse.iter_bytes():
                    fait += len(bloc)
                    if fait > self.limites.octets:
                        raise Impossible(f"fichier trop volumineux (limite {self.limites.octets} octets).")
                    if time.monotonic() > echeance:
                        raise Impossible(f"téléchargement interrompu après {self.limites.secondes:g} secondes.")
                    sortie.write(bloc)
                    progression(fait, total)
        reprise.forget()

    def _check_response(self, adresse: str, reponse: httpx.Response, reprise: _Reprise) -> None:
        chaine = [*reponse.history, reponse]
        if adresse.startswith("https:") and any(etape.url.scheme != "https" for etape in chaine):
            raise Impossible("l'adresse redirige vers un serveur sans chiffrement : refusé.")
        code, hote = reponse.status_code, reponse.url.host
        if code == 416:
            reprise.forget(supprimer=True)
            raise _Passager("le serveur refuse la reprise du téléchargement.")
        if code in (408, 425, 429) or code >= 500:
            raise _Passager(f"le serveur {hote} est indisponible (erreur {code}).", _retry_after(reponse))
        if code in (404, 410):
            raise Impossible(f"le fichier n'existe plus à cette adresse (erreur {code}, {hote}).")
        if code in (401, 403, 407):
            raise Impossible(f"le serveur {hote} refuse l'accès (erreur {code}).")
        if code not in (200, 206):
            raise Impossible(f"réponse inattendue du serveur {hote} (code {code}).")


class _Reprise:
    """What is needed to go on after an interruption: the validator of the version whose beginning we hold."""

    def __init__(self, adresse: str, partiel: Path) -> None:
        self._adresse, self._partiel = adresse, partiel
        self._note = partiel.with_name(partiel.name + ".json")
        self._depart = partiel.stat().st_size if partiel.exists() else 0
        self._validateur = self._read_validator() if self._depart else None

    def _read_validator(self) -> str | None:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return note.get("validateur") if note.get("adresse") == self._adresse else None

    def headers(self) -> dict[str, str]:
        """Range request, valid only if the server still holds the same version."""
        if not self._validateur:
            return {}
        return {"Range": f"bytes={self._depart}-", "If-Range": self._validateur}

    def accept(self, reponse: httpx.Response) -> int:
        """Offset from which this response continues (0: from the beginning), noting its validator."""
        plage = reponse.headers.get("Content-Range", "")
        if reponse.status_code == 206:
            if self._validateur and plage.startswith(f"bytes {self._depart}-"):
                return self._depart
            self.forget(supprimer=True)
            raise _Passager("le serveur a repris le téléchargement au mauvais endroit.")
        # A compressed transfer cannot be resumed at a byte of the decoded file; a weak ETag does not name bytes.
        etag = reponse.headers.get("ETag", "")
        validateur = etag if etag and not etag.startswith("W/") else reponse.headers.get("Last-Modified")
        if validateur and "Content-Encoding" not in reponse.headers:
            self._note.write_text(json.dumps({"adresse": self._adresse, "validateur": validateur}), encoding="utf-8")
        else:
            self._note.unlink(missing_ok=True)
        return 0

    def forget(self, supprimer: bool = False) -> None:
        """Drop the note, and the beginning held when it is of no use."""
        self._note.unlink(missing_ok=True)
        if supprimer:
            self._partiel.unlink(missing_ok=True)


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
