"""Published frames in, folium maps out: drawn with no network, no HTML from data, no rerun when panning.

The only module that may write HTML or use folium. Every string of data goes through `esc`; every script and style
sheet comes from static/carte, else `hors_ligne` raises. A map is a base that never changes and one group of layers
replaced as a whole, so a change of filter keeps the reader's zoom. Layers are plain data drawn by carte.js: a folium
object costs a millisecond of template at every rerun, whatever it holds.
"""

import html
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import folium
import pandas as pd
import streamlit as st
from branca.colormap import ColorMap
from branca.element import Element, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template
from streamlit_folium import st_folium

from pages.ui import formats, identite, semiologie, toponymes
from pages.ui.semiologie import Legende
from pages.ui.toponymes import nuplets

Couche = dict[str, Any]  # one layer for carte.js: `genre`, `nom` when it may be ticked off, and its content

STATIQUE = "../../app/static/carte/"  # as seen from the component's own frame
DOSSIER_STATIQUE = Path(__file__).parent / "static" / "carte"
ZOOM_MAX = 18
MENTIONS = {
    "contour": "contours simplifiés, sans valeur réglementaire",
    "schematique": "périmètres schématiques, des disques de la superficie connue, faute de contours",
}
_TEMPLATE_LITERALS = {"`": "&#96;", "$": "&#36;", "{": "&#123;", "}": "&#125;", "\\": "&#92;"}
_HORS_JSON = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027", "\u2028": "\\u2028", "\u2029": "\\u2029"}


class RessourceDistante(ValueError):
    """A map element would ask another site for a script or a style sheet."""


def esc(texte: Any) -> str:
    """Make a string inert in HTML and in JavaScript template literals; None and NaN give an empty string."""
    if formats.est_absent(texte):
        return ""
    propre = html.escape(str(texte), quote=True)
    for signe, entite in _TEMPLATE_LITERALS.items():
        propre = propre.replace(signe, entite)
    return propre


class CarteLocale(folium.Map):
    """folium's map with Leaflet, its cluster plugin and our script served by the application itself."""

    default_js = [
        ("leaflet", STATIQUE + "leaflet.js"),
        ("markercluster", STATIQUE + "leaflet.markercluster.js"),
        ("carte", STATIQUE + "carte.js"),
    ]
    default_css = [
        ("leaflet_css", STATIQUE + "leaflet.css"),
        ("markercluster_css", STATIQUE + "MarkerCluster.css"),
        ("carte_css", STATIQUE + "carte.css"),
    ]


class Appel(MacroElement):
    """One call of carte.js on its parent (the map or a group), with its data as inert JSON, written once."""

    _template = Template(
        "{% macro script(this, kwargs) %}carte.{{ this.fonction }}({{ this._parent.get_name() }}, {{ this.json }});"
        "{% endmacro %}"
    )

    def __init__(self, fonction: str, donnees: Any):
        super().__init__()
        self._name = "Appel"
        self.fonction = fonction
        self.json = json.dumps(donnees, ensure_ascii=False, separators=(",", ":"))
        for signe, echappe in _HORS_JSON.items():
            self.json = self.json.replace(signe, echappe)


@dataclass(frozen=True)
class Tuiles:
    """Background tiles chosen by the operator: an XYZ or WMTS address with {z}, {x}, {y}, and its attribution."""

    adresse: str
    attribution: str = ""


def fond(
    territoires: pd.DataFrame, traits: pd.DataFrame, tuiles: Tuiles | None = None, centre_sur: str = ""
) -> folium.Map:
    """Base map: communes, rivers and stops as vectors (or the operator's tiles), framed on the QPV or on one of them.

    `territoires` and `traits` are the published tables territoire and fond.
    """
    carte = CarteLocale(tiles=None, zoom_snap=0.25, control_scale=True, font_size="13px")
    carte.options["max_zoom"] = ZOOM_MAX  # without tiles nothing else sets it, and clustering stops
    if tuiles and tuiles.adresse:
        attribution = esc(tuiles.attribution or "fond de carte")
        folium.TileLayer(tuiles.adresse, attr=attribution, max_zoom=ZOOM_MAX, control=False).add_to(carte)
    dessins: dict[str, list[Any]] = {"commune": [], "fleuve": [], "arret": []}
    for trait in nuplets(traits):
        if isinstance(trait.geojson, str) and trait.type in dessins:
            dessins[trait.type].append(json.loads(trait.geojson))
    contenu = {
        "dessins": dessins,
        "tuiles": bool(tuiles and tuiles.adresse),
        "cadre": toponymes.emprise(territoires, centre_sur),
        "marge": not centre_sur,
        "sources": {"commune": "communes : IGN", "fleuve": "cours d'eau : Sandre", "arret": "arrêts : © OpenStreetMap"},
    }
    carte.add_child(Appel("fond", contenu))
    return carte


def quartiers(
    territoires: pd.DataFrame,
    cellules: pd.DataFrame | None = None,
    bornes: Sequence[float] = (),
    selection: str = "",
    details: dict[str, str] | None = None,
) -> Couche:
    """QPV perimeters, clickable and reachable by Tab; filled by class with `cellules` (territoire, valeur, etat).

    `details` maps a code to the words of its tooltip. The chosen one is outlined; a schematic disc is dashed.
    """
    encre, accent = identite.couleur("primaryColor"), semiologie.couleur_cercle()
    etats = {} if cellules is None else {c.territoire: (c.valeur, c.etat) for c in nuplets(cellules)}
    traits = []
    for q in nuplets(territoires[territoires["type"] == "qpv"]):
        if not isinstance(q.contour, str):
            continue
        style: dict[str, Any] = {"color": encre, "weight": 1.5, "fillColor": encre, "fillOpacity": 0.16}
        if cellules is not None:
            valeur, etat = etats.get(q.code, (None, "non_renseigne"))
            style |= {"fillColor": semiologie.aplat(valeur, etat, bornes), "fillOpacity": 0.9}
        if q.methode == "schematique":
            style |= {"dashArray": "5 4"}
        if q.code == selection:
            style |= {"color": accent, "weight": 4}
        detail = esc((details or {}).get(q.code, ""))
        proprietes = {"style": style, "code": esc(q.code), "nom": esc(q.nom), "detail": detail}
        traits.append({"type": "Feature", "geometry": json.loads(q.contour), "properties": proprietes})
    return {"genre": "quartiers", "traits": traits, "source": "quartiers : ANCT"}


def cercles(
    territoires: pd.DataFrame, cellules: pd.DataFrame, nom: str, details: dict[str, str], vides: bool = False
) -> Couche:
    """One disc per QPV, its area proportional to the value; a cell without value has none. Largest drawn first.

    `vides` leaves the colour of a class readable under the disc.
    """
    connues = cellules[(cellules["etat"] == "valeur") & cellules["valeur"].notna()]
    maximum = float(connues["valeur"].max()) if len(connues) else 0.0
    lieux = {t.code: t for t in nuplets(territoires[territoires["type"] == "qpv"])}
    disques = [
        {
            "lieu": [float(lieux[c.territoire].latitude), float(lieux[c.territoire].longitude)],
            "rayon": round(semiologie.rayon(c.valeur, maximum), 1),
            "code": esc(c.territoire),
            "nom": esc(lieux[c.territoire].nom),
            "detail": esc(details.get(c.territoire, "")),
        }
        for c in nuplets(connues.sort_values("valeur", ascending=False))
        if c.territoire in lieux
    ]
    return {
        "genre": "cercles",
        "nom": esc(nom),
        "couleur": semiologie.couleur_cercle(),
        "opacite": 0.04 if vides else 0.45,
        "disques": disques,
    }


@dataclass(frozen=True)
class Point:
    """One place: raw texts, escaped when drawn. A click sends back its `code`; an empty title is read on click."""

    latitude: float
    longitude: float
    code: str
    titre: str = ""
    detail: str = ""


def points(lieux: Sequence[Point], nom: str, famille: str, type_: str = "") -> Couche:
    """One layer of places; layers of one family share a cluster, so that types never cover each other.

    A click sends back (famille, code).
    """
    forme, couleur = semiologie.symbole(type_ or famille)
    places = [
        [round(float(p.latitude), 5), round(float(p.longitude), 5), esc(p.code), esc(p.titre), esc(p.detail)]
        for p in lieux
        if not (formats.est_absent(p.latitude) or formats.est_absent(p.longitude))
    ]
    return {
        "genre": "points",
        "nom": f"{esc(nom)} ({formats.nombre(len(places))})",
        "famille": famille,
        "forme": forme,
        "couleur": couleur,
        "grappe": semiologie.assombrie(semiologie.symbole(famille)[1]),
        "places": places,
    }


def noms(territoires: pd.DataFrame, traits: pd.DataFrame, selection: str = "") -> Couche:
    """Names that never overlap: the chosen QPV first, then the largest, communes, rivers."""
    liste = toponymes.noms(territoires, traits, selection)
    return {"genre": "noms", "liste": [nom | {"texte": esc(nom["texte"])} for nom in liste]}


def legende(parties: Sequence[Legende], ouverte: bool = True) -> Couche:
    """The legend, inside the map; always folded on a narrow screen."""
    contenu = [asdict(partie) for partie in parties if partie.entrees]
    for partie in contenu:
        partie |= {"titre": esc(partie["titre"]), "note": esc(partie["note"])}
        partie["entrees"] = [entree | {"texte": esc(entree["texte"])} for entree in partie["entrees"]]
    return {"genre": "legende", "parties": contenu, "ouverte": ouverte}


def groupe(couches: Sequence[Couche]) -> folium.FeatureGroup:
    """All the layers as one element, replaced as a whole when any of them changes."""
    resultat = folium.FeatureGroup(name="couches", control=False)
    resultat.add_child(Appel("couches", list(couches)))
    return resultat


def hors_ligne(*elements: Element) -> None:
    """Raise RessourceDistante unless every script and style sheet of these elements is served by the application."""
    for racine in elements:
        for element in _descendance(racine):
            liens = [*getattr(element, "default_js", []), *getattr(element, "default_css", [])]
            distants = [adresse for _, adresse in liens if not adresse.startswith(STATIQUE)]
            if distants or isinstance(element, ColorMap):
                quoi = distants[0] if distants else "d3 (branca)"
                raise RessourceDistante(f"{type(element).__name__} demande {quoi}, que l'application ne sert pas.")


def _descendance(element: Element) -> Iterator[Element]:
    if isinstance(element, JSCSSMixin | ColorMap):
        yield element
    for enfant in element._children.values():
        yield from _descendance(enfant)


def afficher(
    carte: folium.Map,
    couches: Sequence[Couche],
    cle: str,
    hauteur: int,
    au_clic: Callable[[str, str], None] | None = None,
) -> None:
    """Draw the map; `au_clic(famille, code)` is called before the rerun of a click. Pan and zoom rerun nothing."""
    mobile = groupe(couches)
    hors_ligne(carte, mobile)
    st_folium(
        carte,
        key=cle,
        height=hauteur,
        use_container_width=True,
        returned_objects=["last_active_drawing"] if au_clic else [],
        feature_group_to_add=mobile,
        on_change=lambda: _transmettre(cle, au_clic),
    )


def _transmettre(cle: str, au_clic: Callable[[str, str], None] | None) -> None:
    dessin = (st.session_state.get(cle) or {}).get("last_active_drawing") or {}
    proprietes = dessin.get("properties") or {}
    if au_clic and proprietes.get("code"):
        au_clic(str(proprietes.get("famille")), str(proprietes["code"]))
