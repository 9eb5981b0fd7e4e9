"""The frame: page settings, identity of the data, shared filters, menu; then the page the reader asked for."""

import logging
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from etl import read
from pages.ui import demarrage, donnees, entete, filtres, textes

PAGES_DIR = Path(__file__).resolve().parents[1]
PERIODE_ET_LIEU = ("periode", "quartiers")


@dataclass(frozen=True)
class Entree:
    """One line of the menu; it appears when its file exists."""

    fichier: str
    titre: str
    filtres: tuple[str, ...] = PERIODE_ET_LIEU


MENU: dict[str, tuple[Entree, ...]] = {
    "Décider": (
        Entree("synthese", "Synthèse", (*PERIODE_ET_LIEU, "acteur", "fiche")),
        Entree("tendances", "Tendances et cibles", ("quartiers",)),
        Entree("comparer", "Comparer", ("periode",)),
    ),
    "Quartiers": (
        Entree("carte", "Carte", ("periode",)),
        Entree("fiche_quartier", "Fiche quartier", ("periode",)),
    ),
    "Parcours": (
        Entree("parcours", "Parcours"),
        Entree("freins", "Freins"),
        Entree("sorties", "Sorties"),
    ),
    "Partenaires": (
        Entree("acteurs", "Acteurs", ()),
        Entree("coordination", "Coordination"),
        Entree("entreprises", "Entreprises et activité"),
        Entree("financements", "Financements"),
    ),
    "Données": (
        Entree("depot", "Dépôt", ()),
        Entree("qualite", "Qualité", ()),
        Entree("sources", "Sources", ()),
        Entree("methode", "Méthode", ()),
    ),
    "Contrat": (
        Entree("seances", "Séances", ()),
        Entree("accessibilite", "Accessibilité", ()),
        Entree("mentions", "Mentions légales", ()),
    ),
}


def menu() -> dict[str, list[tuple[Entree, st.Page]]]:
    """Groups and pages of the menu, only those whose file exists; the first is the home page."""
    groupes: dict[str, list[tuple[Entree, st.Page]]] = {}
    for groupe, entrees in MENU.items():
        for e in entrees:
            chemin = PAGES_DIR / f"{e.fichier}.py"
            if chemin.exists():
                page = st.Page(chemin, title=e.titre, url_path=e.fichier, default=not groupes)
                groupes.setdefault(groupe, []).append((e, page))
    return groupes


def run() -> None:
    """Draw the frame, then the page; whatever happens, one h1 and a sentence in French."""
    groupes = menu()
    page = st.navigation({g: [p for _, p in pages] for g, pages in groupes.items()}, expanded=True)
    entree = next((e for pages in groupes.values() for e, p in pages if p.url_path == page.url_path), None)
    titre = page.title
    textes.ouvrir_page()
    try:
        st.set_page_config(f"{titre} · Contrat de ville", entete.STATIQUE / "marque.svg", layout="wide")
        st.logo(entete.STATIQUE / "logo.svg", size="large", icon_image=entete.STATIQUE / "marque.svg")
        if not demarrage.pret(titre):
            return
        donnees.choisir_version()
        entete.afficher(donnees.version(), donnees.secours())
        filtres.afficher(donnees.referentiel(), entree.filtres if entree else ())
        page.run()
    except read.AucuneBase as absence:
        textes.erreur(titre, str(absence))
    except read.ProfilInsuffisant as refus:
        textes.reserve(titre, str(refus))
    except Exception:  # the visitor gets a sentence, the log gets the trace
        logging.getLogger(__name__).exception("page %s", titre)
        textes.erreur(
            titre,
            "Cette page n'a pas pu s'afficher. Rechargez-la ; si cela continue, prévenez la personne "
            "qui tient ce tableau de bord.",
        )


if __name__ == "__main__":  # Streamlit runs this file; the tests import its menu
    run()
