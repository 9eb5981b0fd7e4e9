"""The page of one neighbourhood: figures, comparisons and sentences come from the published cells."""

from datetime import date

import pandas as pd
import pytest

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE
from pages.ui import fiche_quartier, formats
from tests.pages.conftest import chiffres as nombre
from tests.pages.test_carte import qpv
from tests.pages.test_synthese import verifier


def publiees(base, territoire: str, periode: str) -> dict[str, dict]:
    lues = base.mesures(CINQ_DE_LA_FICHE, periode=periode, territoires=(territoire,))
    return {c["indicateur"]: c for c in lues.to_dict("records")}


@pytest.mark.parametrize("rang", range(13))
def test_each_neighbourhood_shows_its_own_five_figures(ouvrir, base, rang):
    ici = qpv(base).iloc[rang]
    app = ouvrir("fiche_quartier", periode="2025", qpv=ici["nom"])
    assert not app.exception and not app.error
    assert [t.value for t in app.title] == [formats.sans_markdown(ici["nom"])]
    cellules = publiees(base, ici["code"], "2025")
    assert [m.label for m in app.metric] == [CATALOGUE[i].libelle for i in CINQ_DE_LA_FICHE]
    for metrique, i in zip(app.metric, CINQ_DE_LA_FICHE, strict=True):
        verifier(metrique.value, cellules.get(i))


def test_figures_are_compared_with_the_commune_and_the_contract(ouvrir, base):
    lieux = qpv(base)
    commune = lieux["commune"].value_counts().idxmax()
    ici = lieux[lieux["commune"] == commune].iloc[0]
    app = ouvrir("fiche_quartier", periode="2025", qpv=ici["nom"])
    textes = [c.value for c in app.caption]
    total, villes = publiees(base, "total", "2025"), publiees(base, commune, "2025")
    contrat = [t for t in textes if t.startswith("Ensemble du contrat")]
    voisins = [t for t in textes if f"{(lieux['commune'] == commune).sum()} quartiers :" in t]
    assert len(contrat) == len(voisins) == len(CINQ_DE_LA_FICHE)
    for texte, i in zip(contrat, CINQ_DE_LA_FICHE, strict=True):
        verifier(texte.split(" : ")[1], total[i])
    for texte, i in zip(voisins, CINQ_DE_LA_FICHE, strict=True):
        verifier(texte.split(" : ")[1], villes.get(i))


def test_alone_in_its_commune_a_neighbourhood_is_compared_with_the_contract_only(ouvrir, base):
    lieux = qpv(base)
    seules = lieux["commune"].value_counts()
    ici = lieux[lieux["commune"].isin(seules[seules == 1].index)].iloc[0]
    app = ouvrir("fiche_quartier", periode="2025", qpv=ici["nom"])
    assert not [c.value for c in app.caption if "quartiers :" in c.value]


def test_for_a_thousand_inhabitants(base):
    assert fiche_quartier.pour_mille({"etat": "valeur", "valeur": 30}, 2000) == 15
    assert fiche_quartier.pour_mille({"etat": "secret", "valeur": None}, 2000) is None
    assert fiche_quartier.pour_mille({"etat": "valeur", "valeur": 30}, None) is None


def test_the_address_alone_opens_the_neighbourhood(ouvrir, base):
    ici = qpv(base).iloc[5]
    app = ouvrir("fiche_quartier", qpv=ici["nom"])
    assert app.selectbox(key="qpv").value == ici["code"]
    assert [t.value for t in app.title] == [formats.sans_markdown(ici["nom"])]


def test_the_smallest_open_on_since_the_start_unless_a_period_was_chosen(ouvrir, base):
    lieux = qpv(base).sort_values("population")
    petit = lieux.iloc[0]
    annee = str(base.version.date_donnees.year)
    caches = [c for c in publiees(base, petit["code"], annee).values() if c["etat"] == "secret" or not c["valeur"]]
    app = ouvrir("fiche_quartier", qpv=petit["nom"])
    repli = any(i.value == fiche_quartier.REPLI for i in app.info)
    assert repli == (len(caches) >= 2)
    if repli:
        for metrique, i in zip(app.metric, CINQ_DE_LA_FICHE, strict=True):
            verifier(metrique.value, publiees(base, petit["code"], "depuis_debut").get(i))
    choisie = ouvrir("fiche_quartier", qpv=petit["nom"], periode="2024")
    assert not any(i.value == fiche_quartier.REPLI for i in choisie.info)


def test_three_sentences_say_the_figures(ouvrir, base):
    ici = qpv(base).sort_values("population").iloc[-1]
    app = ouvrir("fiche_quartier", periode="2025", qpv=ici["nom"])
    phrases = next(m.value for m in app.markdown if "interventions**" in m.value)
    assert phrases.count("\n- ") + phrases.startswith("- ") == 3
    sorties = base.table("intervention_point").query("code_qpv == @ici.code")
    sorties = sorties[pd.to_datetime(sorties["date"]).dt.year == 2025]
    assert f"**{formats.accord(len(sorties), 'intervention')}**" in phrases
    assert formats.date_longue(sorties["date"].max()) in phrases
    suivis = publiees(base, ici["code"], "2025")["participants_suivis"]
    assert f"**{formats.nombre(suivis['valeur'])} personnes** du quartier sont accompagnées" in phrases


def test_freins_are_those_published_since_the_start(ouvrir, base):
    ici = qpv(base).sort_values("population").iloc[-1]
    app = ouvrir("fiche_quartier", periode="2025", qpv=ici["nom"])
    lus = base.mesures(("freins_identifies",), ("type_frein",), "depuis_debut", (ici["code"],)).query(
        "etat == 'valeur'"
    )
    montres = next(t.value for t in app.table if "Frein" in t.value.columns)
    assert sorted(nombre(v) for v in montres["Identifiés"]) == sorted(int(v) for v in lus["valeur"])


def test_the_trend_has_holes_where_it_is_secret(ouvrir, base):
    ici = qpv(base).sort_values("population").iloc[0]
    app = ouvrir("fiche_quartier", qpv=ici["nom"])
    montres = next(t.value for t in app.table if "Trimestre" in t.value.columns)
    lus = base.mesures(("participants_suivis",), ("trimestre",), None, (ici["code"],)).sort_values("trimestre")
    assert len(montres) == len(lus)
    for texte, cellule in zip(montres["Participants suivis"], lus.to_dict("records"), strict=True):
        verifier(texte, cellule)


def test_facts_carry_their_source_and_what_is_not_known(ouvrir, base):
    ici = qpv(base).iloc[0]
    fait = base.table("qpv").query("code == @ici.code").iloc[0]
    app = ouvrir("fiche_quartier", qpv=ici["nom"])
    montres = next(t.value for t in app.table if "Fait" in t.value.columns).set_index("Fait")["Valeur"]
    assert nombre(montres["Habitants"]) == fait["population"]
    assert nombre(montres["Taux d'emploi"]) == round(10 * fait["taux_emploi"])
    captions = [c.value for c in app.caption]
    assert formats.sans_markdown(fait["source"]) in captions and formats.sans_markdown(fait["remarque"]) in captions


def test_permanences_are_dated_only_when_weekly(monkeypatch):
    tenues = pd.DataFrame(
        {
            "acteur_nom": ["Relais *emploi*", "Mission"],
            "lieu": ["Maison", "Gymnase"],
            "jours": [["lundi", "jeudi"], ["mardi"]],
            "frequence": ["hebdomadaire", "mensuelle"],
            "heure_debut": ["09:30", "14:00"],
            "heure_fin": ["12:00", None],
        }
    )
    monkeypatch.setattr(fiche_quartier.quartier, "permanences", lambda code: tenues)
    textes = [t.replace("\u202f", " ") for t in fiche_quartier.prochaines("QN1", date(2026, 11, 24))]
    assert textes == [
        "**jeudi 26 novembre 2026**, 9 h 30 – 12 h : Relais \\*emploi\\*, Maison",
        "Mission, Gymnase : mardi, 14 h, une fois par mois",
    ]


def test_a_link_to_an_unknown_neighbourhood_says_that_another_is_shown(ouvrir):
    app = ouvrir("fiche_quartier", qpv="Nulle part")
    assert any("« Nulle part »" in w.value for w in app.warning)
    assert not ouvrir("fiche_quartier").warning
