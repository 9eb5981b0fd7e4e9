"""Fiche quartier, public side: counts by distance, offer against freins, a series that stops at the break."""

import json

import pandas as pd
import plotly.graph_objects as go
import pytest

from pages.ui import portee, ruptures

QPV = "QN99901I"
OFFRES = [
    (QPV, "creche", "Les Lutins", "dans", 1, "bpe_geolocalisee"),
    (QPV, "creche", "La Ronde", "1km", 1, "bpe_geolocalisee"),
    (QPV, "creche", "Position trop vague", "commune", 2, "bpe_geolocalisee"),
    (QPV, "creche", "Crèches et autres accueils de la commune", "commune", 34, "bpe"),
    (None, "adulte_relais", "Postes d'adultes-relais du contrat en 2023", "contrat", 47, "adultes_relais"),
]


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


@pytest.mark.parametrize("etat", ["obtenu", "absent"])
def test_childcare_is_counted_by_distance_or_said_by_commune(monkeypatch, etat):
    colonnes = ["code_qpv", "type_offre", "nom", "portee", "nombre", "source"]
    autres = [s for s in portee.SOURCES.values() if s != "bpe_geolocalisee"]
    tables = {
        "offre": pd.DataFrame([o for o in OFFRES if etat == "obtenu" or o[5] != "bpe_geolocalisee"], columns=colonnes),
        "source": pd.DataFrame({"id": ["bpe_geolocalisee", *autres], "etat": [etat, *["obtenu"] * len(autres)]}),
    }
    monkeypatch.setattr(portee.donnees, "table", tables.__getitem__)
    lieux, notes = portee.lieux(QPV)
    comptes = [tuple(ligne[1:]) for ligne in lieux.to_numpy() if ligne[0] == portee.TYPES["creche"]]
    contrat = "Postes d'adultes-relais du contrat en 2023 : 47, pour tous les quartiers."
    if etat == "obtenu":
        assert comptes == [("1", "1", "2")]
        vague = (
            "Petite enfance : 2 accueils de la commune n'y sont pas, leur position est trop vague pour mesurer une "
            "distance."
        )
        assert notes == [vague, contrat]
    else:
        assert comptes == []
        assert notes == [
            "Crèches et autres accueils de jeunes enfants : source absente, aucun compte à distance possible.",
            "Petite enfance : 34 crèches et autres accueils dans toute la commune ; la source ne dit pas où, donc pas "
            "à quelle distance.",
            contrat,
        ]


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
