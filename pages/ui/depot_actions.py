"""What the page Dépôt asks of the ETL: each action is `python -m etl` in a child process; no private base here."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pages.ui import donnees, dossiers

ATTENTE = ".attente"  # the corner of the depot that a build does not read
FORMATS = ("xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt")
TAILLE_MAX = 20  # megabytes
ETAPES = 6  # of a build
_OCCUPE = 900  # seconds after which a child is no longer waited for
Suivi = Callable[[str, float], None]  # a French label, and the share done


class ActionImpossible(Exception):
    """An action that failed; the message is a French sentence for the screen."""


def apercu(octets: bytes, nom: str, partenaire: str, schema: str, periode: str) -> dict[str, Any]:
    """What a load would do with this file; it lies in the depot for that time only."""
    donnees.exiger_gestion()
    extension = Path(nom).suffix.lower().removeprefix(".")
    if extension not in FORMATS:
        raise ActionImpossible(f"Ce format n'est pas accepté. Envoyez un fichier {', '.join(FORMATS)}.")
    if len(octets) > TAILLE_MAX * 2**20:
        raise ActionImpossible(f"Ce fichier dépasse {TAILLE_MAX} Mo : envoyez-le en plusieurs fois.")
    _oublier_restes(dossiers.depot() / ATTENTE)
    attente = dossiers.depot() / ATTENTE / secrets.token_hex(8)
    attente.mkdir(parents=True, mode=0o700)
    try:
        fichier = attente / f"envoi.{extension}"  # nothing of the sender's file name becomes a path
        _ecrire(fichier, octets)
        options = ["--partenaire", partenaire, "--schema", schema, "--periode", periode]
        return _lancer("apercu", [str(fichier), *options, *_dossiers("contrat", "depot", "sortie")])
    finally:
        shutil.rmtree(attente, ignore_errors=True)


def _oublier_restes(attente: Path) -> None:
    """Remove what a server stopped in the middle of a preview left behind: a partner's file may hold names."""
    for reste in attente.glob("*"):
        if time.time() - reste.stat().st_mtime > _OCCUPE:
            shutil.rmtree(reste, ignore_errors=True)


def charger(octets: bytes, rapport: dict[str, Any], confirmes: list[str], suivi: Suivi) -> dict[str, Any]:
    """Drop the previewed file where the preview said, then build; `confirmes` holds the options agreed to.

    A load that fails takes the file out of the depot again: the next one would read it without these confirmations.
    """
    donnees.exiger_gestion()
    racine = dossiers.depot().resolve()
    chemin = (racine / rapport["fichier"]).resolve()
    if not chemin.is_relative_to(racine):
        raise ActionImpossible("Ce fichier ne peut pas être rangé dans le dépôt.")
    chemin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    neuf = not chemin.exists()
    if neuf:
        _ecrire(chemin, octets)
    accords = [mot for genre in confirmes for mot in (f"--{genre}", rapport["fichier"])]
    try:
        return _publier("build", accords, suivi)
    except ActionImpossible:
        if neuf:
            chemin.unlink(missing_ok=True)
        raise


def annuler(suivi: Suivi) -> dict[str, Any]:
    """Take the last load back and publish without it."""
    donnees.exiger_gestion()
    return _publier("annuler", [], suivi)


def modele(schema: str) -> bytes:
    """The workbook a partner fills in: it holds no data."""
    with tempfile.TemporaryDirectory() as dossier:
        _lancer("template", [schema, "--vers", dossier, *_dossiers("contrat")], lire=False)
        return (Path(dossier) / f"{schema}.xlsx").read_bytes()


def _ecrire(chemin: Path, octets: bytes) -> None:
    """Write a file its owner alone may read, whole or not at all."""
    provisoire = chemin.with_name(f".{chemin.name}.partiel")
    with os.fdopen(os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as flux:
        flux.write(octets)
    provisoire.replace(chemin)


def _dossiers(*noms: str) -> list[str]:
    """The folders of the real base, never those of the demonstration."""
    chemins = {
        "contrat": dossiers.contrat(),
        "depot": dossiers.depot(),
        "public": dossiers.public(),
        "sortie": dossiers.principale(),
    }
    return [mot for nom in noms for mot in (f"--{nom}", str(chemins[nom]))]


def _commande(commande: str, options: list[str], lire: bool) -> list[str]:
    return [sys.executable, "-m", "etl", commande, *options, *(["--json"] if lire else [])]


def _lancer(commande: str, options: list[str], lire: bool = True) -> dict[str, Any]:
    """Run a short command; its JSON answer, or ActionImpossible with its French sentence."""
    fait = subprocess.run(
        _commande(commande, options, lire),
        cwd=dossiers.RACINE, capture_output=True, text=True, timeout=_OCCUPE, check=False,
    )  # fmt: skip
    if not lire and fait.returncode == 0:
        return {}
    return _reponse(fait.stdout, fait.stderr)


def _publier(commande: str, options: list[str], suivi: Suivi) -> dict[str, Any]:
    """Run a load or an undo, telling its steps as they come."""
    options = [*options, *_dossiers("contrat", "depot", "public", "sortie"), "--suivi"]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as reponse:
        enfant = subprocess.Popen(
            _commande(commande, options, True),
            cwd=dossiers.RACINE, stdout=reponse, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        dernieres, debut = [], 0.0
        assert enfant.stderr is not None
        for ligne in enfant.stderr:
            if etape := _etape(ligne):
                nom, rang, total = etape
                # Steps of a load are six; what each tells of its own work moves the bar within its sixth.
                principale = total == ETAPES and not nom.startswith("Lecture de ")
                debut = (rang - 1) / ETAPES if principale else debut
                suivi(nom, debut if principale else debut + rang / max(total, 1) / ETAPES)
            else:
                dernieres.append(ligne)
        enfant.wait(_OCCUPE)
        reponse.seek(0)
        return _reponse(reponse.read(), "".join(dernieres))


def _etape(ligne: str) -> tuple[str, int, int] | None:
    try:
        nom, rang, total = json.loads(ligne)
    except (ValueError, TypeError):
        return None
    return str(nom), int(rang), int(total)


def _reponse(sortie: str, erreurs: str) -> dict[str, Any]:
    phrases = [p for p in erreurs.strip().splitlines() if p.strip()]
    try:
        rapport = json.loads(sortie)
    except ValueError:
        rapport = {"erreur": phrases[-1] if phrases else "La commande s'est arrêtée sans répondre."}
    if "erreur" in rapport:
        raise ActionImpossible(rapport["erreur"])
    return rapport
