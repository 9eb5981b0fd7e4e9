"""Bad workbooks, one at a time: read cell by cell as a person sees them, or refused whole with a sentence."""

import zipfile
from datetime import date, datetime

import openpyxl

from tests.etl.validate.depot_essai import PERSONNE, contrat, csv_text, many, persons, table

DIX = ("charge", 10, 10, 0, 0)
BON = csv_text(table(persons()))


def _styled(lignes):
    """Rows as a spreadsheet types them: real dates and numbers."""
    rendues = [lignes[0]]
    for rang, ligne in enumerate(lignes[1:]):
        jour = datetime(2025, 3, 2) if rang % 2 else date(2025, 3, 2)
        rendues.append([jour if c == "date_entree" else int(v) if c == "annee_naissance" else v
                        for c, v in zip(lignes[0], ligne, strict=True)])  # fmt: skip
    return rendues


def test_a_workbook_is_read_with_its_typed_cells(depot):
    depot.xlsx("p/participants.xlsx", {"Données": _styled(table(persons()))})
    resultat = depot.load()
    assert resultat.counts("p/participants.xlsx") == DIX
    assert set(resultat.rows("SELECT date_entree FROM valide.participants")) == {date(2025, 3, 2)}


def test_workbook_dates_of_1904_are_not_shifted(depot):
    def en_1904(feuille):
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        feuille.parent.epoch = CALENDAR_MAC_1904

    lignes = table(persons(10, date_entree="44256"))
    nombres = [lignes[0], *([int(v) if v == "44256" else v for v in ligne] for ligne in lignes[1:])]
    depot.xlsx("p/participants.xlsx", {"Données": nombres}, Données=en_1904)
    resultat = depot.load()
    assert resultat.counts("p/participants.xlsx") == DIX
    assert set(resultat.rows("SELECT date_entree FROM valide.participants")) == {date(2025, 3, 2)}


def test_content_decides_not_the_extension(depot):
    depot.xlsx("p/participants_a.xlsx", {"Données": table(persons())})
    (depot.dossier / "p/participants_a.xlsx").rename(depot.dossier / "p/participants_a.csv")
    depot.raw("p/participants_b.xlsx", csv_text(table(many(PERSONNE, 3, participant_ref="Q-{}"))))
    resultat = depot.load()
    assert resultat.counts("p/participants_a.csv") == DIX
    assert resultat.counts("p/participants_b.xlsx") == ("charge", 3, 3, 0, 0)


def test_hidden_sheets_stay_and_hidden_rows_are_read(depot):
    def hide(feuille):
        feuille.row_dimensions[4].hidden = True
        feuille.parent["Ancien"].sheet_state = "hidden"

    depot.xlsx("p/participants.xlsx", {"Données": table(persons()), "Ancien": table(persons(3))}, Données=hide)
    entree = depot.load().fichiers["p/participants.xlsx"]
    assert entree["acceptees"] == 10
    (feuille,) = entree["feuilles"]
    assert set(feuille["avertissements"]) == {
        'Feuille masquée "Ancien" : non chargée.',
        "1 lignes masquées, lues aussi.",
    }


def test_several_sheets_of_data_refuse_the_workbook(depot):
    depot.xlsx("p/participants.xlsx", {"Lilas": table(persons()), "Centre": table(persons(3)), "Notes": [["à revoir"]]})
    entree = depot.load().fichiers["p/participants.xlsx"]
    assert entree["etat"] == "refuse" and '"Lilas", "Centre"' in entree["motif"]


def test_a_sheet_beside_the_data_is_told_not_loaded(depot):
    depot.xlsx("p/participants.xlsx", {"Lisez-moi": [["Bonjour"], ["À lire avant"]], "Données": table(persons())})
    entree = depot.load().fichiers["p/participants.xlsx"]
    assert entree["acceptees"] == 10
    assert entree["feuilles"][0]["avertissements"] == ['Feuille "Lisez-moi" : non chargée, aucun tableau reconnu.']


def test_merged_data_cells_refuse_the_workbook(depot):
    depot.xlsx("p/participants.xlsx", {"Données": table(persons())}, Données=lambda f: f.merge_cells("A3:A6"))
    entree = depot.load().fichiers["p/participants.xlsx"]
    assert entree["etat"] == "refuse" and "fusionnées dans le tableau (lignes 3 à 6)" in entree["motif"]


def test_merged_titles_and_notes_do_no_harm(depot):
    lignes = [["Participants suivis"], *table(persons()), ["* dont 3 en cours"]]

    def merge(feuille):
        feuille.merge_cells("A1:G1")
        feuille.merge_cells("A13:G13")

    depot.xlsx("p/participants.xlsx", {"Données": lignes}, Données=merge)
    assert depot.load().counts("p/participants.xlsx") == ("charge", 12, 10, 0, 2)


def test_formulas_without_result_and_errors_refuse_their_rows(depot):
    lignes = table(persons())
    lignes[3][lignes[0].index("annee_naissance")] = "=1980+10"  # openpyxl stores no result
    depot.xlsx("p/participants.xlsx", {"Données": lignes})
    resultat = depot.load()
    assert resultat.counts("p/participants.xlsx") == ("charge", 10, 9, 1, 0)
    assert resultat.faults() == [(4, "annee_naissance", "erreur_de_formule")]


def test_a_password_is_told(depot, tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    depot.raw("p/participants.xlsx", ole)
    assert "mot de passe" in depot.load().fichiers["p/participants.xlsx"]["motif"]


def test_other_archives_and_bombs_are_refused(depot):
    def archive(nom, **membres):
        with zipfile.ZipFile(depot.path(nom), "w", zipfile.ZIP_DEFLATED) as z:
            for membre, contenu in membres.items():
                z.writestr(membre.replace("__", "/"), contenu)

    archive("p/participants_a.zip", **{"participants.csv": BON})
    archive("p/participants_b.xlsx", **{"xl__workbook.xml": "<workbook/>", "xl__worksheets__s.xml": " " * 30_000_000})
    archive("p/participants_c.xlsx", **{"xl__workbook.xml": "<workbook/>", "..__x.csv": "a"})
    archive("p/participants_d.docx", **{"word__document.xml": "<w/>"})
    archive("p/participants_e.xlsx", **{"xl__workbook.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>"})
    far = depot.xlsx("p/participants_f.xlsx", {"Données": table(persons())})
    classeur = openpyxl.load_workbook(far)
    classeur["Données"]["XFD1048576"] = "loin"
    classeur.save(far)
    depot.raw("p/participants_g.xlsx", far.read_bytes()[:-300])
    motifs = {nom[-6:-5] if nom.endswith("x") else nom[-5]: e["motif"] for nom, e in depot.load().fichiers.items()}
    assert "archive ZIP" in motifs["a"]
    assert "démesuré" in motifs["b"] and "chemins anormaux" in motifs["c"] and "bureautique" in motifs["d"]
    assert "déclarations XML" in motifs["e"] and "200000 lignes ou 200 colonnes" in motifs["f"]
    assert "abîmé" in motifs["g"]


def test_old_and_free_formats_are_read(depot):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document, feuille = OpenDocumentSpreadsheet(), Table(name="Données")
    for ligne in table(persons()):
        rangee = TableRow()
        for texte in ligne:
            cellule = TableCell(valuetype="string")
            cellule.addElement(P(text=texte))
            rangee.addElement(cellule)
        feuille.addElement(rangee)
    document.spreadsheet.addElement(feuille)
    document.save(depot.path("p/participants.ods"))
    assert depot.load().counts("p/participants.ods") == DIX


def test_our_template_filled_in_is_read_and_its_version_checked(depot, tmp_path):
    from etl import template

    chemin = template.write("frequentation", tmp_path, contrat())
    classeur = openpyxl.load_workbook(chemin)
    for rang, valeur in enumerate(("A1", datetime(2025, 3, 2), 12), 1):
        classeur["Données"].cell(2, rang).value = valeur
    classeur.save(depot.path("p/envoi du T1.xlsx"))
    entree = depot.load().fichiers["p/envoi du T1.xlsx"]
    assert (entree["schema"], entree["acceptees"], entree["refusees"]) == ("frequentation", 1, 0), entree
    cellule = next(c for ligne in classeur["Lisez-moi"] for c in ligne if str(c.value).startswith("frequentation "))
    cellule.value = "frequentation 0.9.0"
    classeur["Données"]["A3"], classeur["Données"]["B3"], classeur["Données"]["C3"] = "A1", datetime(2025, 3, 3), 9
    classeur.save(depot.path("p/envoi du T2.xlsx"))
    (feuille,) = depot.load().fichiers["p/envoi du T2.xlsx"]["feuilles"]
    assert "Modèle en version 0.9.0 ; la version en vigueur est 1.0.0." in feuille["avertissements"]
