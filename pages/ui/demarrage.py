"""First start: what a visitor reads while the invented demonstration is being built."""

import time
from pathlib import Path

import streamlit as st

from etl import read
from pages.ui import donnees, dossiers, lancement, textes
from pages.ui.lancement import Travail

# What is going on after so many seconds, and how long it all usually takes: this only paces the bar.
ETAPES = {
    0: "Préparation des données de démonstration…",
    4: "Contrôle des fichiers…",
    9: "Calcul des indicateurs et protection des effectifs…",
}
DUREE = 18.0


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


def lisible(sortie: Path) -> bool:
    """Whether the pages may open `sortie`; a demonstration left by another version of the application is not."""
    if read.current(sortie) is None:
        return False
    if sortie != dossiers.demonstration() / "base":
        return True
    try:
        donnees.version()
    except read.AucuneBase:
        return lancement.termine()  # rebuilt already: let the page say what is wrong
    return True


def _attendre(titre: str) -> None:
    """Show the progress of the demonstration until it is published, then draw the page again."""
    textes.titre(titre, "Bienvenue. Aucune donnée n'est encore chargée : une démonstration se prépare.", False)
    barre = st.progress(0.0)
    travail = lancement.lancer(dossiers.demonstration())
    # The figures are there before their audit is over: nobody waits for it.
    while not travail.fini and not travail.echec and not lisible(dossiers.sortie()):
        barre.progress(*avance(travail))
        time.sleep(0.3)
    if travail.echec:
        barre.empty()
        st.error(travail.echec, icon=":material/error:")
        st.button("Réessayer", on_click=lancement.oublier)
        return
    lancement.ceder(travail)
    barre.progress(1.0, text="Prêt.")
    st.rerun()


def avance(travail: Travail) -> tuple[float, str]:
    """Share done and what is going on, from the time elapsed; it never reaches the end before the work does."""
    ecoule = time.monotonic() - travail.debut
    etape = [texte for seconde, texte in ETAPES.items() if seconde <= ecoule][-1]
    return min(0.97, ecoule / DUREE), etape
