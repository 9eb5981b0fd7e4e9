"""The header of every page: which contract, which data, how complete, and as whom one reads."""

from pathlib import Path
from typing import Literal

import streamlit as st

from etl.read import Version
from pages.ui import formats
from pages.ui.donnees import PROFILS

STATIQUE = Path(__file__).with_name("static")
LIBELLES_PROFIL = {"diffusion": "Diffusion (chiffres protégés)", "gestion": "Gestion (chiffres exacts)"}


def afficher(version: Version, secours: str | None = None) -> None:
    """Identity of the data above the page (and that they are not the latest, when it is so), profile under the menu."""
    with st.container(key="entete", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{formats.sans_markdown(version.contrat_nom)}**", width="content")
        st.caption(" · ".join(identite(version)), width="content")
        for texte, couleur in alertes(version):
            st.badge(texte, color=couleur)
    if secours:
        st.warning(secours, icon=":material/history:")
    with st.sidebar:
        _profil(version)


def identite(version: Version) -> list[str]:
    """Data date and completeness, in short sentences."""
    return [
        f"Données au {formats.date_longue(version.date_donnees)}",
        f"{formats.accord(version.partenaires_recus, 'partenaire')} sur {version.partenaires_attendus} "
        + ("ont transmis" if version.partenaires_recus > 1 else "a transmis"),
    ]


def alertes(version: Version) -> list[tuple[str, Literal["orange", "red"]]]:
    """What must be known before reading a figure: invented data, example targets, exact profile."""
    messages: list[tuple[str, Literal["orange", "red"]]] = []
    if version.demonstration:
        messages.append(("Données de démonstration (fictives)", "orange"))
    if version.cibles_exemple:
        messages.append(("Objectifs d'exemple", "orange"))
    if version.profil == "gestion":
        messages.append(("Profil gestion : chiffres exacts, à ne pas diffuser", "red"))
    return messages


def _profil(version: Version) -> None:
    st.radio(
        "Profil de lecture",
        PROFILS,
        format_func=LIBELLES_PROFIL.get,
        key="profil",
        persist_state="session",
        help="Mode local : ce poste seul voit ce tableau de bord. La diffusion protège les petits effectifs ; "
        "la gestion montre les chiffres exacts aux agents habilités.",
    )
    st.caption(f"Mode local · version du {formats.instant(version.construit_le)}")
