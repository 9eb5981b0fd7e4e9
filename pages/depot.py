"""Dépôt: choose a partner's file, see what it would change, confirm, load; the journal, and the undo."""

import streamlit as st

from pages.ui import depot, depot_journal, donnees, dossiers, figures, textes

textes.titre(
    "Dépôt",
    "Déposer le fichier d'un partenaire, voir ce qu'il changerait, puis décider de le charger.",
    avec_filtres=False,
)
donnees.exiger_gestion()
# Each part keeps its place whatever it holds: else what follows would be drawn anew, and open panels would close.
with st.container():
    depot.message()
    if dossiers.sortie() != dossiers.principale():
        st.info(
            "Vous regardez la démonstration. Le premier fichier chargé ici la remplacera par vos données.",
            icon=":material/science:",
        )

with st.container():
    figures.entete("1. Choisir le fichier")
    fichier, choix = depot.choisir()
    rapport = depot.verifier(fichier, choix)

with st.container():
    if rapport:
        figures.entete("2. Ce que dit la vérification")
        depot.compte_rendu(rapport)
        if rapport["etat"] == "charge":
            depot.differences(rapport)
            depot.confirmer(fichier, rapport)

with st.container():
    figures.entete("Journal des chargements")
    journal = depot_journal.lire()
    depot_journal.afficher(journal)
    depot_journal.annuler(journal)
    depot_journal.rejets()
    if not journal.empty:
        depot_journal.fichiers()
