"""One figure the way every page shows it: finding as a title, chart with its alt, data and CSV, source line."""

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.ui import donnees, filtres, formats, textes
from pages.ui.gabarit import CONFIG

LIGNES_MAX = 40  # above, a scrolling grid replaces the plain table


def afficher(
    figure: go.Figure,
    titre: str,
    alt: str,
    tableau: pd.DataFrame,
    fichier: str,
    sources: tuple[str, ...] = (),
    champ: str = "",
    niveau: int = 2,
) -> None:
    """Draw a chart with all that goes with it; `titre` says the finding, `alt` says it to who cannot see it."""
    entete(titre, niveau)
    st.plotly_chart(figure, theme=None, config=CONFIG, alt=alt, key=f"figure-{fichier}")
    textes.source(*sources, champ=champ)
    voir_donnees(tableau, fichier, titre)


def entete(titre: str, niveau: int = 2) -> None:
    """A heading of the right level: h2 under the page's title, h3 inside a section."""
    (st.header if niveau == 2 else st.subheader)(formats.typographie(titre), anchor=False)


def voir_donnees(tableau: pd.DataFrame, fichier: str, titre: str) -> None:
    """The figure as a table, and as a file when its content is protected."""
    with st.expander("Voir les données"):
        table(tableau, alt=titre)
        telecharger(lambda: csv(tableau, titre), fichier)


def table(tableau: pd.DataFrame, alt: str) -> None:
    """A real HTML table while it is short: cells are read as written by a screen reader."""
    if len(tableau) <= LIGNES_MAX:
        propre = pd.DataFrame({c: [_inerte(v) for v in tableau[c]] for c in tableau.columns})
        st.table(propre, hide_index=True, border="horizontal", alt=alt)
    else:
        st.dataframe(tableau, hide_index=True, alt=alt)


def _inerte(contenu: Any) -> Any:
    return formats.sans_markdown(contenu) if isinstance(contenu, str) else contenu


def csv(tableau: pd.DataFrame, titre: str) -> bytes:
    """The table as a French CSV, closed by what it is: title, filters, data date, version."""
    version = donnees.version()
    notes = [titre, f"Filtres : {filtres.phrase_actuelle()}", f"Données au {formats.date_longue(version.date_donnees)}"]
    notes.append(f"{version.contrat_nom} · version {version.version} · profil {version.profil}")
    if version.demonstration:
        notes.append("Données de démonstration (fictives)")
    return formats.csv_francais(tableau, notes)


def telecharger(contenu: Callable[[], bytes], fichier: str) -> None:
    """A CSV button in diffusion; in gestion a file would be reachable by its address alone, so there is none."""
    if donnees.profil() != "diffusion":
        st.caption(
            "Téléchargement possible en profil diffusion : les chiffres exacts ne sortent pas par le navigateur."
        )
        return
    nom = re.sub(r"[^a-z0-9-]+", "-", fichier.lower()).strip("-")
    st.download_button(
        "Télécharger (CSV)",
        contenu,
        file_name=f"{nom}.csv",
        mime="text/csv",
        key=f"csv-{nom}",
        on_click="ignore",
        icon=":material/download:",
    )
