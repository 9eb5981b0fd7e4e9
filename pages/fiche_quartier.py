"""Fiche quartier: one neighbourhood on one page, for an elected official, on a phone or printed on A4."""

from datetime import date

import streamlit as st

from pages.ui import (
    fiche_figures,
    fiche_phrases,
    fiche_publics,
    fiche_quartier,
    figures,
    filtres,
    formats,
    quartier,
    textes,
)

tete, choix = st.columns([3, 2], vertical_alignment="bottom")
with choix, st.container(horizontal=True, vertical_alignment="bottom"):
    code = quartier.choisir_un()
    st.button("Imprimer", icon=":material/print:", key="imprimer", help="La fiche, mise en page pour du papier A4.")
fiche = fiche_quartier.lire(code, filtres.actuels().periode, "periode" in st.query_params)
etendue = filtres.etendue(fiche.periode, filtres.referentiel())
with tete:
    textes.titre(formats.sans_markdown(fiche.nom), avec_filtres=False)
    st.caption(f"Quartier prioritaire, {formats.sans_markdown(fiche.commune_nom)} · {etendue}")
if fiche.repli:
    st.info(fiche_quartier.REPLI)

textes.essentiel(fiche_phrases.phrases(fiche))

figures.entete("Cinq chiffres, comparés")
fiche_figures.cartes_de_chiffres(fiche)
textes.source(champ=f"quartier {formats.sans_markdown(fiche.nom)}, {etendue}")
figures.voir_donnees(fiche_quartier.tableau(fiche), f"fiche-{code}", f"{fiche.nom}, {etendue}")

gauche, droite = st.columns([3, 2], gap="medium")
with gauche:
    figures.entete("Le quartier")
    fiche_figures.dessiner(fiche)
with droite:
    figures.entete("Prochaines permanences")
    permanences = fiche_quartier.prochaines(code, date.today())
    st.markdown("\n".join(f"- {p}" for p in permanences) or "Aucune permanence n'est déclarée dans ce quartier.")

gauche, droite = st.columns(2, gap="medium")
with gauche:
    fiche_figures.tendance(fiche)
with droite:
    fiche_figures.freins(fiche)

figures.entete("Les interventions")
st.markdown(formats.typographie(fiche_quartier.types_d_intervention(fiche)))
fiche_figures.tableau(
    fiche_quartier.interventions(fiche),
    f"Dernières interventions, quartier {fiche.nom}",
    "Aucune intervention n'y a été déclarée dans la période.",
)

figures.entete("Qui est présent")
fiche_figures.tableau(
    fiche_quartier.acteurs(code),
    f"Acteurs présents, quartier {fiche.nom}",
    "Aucun acteur n'est déclaré dans ce quartier.",
)

fiche_publics.afficher(fiche)

gauche, droite = st.columns(2, gap="medium")
with gauche:
    figures.entete("Ce que ces chiffres ne disent pas")
    st.markdown("\n".join(f"- {limite}" for limite in fiche_quartier.ce_que_la_fiche_ne_dit_pas(fiche)))
with droite:
    figures.entete("Le quartier en quelques faits")
    faits, notes = fiche_quartier.faits(code)
    fiche_figures.tableau(faits, f"Faits du quartier {fiche.nom}", "Le contrat ne donne aucun fait sur ce quartier.")
    for note in notes:
        st.caption(note)
