"""The one template of every chart: fonts, separators, grid, French words of Plotly, dated events."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go

from pages.ui import formats, identite

SEPARATEURS = f",{formats.FINE}"
_MOIS = [formats.mois_annee(date(2024, m, 1)).split()[0] for m in range(1, 13)]
_JOURS = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]

# Passed with each chart: Plotly's French is not bundled with Streamlit, and only the image button is kept.
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "scrollZoom": False,
    "doubleClick": False,
    "locale": "fr",
    "locales": {
        "fr": {
            "dictionary": {
                "Download plot as a PNG": "Télécharger l'image (PNG)",
                "Download plot as a png": "Télécharger l'image (PNG)",
                "Download plot": "Télécharger l'image",
                "Taking snapshot - this may take a few seconds": "Image en préparation…",
                "Snapshot succeeded": "Image enregistrée",
                "Sorry, there was a problem downloading your snapshot!": "L'image n'a pas pu être enregistrée.",
                "Click to enter X axis title": "",
                "Click to enter Y axis title": "",
            },
            "format": {
                "days": [j.capitalize() for j in _JOURS],
                "shortDays": [j[:3].capitalize() for j in _JOURS],
                "months": [m.capitalize() for m in _MOIS],
                "shortMonths": [
                    "Janv",
                    "Févr",
                    "Mars",
                    "Avr",
                    "Mai",
                    "Juin",
                    "Juil",
                    "Août",
                    "Sept",
                    "Oct",
                    "Nov",
                    "Déc",
                ],
                "date": "%d/%m/%Y",
                "decimal": ",",
                "thousands": formats.FINE,
                "grouping": [3],
            },
        }
    },
}
MARGE = {"l": 8, "r": 16, "t": 34, "b": 8}  # above: room for the legend
_AXE_FIXE = {"fixedrange": True, "automargin": True, "zeroline": False}


def figure(traces: Sequence[dict[str, Any]], hauteur: int = 360, **mise_en_page: Any) -> go.Figure:
    """A figure on our template: fonts, separators, quiet grid, legend above; keywords are layout entries."""
    encre, trait = identite.couleur("textColor"), identite.couleur("borderColor")
    axe = {**_AXE_FIXE, "gridcolor": trait, "linecolor": trait, "tickfont": {"color": identite.ENCRE_PALE, "size": 13}}
    base: dict[str, Any] = {
        "template": {},  # ours is written in full: Plotly's own would weigh 7 kB and 4 ms in each figure
        "height": hauteur,
        "margin": MARGE if mise_en_page.get("showlegend", True) else MARGE | {"t": 8},
        "font": {"family": identite.POLICE, "size": 14, "color": encre},
        "separators": SEPARATEURS,
        "colorway": identite.categories(),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": trait, "font": {"family": identite.POLICE, "color": encre}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "xanchor": "left",
            "traceorder": "normal",
            "font": {"size": 13},
        },
        "dragmode": False,
        "showlegend": True,
    }
    for nom in ("xaxis", "yaxis"):
        mise_en_page[nom] = axe | mise_en_page.get(nom, {})
    # Validation costs three times the drawing, and a page may hold fifteen charts: the tests validate instead.
    return go.Figure({"data": list(traces), "layout": base | mise_en_page}, _validate=False)


def axe_unite(
    unite: str, valeurs: Sequence[float | None], minimum: float | None = 0, place_du_texte: float = 0.18
) -> dict[str, Any]:
    """The value axis: starts at zero, carries the unit, never `10k`; room is left for the words after the longest."""
    maximum = max([float(v) for v in valeurs if v is not None and not formats.est_absent(v)], default=1.0)
    return {
        "title": {"text": unite, "font": {"size": 13}, "standoff": 8},
        "tickformat": ",.0f" if maximum > 5 else ",.1f",
        "rangemode": "tozero" if minimum == 0 else "normal",
        "range": [0, maximum * (1 + place_du_texte)] if minimum == 0 else None,
        "nticks": 6,
    }


def annee_decimale(jour: date) -> float:
    """Place of a day on an axis where each year is centred on its number."""
    return jour.year + (jour.timetuple().tm_yday - 1) / 365.25 - 0.5


def marques(evenements: Sequence[tuple[date, str]], abscisse: Any) -> dict[str, Any]:
    """Dated events: a dotted line each, a number above it (their text is listed under the chart)."""
    formes, notes = [], []
    for rang, (jour, _) in enumerate(evenements, start=1):
        x = abscisse(jour)
        trait = {"color": "#6B5B4B", "dash": "dot", "width": 1.5}
        formes.append({"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": trait})
        place = {"x": x, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "yshift": -16 * (1 - rang % 2)}
        notes.append(place | {"text": f"({rang})", "showarrow": False})
    return {"shapes": formes, "annotations": notes}
