"""Comparer: each neighbourhood against its commune, all the neighbourhoods, or the public figures around it."""

import streamlit as st

from pages.ui import comparer, comparer_publics, contexte, figures, filtres, formats, mouvements, textes
from pages.ui.halteres import halteres

choix, ref = filtres.actuels(), filtres.referentiel()
textes.titre("Comparer", "Quels quartiers sont au-dessus de ce qui les entoure, et l'écart se réduit-il ?")

gauche, droite = st.columns([3, 2], vertical_alignment="bottom")
with gauche:
    indicateur = comparer.choisir()
with droite:
    zone = comparer.choisir_zone()
points = comparer.lire(indicateur, choix.periode, zone)
points = comparer.ranger(points, comparer.choisir_tri(points))
etendue = filtres.etendue(choix.periode, ref)

tableau = comparer.tableau(points, indicateur, zone)
figures.afficher(
    halteres(
        comparer.lignes(points, indicateur).rename(columns={comparer.ZONE: comparer.ZONES[zone]}),
        (comparer.MINE, comparer.ZONES[zone]),
        comparer.unite(indicateur),
    ),
    comparer.titre(points, indicateur, zone),
    " ; ".join(f"{p.nom} : {comparer.ecart_en_mots(p, indicateur)}" for p in points),
    tableau,
    f"comparer-{indicateur.id}",
    champ=f"quartiers prioritaires, {etendue}",
)
st.caption(formats.typographie(f"{comparer.note(indicateur)} {comparer.sans_chiffre(points)}"))

annees = mouvements.annees_closes(ref)
if annees:
    suivis = mouvements.suivre(*(comparer.lire(indicateur, annee, zone) for annee in annees))
    if suivis:
        figures.afficher(
            halteres(
                mouvements.lignes(suivis, annees),
                (annees[1], annees[0]),
                f"écart : {comparer.unite(indicateur)}",
                zero=True,
            ),
            mouvements.titre(suivis, annees),
            " ; ".join(f"{m.nom} : {m.texte}" for m in suivis),
            mouvements.tableau(suivis, annees, indicateur),
            f"comparer-ecarts-{indicateur.id}",
            champ=f"années {annees[0]} et {annees[1]}, écart entre le quartier et sa zone de comparaison",
        )

st.header("Les chiffres publics", anchor=False)
choisi = comparer_publics.choisir()
if choisi is None:
    st.info("Aucun chiffre public n'a été collecté. Lancez `python -m etl public`, puis `python -m etl build`.")
else:
    comparer_publics.afficher(comparer_publics.lire(*choisi))
st.markdown(formats.typographie(contexte.de_la_zone()))
