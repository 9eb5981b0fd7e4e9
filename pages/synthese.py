"""The committee's first page: are we on track, and if not, where."""

import streamlit as st

from etl.catalog.indicateurs import CINQ_DE_LA_FICHE
from pages.ui import chiffres, figures, filtres, formats, synthese, textes

choix, ref = filtres.actuels(), filtres.referentiel()
textes.titre("Synthèse", "Où en est-on des objectifs du contrat, et où faut-il agir ?")

lectures = synthese.lire(choix, ref)
textes.essentiel(synthese.phrases(lectures, choix, ref))

etendue = filtres.etendue(choix.periode, ref)
st.header(f"Les cinq indicateurs de la fiche, {etendue}", anchor=False)
if note := synthese.note_des_statuts(choix, ref):
    st.caption(note)
premiers = [x for x in lectures if x.indicateur.id in CINQ_DE_LA_FICHE]
with st.grid(columns="auto", min_column_width=165, key="cartes"):
    for x in premiers:
        chiffres.carte(x)
textes.source(champ=filtres.lieu(choix, ref))
figures.voir_donnees(synthese.tableau(premiers), "synthese-cinq-indicateurs", "Les cinq indicateurs de la fiche")

for famille, (titre, explication) in synthese.FAMILLES.items():
    suite = [x for x in lectures if x.indicateur.famille == famille and x not in premiers]
    visibles, autres, sans = synthese.partager(suite)
    if not visibles:
        continue
    st.header(titre, anchor=False)
    st.markdown(explication)
    chiffres.lignes(visibles, f"{famille}")
    if autres:
        with st.expander(f"Voir {formats.accord(len(autres), 'autre indicateur', 'autres indicateurs')}"):
            chiffres.lignes(autres, f"{famille}-suite")
    if sans:
        st.caption(f"Sans chiffre pour ce choix — {synthese.sans_valeur(sans)}")
    synthese.origine(famille, suite, filtres.lieu(choix, ref))
    figures.voir_donnees(synthese.tableau(suite), f"synthese-{famille}", titre)
