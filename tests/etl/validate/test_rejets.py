"""The workbook of refused lines: what it says, that nothing in it runs, and that it loads once corrected."""

import zipfile

import openpyxl
import pytest

from tests.etl.validate.depot_essai import ACTEUR, PERSONNE, Depot, Resultat, many, persons, write_xlsx

IDENTITE = {"nom": "Durand-L'Hôte", "prenom": "Zélie Marie", "date_naissance": "14/05/1996"}


def _workbook(depot: Depot, partenaire: str = "p"):
    (chemin,) = (depot.sortie / "rejets").glob(f"{partenaire}-*.xlsx")
    return chemin, openpyxl.load_workbook(chemin)


def _rows(feuille) -> list[dict[str, str]]:
    titres, *lignes = [[cellule or "" for cellule in ligne] for ligne in feuille.iter_rows(values_only=True)]
    return [dict(zip(titres, ligne, strict=True)) for ligne in lignes]


def _identified(nombre: int = 10) -> list[dict[str, str]]:
    lignes = persons(nombre, annee_naissance="", tranche_age="")
    return [ligne | {"nom": f"Durand{chr(65 + rang)}", "prenom": "Camille", "date_naissance": "14/05/1996"}
            for rang, ligne in enumerate(lignes)]  # fmt: skip


def _send_back(depot: Depot, **corrections: str) -> Resultat:
    """Correct cells of the only refused line, drop the workbook in the depot, load again."""
    chemin, classeur = _workbook(depot)
    feuille = classeur.active
    titres = [cellule.value for cellule in feuille[1]]
    for colonne, valeur in corrections.items():
        feuille.cell(2, titres.index(colonne) + 1).value = valeur
    classeur.save(depot.path(f"p/{chemin.name}"))
    return depot.load()


def test_it_shows_the_partner_s_own_columns_the_line_and_what_to_do(depot):
    lignes = [{cle.upper().replace("_", " "): valeur for cle, valeur in ligne.items()} for ligne in persons(11)]
    lignes[4] |= {"DATE ENTREE": "31/02/2025", "SEXE": "X"}
    depot.csv("p/participants 2026-T1.csv", lignes)
    depot.load()
    _, classeur = _workbook(depot)
    assert classeur.sheetnames == ["participants 2026-T1"]
    (ligne,) = _rows(classeur.active)
    assert list(ligne)[:7] == list(lignes[0])
    assert ligne["DATE ENTREE"] == "31/02/2025"
    assert ligne["N° de ligne d'origine"] == "6" and ligne["Fichier d'origine"] == "p/participants 2026-T1.csv"
    assert ligne["Défauts constatés"].splitlines() == [
        'Ligne 6, colonne "Date d\'entrée" : "31/02/2025" n\'est pas une date du calendrier (attendu JJ/MM/AAAA).',
        'Ligne 6, colonne "Sexe" : "X" n\'est pas dans la liste (attendu : Femme, Homme, Non renseigné).',
    ]
    assert "JJ/MM/AAAA" in ligne["Comment corriger"]


def test_sent_back_corrected_it_loads_as_is(depot):
    depot.csv("p/participants_2026-T1.csv", [*persons(10), PERSONNE | {"participant_ref": "P-011", "sexe": "X"}])
    depot.load()
    resultat = _send_back(depot, sexe="homme")
    (retour,) = (e for nom, e in resultat.fichiers.items() if nom.endswith(".xlsx"))
    assert (retour["etat"], retour["schema"], retour["acceptees"], retour["refusees"]) == (
        "charge",
        "participants",
        1,
        0,
    )
    assert retour["feuilles"][0]["avertissements"] == []
    assert resultat.rows("SELECT sexe FROM valide.participants WHERE participant_ref = 'P-011'") == ["homme"]
    assert resultat.rows("SELECT periode FROM journal.lot WHERE fichier LIKE '%.xlsx'") == ["2026-T1"]


def test_identities_become_a_token_and_an_age_band_both_accepted_on_return(depot):
    lignes = _identified(11)
    lignes[10]["sexe"] = "X"
    depot.csv("p/participants_2026.csv", lignes)
    resultat = depot.load()
    avant = resultat.rows("SELECT personne FROM raw.participants WHERE participant_ref = 'P-011'")
    _, classeur = _workbook(depot)
    (ligne,) = _rows(classeur.active)
    assert {"nom", "prenom", "date_naissance"}.isdisjoint(ligne)
    assert ligne["tranche_age"] == "26_49" and len(ligne["jeton"]) > 60 and avant[0] not in ligne["jeton"]
    resultat = _send_back(depot, sexe="femme")
    personne, identite, tranche = resultat.rows(
        "SELECT personne, identite, tranche_age FROM valide.participants WHERE participant_ref = 'P-011'"
    )[0]
    assert (personne, identite, tranche) == (avant[0], True, "26_49")


def test_an_altered_token_refuses_its_line_without_quoting_it(depot):
    lignes = _identified(6)
    lignes[5]["sexe"] = "X"
    depot.csv("p/participants_2026.csv", lignes)
    depot.load()
    resultat = _send_back(depot, sexe="femme", jeton="A" * 90)
    (retour,) = (e for nom, e in resultat.fichiers.items() if nom.endswith(".xlsx"))
    assert retour["etat"] == "refuse"
    (message,) = resultat.rows("SELECT message FROM refus.ligne WHERE code = 'jeton_illisible'")
    assert "AAAA" not in message


def test_several_deliveries_of_a_partner_make_several_sheets_of_one_workbook(depot):
    for trimestre in (1, 2):
        faute = PERSONNE | {"participant_ref": f"X-{trimestre}", "sexe": "X"}
        depot.csv(f"p/participants_2026-T{trimestre}.csv", [*persons(10), faute])
    depot.csv("p/envoi.csv", [*persons(5), PERSONNE | {"participant_ref": "X-3", "sexe": "X"}])
    depot.load()
    chemin, classeur = _workbook(depot)
    assert classeur.sheetnames == ["participants envoi", "participants_2026-T1", "participants_2026-T2"]
    for feuille in classeur:
        feuille.cell(2, [cellule.value for cellule in feuille[1]].index("sexe") + 1).value = "homme"
    classeur.save(depot.path(f"p/{chemin.name}"))
    resultat = depot.load()
    assert resultat.counts(f"p/{chemin.name}") == ("charge", 3, 3, 0, 0)
    assert resultat.rows("SELECT count(*) FROM valide.participants WHERE sexe = 'homme'") == [3]


@pytest.mark.parametrize("texte", ["=1+1", "+33", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_nothing_in_it_runs(depot, texte):
    depot.csv("p/participants.csv", [*persons(10), PERSONNE | {"participant_ref": "P-011", "sexe": texte}])
    depot.load()
    chemin, classeur = _workbook(depot)
    assert _rows(classeur.active)[0]["sexe"] == texte.strip()
    assert all(cellule.data_type != "f" for ligne in classeur.active.iter_rows() for cellule in ligne)
    with zipfile.ZipFile(chemin) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_refused_files_leave_a_sentence_and_no_content(depot):
    chemin = depot.raw("p/participants.csv", "acteur_id;participant_ref;couleur\nA1;P-1;rouge-secret\n")
    depot.load()
    (reste,) = (depot.sortie / "refuses").iterdir()
    texte = reste.read_text(encoding="utf-8")
    assert "p/participants.csv" in texte and "Colonnes obligatoires absentes" in texte and "rouge-secret" not in texte
    assert oct(reste.parent.stat().st_mode)[-3:] == "700" and chemin.exists()


def test_a_workbook_of_another_tool_with_a_token_column_is_read(depot, tmp_path):
    """A partner may copy refused lines into their own workbook, with our columns left in."""
    lignes = [list(PERSONNE), list(PERSONNE.values())]
    write_xlsx(depot.path("p/participants.xlsx"), {"A": [[*lignes[0], "Défauts constatés"], [*lignes[1], "rien"]]})
    assert depot.load().counts("p/participants.xlsx") == ("charge", 1, 1, 0, 0)


def test_a_refused_file_left_in_the_depot_gets_one_workbook_until_its_faults_change(depot):
    depot.csv("p/participants_2026-T1.csv", [*persons(2), PERSONNE | {"participant_ref": "X", "sexe": "zz"}])
    depot.csv("q/participants_2026-T1.csv", [PERSONNE | {"participant_ref": "Y", "acteur_id": "B2"}])
    for _ in range(3):
        assert depot.load().counts("p/participants_2026-T1.csv")[0] == "refuse"
    _workbook(depot, "p")
    (premier,) = (depot.sortie / "rejets").glob("q-*.xlsx")
    depot.csv("socle/acteurs_2.csv", [ACTEUR | {"acteur_id": "B2", "champ": "zz"}])  # named, and refused: another fault
    depot.load()
    assert len(list((depot.sortie / "rejets").glob("q-*.xlsx"))) == 2
    premier.unlink()
    _workbook(depot, "p")[0].unlink()  # a workbook thrown away is written again
    depot.load()
    assert len(list((depot.sortie / "rejets").glob("p-*.xlsx"))) == 1


def test_what_was_said_of_a_refused_file_is_forgotten_with_it(depot):
    depot.csv("p/participants.csv", many(PERSONNE | {"sexe": "zz"}, 3, participant_ref="P-{}"))
    assert len(depot.load().faults()) == 3
    depot.raw("p/participants.csv", "")  # takes the same number: its partner must not be told of the other's lines
    resultat = depot.load()
    assert resultat.counts("p/participants.csv") == ("refuse", 0, 0, 0, 0)
    assert resultat.faults() == []
