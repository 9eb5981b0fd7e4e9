"""Tendances et cibles: the series drawn are the published cells, the path is the contract's."""

import json

import pytest

from etl.catalog.indicateurs import CATALOGUE
from etl.projection import TROP_COURT
from etl.targets.atteinte import Atteinte
from pages.ui import formats, prolongement, tendances
from pages.ui.filtres import Filtres


def traces(app) -> list[dict]:
    """The charts of the page, in order, as Plotly receives them."""
    return [json.loads(c.proto.spec)["data"] for c in app.get("plotly_chart")]


def valeurs(trace: dict) -> list:
    y = trace["y"]
    assert isinstance(y, list), "plain lists, so that a hole is a null"
    return y


@pytest.mark.parametrize("identifiant", ["participants_suivis", "taux_levee", "interventions"])
def test_the_yearly_chart_draws_the_published_years(ouvrir, base, identifiant):
    app = ouvrir("tendances", indicateur=CATALOGUE[identifiant].libelle)
    assert app.selectbox(key="indicateur").value == identifiant
    publiees = base.mesures((identifiant,), ("annee",)).set_index("annee")["valeur"].dropna()
    dessines = {}
    for trace in traces(app)[0]:
        if trace.get("name") in ("Réalisé", "Année en cours"):
            dessines |= {a: v for a, v in zip(trace["x"], valeurs(trace), strict=True) if v is not None}
    assert dessines == publiees.to_dict()


def test_the_path_is_the_contract_s(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["participants_suivis"].libelle)
    cibles = base.table("cible").query("indicateur == 'participants_suivis' and code_qpv == 'total'")
    (chemin,) = [t for t in traces(app)[0] if t.get("name") == "Trajectoire et jalons"]
    points = dict(zip(chemin["x"], chemin["y"], strict=True))
    attendus = dict(zip(cibles["annee"], cibles["valeur_cible"], strict=True))
    assert {a: points[a] for a in attendus} == attendus


def test_each_quartier_has_its_panel_on_one_scale(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["participants_suivis"].libelle)
    panneaux = [json.loads(c.proto.spec)["layout"] for c in app.get("plotly_chart")[2:]]
    assert len(panneaux) == len(base.table("territoire").query("type == 'qpv'"))
    assert len({tuple(p["yaxis"]["range"]) for p in panneaux}) == 1


def test_the_projection_drawn_is_the_published_one(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["entrees"].libelle)
    publiee = base.table("projection").query("indicateur == 'entrees' and periode.notna()").sort_values("periode")
    (suite,) = [t for t in traces(app)[1] if t.get("name") == "Projection"]
    assert valeurs(suite) == publiee["valeur"].tolist() and len(publiee) > 0
    assert publiee["methode"].iloc[0] in [c.value for c in app.caption]


def test_files_received_are_counted_by_quarter():
    lignes = [("2026-T1", "recu"), ("2026-T1", "en_retard"), ("2026-02", "recu_en_retard"), ("2026", "recu")]
    assert [prolongement._trimestre(p) for p, _ in lignes] == ["2026-T1", "2026-T1", "2026-T1", None]


def test_the_strip_tells_what_was_received(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["interventions"].libelle)
    dues = base.table("completude").query("schema == 'interventions' and etat != 'attendu'")
    dues = dues[dues["periode"].str.startswith("2025-T1") | dues["periode"].isin(["2025-01", "2025-02", "2025-03"])]
    (bandeau,) = [t for t in traces(app)[1] if t.get("yaxis") == "y2"]
    recus = int(dues["etat"].str.startswith("recu").sum())
    assert f"1er trimestre 2025 : {recus} fichiers reçus sur {len(dues)} attendus" in bandeau["customdata"]


def test_the_required_pace_is_said(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["interventions"].libelle)
    a = base.table("avancement").query("indicateur == 'interventions' and territoire == 'total'").iloc[0]
    phrase = next(m.value for m in app.markdown if m.value.startswith("Il faut"))
    assert formats.nombre(a["rythme_requis"]) in phrase and str(int(a["annee_cible"])) in phrase


def test_where_it_leads_is_said_with_its_interval(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["entrees"].libelle)
    fin = base.table("projection").query("indicateur == 'entrees' and periode.notna()").sort_values("periode").iloc[-1]
    phrase = next(m.value for m in app.markdown if m.value.startswith("Si la tendance continue"))
    for nombre in (fin["valeur"], fin["bas"], fin["haut"]):
        assert formats.nombre(nombre) in phrase
    assert formats.periode(fin["periode"]) in phrase


def test_the_year_the_target_is_met_is_said_beside_the_pace(ouvrir, base):
    app = ouvrir("tendances", indicateur=CATALOGUE["interventions"].libelle)
    mots = [m.value for m in app.markdown]
    rang = next(i for i, m in enumerate(mots) if m.startswith("Il faut"))
    assert mots[rang + 1].startswith("Si la tendance continue, cible atteinte")


@pytest.mark.parametrize(
    ("atteinte", "phrase"),
    [
        (
            Atteinte(2027, 2026, 2028, 2028),
            "Si la tendance continue, cible atteinte en **2027** (au plus tôt en 2026, au plus tard en 2028).",
        ),
        (
            Atteinte(2027, 2027, None, 2027),
            "Si la tendance continue, cible atteinte en **2027** (au plus tôt en 2027, au plus tard après 2027, "
            "au-delà de l'horizon de la projection).",
        ),
        (
            Atteinte(None, None, None, 2027),
            "Si la tendance continue, cible atteinte **après 2027**, au-delà de l'horizon de la projection "
            "(pas avant 2028).",
        ),
        (Atteinte(motif="aucune"), "Année d'atteinte de la cible non calculée : aucune."),
    ],
)
def test_the_year_the_target_is_met_in_words(atteinte, phrase):
    assert prolongement.phrase(atteinte) == phrase


def test_without_a_projection_the_year_is_not_given_and_why(ouvrir):
    assert prolongement._motif(TROP_COURT, Filtres()) == "moins de 8 trimestres publiés"
    app = ouvrir("tendances", indicateur=CATALOGUE["interventions"].libelle)
    app.multiselect(key="quartiers").set_value(["QN03709M"]).run()
    assert any("la projection ne porte que sur le contrat entier" in m.value for m in app.markdown)


def test_every_chart_has_an_alternative_and_its_data(ouvrir):
    app = ouvrir("tendances")
    for c in app.get("plotly_chart"):
        assert len(c.proto.alt) > 20
    assert len([e for e in app.expander if e.label == "Voir les données"]) == 3
    assert len(app.get("download_button")) == 3


def test_an_indicator_not_read_by_quartier_says_so(ouvrir):
    app = ouvrir("tendances", indicateur=f"{CATALOGUE['actions_financees'].libelle} (sans cible)")
    assert app.selectbox(key="indicateur").value == "actions_financees"
    assert any("par quartier" in i.value for i in app.info)


def test_several_quartiers_have_no_common_target(ouvrir):
    app = ouvrir("tendances")
    app.multiselect(key="quartiers").set_value(list(_codes(app)[:2])).run()
    assert any("Pas de cible" in m.value for m in app.markdown)


def _codes(app) -> list[str]:
    from pages.ui import filtres

    return [t.code for t in app.session_state[filtres._CLE][1].qpv]


def test_pace_of_a_target_already_met():
    t = tendances.Tendance(
        CATALOGUE["taux_levee"], None, None, [], {"rythme_requis": 0.0, "annee_cible": 2030, "statut": "atteint"}, []
    )
    assert tendances.rythme(t) == "La cible de 2030 est déjà atteinte : il s'agit de tenir."
