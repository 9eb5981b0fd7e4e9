"""Carte: where the neighbourhoods are, who acts there, and what was measured."""

import streamlit as st

from pages.ui import carte, figures, quartier, textes

textes.titre("Carte", "Où sont les quartiers prioritaires, qui y intervient, et avec quels résultats ?")
choix = carte.choisir()

gauche, droite = st.columns([2, 1], gap="medium")
with droite:
    selection = quartier.choisir()
    carte.panneau(choix, selection)
with gauche:
    carte.dessiner(choix, selection)
    textes.source("partenaires du contrat de ville", champ="quartiers prioritaires du contrat")
    carte.source_du_taux(choix)
    st.caption(carte.mention())

figures.entete("Ce qui manque")
for phrase in quartier.zones_blanches() or ["Chaque quartier a une permanence et une intervention récente."]:
    st.markdown(phrase)

figures.entete("Le contenu de la carte, en tableau")
st.caption(carte.titre(choix))
contenu = carte.tableau(choix)
figures.table(contenu, alt=carte.titre(choix))
figures.telecharger(lambda: figures.csv(contenu, carte.titre(choix)), "carte")
