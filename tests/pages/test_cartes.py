"""The map drawn from frames: nothing remote, nothing executable, French, every state distinct."""

import hashlib
import html
import json
import re

import folium
import pandas as pd
import pytest
from branca.colormap import LinearColormap
from folium.plugins import MarkerCluster
from hypothesis import given
from hypothesis import strategies as st
from streamlit_folium import generate_leaflet_string

from pages.ui import cartes, semiologie, toponymes
from pages.ui.cartes import Point, esc
from tests.pages.conftest import RACINE

STATIQUE = RACINE / "pages" / "ui" / "static" / "carte"
PAYLOADS = (
    "<img src=x onerror=top.__xss=1>",
    "`${top.__xss=1}`",
    "\\`${top.__xss=1}\\`",
    "</script><script>top.__xss=1</script>",
    "{{ ''.constructor.constructor('top.__xss=1')() }}",
    "' onmouseover='top.__xss=1",
    '"><svg onload=top.__xss=1>',
    "\u2028top.__xss=1//",
)
CARRE = '{"type":"Polygon","coordinates":[[[0.60,47.30],[0.62,47.30],[0.62,47.32],[0.60,47.32],[0.60,47.30]]]}'
DISQUES = '{"type":"MultiPolygon","coordinates":[[[[0.70,47.40],[0.71,47.40],[0.71,47.41],[0.70,47.40]]]]}'


def territoires(nom: str = "Les Tilleuls") -> pd.DataFrame:
    colonnes = ["code", "nom", "type", "commune", "latitude", "longitude", "population", "methode", "contour"]
    lignes = [
        ("QN1", nom, "qpv", "37001", 47.31, 0.61, 2000, "contour", CARRE),
        ("QN2", "Les Ormes", "qpv", "37001", 47.405, 0.705, 900, "schematique", DISQUES),
        ("37001", "Ville", "commune", "37001", 47.35, 0.65, None, "contour", None),
    ]
    return pd.DataFrame(lignes, columns=colonnes)


def traits(nom: str = "la Rivière") -> pd.DataFrame:
    lignes = [
        ("commune", "37001", "Ville", CARRE),
        ("fleuve", None, nom, '{"type":"LineString","coordinates":[[0.5,47.3],[0.61,47.31],[0.8,47.4]]}'),
        ("arret", None, "Gare", '{"type":"Point","coordinates":[0.61,47.31]}'),
    ]
    return pd.DataFrame(lignes, columns=["type", "code", "nom", "geojson"])


def cellules(*lignes) -> pd.DataFrame:
    return pd.DataFrame(lignes, columns=["territoire", "valeur", "etat"])


def tout(texte: str) -> list[cartes.Couche]:
    """Every kind of layer, with `texte` in every place a string of data can take."""
    comptes = cellules(("QN1", 10, "valeur"))
    entree = semiologie.Entree(texte)
    return [
        cartes.quartiers(territoires(texte), comptes, (0, 20), "QN1", {"QN1": texte}),
        cartes.cercles(territoires(texte), comptes, texte, {"QN1": texte}),
        cartes.points([Point(47.31, 0.61, texte, texte, texte)], texte, "acteur"),
        cartes.noms(territoires(texte), traits(texte)),
        cartes.legende([semiologie.Legende(texte, (entree,), texte)]),
    ]


def script(couches: list[cartes.Couche], tuiles: cartes.Tuiles | None = None) -> str:
    """All the JavaScript the browser would evaluate, as streamlit-folium sends it."""
    carte = cartes.fond(territoires(), traits(), tuiles)
    groupe = cartes.groupe(couches)
    groupe.add_to(carte)
    carte.get_root().render()
    return generate_leaflet_string(carte) + generate_leaflet_string(groupe)


@given(st.text())
def test_escaping_is_inert_and_loses_nothing(texte):
    propre = esc(texte)
    assert not set(propre) & set("<>\"'`${}\\")
    assert html.unescape(propre) == html.unescape(html.escape(texte))


@pytest.mark.parametrize("absent", [None, float("nan"), pd.NA, ""])
def test_nothing_is_written_as_nothing(absent):
    assert esc(absent) == ""


def test_escaped_french_reads_as_written():
    assert html.unescape(esc("L'été d'Émile & <Fils> $5")) == "L'été d'Émile & <Fils> $5"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_reaches_the_browser_as_written(payload):
    envoye = script(tout(payload))
    assert payload not in envoye
    for morceau in ("<img", "<svg onload", "</script", "${", "`", "\u2028", "{{"):
        assert morceau not in envoye, morceau


@given(st.text(min_size=1))
def test_the_data_of_a_call_is_json_whatever_the_text(texte):
    appel = cartes.Appel("couches", [{"texte": texte}])
    assert json.loads(appel.json) == [{"texte": texte}]
    assert not set(appel.json) & set("<>&'\u2028\u2029")


def test_a_map_asks_nothing_of_another_site():
    carte = cartes.fond(territoires(), traits())
    cartes.groupe(tout("texte")).add_to(carte)
    page = carte.get_root().render()
    liens = re.findall(r"(?:src|href)=[\"']([^\"']+)", page)
    assert liens and all(lien.startswith(cartes.STATIQUE) for lien in liens)
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", page.replace("http://www.w3.org", "")) == []


def test_every_file_asked_is_served():
    for _, adresse in (*cartes.CarteLocale.default_js, *cartes.CarteLocale.default_css):
        assert (STATIQUE / adresse.removeprefix(cartes.STATIQUE)).is_file()


@pytest.mark.parametrize(
    "intrus",
    [folium.Map(), MarkerCluster(), LinearColormap(["red", "blue"])],
    ids=["folium's own map", "a plugin not served", "a branca colour map (d3)"],
)
def test_an_unmapped_resource_is_refused(intrus):
    carte = cartes.fond(territoires(), traits())
    cartes.hors_ligne(carte, cartes.groupe(tout("texte")))
    if not isinstance(intrus, folium.Map):
        groupe = folium.FeatureGroup()
        groupe.add_child(intrus)
        intrus = groupe
    with pytest.raises(cartes.RessourceDistante):
        cartes.hors_ligne(carte, intrus)


def test_tiles_come_only_from_the_operator():
    assert "L.tileLayer" not in script([])
    envoye = script([], cartes.Tuiles("https://tuiles.example/{z}/{x}/{y}.png", "© Exploitant <script>"))
    assert "https://tuiles.example/{z}/{x}/{y}.png" in envoye
    assert "<script>" not in envoye
    assert '"tuiles":true' in envoye


def test_clustering_needs_a_maximum_zoom():
    """Without tiles nothing sets maxZoom, and Leaflet.markercluster throws."""
    assert cartes.fond(territoires(), traits()).options["max_zoom"] == cartes.ZOOM_MAX


def test_vendored_files_are_those_of_the_notice():
    attendus = re.findall(r"^ {2}([0-9a-f]{64}) {2}(\S+)$", (STATIQUE / "NOTICE").read_text(encoding="utf-8"), re.M)
    assert len(attendus) == 9
    for empreinte, nom in attendus:
        assert hashlib.sha256((STATIQUE / nom).read_bytes()).hexdigest() == empreinte, nom
    assert (STATIQUE / "LICENSE-leaflet.txt").is_file()
    assert (STATIQUE / "LICENSE-leaflet.markercluster.txt").is_file()


def test_each_neighbourhood_wears_its_state():
    couche = cartes.quartiers(
        territoires(), cellules(("QN1", 15, "valeur"), ("QN2", None, "secret")), (0, 10, 20), "QN1", {"QN1": "15 %"}
    )
    un, deux = (t["properties"] for t in couche["traits"])
    assert (un["code"], un["nom"], un["detail"]) == ("QN1", "Les Tilleuls", "15 %")
    assert un["style"]["fillColor"] == semiologie.couleurs((0, 10, 20))[1]
    assert un["style"]["weight"] > deux["style"]["weight"]  # the chosen one
    assert deux["style"]["fillColor"] == semiologie.HACHURES
    assert deux["style"]["dashArray"] and "dashArray" not in un["style"]  # a schematic perimeter shows it is


def test_a_neighbourhood_without_cell_is_not_given_a_value():
    couche = cartes.quartiers(territoires(), cellules(("QN1", 15, "valeur")), (0, 20))
    assert couche["traits"][1]["properties"]["style"]["fillColor"] == semiologie.POINTILLES
    sans_taux = cartes.quartiers(territoires())
    assert {t["properties"]["style"]["fillOpacity"] for t in sans_taux["traits"]} == {0.16}


def test_discs_are_drawn_largest_first_and_only_for_values():
    couche = cartes.cercles(
        territoires(), cellules(("QN2", 25, "valeur"), ("QN1", 100, "valeur"), ("QN1", None, "secret")), "x", {}
    )
    assert [(d["code"], d["rayon"]) for d in couche["disques"]] == [("QN1", 30.0), ("QN2", 15.0)]


def test_a_place_without_coordinates_is_not_drawn():
    lieux = [Point(47.312345678, 0.61, "A", "Maison"), Point(float("nan"), 0.61, "B"), Point(47.3, None, "C")]
    couche = cartes.points(lieux, "Acteurs", "acteur")
    assert couche["places"] == [[47.31235, 0.61, "A", "Maison", ""]]
    assert couche["nom"] == "Acteurs (1)"


def test_the_frame_holds_every_neighbourhood():
    (sud, ouest), (nord, est) = toponymes.emprise(territoires())
    assert sud < 47.30 and ouest < 0.60 and nord > 47.41 and est > 0.71
    (_, ouest), (_, est) = toponymes.emprise(territoires(), "QN2")
    assert 0.69 < ouest < 0.70 and 0.71 < est < 0.72
    assert toponymes.emprise(territoires().iloc[2:]) is None


def test_names_come_by_rank():
    noms = toponymes.noms(territoires(), traits(), selection="QN2")
    assert [(n["texte"], n["classe"]) for n in noms] == [
        ("Les Ormes", "choisi"),
        ("Les Tilleuls", "quartier"),
        ("Ville", "commune"),
        ("la Rivière", "fleuve"),
        ("la Rivière", "fleuve"),
    ]
    assert noms[1]["boite"] == [47.30, 0.60, 47.32, 0.62]
