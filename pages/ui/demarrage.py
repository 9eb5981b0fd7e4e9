"""First start: with no published base and no partner file, build the invented demonstration in a child process.

One build whoever asks: a lock file held by the child's watcher, so that two visitors (or two servers) start one.
The demonstration lives beside the real base, never in it, and never in the drop folder.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from etl import read
from pages.ui import donnees, dossiers, textes

# What is going on after so many seconds, and how long it all usually takes: this only paces the bar.
ETAPES = {
    0: "Préparation des données de démonstration…",
    4: "Contrôle des fichiers…",
    9: "Calcul des indicateurs et protection des effectifs…",
}
DUREE = 18.0
CLE_DEMONSTRATION = "64656d6f" * 8  # the people are invented: a fixed key gives the same figures everywhere
VERROU_PERIME = 300  # seconds after which a lock left by a killed server is ignored


@dataclass
class Travail:
    """The build under way in this server, shared by its visitors."""

    debut: float = field(default_factory=time.monotonic)
    echec: str = ""
    fini: bool = False


_travail: Travail | None = None
_garde = threading.Lock()


def pret(titre: str) -> bool:
    """True when a published base can be read; else draws the title and what is going on, and returns False."""
    if lisible(dossiers.sortie()):
        return True
    if dossiers.fichiers_recus():
        textes.titre(titre, avec_filtres=False)
        st.info(
            "Des fichiers de partenaires sont arrivés, mais aucune base n'est encore publiée. "
            "Lancez le chargement : `python -m etl build`.",
            icon=":material/inbox:",
        )
        return False
    _attendre(titre)
    return False


def anticiper() -> Travail | None:
    """Start the demonstration when the first page would have to: nothing published, nothing received."""
    attendue = read.current(dossiers.sortie()) is None and not dossiers.fichiers_recus()
    return lancer(dossiers.demonstration()) if attendue else None


def lisible(sortie: Path) -> bool:
    """Whether the pages may open `sortie`; a demonstration left by another version of the application is not."""
    if read.current(sortie) is None:
        return False
    if sortie != dossiers.demonstration() / "base":
        return True
    try:
        donnees.version()
    except read.AucuneBase:
        return _travail is not None and _travail.fini  # rebuilt already: let the page say what is wrong
    return True


def _attendre(titre: str) -> None:
    """Show the progress of the demonstration until it is published, then draw the page again."""
    textes.titre(titre, "Bienvenue. Aucune donnée n'est encore chargée : une démonstration se prépare.", False)
    barre = st.progress(0.0)
    travail = lancer(dossiers.demonstration())
    # The figures are there before their audit is over: nobody waits for it.
    while not travail.fini and not travail.echec and not lisible(dossiers.sortie()):
        barre.progress(*avance(travail))
        time.sleep(0.3)
    if travail.echec:
        barre.empty()
        st.error(travail.echec, icon=":material/error:")
        st.button("Réessayer", on_click=oublier)
        return
    barre.progress(1.0, text="Prêt.")
    st.rerun()


def avance(travail: Travail) -> tuple[float, str]:
    """Share done and what is going on, from the time elapsed; it never reaches the end before the work does."""
    ecoule = time.monotonic() - travail.debut
    etape = [texte for seconde, texte in ETAPES.items() if seconde <= ecoule][-1]
    return min(0.97, ecoule / DUREE), etape


def oublier() -> None:
    """Forget a failed work, so that the next run tries again."""
    global _travail
    with _garde:
        _travail = None


def lancer(dossier: Path) -> Travail:
    """Start the build of the demonstration in `dossier`, or join the one under way in this server."""
    global _travail
    with _garde:
        if _travail is None or (_travail.fini and read.current(dossier / "base") is None):
            _travail = Travail()
            threading.Thread(target=_surveiller, args=(_travail, dossier), daemon=True).start()
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
            _executer(_commande(dossier))
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


def _executer(commande: list[str]) -> None:
    """Run one command of the ETL; raises RuntimeError with its last French sentence when it fails."""
    resultat = subprocess.run(
        [sys.executable, "-m", "etl", *commande],
        cwd=dossiers.RACINE,
        env=os.environ | {"QPV_CLE": CLE_DEMONSTRATION},
        capture_output=True,
        text=True,
        timeout=VERROU_PERIME,
        check=False,
    )
    if resultat.returncode:
        phrases = [p for p in resultat.stderr.strip().splitlines() if p.strip()]
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
