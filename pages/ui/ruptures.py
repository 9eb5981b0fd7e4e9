"""Public series across the change of perimeter: the break is drawn, the two sides are never joined."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import chiffres, contexte, donnees, formats
from pages.ui.graphiques import chronique

RUPTURE = date(2024, 1, 1)  # décret 2023-1314: the 2024 perimeters come into force
SUIVI = "demandeurs_emploi_abc"


def serie(code: str) -> pd.DataFrame:
    """Jobseekers of the 2015 neighbourhood behind a 2024 code, by year: annee, debut, valeur, texte; empty when new."""
    anciens = {str(q["code"]): q["code_2015"] for q in formats.lignes(donnees.table("qpv"))}
    ancien = anciens.get(code)
    toutes = donnees.table("contexte")
    lues = toutes[
        (toutes["indicateur"] == SUIVI) & (toutes["axe"] == "") & (toutes["maille"] == "annee")
        & (toutes["territoire"] == ("" if formats.est_absent(ancien) else ancien))
    ].sort_values("periode")  # fmt: skip
    return pd.DataFrame(
        {
            "annee": [int(c["periode"]) for c in formats.lignes(lues)],
            "debut": [date(int(c["periode"]), 12, 31) for c in formats.lignes(lues)],
            "valeur": [formats.reel(c["valeur"]) for c in formats.lignes(lues)],
            "texte": [chiffres.texte_valeur(c, CATALOGUE[SUIVI]) for c in formats.lignes(lues)],
        }
    )


def figure(lignes: pd.DataFrame, fin: date) -> go.Figure:
    """The series up to the break, then the years of the new perimeter, empty until something is published."""
    dessin = chronique(lignes, CATALOGUE[SUIVI].unite, hauteur=320)
    dessin.add_vrect(
        x0=RUPTURE, x1=fin, fillcolor="#CFC4B4", opacity=0.35, line_width=0,
        annotation_text="limites<br>de 2024", annotation_position="top left",
    )  # fmt: skip
    dessin.add_vline(x=RUPTURE, line={"color": "#6B5B4B", "width": 2, "dash": "dash"})
    annees = range(int(lignes["annee"].min()), fin.year + 1, 2)
    dessin.update_xaxes(
        range=[date(annees[0], 6, 30), fin], tickvals=[date(a, 12, 31) for a in annees],
        ticktext=[f"fin {a}" for a in annees], tickangle=0,
    )  # fmt: skip
    return dessin


def titre(lignes: pd.DataFrame) -> str:
    """The finding: from the first to the last year known."""
    connues = lignes[lignes["valeur"].notna()]
    if connues.empty:
        return "Demandeurs d'emploi : aucun chiffre publié"
    premiere, derniere = connues.iloc[0], connues.iloc[-1]
    return (
        f"Demandeurs d'emploi : {premiere['texte']} fin {premiere['annee']}, {derniere['texte']} fin "
        f"{derniere['annee']}, dans les limites de 2015"
    )


def note(lignes: pd.DataFrame) -> str:
    """Why nothing is drawn after the break, or why there is no series at all."""
    return contexte.SANS_HISTORIQUE if lignes.empty else contexte.RUPTURE
