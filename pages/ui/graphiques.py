"""Charts: a frame in, a Plotly figure out; one template, French separators, never colour alone.

Pure: no Streamlit, no data access. Frames carry a `texte` column, already formatted, for labels and hover: the
browser formats nothing but the ticks of the axes. A cell without a value has `valeur` empty and its state in `texte`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages.ui import formats, identite
from pages.ui.gabarit import MARGE, annee_decimale, axe_unite, figure, marques


def trajectoire(
    realise: pd.DataFrame,
    jalons: Sequence[tuple[int, float]],
    unite: str,
    cumulable: bool = True,
    evenements: Sequence[tuple[date, str]] = (),
    hauteur: int = 380,
) -> go.Figure:
    """Actual values by year against the path the contract set itself.

    `realise`: annee, valeur, texte, en_cours. Counts are bars (the open year hatched), rates a line with markers.
    `jalons`: (year, expected value), drawn dashed with diamonds, the last one labelled as the target.
    """
    encre, accent = identite.categories()[:2]
    traces: list[dict[str, Any]] = []
    if cumulable:
        traces += [_barres_annee(realise[~realise["en_cours"]], "Réalisé", encre, "")]
        traces += [_barres_annee(realise[realise["en_cours"]], "Année en cours", encre, "/")]
    else:
        traces.append(_ligne(realise["annee"], realise, "Réalisé", encre))
    if jalons:
        traces.append(_trace_jalons(jalons, accent))
    return figure(
        traces,
        hauteur,
        xaxis=_axe_annees(realise, jalons),
        yaxis=axe_unite(unite, [*realise["valeur"], *(v for _, v in jalons)]),
        **marques(evenements, annee_decimale),
        bargap=0.45,
        barmode="overlay",
    )


def _axe_annees(realise: pd.DataFrame, jalons: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """Every year of the contract, its value under it: no label ever covers a bar or the trajectory."""
    annees = sorted({*realise["annee"], *(a for a, _ in jalons)})
    annees = list(range(annees[0], annees[-1] + 1)) if annees else []
    valeurs = dict(zip(realise["annee"], realise["texte"], strict=True))
    return {
        "tickvals": annees,
        "ticktext": [f"{a}<br><b>{valeurs[a]}</b>" if a in valeurs else str(a) for a in annees],
        "tickangle": 0,
        "range": [annees[0] - 0.6, annees[-1] + 0.7] if annees else None,
        "showgrid": False,
    }


def _barres_annee(lignes: pd.DataFrame, nom: str, teinte: str, hachure: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": list(lignes["annee"]),
        "y": [None if formats.est_absent(v) else float(v) for v in lignes["valeur"]],
        "customdata": list(lignes["texte"]),
        "name": nom,
        "marker": {
            "color": teinte,
            "line": {"color": teinte, "width": 1.5},
            "pattern": {"shape": hachure, "fgcolor": teinte, "bgcolor": "#FFFFFF", "size": 8, "solidity": 0.35},
        },
        "hovertemplate": "%{x} : %{customdata}<extra></extra>",
        "showlegend": not lignes.empty,
    }


def _ligne(x: Any, lignes: pd.DataFrame, nom: str, teinte: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(x),
        "y": [None if formats.est_absent(v) else float(v) for v in lignes["valeur"]],
        "customdata": list(lignes["texte"]),
        "name": nom,
        "line": {"color": teinte, "width": 3},
        "marker": {"size": 9, "symbol": "circle"},
        "cliponaxis": False,
        "connectgaps": False,  # a hidden or missing period is a hole, never a straight line
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _trace_jalons(jalons: Sequence[tuple[int, float]], teinte: str) -> dict[str, Any]:
    textes = [""] * (len(jalons) - 1) + [f"cible {jalons[-1][0]} : {formats.nombre(jalons[-1][1])}"]
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": [a for a, _ in jalons],
        "y": [v for _, v in jalons],
        "text": textes,
        "textposition": "top left",
        "cliponaxis": False,
        "name": "Trajectoire et jalons",
        "line": {"color": teinte, "width": 2.5, "dash": "dash"},
        "marker": {"symbol": "diamond", "size": 11, "color": "#FFFFFF", "line": {"color": teinte, "width": 2.5}},
        "hovertemplate": "attendu en %{x} : %{y:,.0f}<extra></extra>",
    }


def chronique(
    serie: pd.DataFrame,
    unite: str,
    evenements: Sequence[tuple[date, str]] = (),
    projection: pd.DataFrame | None = None,
    completude: pd.DataFrame | None = None,
    hauteur: int = 340,
) -> go.Figure:
    """A dated series: `serie` has debut (first day of the period), valeur, texte; holes stay holes.

    `projection` (debut, valeur, bas, haut, texte) goes on, dashed in its interval. `completude` (debut, part in
    percent, texte) is a strip under the series: how much of what it rests on was received.
    """
    encre, accent = identite.categories()[:2]
    x = [pd.Timestamp(d) for d in serie["debut"]]
    traces = [_ligne(x, serie, "Réalisé", encre)]
    plafond = list(serie["valeur"])
    if projection is not None and len(projection):
        traces += _projection(projection, accent)
        plafond += list(projection["haut"])
    temps = {"type": "date", "showgrid": False, "tickformat": "%Y", "dtick": "M12", "tick0": "2000-01-01"}
    axes: dict[str, Any] = {"yaxis": axe_unite(unite, plafond), "xaxis": temps}
    if completude is not None and len(completude):
        traces.append(_recus(completude))
        axes["yaxis"] |= {"domain": [0.3, 1]}
        axes["yaxis2"] = {"domain": [0, 0.16], "range": [0, 100], "showticklabels": False, "fixedrange": True}
        axes["xaxis"] |= {"anchor": "y2"}
    return figure(
        traces,
        hauteur,
        **axes,
        **marques(evenements, pd.Timestamp),
        showlegend=len(traces) > 1,
    )


def _projection(suite: pd.DataFrame, teinte: str) -> list[dict[str, Any]]:
    """The interval as a tint between two edges, then the line: dashed, so that nobody takes it for a fact."""
    x = [pd.Timestamp(d) for d in suite["debut"]]
    bord: dict[str, Any] = {"type": "scatter", "mode": "lines", "x": x, "line": {"width": 0}, "hoverinfo": "skip"}
    fond = {"fill": "tonexty", "fillcolor": "rgba(90,90,90,.16)", "name": "Intervalle"}
    return [
        {**bord, "y": list(suite["haut"]), "showlegend": False},
        {**bord, "y": list(suite["bas"]), **fond},
        _ligne(x, suite, "Projection", teinte) | {"mode": "lines", "line": {"color": teinte, "dash": "dash"}},
    ]


def _recus(completude: pd.DataFrame) -> dict[str, Any]:
    """What was received of what was expected: a strip of bars on an axis of its own."""
    return {
        "type": "bar",
        "x": [pd.Timestamp(d) for d in completude["debut"]],
        "y": list(completude["part"]),
        "yaxis": "y2",
        "customdata": list(completude["texte"]),
        "name": "Fichiers reçus",
        "marker": {"color": "#8A7B6B"},
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def barres(
    lignes: pd.DataFrame, unite: str, reference: tuple[str, float] | None = None, hauteur: int | None = None
) -> go.Figure:
    """Horizontal bars, first row on top: `lignes` has libelle, valeur, texte; `reference` = (word, value), dashed."""
    encre, accent = identite.categories()[:2]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(lignes["libelle"]),
        "x": [0 if formats.est_absent(v) else float(v) for v in lignes["valeur"]],
        "text": list(lignes["texte"]),
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": encre},
        "hovertemplate": "%{y} : %{text}<extra></extra>",
    }
    marque: dict[str, Any] = {}
    if reference:
        trait = {"color": accent, "dash": "dash", "width": 2}
        x = reference[1]
        marque["shapes"] = [{"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": trait}]
        texte = f"{reference[0]} : {formats.nombre(x)}"
        marque["annotations"] = [
            {"x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "text": texte, "showarrow": False}
        ]
        marque["margin"] = MARGE  # the word stands above the bars
    return figure(
        [trace],
        hauteur or 60 + 32 * max(1, len(lignes)),
        xaxis=axe_unite(unite, [*lignes["valeur"], reference[1] if reference else None]),
        yaxis={"autorange": "reversed", "showgrid": False},
        showlegend=False,
        bargap=0.3,
        **marque,
    )


def panneau(
    serie: pd.DataFrame, maximum: float, reference: pd.DataFrame | None = None, hauteur: int = 130
) -> go.Figure:
    """One of the small multiples: `serie` has abscisse (short label), valeur, texte; `maximum` is shared by all.

    `reference`, of the same shape, is drawn dotted behind (the contract as a whole).
    """
    encre, accent = identite.categories()[:2]
    trace = _ligne(serie["abscisse"], serie, "", encre) | {"line": {"color": encre, "width": 2}, "marker": {"size": 6}}
    traces = [trace]
    if reference is not None:
        trait = {"color": accent, "width": 1.5, "dash": "dot"}
        traces.insert(0, _ligne(reference["abscisse"], reference, "", accent) | {"mode": "lines", "line": trait})
    bords = [serie["abscisse"].iloc[0], serie["abscisse"].iloc[-1]] if len(serie) else []
    return figure(
        traces,
        hauteur,
        margin={"l": 4, "r": 10, "t": 6, "b": 4},
        xaxis={"type": "category", "showgrid": False, "tickvals": bords, "tickangle": 0, "tickfont": {"size": 12}},
        yaxis={"range": [0, maximum * 1.1], "nticks": 3, "tickformat": ",.0f", "tickfont": {"size": 12}},
        showlegend=False,
    )
