"""The page Carte: its figures, its table and its sentences are the published ones."""

import pandas as pd
import pytest

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE
from pages.ui import carte as page_carte
from pages.ui import cartes, formats, places, quartier, semiologie
from tests.pages.test_synthese import verifier

PERIODE = "2025"


def qpv(base) -> pd.DataFrame:
    lieux = base.table("territoire")
    return lieux[lieux["type"] == "qpv"].sort_values("nom").reset_index(drop=True)


def cellules(base, indicateur: str, periode: str = PERIODE) -> dict[str, dict]:
    lues = base.mesures((indicateur,), ("qpv",), periode)
    return {c["qpv"]: c for c in lues.to_dict("records")}


def table(app) -> pd.DataFrame:
    return app.table[0].value


def test_beside_the_map_the_whole_contract_first(ouvrir, base):
    app = ouvrir("carte", periode=PERIODE)
    publiees = {c["indicateur"]: c for c in base.mesures(CINQ_DE_LA_FICHE, periode=PERIODE).to_dict("records")}
    assert [m.label for m in app.metric] == [CATALOGUE[i].libelle for i in CINQ_DE_LA_FICHE]
    for metrique, i in zip(app.metric, CINQ_DE_LA_FICHE, strict=True):
        verifier(metrique.value, publiees[i])
    assert "Ensemble du contrat" in [s.value for s in app.subheader]


def test_choosing_a_neighbourhood_shows_its_figures(ouvrir, base):
    choisi = qpv(base).iloc[0]
    app = ouvrir("carte", periode=PERIODE, qpv=choisi["nom"])
    publiees = base.mesures(CINQ_DE_LA_FICHE, periode=PERIODE, territoires=(choisi["code"],)).to_dict("records")
    par_indicateur = {c["indicateur"]: c for c in publiees}
    assert formats.sans_markdown(choisi["nom"]) in [s.value for s in app.subheader]
    for metrique, i in zip(app.metric, CINQ_DE_LA_FICHE, strict=True):
        verifier(metrique.value, par_indicateur.get(i))


def test_the_table_says_what_the_map_shows(ouvrir, base):
    app = ouvrir("carte", periode=PERIODE)
    app.selectbox(key="cercles").set_value("participants_suivis").run()
    contenu, lieux, comptes = table(app), qpv(base), cellules(base, "participants_suivis")
    assert list(contenu["Quartier"]) == list(lieux["nom"])
    for montre, code in zip(contenu[CATALOGUE["participants_suivis"].libelle], lieux["code"], strict=True):
        verifier(montre, comptes[code])
    sorties = base.table("intervention_point")
    dans = sorties[pd.to_datetime(sorties["date"]).dt.year == int(PERIODE)]
    assert list(contenu["Interventions"]) == [int((dans["code_qpv"] == code).sum()) for code in lieux["code"]]


def test_one_month_of_interventions(ouvrir, base):
    app = ouvrir("carte", periode=PERIODE)
    app.select_slider(key="mois").set_value("2025-05").run()
    sorties = base.table("intervention_point").query("mois == '2025-05'")
    assert table(app)["Interventions"].sum() == sorties["code_qpv"].isin(qpv(base)["code"]).sum()
    assert "Interventions, mai 2025" in [c.value for c in app.caption]


def test_only_rates_published_for_half_of_the_neighbourhoods_are_offered(ouvrir, base):
    app = ouvrir("carte", periode=PERIODE)
    offerts = app.selectbox(key="couleur").options
    lieux = set(qpv(base)["code"])
    for i in (i for i in CATALOGUE.values() if i.libelle in offerts):
        assert i.nature == "ratio" and not i.sensible
        quand = "depuis_debut" if i.classe == "contexte" else PERIODE  # public figures have their own years
        publies = [c for code, c in cellules(base, i.id, quand).items() if code in lieux and c["etat"] == "valeur"]
        assert len(publies) * 2 >= len(lieux)
    assert offerts


def test_public_figures_are_read_at_their_own_date_whatever_the_period():
    melees = ("taux_pauvrete", "interventions")
    assert quartier._periodes(melees, "2026") == {"depuis_debut": ("taux_pauvrete",), "2026": ("interventions",)}
    assert quartier._periodes(("interventions",), "2026") == {"2026": ("interventions",)}
    assert quartier._periodes(melees, "depuis_debut") == {"depuis_debut": melees}


def test_colours_keep_their_meaning_from_one_year_to_the_next(ouvrir, base):
    taux = next(i.id for i in CATALOGUE.values() if i.id == "part_femmes")
    lieux = set(qpv(base)["code"])
    valeurs = [
        c["valeur"]
        for annee in ("2024", "2025", "2026", "depuis_debut")
        for code, c in cellules(base, taux, annee).items()
        if code in lieux and c["etat"] == "valeur"
    ]
    bornes = semiologie.classes(valeurs)
    assert bornes[0] <= min(valeurs) and max(valeurs) <= bornes[-1]
    app = ouvrir("carte", periode=PERIODE)
    app.selectbox(key="couleur").set_value(taux).run()
    assert not app.exception and CATALOGUE[taux].libelle in table(app).columns


def test_blank_zones_are_said_in_words(ouvrir, base):
    app = ouvrir("carte", periode=PERIODE)
    phrases = " ".join(m.value for m in app.markdown)
    permanences = base.table("permanence")
    jour = pd.Timestamp(base.version.date_donnees)
    fin = pd.to_datetime(permanences["date_fin"])
    tenues = permanences[(pd.to_datetime(permanences["date_debut"]) <= jour) & (fin.isna() | (fin >= jour))]
    sans = [q.nom for q in qpv(base).itertuples() if q.code not in set(tenues["code_qpv"])]
    if sans:
        noms = formats.enumeration([formats.sans_markdown(nom) for nom in sans])
        assert f"**Sans permanence déclarée dans le quartier :** {noms}." in phrases
    sorties = base.table("intervention_point")
    visites = pd.to_datetime(sorties["date"]).groupby(sorties["code_qpv"]).max()
    oublies = [q.nom for q in qpv(base).itertuples() if visites.get(q.code) < jour - pd.DateOffset(months=3)]
    assert ("Sans intervention depuis 3 mois" in phrases) == bool(oublies)
    assert all(formats.sans_markdown(nom) in phrases for nom in oublies)


def test_perimeters_say_what_they_are(ouvrir, base):
    app = ouvrir("carte")
    attendu = f"Périmètres : {cartes.MENTIONS[base.version.perimetres]}."
    assert attendu in [c.value for c in app.caption]


def test_a_click_chooses_and_a_click_on_a_place_opens_its_words(ouvrir, base):
    acteur = base.table("acteur").query("actif").iloc[0]
    app = ouvrir("carte")
    app.session_state["_carte_lieu"] = ("acteur", acteur["acteur_id"])
    app.run()
    assert f"**{formats.sans_markdown(acteur['nom'])}**" in [m.value for m in app.markdown]
    app.session_state["_carte_lieu"] = ("acteur", "parti")
    app.run()
    assert not app.exception


def test_what_a_click_does(monkeypatch):
    etat: dict = {}
    monkeypatch.setattr(page_carte.st, "session_state", etat)
    page_carte.au_clic("qpv", "QN1")
    page_carte.au_clic("permanence", "A|Maison")
    assert etat == {quartier.CLE: "QN1", "_carte_lieu": ("permanence", "A|Maison")}


@pytest.mark.parametrize(
    ("brute", "ecrite"),
    [("09:30", "9\u202fh\u202f30"), ("12:00", "12\u202fh"), ("14:00:00", "14\u202fh"), (None, ""), ("", "")],
)
def test_hours_as_the_french_write_them(brute, ecrite):
    assert places.heure(brute) == ecrite


@pytest.mark.parametrize(("brut", "ecrit"), [("0247000000", "02 47 00 00 00"), ("+33 2 47", "+33 2 47"), (None, "")])
def test_phone_numbers_are_grouped(brut, ecrit):
    assert places.telephone(brut).replace("\u00a0", " ") == ecrit
