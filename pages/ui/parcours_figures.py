"""Figures of the page Parcours: the Sankey of flows and the funnel. Pure: frames in, Plotly figures out."""

import textwrap
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from pages.ui import formats, graphiques, identite
from pages.ui.gabarit import axe_unite, figure
from pages.ui.toponymes import nuplets


class Noeud(NamedTuple):
    """A stage of the pathway: its words, its column from left to right, its place in the theme's series colours."""

    libelle: str
    colonne: int
    teinte: int


# What goes on first, what stopped last: Plotly keeps this order from top to bottom in each column.
NOEUDS = {
    "reperage": Noeud("Repérées", 0, 0),
    "diagnostic": Noeud("Diagnostic posé", 1, 2),
    "sans_diagnostic": Noeud("Sans diagnostic à ce jour", 1, 6),
    "accompagnement": Noeud("Accompagnées", 2, 4),
    "attente": Noeud("En attente d'accompagnement", 2, 6),
    "emploi": Noeud("Emploi", 3, 5),
    "formation": Noeud("Formation", 3, 2),
    "droit_commun": Noeud("Droit commun", 3, 0),
    "en_cours": Noeud("Accompagnement en cours", 3, 3),
    "rupture": Noeud("Rupture", 3, 7),
    "sortie_emploi": Noeud("Sorties en emploi", 4, 5),
    "sortie_positive": Noeud("Sorties positives", 4, 2),
    "toujours_suivi": Noeud("Toujours suivies", 4, 3),
    "sortie_autre": Noeud("Autres sorties", 4, 6),
}
COLONNES = 5


def sankey(flux: pd.DataFrame, publies: dict[str, float] | None = None, hauteur: int = 560) -> go.Figure:
    """`flux` has de, vers, valeur, texte. Widths are the published values, in persons.

    `publies` gives the published count of some stages, written instead of the sum of rounded links.
    """
    liens = [lien for lien in nuplets(flux) if lien.valeur and lien.de in NOEUDS and lien.vers in NOEUDS]
    volumes = volumes_par_noeud(liens)
    ecrits = volumes | {code: v for code, v in (publies or {}).items() if code in volumes}
    ordre = [code for code in NOEUDS if volumes.get(code)]
    rang = {code: i for i, code in enumerate(ordre)}
    teintes = [identite.categories()[NOEUDS[code].teinte] for code in ordre]
    trace = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ",.0f",
        "textfont": {"color": identite.couleur("textColor"), "size": 13},
        "node": {
            "label": [_etiquette(code, ecrits[code]) for code in ordre],
            "align": "left",
            "color": teintes,
            "pad": 20,
            "thickness": 16,
            "line": {"width": 0},
            "customdata": [f"{NOEUDS[code].libelle} : {formats.accord(ecrits[code], 'personne')}" for code in ordre],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        "link": {
            "source": [rang[lien.de] for lien in liens],
            "target": [rang[lien.vers] for lien in liens],
            "value": [float(lien.valeur) for lien in liens],
            "color": [transparent(teintes[rang[lien.vers]]) for lien in liens],
            "customdata": [_survol(lien) for lien in liens],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }
    return figure([trace], hauteur, margin={"l": 4, "r": 4, "t": 12, "b": 12}, showlegend=False)


def volumes_par_noeud(liens: list[Any]) -> dict[str, float]:
    """Persons at each stage: what enters it, or what leaves it when nothing enters."""
    entrees: dict[str, float] = {}
    depart: dict[str, float] = {}
    for lien in liens:
        entrees[lien.vers] = entrees.get(lien.vers, 0.0) + float(lien.valeur)
        depart[lien.de] = depart.get(lien.de, 0.0) + float(lien.valeur)
    return {code: max(entrees.get(code, 0.0), depart.get(code, 0.0)) for code in {*entrees, *depart}}


def _etiquette(code: str, volume: float) -> str:
    """Words and count, on one line at the right edge where small stages stand close together."""
    saut = " " if NOEUDS[code].colonne == COLONNES - 1 else "<br>"
    return f"{NOEUDS[code].libelle}{saut}<b>{formats.nombre(volume)}</b>"


def transparent(teinte: str, opacite: float = 0.38) -> str:
    """`#3B2A6B` → `rgba(59,42,107,0.38)`."""
    rouge, vert, bleu = (int(teinte[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({rouge},{vert},{bleu},{opacite})"


def _survol(lien: Any) -> str:
    return f"{NOEUDS[lien.de].libelle} → {NOEUDS[lien.vers].libelle.lower()} : {lien.texte}"


def entonnoir(etapes: pd.DataFrame) -> go.Figure:
    """Horizontal bars, first step on top: `etapes` has libelle, valeur, texte (count and rates, ready to read)."""
    teintes = [identite.categories()[0]] * 4 + [identite.categories()[5]] * 2  # steps, then outcomes
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": ["<br>".join(textwrap.wrap(mots, 18)) for mots in etapes["libelle"]],
        "x": [0 if formats.est_absent(v) else float(v) for v in etapes["valeur"]],
        "text": list(etapes["texte"]),
        "textposition": "outside",
        "textfont": {"size": 14},
        "constraintext": "none",
        "cliponaxis": False,
        "marker": {"color": teintes[: len(etapes)]},
        "hovertemplate": "%{y} : %{text}<extra></extra>",
    }
    axe = axe_unite("personnes", list(etapes["valeur"]))
    maximum = max((float(v) for v in etapes["valeur"] if not formats.est_absent(v)), default=1.0)
    return figure(
        [trace],
        70 + 46 * max(1, len(etapes)),
        xaxis=axe | {"range": [0, maximum * 1.5], "nticks": 4},
        yaxis={"autorange": "reversed", "showgrid": False, "tickfont": {"size": 14}},
        showlegend=False,
        bargap=0.32,
    )


def reponses(public: pd.DataFrame) -> go.Figure:
    """Bars of the answers about persons, long ones on two lines, with room for the count and its share."""
    courtes = public.assign(libelle=["<br>".join(textwrap.wrap(mots, 26)) for mots in public["libelle"]])
    resultat = graphiques.barres(courtes, "personnes", hauteur=80 + 40 * max(2, len(public)))
    maximum = max((float(v) for v in public["valeur"]), default=1.0)
    return resultat.update_xaxes(range=[0, maximum * 1.5], nticks=4)
