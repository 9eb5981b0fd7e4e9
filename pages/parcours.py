"""Parcours: where the persons spotted go, how far, how fast, and who they are."""

import streamlit as st

from pages.ui import barres, figures, gabarit, parcours, parcours_figures, parcours_textes, textes

textes.titre("Parcours", "Que deviennent les personnes repérées, étape après étape ?")
cohorte = parcours.cohorte()
for avis in cohorte.avis:
    st.info(avis)
champ = f"personnes repérées {cohorte.quand}, {cohorte.lieu}"
etapes = parcours.entonnoir(cohorte)
if etapes.empty:
    st.info("Aucun parcours n'est publié pour ce choix de quartiers et de période.")
    st.stop()

liens, periode = parcours.flux(cohorte)
noms = {code: noeud.libelle for code, noeud in parcours_figures.NOEUDS.items()}
titre = parcours_textes.titre_flux(etapes, cohorte)
if liens.empty:
    figures.entete(titre)
    st.markdown("Les passages d'une étape à l'autre ne sont pas publiés pour ce choix.")
else:
    if periode != cohorte.periode:
        st.info("Par quartier, les passages d'une étape à l'autre ne sont publiés que depuis le début du contrat.")
    alt = f"{titre}. Le schéma va du repérage aux sorties ; chaque passage est dans le tableau."
    tableau = parcours.tableau_flux(liens, noms)
    publies = parcours.effectifs(etapes) if periode == cohorte.periode else {}
    figures.entete(titre)
    with st.container(key="defile-flux"):
        figure = parcours_figures.sankey(liens, publies)
        st.plotly_chart(figure, theme=None, config=gabarit.CONFIG, alt=alt, key="flux")
    with st.container(key="telephone-flux"):
        st.caption("Faites glisser le schéma de droite à gauche pour voir les sorties.")
    textes.source(champ=champ)
    figures.voir_donnees(tableau, "parcours-flux", titre)

titre_entonnoir, tableau_entonnoir = parcours_textes.titre_entonnoir(etapes), parcours.tableau_entonnoir(etapes)
alt = f"{titre_entonnoir}. " + " ; ".join(f"{e} : {t}" for e, t in zip(etapes["libelle"], etapes["texte"], strict=True))
figures.entete(titre_entonnoir)
st.plotly_chart(parcours_figures.entonnoir(etapes), theme=None, config=gabarit.CONFIG, alt=alt, key="entonnoir")
textes.source(champ=f"{champ} ; entre parenthèses, la part des personnes repérées")
figures.table(tableau_entonnoir, alt="Les étapes du parcours : effectifs, parts et délais")
figures.telecharger(lambda: figures.csv(tableau_entonnoir, titre_entonnoir), "parcours-entonnoir")

comptes = parcours.sexes(cohorte)
if comptes.empty:
    figures.entete("Femmes et hommes à chaque étape")
    st.markdown("Par quartier, ces étapes ne sont pas publiées par sexe : les effectifs seraient trop petits.")
else:
    titre = parcours_textes.titre_sexes(comptes)
    figure = barres.groupees(comptes, tuple(parcours.SEXES.values()), "personnes")
    tableau = parcours.tableau_sexes(comptes)
    figures.afficher(figure, titre, f"{titre}.", tableau, "parcours-femmes-hommes", champ=champ)

st.header("Qui est accompagné", anchor=False)
with st.grid(columns=2, min_column_width=330, gap="large"):
    for axe, titre in parcours.PUBLICS.items():
        public = parcours.public(axe, cohorte)
        with st.container():
            if public.empty:
                figures.entete(titre, niveau=3)
                st.markdown("Non publié pour ce choix : les effectifs seraient trop petits.")
                continue
            titre = parcours_textes.titre_public(titre, public)
            tableau = public[["libelle", "texte"]].set_axis(["Réponse", "Personnes suivies"], axis=1)
            reponses = [f"{p.libelle} {p.texte}" for p in public.itertuples()]
            figure, alt = parcours_figures.reponses(public), f"{titre} : {' ; '.join(reponses)}"
            figures.afficher(figure, titre, alt, tableau, f"parcours-{axe}", champ=cohorte.lieu, niveau=3)

st.header("Hors des quartiers", anchor=False)
with st.grid(columns="auto", min_column_width=200):
    for libelle, valeur, aide in parcours.hors_quartiers(cohorte):
        st.metric(libelle, valeur, help=aide, border=True)
textes.source(champ=f"personnes suivies {cohorte.quand}, ensemble du contrat")

st.header("Comment lire cette page", anchor=False)
st.markdown("\n".join(f"- {point}" for point in parcours_textes.A_SAVOIR))
