"""One indicator over the life of the contract: what was done, what was expected, at which pace to go on."""

import pandas as pd
import streamlit as st

from pages.ui import (
    chiffres,
    figures,
    filtres,
    formats,
    graphiques,
    multiples,
    prolongement,
    tendances,
    textes,
)

choix, ref = filtres.actuels(), filtres.referentiel()
textes.titre("Tendances et cibles", "Avance-t-on au rythme prévu, et que reste-t-il à faire d'ici la fin du contrat ?")

indicateur = tendances.choisir()
t = tendances.lire(indicateur, choix, ref)
lieu = filtres.lieu(choix, ref)

suite = prolongement.lire(indicateur, choix, ref)

with st.container(key="essentiel", border=True, gap="xsmall"):
    st.markdown(f"**{formats.typographie(indicateur.question)}**")
    if t.avancement:
        chiffres.statut(t.avancement["statut"], t.avancement.get("motif"))
        st.markdown(formats.typographie(tendances.rythme(t)))
        if annee := prolongement.quand(suite, t):
            st.markdown(formats.typographie(annee))
    else:
        st.markdown(tendances.sans_cible(t))
    if mots := prolongement.ou_cela_mene(suite, t):
        st.markdown(formats.typographie(mots))
    st.caption(formats.typographie(indicateur.definition))

figures.afficher(
    graphiques.trajectoire(t.annees, t.jalons, indicateur.unite, not indicateur.ratio, t.evenements),
    tendances.titre(t),
    tendances.alternative(t),
    tendances.tableau(t),
    f"tendances-{indicateur.id}",
    champ=lieu,
)
textes.evenements(t.evenements)

figures.afficher(
    graphiques.chronique(t.trimestres, indicateur.unite, t.evenements, suite.projection, suite.completude),
    tendances.titre_trimestres(t, ref),
    f"{tendances.alternative_trimestres(t)} {suite.alternative}".strip(),
    pd.concat([tendances.tableau_trimestres(t), suite.tableau], ignore_index=True),
    f"tendances-trimestres-{indicateur.id}",
    champ=lieu,
)
for phrase in suite.phrases:
    st.caption(phrase)

st.header("Quartier par quartier", anchor=False)
multiples.quartiers(indicateur, ref)
textes.source(champ="quartiers prioritaires du contrat")
chiffres.limites(indicateur)
