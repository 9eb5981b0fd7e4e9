"""What the list of bad inputs leaves aside: names of files, encodings seen through, thresholds, folders."""

import pytest

from tests.etl.validate.depot_essai import (
    INTERVENTION,
    PERSONNE,
    Depot,
    csv_text,
    many,
    persons,
    table,
)

BON = csv_text(table(persons()))
ACCENTS = csv_text(
    table(persons(situation_entree="demandeur d'emploi moins de 12 mois", code_qpv="Grand-Parc - Étoile"))
)


@pytest.mark.parametrize("encodage", ["utf-8-sig", "cp1252", "utf-16", "mal encodé deux fois"])
def test_accents_come_through(depot, encodage):
    mal = "Étoile".encode().decode("cp1252")
    contenu = ACCENTS.replace("Étoile", mal).encode() if "deux" in encodage else ACCENTS.encode(encodage)
    depot.raw("p/participants_2025.csv", contenu)
    assert depot.load().rows("SELECT DISTINCT code_qpv FROM valide.participants") == ["QN99902M"]


def test_us_dates_need_every_cell_to_agree(depot):
    """One impossible date among dates that can only be French refuses a row, not the file."""
    lignes = persons(9) + [PERSONNE | {"participant_ref": "P-010", "date_entree": "12/31/2025"}]
    lignes[0]["date_entree"] = "25/03/2025"
    depot.csv("p/participants.csv", lignes)
    assert depot.load().counts("p/participants.csv") == ("charge", 10, 9, 1, 0)


def test_the_contract_comes_from_the_name_else_from_the_header(depot):
    depot.csv("p/envoi du trimestre.csv", persons())
    depot.csv("p/Interventions T3 2026.csv", many(INTERVENTION, 3, intervention_id="I-{}"))
    depot.csv("p/inconnu.csv", [{"couleur": "rouge", "taille": "3"}])
    resultat = depot.load()
    schemas = {nom: entree["schema"] for nom, entree in resultat.fichiers.items() if nom.startswith("p/")}
    assert schemas == {
        "p/envoi du trimestre.csv": "participants", "p/Interventions T3 2026.csv": "interventions",
        "p/inconnu.csv": None,
    }  # fmt: skip


def test_every_file_of_the_folder_is_told(depot):
    depot.raw("p/.DS_Store", b"\x00\x01")
    depot.raw("p/sous-dossier/lisez-moi.md", "Bonjour à tous, voici nos fichiers")
    depot.raw("a-la-racine.csv", BON)
    (depot.dossier / "p/lien.csv").symlink_to("/etc/hostname")
    resultat = depot.load()
    etats = {nom: entree["etat"] for nom, entree in resultat.fichiers.items()}
    assert etats == {
        "socle/acteurs.csv": "charge", "p/.DS_Store": "refuse", "p/sous-dossier/lisez-moi.md": "refuse",
        "a-la-racine.csv": "refuse", "p/lien.csv": "refuse",
    }  # fmt: skip
    assert resultat.fichiers["a-la-racine.csv"]["partenaire"] == ""


def test_large_refusals_stay_whole(depot: Depot):
    """Above 20 % the file goes whole; exactly 20 % stands; ignored lines do not count."""
    faux = many(PERSONNE | {"sexe": "X"}, 2, participant_ref="F-{}")
    depot.csv("p/participants_a.csv", persons(8) + faux)
    depot.csv("q/participants_b.csv", many(PERSONNE, 7, participant_ref="B-{}") + faux + faux[:1] * 5)
    resultat = depot.load()
    assert resultat.counts("p/participants_a.csv") == ("charge", 10, 8, 2, 0)
    assert resultat.counts("q/participants_b.csv") == ("refuse", 14, 0, 9, 5)
    assert resultat.fichiers["q/participants_b.csv"]["motif"].startswith(
        "2 lignes refusées sur 9 (22,2 %), au-delà de 20 %"
    )
    assert resultat.rows("SELECT count(*) FROM valide.participants") == [8]


def test_an_unknown_column_that_resembles_a_missing_one_is_told(depot):
    depot.raw("p/participants.csv", BON.replace("annee_naissance", "tranche_age").replace("1990", "26_49")
              .replace("\n", ";bac\n").replace("entree;bac", "entree;niveau_formatoin"))  # fmt: skip
    (feuille,) = depot.load().fichiers["p/participants.csv"]["feuilles"]
    assert feuille["avertissements"] == [
        'Colonnes inconnues, non conservées : "niveau_formatoin" (ressemble à "Niveau de formation").'
    ]


def test_a_title_may_say_how_to_write_its_column(depot):
    titres = {"date_entree": "Date d'entrée (JJ/MM/AAAA)", "annee_naissance": "Année de naissance [AAAA]"}
    depot.csv("p/participants.csv", [{titres.get(nom, nom): x for nom, x in ligne.items()} for ligne in persons(3)])
    depot.csv(
        "p/etapes.csv",
        [{"acteur_id": "A1", "participant_ref": "P-001", "Date (JJ/MM/AAAA)": "05/04/2025", "Étape": "diagnostic"}],
    )
    resultat = depot.load()
    assert resultat.counts("p/participants.csv") == ("charge", 3, 3, 0, 0)
    assert resultat.rows("SELECT date::VARCHAR FROM valide.etapes") == ["2025-04-05"]
    assert resultat.rows("SELECT annee_naissance FROM valide.participants") == [1990, 1990, 1990]
