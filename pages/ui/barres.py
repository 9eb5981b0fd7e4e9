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
    traces = [_trace(lignes, nom, rang) for rang, nom in enumerate(series)]
    valeurs = [v for nom in series for v in lignes[nom]]
    return figure(
        traces,
        hauteur or 90 + (20 * len(series) + 14) * max(1, len(lignes)),
        xaxis=axe_unite(unite, valeurs, place_du_texte=0.45),
        yaxis={"autorange": "reversed", "showgrid": False},
        barmode="group",
        bargap=0.28,
        bargroupgap=0.08,
    )


def _trace(lignes: pd.DataFrame, nom: str, rang: int) -> dict[str, Any]:
    teinte = identite.categories()[rang]
    hachure = {"shape": _HACHURES[rang], "fillmode": "overlay", "fgcolor": "#FFFFFF", "size": 7, "solidity": 0.3}
    return {
        "type": "bar",
        "orientation": "h",
        "name": nom,
        "y": ["<br>".join(textwrap.wrap(mots, LARGEUR_MOTS)) for mots in lignes["libelle"]],
        "x": [0 if formats.est_absent(v) else float(v) for v in lignes[nom]],
        "text": list(lignes[f"{nom} texte"]),
        "textposition": "outside",
        "textfont": {"size": 13},
        "constraintext": "none",
        "cliponaxis": False,
        "marker": {"color": teinte, "pattern": hachure},
        "hovertemplate": f"%{{y}}, {nom.lower()} : %{{text}}<extra></extra>",
    }
