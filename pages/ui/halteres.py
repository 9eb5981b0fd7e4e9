"""Dumbbells: for each line, the same figure in several places or at several times, joined by a bar. Pure."""

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages.ui import formats, identite
from pages.ui.gabarit import axe_unite, figure

LARGEUR_MOTS = 24  # characters of a label before it takes a second line
_SYMBOLES = ("circle", "diamond-open", "square-open")  # told apart without colour
_BLANC = "\u00a0" * 4  # clear of the mark; plain spaces would be collapsed
_MARGE = 0.45  # share of the width kept on the right for the words


def halteres(lignes: pd.DataFrame, noms: Sequence[str], unite: str, zero: bool = False) -> go.Figure:
    """First row on top. `lignes` has libelle, texte (written on the right), and one column of values per name.

    A missing value has no mark; `zero` draws the line of no gap, for figures that go below it.
    """
    valeurs = [float(v) for nom in noms for v in lignes[nom] if not formats.est_absent(v)]
    bas, haut = min(valeurs, default=0.0), max(valeurs, default=1.0)
    largeur = (haut - (bas if zero else 0.0)) or 1.0
    axe = axe_unite(unite, valeurs, minimum=None if zero else 0)
    axe["range"] = [bas - 0.05 * largeur if zero else 0, haut + _MARGE * largeur]
    axe["zeroline"] = zero
    return figure(
        [_barres(lignes, noms), *(_points(lignes, nom, rang) for rang, nom in enumerate(noms)), _mots(lignes, noms)],
        90 + 34 * max(1, len(lignes)),
        xaxis=axe,
        yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
    )


def _libelles(lignes: pd.DataFrame) -> list[str]:
    return ["<br>".join(textwrap.wrap(str(mots), LARGEUR_MOTS)) for mots in lignes["libelle"]]


def _barres(lignes: pd.DataFrame, noms: Sequence[str]) -> dict[str, Any]:
    """One segment per line, from its lowest to its highest mark; None lifts the pen between two lines."""
    x: list[float | None] = []
    y: list[str | None] = []
    for libelle, points in zip(_libelles(lignes), _connus(lignes, noms), strict=True):
        if len(points) > 1:
            x += [min(points), max(points), None]
            y += [libelle, libelle, None]
    trait = {"color": "#CFC4B4", "width": 5}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": trait, "hoverinfo": "skip", "showlegend": False}


def _points(lignes: pd.DataFrame, nom: str, rang: int) -> dict[str, Any]:
    teinte = identite.categories()[rang]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": nom,
        "y": _libelles(lignes),
        "x": [None if formats.est_absent(v) else float(v) for v in lignes[nom]],
        "marker": {"color": teinte, "symbol": _SYMBOLES[rang], "size": 13, "line": {"color": teinte, "width": 2.5}},
        "cliponaxis": False,
        "hovertemplate": f"%{{y}}, {nom.lower()} : %{{x}}<extra></extra>",
    }


def _mots(lignes: pd.DataFrame, noms: Sequence[str]) -> dict[str, Any]:
    """What each line says, written after its last mark (or alone, where nothing is published)."""
    return {
        "type": "scatter",
        "mode": "text",
        "y": _libelles(lignes),
        "x": [max(points, default=0.0) for points in _connus(lignes, noms)],
        "text": [f"{_BLANC}{texte}" for texte in lignes["texte"]],
        "textposition": "middle right",
        "textfont": {"size": 13},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _connus(lignes: pd.DataFrame, noms: Sequence[str]) -> list[list[float]]:
    colonnes = zip(*(lignes[nom] for nom in noms), strict=True)
    return [[float(v) for v in valeurs if not formats.est_absent(v)] for valeurs in colonnes]
