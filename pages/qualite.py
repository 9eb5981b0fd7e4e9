"""Qualité: who sent what, whom to remind, what the rules found, what changed since the last version."""

import streamlit as st

from pages.ui import donnees, figures, qualite, qualite_regles, textes

textes.titre(
    "Qualité",
    "Qui a envoyé quoi, ce qui mérite un regard, et ce qui a changé depuis la dernière fois.",
    avec_filtres=False,
)
dues = qualite.lire()
textes.essentiel(qualite.constats(dues))

figures.entete("Relancer un partenaire")
qualite.relances(dues)
figures.entete("Les envois des partenaires")
qualite.tableau_de_bord(dues)

figures.entete("Ce que disent les règles de contrôle")
qualite_regles.regles()

exact = donnees.profil() == "gestion"
figures.entete("Envois inhabituels et lignes refusées")
if exact:
    qualite_regles.habitudes()
    figures.entete("Lignes refusées, par fichier", 3)
    qualite_regles.refus()
else:
    st.info(
        "Les comptes de lignes d'un partenaire sont des effectifs exacts de personnes : le profil gestion les montre.",
        icon=":material/lock:",
    )

figures.entete("Ce qui a changé depuis la version précédente")
qualite_regles.changements()
textes.source()
