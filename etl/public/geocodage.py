"""Turns addresses of structures into points with the Géoplateforme: asked once in batches, scores kept, none guessed.

A build never goes to the network: it reads the answers already received and leaves the questions in a file;
`python -m etl public geocodage` asks them. Addresses of persons are never part of it.
"""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from etl.transaction import append

if TYPE_CHECKING:
    import duckdb
    import httpx

SERVICE = "https://data.geopf.fr/geocodage/search/csv"
# Under this score the service itself is not sure: the address stays without a point.
SCORE_MIN = 0.5
LOT = 1_000
CACHE, QUESTIONS = "geocodage.csv", "adresses_a_geocoder.csv"
# Cities with districts: the answer names the district, the address often the whole city.
_ARRONDISSEMENTS = {"75056", "69123", "13055"}
_ESSAIS, _PAUSE, _SILENCE = 3, 2.0, 60.0
_NOMBRES = ("latitude", "longitude", "score")


class Injoignable(Exception):
    """The service could not be asked; the message is a French sentence."""


@dataclass(frozen=True)
class Question:
    """An address as a structure wrote it."""

    adresse: str
    code_postal: str = ""
    code_insee: str = ""

    @property
    def cle(self) -> tuple[str, str, str]:
        """What makes two addresses the same question."""
        return re.sub(r"\s+", " ", self.adresse).strip().lower(), self.code_postal, self.code_insee


@dataclass(frozen=True)
class Reponse:
    """What the service answered; `etat` is placee, score_faible, autre_commune or introuvable."""

    adresse: str
    code_postal: str
    code_insee: str
    etat: str
    latitude: float | None = None
    longitude: float | None = None
    score: float | None = None
    libelle: str = ""
    type: str = ""
    demande_le: str = ""


def update(dossier: Path, questions: Path, service: str | None = None) -> str:
    """Ask the service for the addresses of `questions` that it never answered, and keep its answers in `dossier`.

    Returns a French sentence. A failure keeps what was received and is said, never raised.
    """
    service = service or os.environ.get("QPV_GEOCODAGE") or SERVICE
    connues = {Question(r.adresse, r.code_postal, r.code_insee).cle: r for r in read(dossier)}
    nouvelles = [q for q in _read_questions(questions) if q.cle not in connues]
    if not nouvelles:
        return "Géocodage : aucune adresse nouvelle à placer."
    echec = ""
    reponses: list[Reponse] = []
    try:
        for debut in range(0, len(nouvelles), LOT):
            reponses += ask(nouvelles[debut : debut + LOT], service)
    except Injoignable as erreur:
        echec = f" {erreur}"
    _save(dossier, [*connues.values(), *reponses])
    placees = sum(r.etat == "placee" for r in reponses)
    restent = len(nouvelles) - len(reponses)
    return (
        f"Géocodage : {placees} adresse(s) placée(s) sur {len(reponses)} réponse(s) reçue(s)"
        f"{f', {restent} sans réponse' if restent else ''}.{echec}"
    )


def ask(questions: Sequence[Question], service: str = SERVICE) -> list[Reponse]:
    """One batch, in the order of the questions. Raises Injoignable when no usable answer came."""
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon)
    ecrivain.writerow(["rang", "adresse", "code_postal", "code_insee"])
    ecrivain.writerows([rang, q.adresse, q.code_postal, q.code_insee] for rang, q in enumerate(questions))
    recu = _post(service, tampon.getvalue().encode())
    lignes = {ligne["rang"]: ligne for ligne in csv.DictReader(io.StringIO(recu)) if ligne.get("rang")}
    manquent = {"latitude", "longitude", "result_score", "result_status"} - set(next(iter(lignes.values()), {}))
    if manquent or len(lignes) != len(questions):
        raise Injoignable("Le service de géocodage a répondu autre chose que le tableau attendu : rien n'est placé.")
    return [_answer(q, lignes[str(rang)]) for rang, q in enumerate(questions)]


def _answer(question: Question, ligne: dict[str, str]) -> Reponse:
    """One line of the answer; a weak score or another commune is kept, without its point."""
    commun = asdict(question) | {"demande_le": date.today().isoformat(), "type": ligne.get("result_type") or ""}
    try:
        score, point = float(ligne["result_score"]), (float(ligne["latitude"]), float(ligne["longitude"]))
    except (TypeError, ValueError):
        return Reponse(etat="introuvable", **commun)
    commun |= {"score": round(score, 3), "libelle": ligne.get("result_label") or ""}
    communes = {ligne.get("result_citycode"), ligne.get("result_oldcitycode")}
    if ligne["result_status"] != "ok":
        return Reponse(etat="introuvable", **commun)
    if score < SCORE_MIN:
        return Reponse(etat="score_faible", **commun)
    if question.code_insee and question.code_insee not in communes | _ARRONDISSEMENTS:
        return Reponse(etat="autre_commune", **commun)
    return Reponse(etat="placee", latitude=point[0], longitude=point[1], **commun)


def _post(service: str, corps: bytes) -> str:
    """Text of the answer to one batch, after the pauses the service asks for. Raises Injoignable."""
    import httpx

    fichiers = {"data": ("adresses.csv", corps, "text/csv")}
    champs = {"columns": "adresse", "postcode": "code_postal", "citycode": "code_insee"}
    phrase = "Le service de géocodage est injoignable : les adresses restent sans point."
    attente = _PAUSE
    with httpx.Client(timeout=httpx.Timeout(_SILENCE, connect=10.0)) as client:
        for essai in range(_ESSAIS):
            if essai:
                time.sleep(attente)
            attente = _PAUSE * 2**essai
            try:
                reponse = client.post(service, files=fichiers, data=champs)
            except httpx.HTTPError:
                continue
            if reponse.status_code == 200:
                return reponse.content.decode("utf-8-sig", errors="replace")
            if reponse.status_code not in (408, 429) and reponse.status_code < 500:
                raise Injoignable(f"Le service de géocodage refuse la demande (erreur {reponse.status_code}).")
            phrase = f"Le service de géocodage est indisponible (erreur {reponse.status_code})."
            attente = _requested_pause(reponse, attente)
    raise Injoignable(phrase)


def _requested_pause(reponse: httpx.Response, sinon: float) -> float:
    demandee = reponse.headers.get("Retry-After", "")
    return min(float(demandee), 30.0) if demandee.isdigit() else sinon


def read(dossier: Path) -> list[Reponse]:
    """Answers already received, none when the file is absent or unreadable."""
    try:
        with (dossier / CACHE).open(encoding="utf-8", newline="") as flux:
            return [_restore(ligne) for ligne in csv.DictReader(flux)]
    except (OSError, TypeError, ValueError, csv.Error):
        return []


def _restore(ligne: dict[str, str]) -> Reponse:
    textes = {nom: valeur for nom, valeur in ligne.items() if nom not in _NOMBRES}
    nombres = {nom: float(ligne[nom]) if ligne[nom] else None for nom in _NOMBRES}
    return Reponse(**textes, **nombres)  # type: ignore[arg-type]


def _save(dossier: Path, reponses: list[Reponse]) -> None:
    """Replace the file of answers in one move."""
    dossier.mkdir(parents=True, exist_ok=True)
    provisoire = dossier / f"{CACHE}.partiel"
    with provisoire.open("w", encoding="utf-8", newline="") as flux:
        ecrivain = csv.DictWriter(flux, [champ.name for champ in fields(Reponse)])
        ecrivain.writeheader()
        ecrivain.writerows(asdict(reponse) for reponse in reponses)
    provisoire.replace(dossier / CACHE)


def _read_questions(chemin: Path) -> list[Question]:
    try:
        with chemin.open(encoding="utf-8", newline="") as flux:
            lues = [Question(**ligne) for ligne in csv.DictReader(flux)]
    except (OSError, TypeError, csv.Error):
        return []
    return list({question.cle: question for question in lues}.values())


_ADRESSES = """
CREATE OR REPLACE TABLE territoire.adresse AS
SELECT
    acteurs.acteur_id, acteurs.adresse, acteurs.code_postal, acteurs.code_insee,
    coalesce(reponses.etat, 'en_attente') AS etat, reponses.latitude, reponses.longitude, reponses.score,
    reponses.libelle, reponses.type, reponses.demande_le
FROM valide.acteurs AS acteurs
LEFT JOIN reponses
    ON lower(trim(regexp_replace(acteurs.adresse, '\\s+', ' ', 'g'))) = reponses.cle
    AND coalesce(acteurs.code_postal, '') = reponses.code_postal
    AND coalesce(acteurs.code_insee, '') = reponses.code_insee
WHERE acteurs.latitude IS NULL AND acteurs.adresse IS NOT NULL
ORDER BY acteurs.acteur_id
"""


def place(con: duckdb.DuckDBPyConnection, dossier: Path, prive: Path) -> list[str]:
    """Give a point to the structures that have an address and none, from the answers held; return what is left to say.

    Fills `territoire.adresse` (one row per such structure, with the score and the state) and leaves the questions
    not yet asked in `prive`. A structure's own coordinates are never touched.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS territoire")
    con.execute("""CREATE OR REPLACE TEMP TABLE reponses (cle VARCHAR, code_postal VARCHAR, code_insee VARCHAR,
        etat VARCHAR, latitude DOUBLE, longitude DOUBLE, score DOUBLE, libelle VARCHAR, type VARCHAR,
        demande_le VARCHAR)""")
    lignes = [
        (Question(r.adresse).cle[0], r.code_postal, r.code_insee, r.etat, r.latitude, r.longitude, r.score, r.libelle,
         r.type, r.demande_le)
        for r in read(dossier)
    ]  # fmt: skip
    append(con, "reponses", lignes)
    con.execute(_ADRESSES)
    con.execute("COMMENT ON TABLE territoire.adresse IS 'Adresses de structures sans coordonnées, et leur géocodage'")
    con.execute("""UPDATE valide.acteurs AS acteurs SET latitude = adresses.latitude, longitude = adresses.longitude
        FROM territoire.adresse AS adresses
        WHERE acteurs.acteur_id = adresses.acteur_id AND acteurs.latitude IS NULL AND adresses.etat = 'placee'""")
    con.execute("DROP TABLE reponses")
    return _left(con, prive)


def _left(con: duckdb.DuckDBPyConnection, prive: Path) -> list[str]:
    comptes = dict(con.execute("SELECT etat, count(*) FROM territoire.adresse GROUP BY etat").fetchall())
    en_attente = con.execute("""SELECT adresse, coalesce(code_postal, ''), coalesce(code_insee, '')
        FROM territoire.adresse WHERE etat = 'en_attente' ORDER BY ALL""").fetchall()
    prive.mkdir(parents=True, exist_ok=True)
    with (prive / QUESTIONS).open("w", encoding="utf-8", newline="") as flux:
        ecrivain = csv.writer(flux)
        ecrivain.writerow([champ.name for champ in fields(Question)])
        ecrivain.writerows(en_attente)
    phrases = []
    if en_attente:
        phrases.append(
            f"Géocodage non fait pour {len(en_attente)} adresse(s) de structures, laissées sans point : lancez "
            "« python -m etl public geocodage » avec un accès au réseau, puis reconstruisez."
        )
    if incertaines := sum(comptes.get(etat, 0) for etat in ("score_faible", "autre_commune", "introuvable")):
        phrases.append(f"Adresses de structures que le géocodage n'a pas su placer : {incertaines}.")
    return phrases
