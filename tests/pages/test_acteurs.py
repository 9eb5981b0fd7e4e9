"""Acteurs: the directory answers every part of the choice, says what each sheet lacks, shows sheets that look alike."""

import pandas as pd
import pytest

from pages.ui import acteurs
from pages.ui.acteurs import Choix


def annuaire(*lignes: dict) -> pd.DataFrame:
    vide = {
        "nom": "", "thematiques": None, "publics": None, "qpv_couverts": None, "code_qpv": "hors_qpv", "champ": "mixte",
    }  # fmt: skip
    return pd.DataFrame([vide | ligne for ligne in lignes])


TOUS = annuaire(
    {"nom": "Régie du Nord", "thematiques": ["mobilite--se-deplacer-sans-permis-etou-sans-vehicule-personnel"]},
    {"nom": "École des métiers", "publics": ["femmes"], "qpv_couverts": ["QN1"], "champ": "droit_commun"},
    {"nom": "Maison ouverte", "publics": ["tous-publics"], "code_qpv": "QN1"},
)


@pytest.mark.parametrize(
    ("choix", "noms"),
    [
        (Choix(), ["Régie du Nord", "École des métiers", "Maison ouverte"]),
        (Choix(mots="ecole"), ["École des métiers"]),
        (Choix(mots="METIERS école"), ["École des métiers"]),
        (Choix(mots="sans permis"), ["Régie du Nord"]),
        (Choix(publics=("femmes",)), ["École des métiers", "Maison ouverte"]),
        (Choix(quartier="QN1"), ["École des métiers", "Maison ouverte"]),
        (Choix(quartier="QN1", champ="droit_commun"), ["École des métiers"]),
        (Choix(mots="inconnu"), []),
    ],
)
def test_a_structure_answers_every_part_of_the_choice(choix, noms):
    assert acteurs.trier(TOUS, choix)["nom"].tolist() == noms


def test_the_directory_shows_every_active_structure(ouvrir, base):
    app = ouvrir("acteurs")
    assert not app.exception and [t.value for t in app.title] == ["Acteurs"]
    actifs = set(base.table("acteur").query("actif")["nom"])
    montres = set(
        next(t.value for t in app.table if "Fiche remplie" in t.value.columns)["Structure"].str.replace("\\", "")
    )
    assert actifs <= montres


def test_searching_nothing_says_what_to_do(ouvrir):
    app = ouvrir("acteurs")
    app.text_input(key="mots").set_value("zzz introuvable").run()
    assert any("Aucune structure" in h.value for h in app.header)
    assert any("Retirez un critère" in m.value for m in app.markdown)


def test_what_a_sheet_lacks_is_written_in_it(ouvrir, base):
    app = ouvrir("acteurs")
    incomplets = base.table("acteur").query("actif and score_fiche < 100")
    choisi = incomplets.iloc[0]
    app.selectbox(key="structure").set_value(choisi["acteur_id"]).run()
    faits = app.table[1].value.set_index("Fait")["Valeur"]
    manquants = faits["Manque dans la fiche"].split(", ")
    # One criterion of the ten is worth ten points; the name is always there.
    assert len(manquants) == (100 - choisi["score_fiche"]) / 10


def test_sheets_that_look_alike_are_shown_with_the_reason(monkeypatch):
    paire = {
        "origine_1": "partenaire", "id_1": "A", "nom_1": "Nord", "origine_2": "data_inclusion", "id_2": "B",
        "nom_2": "Le Nord", "motif": "siret_nom_different", "distance_m": 12.0, "ressemblance": 0.9,
    }  # fmt: skip
    monkeypatch.setattr(acteurs.donnees, "table", lambda nom: pd.DataFrame([paire]))
    (ligne,) = acteurs.doublons().to_dict("records")
    assert ligne["Fiche"] == "Nord (partenaire du contrat)" and ligne["Ressemble à"] == "Le Nord (data·inclusion)"
    assert ligne["Pourquoi"] == "même SIRET, noms différents : à vérifier"


def test_the_missing_public_directory_is_said_and_not_cited(ouvrir, base):
    absente = base.table("source").query("id == 'data_inclusion'")["etat"].item() in ("absent", "fautif")
    legendes = [c.value.replace("\u00a0", " ") for c in ouvrir("acteurs").caption]
    assert any(c.startswith("L'annuaire public data·inclusion n'a pas été collecté") for c in legendes) == absente
    citee = next(c for c in legendes if c.startswith("Source : partenaires"))
    assert ("data·inclusion" in citee) == (not absente)
