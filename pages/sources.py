"""Where the public figures come from: each source, its state, its licence, what it may not be used for, its data."""

import streamlit as st

from pages.ui import figures, sources, textes

textes.titre(
    "Sources",
    "D'où viennent les chiffres publics, de quand ils datent, et ce qu'on ne peut pas leur faire dire.",
    avec_filtres=False,
)
toutes = sources.lire()
textes.essentiel(sources.constats(toutes))
figures.entete("Les sources d'un coup d'œil")
figures.table(sources.tableau(toutes), alt="Sources publiques : producteur, millésime, géographie, état et date")

figures.entete("Source par source")
for source in toutes:
    with st.expander(sources.etiquette(source)):
        sources.fiche(source)
