"""What the page Fiche quartier draws: figure cards, the small map, the trend, freins by type."""

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import barres, cartes, chiffres, donnees, fiche_quartier, figures, formats, graphiques, places, semiologie
from pages.ui.fiche_quartier import Fiche

HAUTEUR_CARTE = 420
FREINS_MONTRES = 6


def cartes_de_chiffres(fiche: Fiche) -> None:
    """The five figures, each against the commune and the whole contract."""
    habitants = fiche_quartier.populations()
    with st.grid(columns="auto", min_column_width=190, key="fiche-chiffres"):
        for i, cellule in fiche.cellules.items():
            with st.container(border=True, key=f"carte-fiche-{i}", height="stretch", gap="xsmall"):
                indicateur = CATALOGUE[i]
                texte = chiffres.texte_valeur(cellule, indicateur)
                st.metric(indicateur.libelle, texte, help=chiffres.aide(indicateur))
                for ligne in fiche_quartier.comparaisons(fiche, i, habitants):
                    st.caption(ligne)


def dessiner(fiche: Fiche) -> None:
    """The small map: this neighbourhood and the places in it. Nothing on it sends anything back."""
    territoires, traits, version = donnees.table("territoire"), donnees.table("fond"), donnees.version()
    tuiles = cartes.Tuiles(version.tuiles, version.tuiles_attribution)
    carte = cartes.fond(territoires, traits, tuiles, centre_sur=fiche.code)
    legendes: list[semiologie.Legende] = []
    couches = [cartes.quartiers(territoires, selection=fiche.code)]
    couches += places.couches(tuple(places.LIEUX), fiche.periode, None, legendes, fiche.code)
    couches += [cartes.noms(territoires, traits, fiche.code), cartes.legende(legendes, ouverte=False)]
    cartes.afficher(carte, couches, f"carte-fiche-{fiche.code}", HAUTEUR_CARTE)


def tendance(fiche: Fiche) -> None:
    """Participants followed, quarter after quarter."""
    serie = fiche_quartier.suivi_par_trimestre(fiche.code)
    connus = serie.dropna(subset=["valeur"])
    if connus.empty:
        figures.entete("Habitants accompagnés, par trimestre")
        st.markdown("Aucun trimestre n'a assez de personnes accompagnées pour être publié sans risque.")
        return
    premier, dernier = connus.iloc[0], connus.iloc[-1]
    titre = f"Habitants accompagnés : {dernier['texte']} au {dernier['trimestre']}"
    alt = f"{titre}, contre {premier['texte']} au {premier['trimestre']} ; les trimestres secrets sont des trous."
    tableau = serie[["trimestre", "texte"]].rename(columns={"trimestre": "Trimestre", "texte": "Participants suivis"})
    courbe = graphiques.chronique(serie, "personnes", hauteur=300)
    figures.afficher(courbe, titre, alt, tableau, f"fiche-{fiche.code}-participants", champ=_champ(fiche))


def freins(fiche: Fiche) -> None:
    """Barriers identified and lifted by type since the start, when published."""
    connus = fiche_quartier.freins(fiche.code)
    if connus.empty:
        figures.entete("Les freins à l'emploi")
        st.markdown(
            "Trop peu de personnes du quartier ont vu leurs freins identifiés pour que le détail par type soit publié."
        )
        return
    premier = connus.iloc[0]
    titre = f"Premier frein identifié : « {premier['libelle']} »"
    identifies, leves = premier["Identifiés texte"], premier["Levés texte"]
    alt = f"{titre}, {identifies} identifiés et {leves} levés depuis le début. {len(connus)} types publiés."
    tableau = connus.rename(columns={"libelle": "Frein"}).drop(columns=["Identifiés", "Levés"])
    tableau = tableau.rename(columns={"Identifiés texte": "Identifiés", "Levés texte": "Levés"})
    figure = barres.groupees(connus.head(FREINS_MONTRES), ("Identifiés", "Levés"), "freins")
    champ = f"{_champ(fiche)}, depuis le début, {FREINS_MONTRES} premiers types"
    figures.afficher(figure, titre, alt, tableau, f"fiche-{fiche.code}-freins", champ=champ)


def _champ(fiche: Fiche) -> str:
    return f"quartier {formats.sans_markdown(fiche.nom)}"


def tableau(frame: pd.DataFrame, alt: str, vide: str) -> None:
    """A short table, or the sentence that says why there is none."""
    if frame.empty:
        st.markdown(vide)
    else:
        figures.table(frame, alt=alt)
