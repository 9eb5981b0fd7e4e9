"""The page Parcours: flows, funnel, women and men, publics are the published tables, and say so."""

import pandas as pd
import pytest

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import formats, parcours, parcours_figures, parcours_textes
from tests.pages.conftest import chiffres as nombre
from tests.pages.test_carte import qpv


def publie(base, periode: str, territoire: str = "total") -> pd.DataFrame:
    entonnoir = base.table("entonnoir")
    return entonnoir[(entonnoir["periode"] == periode) & (entonnoir["territoire"] == territoire)].sort_values("rang")


def table(app, colonne: str) -> pd.DataFrame:
    return next(t.value for t in app.table if colonne in t.value.columns)


@pytest.mark.parametrize("periode", ["2024", "2025", "2026", "depuis_debut"])
def test_the_funnel_is_the_published_one(ouvrir, base, periode):
    app = ouvrir("parcours", periode=formats.periode(periode) if periode != "depuis_debut" else periode)
    app.selectbox(key="periode").set_value(periode).run()
    assert not app.exception and not app.error
    montres, attendus = table(app, "De l'étape d'avant"), publie(base, periode)
    personnes = [None if pd.isna(v) else int(v) for v in attendus["valeur"]]
    assert [nombre(v) for v in montres["Personnes"]] == personnes
    for colonne, taux in (("De l'étape d'avant", "taux_precedent"), ("Des repérées", "taux_total")):
        lus = [nombre(v.split("%")[0]) for v in montres[colonne]][1:]
        assert lus == [None if pd.isna(t) else round(t) for t in attendus[taux]][1:]
    assert [nombre(v) for v in montres["Délai médian"]][1:] == [
        None if pd.isna(d) else int(f"{d:.0f}") for d in attendus["delai_median_jours"]
    ][1:]


def test_the_flows_are_the_published_ones(ouvrir, base):
    app = ouvrir("parcours")
    app.selectbox(key="periode").set_value("2025").run()
    flux = base.table("flux").query("periode == '2025' and territoire == 'total'")
    montres = table(app, "Vers")
    assert len(montres) == len(flux)
    assert sorted(nombre(v) or 0 for v in montres["Personnes"]) == sorted(
        0 if lien.etat != "valeur" else 5 if not lien.valeur else int(lien.valeur) for lien in flux.itertuples()
    )
    figure = parcours_figures.sankey(parcours_liens(flux))
    lien = figure.data[0].link
    assert sum(lien.value) == flux.loc[flux["etat"] == "valeur", "valeur"].sum()


def parcours_liens(flux: pd.DataFrame) -> pd.DataFrame:
    return flux[["de", "vers", "valeur"]].assign(texte=flux["valeur"].map(lambda v: f"{v} personnes"))


def test_every_stage_published_has_its_words_and_a_place(base):
    flux = base.table("flux")
    assert {*flux["de"], *flux["vers"]} <= set(parcours_figures.NOEUDS)
    for lien in flux.itertuples():
        assert parcours_figures.NOEUDS[lien.de].colonne < parcours_figures.NOEUDS[lien.vers].colonne


def test_one_neighbourhood_reads_its_own_funnel(ouvrir, base):
    ici = qpv(base).sort_values("population").iloc[-1]
    app = ouvrir("parcours", quartiers=ici["nom"])
    app.selectbox(key="periode").set_value("2025").run()
    montres, attendus = table(app, "De l'étape d'avant"), publie(base, "2025", ici["code"])
    personnes = [None if pd.isna(v) else int(v) for v in attendus["valeur"]]
    assert [nombre(v) for v in montres["Personnes"]] == personnes
    assert any("que depuis le début du contrat" in i.value for i in app.info)


def test_two_neighbourhoods_are_added_without_median(ouvrir, base):
    deux = qpv(base).sort_values("population").iloc[-2:]
    app = ouvrir("parcours")
    app.selectbox(key="periode").set_value("2025").run()
    app.multiselect(key="quartiers").set_value(list(deux["code"])).run()
    montres = table(app, "De l'étape d'avant")
    sommes = sum(publie(base, "2025", code)["valeur"].to_numpy() for code in deux["code"])
    assert [nombre(v) for v in montres["Personnes"]] == [int(v) for v in sommes]
    assert set(montres["Délai médian"][1:]) == {"non publié"}


def test_a_quarter_is_read_as_its_year_and_it_says_so(ouvrir, base):
    app = ouvrir("parcours")
    app.selectbox(key="periode").set_value("2025-T2").run()
    assert any("repérées en 2025" in i.value for i in app.info)
    assert [nombre(v) for v in table(app, "De l'étape d'avant")["Personnes"]] == [
        int(v) for v in publie(base, "2025")["valeur"]
    ]


def test_women_and_men_at_each_step(ouvrir, base):
    app = ouvrir("parcours")
    app.selectbox(key="periode").set_value("2025").run()
    montres = table(app, "Femmes").set_index("Étape")
    lus = base.mesures(("reperes",), ("sexe",), "2025").set_index("sexe")["valeur"]
    assert nombre(montres.loc["Repérées", "Femmes"].split("(")[0]) == lus["femme"]
    assert nombre(montres.loc["Repérées", "Hommes"].split("(")[0]) == lus["homme"]


@pytest.mark.parametrize("axe", parcours.PUBLICS)
def test_publics_are_the_published_breakdowns(ouvrir, base, axe):
    app = ouvrir("parcours")
    app.selectbox(key="periode").set_value("2025").run()
    rang = list(parcours.PUBLICS).index(axe)
    montres = [t.value for t in app.table if "Réponse" in t.value.columns][rang]
    lus = base.mesures(("participants_suivis",), (axe,), "2025").query("etat == 'valeur'")
    montrees = sorted(nombre(v.split("(")[0]) for v in montres["Personnes suivies"])
    assert montrees == sorted(5 if not v else int(v) for v in lus["valeur"])


def test_outside_the_neighbourhoods(ouvrir, base):
    app = ouvrir("parcours")
    app.selectbox(key="periode").set_value("2025").run()
    montres = {m.label: m.value for m in app.metric}
    suivis = base.mesures(("participants_suivis",), ("qpv",), "2025").set_index("qpv")["valeur"]
    assert nombre(montres["Habitants hors quartier"]) == suivis["hors_qpv"]
    part = base.mesures(("part_hors_qpv",), (), "2025").iloc[0]
    assert nombre(montres["Part hors quartier prioritaire"]) == nombre(
        formats.valeur(part["valeur"], "%", CATALOGUE["part_hors_qpv"].decimales, part["etat"], exact=part["exact"])
    )


def test_hidden_links_are_in_the_table_not_in_the_drawing():
    flux = pd.DataFrame(
        [("reperage", "diagnostic", 40.0, "40 personnes"), ("reperage", "sans_diagnostic", 0.0, "secret")],
        columns=["de", "vers", "valeur", "texte"],
    )
    trace = parcours_figures.sankey(flux).data[0]
    assert [e.split("<br>")[0] for e in trace.node.label] == ["Repérées", "Diagnostic posé"]
    assert list(trace.link.value) == [40.0]
    tableau = parcours.tableau_flux(flux, {"reperage": "Repérées"})
    assert list(tableau["Personnes"]) == ["40", "secret"]


def test_published_counts_are_written_rather_than_sums_of_rounded_links():
    flux = pd.DataFrame([("reperage", "diagnostic", 1440.0, "x")], columns=["de", "vers", "valeur", "texte"])
    trace = parcours_figures.sankey(flux, {"reperage": 1787.0}).data[0]
    assert trace.node.label[0] == "Repérées<br><b>1\u202f787</b>"


@pytest.mark.parametrize(
    ("taux", "titre"),
    [
        ([None, 92, 88, 95], "C'est avant « diagnostic » que l'on perd le plus de monde : 12 personnes sur 100"),
        ([None, 100, 100, 100], "Aucune étape ne perd de monde"),
        ([None, None, None, None], "Jusqu'où vont les parcours"),
        ([None, 88, None, None], "Jusqu'où vont les parcours"),  # a hidden step may be the one that loses most
    ],
)
def test_the_title_of_the_funnel_says_where_people_stop(taux, titre):
    etapes = pd.DataFrame(
        {"rang": range(4), "libelle": ["Repérées", "Contact", "Diagnostic", "Suivies"], "taux_precedent": taux}
    )
    assert parcours_textes.titre_entonnoir(etapes) == titre
