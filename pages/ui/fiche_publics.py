"""What the page Fiche quartier draws from public data: offer within reach, jobseekers up to the break, the context."""

import streamlit as st

from pages.ui import contexte, fiche_figures, figures, filtres, formats, portee, ruptures, textes
from pages.ui.fiche_quartier import Fiche
from pages.ui.gabarit import CONFIG


def afficher(fiche: Fiche) -> None:
    """The two sections, one after the other."""
    _a_portee(fiche)
    _dans_sa_commune(fiche)


def _a_portee(fiche: Fiche) -> None:
    """Freins against the offer near the neighbourhood, then the places counted by distance."""
    lignes = portee.freins(fiche.code)
    figures.entete(portee.titre(lignes))
    fiche_figures.tableau(lignes, f"Freins et offre à portée, quartier {fiche.nom}", "Aucune offre n'est connue.")
    for note in portee.notes(fiche.code):
        st.caption(formats.typographie(note))
    lieux, manques = portee.lieux(fiche.code)
    st.subheader("Lieux à portée", anchor=False)
    fiche_figures.tableau(lieux, f"Lieux à portée du quartier {fiche.nom}", "Aucun lieu n'est connu.")
    st.caption(formats.typographie(" ".join(manques)))


def _dans_sa_commune(fiche: Fiche) -> None:
    """Jobseekers year after year with the break of perimeters, then the latest figures beside commune and EPCI."""
    figures.entete("Le quartier dans sa commune et son intercommunalité")
    lignes = ruptures.serie(fiche.code)
    if not lignes.empty:
        st.subheader(formats.typographie(ruptures.titre(lignes)), anchor=False)
        alt = "Au 31 décembre : " + ", ".join(f"{x.annee} : {x.texte}" for x in lignes.itertuples())
        dessin = ruptures.figure(lignes, filtres.referentiel().date_donnees)
        st.plotly_chart(dessin, theme=None, config=CONFIG, alt=alt, key="figure-demandeurs-emploi")
        textes.source_publique(contexte.cites_quartiers(ruptures.SUIVI))
    publics, lectures, seuls = contexte.du_quartier(fiche.code)
    nom = f"Chiffres publics, quartier {fiche.nom}"
    fiche_figures.tableau(publics, nom, "Aucun chiffre public n'a été collecté.")
    for lecture in lectures:
        st.caption(formats.typographie(lecture))
    if seuls:
        with st.expander("Pourquoi certains chiffres sont sans comparaison"):
            st.markdown("\n".join(f"- {formats.typographie(raison)}" for raison in seuls))
    st.markdown(formats.typographie(contexte.de_la_zone()))
