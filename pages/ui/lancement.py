"""Starts the invented demonstration in a child process of the server, and ends it with the server.

One build whoever asks: a lock file held by the child's watcher, so that two visitors (or two servers) start one.
The demonstration lives beside the real base, never in it, and never in the drop folder.
Nothing heavy is imported here: the child starts before the server has loaded what its pages need.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from etl import read
from pages.ui import dossiers

CLE_DEMONSTRATION = "64656d6f" * 8  # the people are invented: a fixed key gives the same figures everywhere
VERROU_PERIME = 300  # seconds after which a lock left by a killed server is ignored


@dataclass
class Travail:
    """The build under way in this server, shared by its visitors."""

    debut: float = field(default_factory=time.monotonic)
    echec: str = ""
    fini: bool = False
    enfant: subprocess.Popen[str] | None = None
    fil: threading.Thread | None = None


_travail: Travail | None = None
_garde = threading.Lock()


def anticiper() -> Travail | None:
    """Start the demonstration when the first page would have to: nothing published, nothing received."""
    attendue = read.current(dossiers.sortie()) is None and not dossiers.fichiers_recus()
    return lancer(dossiers.demonstration()) if attendue else None


def termine() -> bool:
    """Whether this server has built the demonstration already."""
    return _travail is not None and _travail.fini


def oublier() -> None:
    """Forget a failed work, so that the next run tries again."""
    global _travail
    with _garde:
        _travail = None


def ceder(travail: Travail) -> None:
    """The figures are there: what the child still does, their audit, leaves the screens their turn."""
    if travail.enfant and hasattr(os, "setpriority"):
        with suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PROCESS, travail.enfant.pid, 10)


def arreter() -> None:
    """The server stops: the build it started stops too, and leaves the next server free to start its own."""
    if _travail and _travail.enfant and _travail.fil:
        _travail.enfant.terminate()
        _travail.fil.join(timeout=10)


def lancer(dossier: Path) -> Travail:
    """Start the build of the demonstration in `dossier`, or join the one under way in this server."""
    global _travail
    with _garde:
        if _travail is None or (_travail.fini and read.current(dossier / "base") is None):
            _travail = Travail()
            _travail.fil = threading.Thread(target=_surveiller, args=(_travail, dossier), daemon=True)
            _travail.fil.start()
        return _travail


def _surveiller(travail: Travail, dossier: Path) -> None:
    """Build the demonstration, or wait for the server that is already doing so."""
    verrou = dossier / "en-cours"
    try:
        dossier.mkdir(parents=True, exist_ok=True)
        if not _prendre(verrou):
            _attendre_autre(travail, dossier, verrou)
            return
        try:
            for reste in ("depot", "base"):  # what an interrupted start or a former version left
                shutil.rmtree(dossier / reste, ignore_errors=True)
            _executer(_commande(dossier), travail)
        finally:
            verrou.unlink(missing_ok=True)
        travail.fini = True
    except (OSError, subprocess.SubprocessError, RuntimeError) as erreur:
        logging.getLogger(__name__).error("démonstration : %s", erreur)
        travail.echec = f"La démonstration n'a pas pu être préparée. {erreur}"


def _commande(dossier: Path) -> list[str]:
    depot, base, contrat = (str(chemin) for chemin in (dossier / "depot", dossier / "base", dossiers.contrat()))
    options = ["--depot", depot, "--sortie", base, "--contrat", contrat]
    return ["build", "--inventer", "--audit", "differe", "--json", *options]


def _executer(commande: list[str], travail: Travail) -> None:
    """Run one command of the ETL; raises RuntimeError with its last French sentence when it fails."""
    with subprocess.Popen(
        [sys.executable, "-m", "etl", *commande],
        cwd=dossiers.RACINE,
        env=os.environ | {"QPV_CLE": CLE_DEMONSTRATION},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as travail.enfant:
        try:
            _, erreurs = travail.enfant.communicate(timeout=VERROU_PERIME)
        except subprocess.TimeoutExpired:
            travail.enfant.kill()
            raise
    if travail.enfant.returncode:
        phrases = [p for p in erreurs.strip().splitlines() if p.strip()]
        raise RuntimeError(phrases[-1] if phrases else f"La commande « {commande[0]} » s'est arrêtée.")


def _prendre(verrou: Path) -> bool:
    """Create the lock file, or take over one left behind; False while another process holds it."""
    try:
        if time.time() - verrou.stat().st_mtime > VERROU_PERIME:
            verrou.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
    try:
        verrou.open("x").close()
    except FileExistsError:
        return False
    return True


def _attendre_autre(travail: Travail, dossier: Path, verrou: Path) -> None:
    while verrou.exists() and time.monotonic() - travail.debut < VERROU_PERIME:
        time.sleep(0.3)
    if read.current(dossier / "base") is None:
        raise RuntimeError("Une autre fenêtre la préparait et s'est arrêtée : réessayez.")
    travail.fini = True
