"""Starts the invented demonstration in a child process of the server, and ends it with the server.

One build whoever asks: the child's watcher holds a lock, so that two visitors (or two servers) start one.
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

from etl import read, verrou
from pages.ui import dossiers

CLE_DEMONSTRATION = "64656d6f" * 8  # the people are invented: a fixed key gives the same figures everywhere
PRETE = "prete"  # beside the base when its build has ended, audit included: figures are served before
DUREE_MAXIMALE = 300  # seconds after which a build is given up


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


def en_cours() -> bool:
    """Whether this server is building the demonstration."""
    return _travail is not None and not _travail.fini


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
        # Linux keeps a priority for each thread, and the engine's do the work; what they start takes theirs.
        taches = Path(f"/proc/{travail.enfant.pid}/task")
        for fil in [int(f.name) for f in taches.iterdir()] if taches.is_dir() else [travail.enfant.pid]:
            with suppress(OSError):  # it has just ended
                os.setpriority(os.PRIO_PROCESS, fil, 10)


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
    """Build the demonstration, or wait for the server that is already doing so, and take over if it was killed."""
    attendu = False
    try:
        while not travail.fini:
            with verrou.held(dossier) as seul:
                if seul:
                    if not (attendu and (dossier / PRETE).exists()):
                        _preparer(dossier, travail)
                    travail.fini = True
                    return
            attendu = True
            time.sleep(0.3)
    except (OSError, subprocess.SubprocessError, RuntimeError) as erreur:
        logging.getLogger(__name__).error("démonstration : %s", erreur)
        travail.echec = f"La démonstration n'a pas pu être préparée. {erreur}"


def _preparer(dossier: Path, travail: Travail) -> None:
    (dossier / PRETE).unlink(missing_ok=True)
    for reste in ("depot", "base"):  # what an interrupted start or a former version left
        shutil.rmtree(dossier / reste, ignore_errors=True)
    _executer(_commande(dossier), travail)
    (dossier / PRETE).touch()


def _commande(dossier: Path) -> list[str]:
    depot, base, contrat = (str(chemin) for chemin in (dossier / "depot", dossier / "base", dossiers.contrat()))
    options = ["--depot", depot, "--sortie", base, "--contrat", contrat, "--public", str(dossiers.public())]
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
            _, erreurs = travail.enfant.communicate(timeout=DUREE_MAXIMALE)
        except subprocess.TimeoutExpired:
            travail.enfant.kill()
            raise
    if travail.enfant.returncode:
        phrases = [p for p in erreurs.strip().splitlines() if p.strip()]
        raise RuntimeError(phrases[-1] if phrases else f"La commande « {commande[0]} » s'est arrêtée.")
