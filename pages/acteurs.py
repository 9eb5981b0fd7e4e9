"""Acteurs: who spots and supports, for whom, where; one structure's sheet; sheets that look alike."""

import streamlit as st

from pages.ui import acteurs, figures, filtres, formats, places, textes
from pages.ui.acteurs import Choix
from pages.ui.toponymes import nuplets

textes.titre("Acteurs", "Qui repère et accompagne, pour qui, et où ?", avec_filtres=False)
tous = acteurs.annuaire()
if tous.empty:
    st.info("L'annuaire est vide : chargez un fichier « acteurs », ou la source data·inclusion.")
    st.stop()
textes.essentiel(acteurs.constats(tous))

ref = filtres.referentiel()
with st.grid(columns=3, min_column_width=260, key="recherche"):
    mots = st.text_input("Chercher", key="mots", bind="query-params", placeholder="Nom ou thème")
    themes = st.multiselect(
        "Thèmes", acteurs.valeurs(tous, "thematiques", "thematiques"), placeholder="Tous les thèmes",
        format_func=lambda c: places.libelle("thematiques", c), key="themes",
    )  # fmt: skip
    publics = st.multiselect(
        "Publics", acteurs.valeurs(tous, "publics", "publics"), placeholder="Tous les publics",
        format_func=lambda c: places.libelle("publics", c), key="publics",
    )  # fmt: skip
    code = st.selectbox(
        "Quartier", [q.code for q in ref.qpv], index=None, format_func=ref.libelle, placeholder="Tous les quartiers",
        key="quartier-acteurs",
    )  # fmt: skip
    champ = st.selectbox(
        "Champ", ["droit_commun", "specifique_qpv", "mixte"], index=None, placeholder="Tous les champs",
        format_func=lambda c: places.libelle("champ", c), key="champ",
    )  # fmt: skip
trouves = acteurs.trier(tous, Choix(mots or "", tuple(themes), tuple(publics), code, champ))

if trouves.empty:
    figures.entete("Aucune structure ne répond à ce choix")
    st.markdown("Retirez un critère, ou cherchez un autre mot.")
    st.stop()
titre = formats.accord(len(trouves), "structure trouvée", "structures trouvées")
figures.entete(titre)
figures.table(acteurs.tableau(trouves), alt=f"Annuaire : {titre}")
figures.telecharger(lambda: figures.csv(acteurs.tableau(trouves), "Annuaire des acteurs"), "annuaire")
textes.source(*acteurs.origines(tous))
if manque := acteurs.manque_public():
    st.caption(formats.typographie(manque))

figures.entete("La fiche d'une structure")
fiches = {a.id: a for a in nuplets(trouves)}
choisie = st.selectbox("Structure", list(fiches), format_func=lambda i: fiches[i].nom, key="structure")
if choisie in fiches:
    figures.table(acteurs.en_tableau(acteurs.fiche(fiches[choisie])), alt=f"Fiche de {fiches[choisie].nom}")

figures.entete("Fiches à rapprocher")
paires = acteurs.doublons()
if paires.empty:
    st.markdown(
        "Aucune fiche ne ressemble à une autre (même SIRET, même nom et adresse, ou noms proches au même lieu)."
    )
else:
    figures.table(paires, alt="Fiches qui semblent décrire la même structure")
    st.caption("La fiche du partenaire n'est jamais remplacée. À vérifier avec les deux structures.")
