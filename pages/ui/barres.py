"""Grouped horizontal bars: several series side by side for each line, told apart by colour and by hatching. Pure."""

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages.ui import formats, identite
from pages.ui.gabarit import axe_unite, figure

LARGEUR_MOTS = 26  # characters of a label before it takes a second line
_HACHURES = ("", "/", ".", "x")  # as many series as told apart without colour


def groupees(lignes: pd.DataFrame, series: Sequence[str], unite: str, hauteur: int | None = None) -> go.Figure:
    """First row on top. `lignes` has libelle and, for each series name s, the columns s (value) and `s texte`.

    A cell without value has no bar, its state is written in its place.
    """
    mots = ["<br>".join(textwrap.wrap(texte, LARGEUR_MOTS)) for texte in lignes["libelle"]]
    traces = [_trace(lignes, mots, nom, rang) for rang, nom in enumerate(series)]
    rangee = max([20 * len(series) + 14, *(18 * (m.count("<br>") + 1) for m in mots)])
    valeurs = [v for nom in series for v in lignes[nom]]
    return figure(
        traces,
        hauteur or 90 + rangee * max(1, len(lignes)),
        xaxis=axe_unite(unite, valeurs, place_du_texte=0.45),
        yaxis={"autorange": "reversed", "showgrid": False},
        barmode="group",
        bargap=0.28,
        bargroupgap=0.08,
    )


def _trace(lignes: pd.DataFrame, mots: list[str], nom: str, rang: int) -> dict[str, Any]:
    teinte = identite.categories()[rang]
    hachure = {"shape": _HACHURES[rang], "fillmode": "overlay", "fgcolor": "#FFFFFF", "size": 7, "solidity": 0.3}
    return {
        "type": "bar",
        "orientation": "h",
        "name": nom,
        "y": mots,
        "x": [0 if formats.est_absent(v) else float(v) for v in lignes[nom]],
        "text": list(lignes[f"{nom} texte"]),
        "textposition": "outside",
        "textfont": {"size": 13},
        "constraintext": "none",
        "cliponaxis": False,
        "marker": {"color": teinte, "pattern": hachure},
        "hovertemplate": f"%{{y}}, {nom.lower()} : %{{text}}<extra></extra>",
    }
