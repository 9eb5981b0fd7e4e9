"""The small multiples of the page Tendances: one indicator, every neighbourhood, one scale."""

from typing import Any

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import Indicateur
from pages.ui import chiffres, donnees, figures, formats, graphiques
from pages.ui.filtres import Referentiel

PART_LISIBLE = 0.6  # share of QPV cells that must be published for a quarterly view to be worth reading


def quartiers(indicateur: Indicateur, ref: Referentiel) -> None:
    """Small multiples: each QPV on the same scale, by quarter where enough is published, else by year."""
    if not indicateur.territoires or not ref.qpv:
        st.info("Cet indicateur ne se lit pas par quartier.")
        return
    grain, cellules = _par_quartier(indicateur, ref)
    periodes = [p for p in reversed(ref.periodes) if formats.maille(p) == grain]
    connues = {(str(c["qpv"]), str(c[grain])): c for c in formats.lignes(cellules)}
    visibles = cellules[(cellules["etat"] == "valeur") & cellules["qpv"].isin([t.code for t in ref.qpv])]
    progres = _statuts(indicateur)
    maximum = formats.reel(visibles["valeur"].max()) or 1.0
    st.subheader(_titre_quartiers(visibles, grain, indicateur, ref), anchor=False)
    lignes = []
    with st.grid(columns=5, min_column_width=160, key="quartiers-multiples"):
        for t in ref.qpv:
            lues = [connues.get((t.code, p), {"etat": donnees.etat_hors_catalogue()}) for p in periodes]
            textes = [chiffres.texte_valeur(c, indicateur) for c in lues]
            lignes.append({"Quartier": t.libelle} | dict(zip(map(_court, periodes), textes, strict=True)))
            _panneau(t.libelle, _points(periodes, lues, textes), maximum, progres.get(t.code))
    st.caption(
        "Même échelle pour tous. Un trou dans une courbe est un chiffre secret ou non renseigné, jamais un zéro. "
        "Le statut est celui du quartier face à sa propre cible, quand il en a une."
    )
    figures.voir_donnees(
        pd.DataFrame(lignes), f"tendances-quartiers-{indicateur.id}", f"{indicateur.libelle} par quartier"
    )


def _titre_quartiers(visibles: pd.DataFrame, grain: str, indicateur: Indicateur, ref: Referentiel) -> str:
    """Who is highest and lowest over the last period published."""
    if visibles.empty:
        return "Aucun chiffre publié par quartier"
    periode = visibles[grain].astype(str).max()
    dernieres = visibles[visibles[grain].astype(str) == periode]
    haut = formats.lignes(dernieres.nlargest(1, "valeur"))[0]
    texte = chiffres.texte_valeur(haut, indicateur, complet=True)
    return f"{formats.periode(periode).capitalize()} : {texte} au plus haut, {ref.libelle(haut['qpv'])}"


def _court(periode: str) -> str:
    return formats.periode(periode, court=True)


def _par_quartier(indicateur: Indicateur, ref: Referentiel) -> tuple[str, pd.DataFrame]:
    cellules = donnees.mesures((indicateur.id,), ("qpv", "trimestre"))
    attendues = len(ref.qpv) * sum(formats.maille(p) == "trimestre" for p in ref.periodes)
    publiees = ((cellules["etat"] == "valeur") & cellules["qpv"].isin([t.code for t in ref.qpv])).sum()
    if publiees >= PART_LISIBLE * attendues:
        return "trimestre", cellules
    return "annee", donnees.mesures((indicateur.id,), ("qpv", "annee"))


def _points(periodes: list[str], cellules: list[dict[str, Any]], textes: list[str]) -> pd.DataFrame:
    valeurs = [formats.reel(c.get("valeur")) if c["etat"] == "valeur" else None for c in cellules]
    return pd.DataFrame({"abscisse": [_court(p) for p in periodes], "valeur": valeurs, "texte": textes})


def _statuts(indicateur: Indicateur) -> dict[str, dict[str, Any]]:
    """Progress of each territory that has a target of its own for this indicator."""
    table = donnees.table("avancement")
    return {str(a["territoire"]): a for a in formats.lignes(table[table["indicateur"] == indicateur.id])}


def _panneau(nom: str, points: pd.DataFrame, maximum: float, avancement: dict[str, Any] | None) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"**{formats.sans_markdown(nom)}**")
        if avancement:
            chiffres.statut(avancement["statut"], avancement.get("motif"))
        lus = zip(points["abscisse"], points["texte"], strict=True)
        alt = f"{nom}. " + ", ".join(f"{quand} : {texte}" for quand, texte in lus)
        st.plotly_chart(
            graphiques.panneau(points, maximum), theme=None, config={"staticPlot": True}, alt=alt, key=f"panneau-{nom}"
        )
