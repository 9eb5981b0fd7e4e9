"""Our own template, filled in and sent: recognised without its name, its version checked."""

from datetime import datetime

import openpyxl

from tests.etl.validate.depot_essai import contrat


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
