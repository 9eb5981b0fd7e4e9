"""Fiche quartier, public side: counts by distance, offer against freins, a series that stops at the break."""

import json

import plotly.graph_objects as go
import pytest

from pages.ui import portee, ruptures


@pytest.fixture
def sanitas(ouvrir):
    return ouvrir("fiche_quartier", qpv="Sanitas")


def test_places_are_counted_by_growing_distance(sanitas, base):
    table = next(t.value for t in sanitas.table if "Lieux" in t.value.columns)
    offre = base.table("offre").query("code_qpv == 'QN03709M' and type_offre == 'acteur'")
    attendu = [int(offre["portee"].isin(portee.PORTEES[: n + 1]).sum()) for n in range(3)]
    ligne = table[table["Lieux"] == "Acteurs du contrat"].iloc[0]
    assert [int(ligne[c]) for c in table.columns[1:]] == attendu
    absentes = set(base.table("source").query("etat == 'absent'")["id"])
    for type_, source in portee.SOURCES.items():
        # A source that was not read is said absent: its places are not zero.
        assert (portee.TYPES[type_] in set(table["Lieux"])) == (source not in absentes)
        assert any(
            f"{portee.TYPES[type_]} : source absente" in c.value.replace("\u00a0", " ") for c in sanitas.caption
        ) == (source in absentes)


def test_each_frein_has_the_class_published(sanitas, base):
    table = next(t.value for t in sanitas.table if "Offre à portée" in t.value.columns)
    classes = base.table("offre_par_frein").query("code_qpv == 'QN03709M'")["classe"].value_counts()
    lues = table["Offre à portée"].str.replace("\\", "")  # cells are escaped for Markdown
    assert lues.value_counts().to_dict() == {portee.CLASSES[c]: n for c, n in classes.items()}


def test_the_series_stops_at_the_break(sanitas, base):
    lues = base.table("contexte").query("indicateur == 'demandeurs_emploi_abc' and territoire == 'QP037009'")
    series = [json.loads(c.proto.spec) for c in sanitas.get("plotly_chart")]
    publiques = [s for s in series if any("limites" in a.get("text", "") for a in s["layout"].get("annotations", []))]
    if lues["valeur"].notna().sum() == 0:
        assert not publiques
        return
    (dessin,) = publiques
    go.Figure(dessin["data"])
    annees = lues.query("maille == 'annee' and axe == ''").sort_values("periode")
    assert [y for y in dessin["data"][0]["y"] if y is not None] == annees["valeur"].dropna().tolist()
    assert max(str(x)[:10] for x in dessin["data"][0]["x"]) < ruptures.RUPTURE.isoformat()


def test_a_new_neighbourhood_has_no_series(ouvrir):
    app = ouvrir("fiche_quartier", qpv="Les Tourettes")
    assert not any("limites de 2015" in s.value for s in app.subheader)
    assert any("sans historique" in c.value for c in app.caption)
