"""Comparer: the marks are the published cells, gaps that rounding explains are no gaps, vintages never meet."""

import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import comparer, mouvements
from pages.ui.comparer import Point
from pages.ui.halteres import halteres


def point(code="A", ici=10.0, zone=8.0, doute=1.0, avancement=None, motif="") -> Point:
    return Point(code, f"Quartier {code}", ici, zone, doute, avancement, motif)


def traces(app, rang: int) -> dict[str, dict]:
    spec = json.loads(app.get("plotly_chart")[rang].proto.spec)
    return {t["name"]: t for t in spec["data"] if t.get("name")}


@pytest.mark.parametrize(
    ("ici", "zone", "doute", "sens"),
    [(10, 8, 1, 1), (8, 10, 1, -1), (10, 8, 2, 0), (None, 8, 0, 0), (10, None, 0, 0)],
)
def test_a_gap_that_rounding_explains_is_none(ici, zone, doute, sens):
    assert point(ici=ici, zone=zone, doute=doute).sens == sens


def test_what_has_no_figure_comes_last_in_every_order():
    points = [point("A", 5.0, 9.0), point("B", None, 9.0), point("C", 7.0, 1.0, avancement=50.0)]
    assert [p.code for p in comparer.ranger(points, "valeur")] == ["C", "A", "B"]
    assert [p.code for p in comparer.ranger(points, "ecart")] == ["C", "A", "B"]
    assert [p.code for p in comparer.ranger(points, "avancement")] == ["C", "A", "B"]


def test_the_gap_closes_widens_or_stays():
    avant = [point("A", 10, 5, 1), point("B", 6, 5, 1), point("C", 2, 5, 1), point("D", None, 5)]
    apres = [point("A", 6, 5, 1), point("B", 10, 5, 1), point("C", 3, 5, 1), point("D", 6, 5)]
    lus = {m.nom: m.texte for m in mouvements.suivre(avant, apres)}
    assert lus == {"Quartier A": "se réduit", "Quartier B": "se creuse", "Quartier C": "stable"}


def test_a_missing_mark_leaves_no_bar():
    lignes = pd.DataFrame(
        {"libelle": ["Nord", "Sud"], "ici": [3.0, None], "zone": [5.0, 5.0], "texte": ["3", "secret"]}
    )
    figure = go.Figure(halteres(lignes, ("ici", "zone"), "personnes").to_dict())  # validated by Plotly here
    barres, ici, zone, mots = figure.data
    assert (list(barres.x), list(barres.y)) == ([3.0, 5.0, None], ["Nord", "Nord", None])
    assert (list(ici.x), list(zone.x)) == ([3.0, None], [5.0, 5.0])
    assert [t.strip() for t in mots.text] == ["3", "secret"]


@pytest.mark.parametrize("identifiant", ["interventions", "participants_suivis"])
def test_counts_are_for_a_thousand_inhabitants(ouvrir, base, identifiant):
    app = ouvrir("comparer", compare=CATALOGUE[identifiant].libelle)
    annee = app.selectbox(key="periode").value
    cellules = base.mesures((identifiant,), ("qpv", "annee")).query(f"annee == {annee} and etat == 'valeur'")
    habitants = base.table("qpv").set_index("code")["population"]
    attendus = sorted(
        1000 * c.valeur / habitants[c.qpv] for c in cellules.itertuples() if c.qpv in habitants.index and c.valeur
    )
    dessines = sorted(x for x in traces(app, 0)["Le quartier"]["x"] if x is not None)
    assert dessines == pytest.approx(attendus)


def test_a_rate_over_few_persons_is_not_compared(ouvrir, base):
    libelle = CATALOGUE["taux_levee"].libelle
    app = ouvrir("comparer", compare=libelle, periode="2025")
    cellules = base.mesures(("taux_levee",), ("qpv", "annee")).query("annee == 2025 and etat == 'valeur'")
    codes = set(base.table("qpv")["code"])
    assez = cellules[cellules["qpv"].isin(codes) & (cellules["denominateur"] >= 100)]
    dessines = sorted(x for x in traces(app, 0)["Le quartier"]["x"] if x is not None)
    assert dessines == pytest.approx(sorted(assez["valeur"]))


def test_the_zone_is_the_reader_s(ouvrir, base):
    app = ouvrir("comparer", zone="Sa commune")
    assert "Sa commune" in traces(app, 0) and "Tous les quartiers" not in traces(app, 0)


def test_public_figures_keep_one_perimeter_at_a_time(ouvrir, base):
    contexte = base.table("contexte")
    if contexte["valeur"].isna().all():  # no public file: the page says what to do
        assert any("python -m etl public" in i.value for i in ouvrir("comparer").info)
        return
    app = ouvrir("comparer", public=CATALOGUE["revenu_median"].libelle)
    lus = contexte.query("indicateur == 'revenu_median' and type_territoire == 'qpv_2015' and maille == 'depuis_debut'")
    publics = traces(app, len(app.get("plotly_chart")) - 1)
    assert sorted(x for x in publics["Le quartier"]["x"] if x is not None) == sorted(lus["valeur"].dropna())
    assert {"Sa commune", "L'intercommunalité"} <= set(publics)
    [tableau] = [t.value for t in app.table if "Écart : sa commune" in t.value.columns]
    assert (tableau == "sans historique").to_numpy().any()
    # Each gap is in words beside its two values, and the zone of employment is never left out.
    sanitas = tableau[tableau["Quartier"] == "Sanitas"].iloc[0].str.replace("\u202f", " ").str.replace("\u2212", "-")
    assert sanitas[["Le quartier", "Sa commune", "Écart : sa commune"]].tolist() == ["12 220 €", "20 210 €", "-7 990 €"]
    assert any(m.value.startswith("Taux de chômage de la zone d'emploi de Tours") for m in app.markdown)
