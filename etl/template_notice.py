"""Writes the read-me sheet of a template: who sends it, when, how to fill it, and what each column means."""

from __future__ import annotations

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from etl.catalog import nomenclatures
from etl.catalog.contrat import Contrat
from etl.catalog.explications import alternatives, expected, obligation, refusals
from etl.catalog.schemas import Field, Schema

_PERIODES = {
    "mois": ("Chaque mois", "du mois", "2026-09"),
    "trimestre": ("Chaque trimestre", "du trimestre", "2026T3"),
    "semestre": ("Chaque semestre", "du semestre", "2026-06"),
    "annee": ("Chaque année", "de l'année", "2026"),
}
_ENTETE = ("Colonne", "Remplissage", "Ce qu'elle dit", "Forme attendue", "Valeurs possibles", "Exemple")
_LARGEURS = (30, 16, 60, 32, 60, 28)


def write_notice(
    classeur: xlsxwriter.Workbook, feuille: Worksheet, schema: Schema, contrat: Contrat, version: str
) -> str:
    """Fill the sheet; returns the absolute address of the cell that holds the version."""
    titre = classeur.add_format({"bold": True, "font_size": 16})
    gras = classeur.add_format({"bold": True, "valign": "top"})
    plie = classeur.add_format({"text_wrap": True, "valign": "top"})
    entete = classeur.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True})
    for rang, largeur in enumerate(_LARGEURS):
        feuille.set_column(rang, rang, largeur)
    feuille.hide_gridlines(2)
    feuille.write_string(0, 0, f"Modèle de fichier : {schema.title}", titre)
    feuille.write_string(1, 0, "Version du modèle", gras)
    feuille.write_string(1, 1, version)
    ligne = 2
    for intitule, texte in (*_facts(schema, contrat), *(("Consigne", phrase) for phrase in _advice(schema, contrat))):
        feuille.write_string(ligne, 0, intitule, gras)
        feuille.merge_range(ligne, 1, ligne, len(_ENTETE) - 1, "", plie)
        feuille.write_string(ligne, 1, texte, plie)
        feuille.set_row(ligne, 15 * (1 + len(texte) // 150))
        ligne += 1
    ligne += 1
    feuille.write_row(ligne, 0, _ENTETE, entete)
    for decalage, colonne in enumerate(schema.fields, 1):
        for rang, texte in enumerate(_definition(schema, colonne, contrat)):
            feuille.write_string(ligne + decalage, rang, texte, gras if rang == 0 else plie)
    return "$B$2"


def _facts(schema: Schema, contrat: Contrat) -> list[tuple[str, str]]:
    return [("Contrat de ville", contrat.nom), ("Une ligne", schema.description), *_deliveries(schema, contrat)]


def _deliveries(schema: Schema, contrat: Contrat) -> list[tuple[str, str]]:
    """Who sends the file and when: one line per rhythm, most frequent first."""
    rythmes: dict[tuple[int, int], list[str]] = {}
    for partenaire in contrat.partenaires:
        for livraison in partenaire.livraisons:
            if livraison.schema == schema.name:
                cle = (list(_PERIODES).index(livraison.periodicite), livraison.delai_jours)
                rythmes.setdefault(cle, []).append(partenaire.nom)
    lignes = []
    for (rang, delai), noms in sorted(rythmes.items()):
        rythme, periode, suffixe = list(_PERIODES.values())[rang]
        texte = f"{rythme}, au plus tard {delai} jours après la fin {periode} : {' ; '.join(noms)}."
        lignes.append(("Qui et quand", f"{texte} Nom du fichier, par exemple : {schema.name}_{suffixe}.xlsx."))
    return lignes or [("Qui et quand", "Tout partenaire du contrat de ville, quand il a des lignes à transmettre.")]


def _advice(schema: Schema, contrat: Contrat) -> list[str]:
    identite = (
        " Exception : les colonnes de nom, de prénom et de date de naissance, facultatives, sont remplacées dès la "
        "lecture par un code irréversible et une tranche d'âge, et ne sont jamais enregistrées."
        if schema.identite
        else ""
    )
    return [
        "Remplissez la feuille « Données », une ligne par cas, sans ligne vide ni total, sans fusionner de cellules. "
        "L'ordre des colonnes est libre ; gardez leurs titres.",
        "Les colonnes marquées * sont à remplir sur chaque ligne ; celles marquées (*) le sont l'une ou l'autre.",
        *alternatives(schema),
        "Aucun commentaire libre : une colonne « Observations » serait effacée à la lecture.",
        "Aucun nom de personne, aucun courriel ni téléphone personnel, aucun numéro de sécurité sociale : un fichier "
        f"qui en contient est refusé.{identite}",
        "Laissez vide ce que vous ne savez pas ; n'écrivez pas 0 à la place.",
        *(f"Une ligne est refusée dans ce cas : {phrase[0].lower()}{phrase[1:]}" for phrase in refusals(schema)),
        "Les lignes refusées vous reviennent avec l'explication ; corrigez-les et renvoyez-les telles quelles. "
        f"Au-delà de {contrat.seuil_refus:.0%} de lignes refusées, le fichier entier l'est.".replace("%", " %"),
    ]


def _definition(schema: Schema, colonne: Field, contrat: Contrat) -> tuple[str, ...]:
    exemple = str(colonne.example)
    valeurs = ""
    if colonne.nature == "qpv" or colonne.element == "qpv":
        valeurs = " ; ".join(f"{quartier.nom} ({quartier.code})" for quartier in contrat.qpv)
        exemple = contrat.qpv[0].code
    elif colonne.nomenclature:
        libelles = nomenclatures.load(colonne.nomenclature).codes
        valeurs = " ; ".join(libelles.values())
        exemple = "|".join(libelles.get(code, code) for code in exemple.split("|"))
    remplissage = {"obligatoire": "obligatoire *", "au choix": "l'une ou l'autre (*)", "identité": "facultatif, effacé"}
    mot = remplissage.get(obligation(schema, colonne), "facultatif")
    return colonne.title, mot, colonne.description, expected(colonne), valeurs, exemple
