"""Writes the workbook a partner fills in: one XLSX per contract of data, derived from its Table Schema."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from etl.catalog import nomenclatures, schemas
from etl.catalog.contrat import Contrat
from etl.catalog.explications import expected, obligation
from etl.catalog.schemas import Field, Schema
from etl.template_notice import write_notice

FEUILLE_NOTICE, FEUILLE_DONNEES, FEUILLE_LISTES = "Lisez-moi", "Données", "Listes"
NOM_VERSION = "version_gabarit"
LIGNES = 5000  # rows that carry drop-downs and checks

_TITRES = {
    "obligatoire": {"bg_color": "#1F3864", "font_color": "#FFFFFF"},
    "au choix": {"bg_color": "#2F5F8F", "font_color": "#FFFFFF"},
    "identité": {"bg_color": "#F4E3D3", "font_color": "#5A2D00"},
    "facultatif": {"bg_color": "#E7E9EE", "font_color": "#1A1A1A"},
}
_MARQUES = {"obligatoire": " *", "au choix": " (*)", "identité": "", "facultatif": ""}
_TEXTE = ("identifiant", "texte", "heure", "siret", "code_postal", "code_insee", "telephone", "courriel", "url", "qpv")


def version(schema: Schema) -> str:
    """What the cell named `version_gabarit` holds: "<schema> <version>"."""
    return f"{schema.name} {schema.version}"


def write(nom: str, dossier: Path, contrat: Contrat) -> Path:
    """Write `<dossier>/<nom>.xlsx` for one contract of data; returns its path. KeyError for an unknown contract."""
    schema = schemas.load(nom)
    dossier.mkdir(parents=True, exist_ok=True)
    chemin = dossier / f"{nom}.xlsx"
    with xlsxwriter.Workbook(str(chemin), {"strings_to_formulas": False, "strings_to_urls": False}) as classeur:
        # A fixed date keeps the file identical from one run to the next.
        proprietes = {"title": f"Modèle : {schema.title}", "keywords": version(schema), "created": datetime(2024, 1, 1)}
        classeur.set_properties(proprietes)
        notice = classeur.add_worksheet(FEUILLE_NOTICE)
        donnees = classeur.add_worksheet(FEUILLE_DONNEES)
        listes = classeur.add_worksheet(FEUILLE_LISTES)
        cellule = write_notice(classeur, notice, schema, contrat, version(schema))
        classeur.define_name(NOM_VERSION, f"='{FEUILLE_NOTICE}'!{cellule}")
        plages = _write_lists(listes, schema, contrat)
        _write_columns(classeur, donnees, schema, plages)
        donnees.activate()
        listes.hide()
    return chemin


def choices(colonne: Field, contrat: Contrat) -> tuple[str, ...]:
    """The labels a drop-down offers for this column; none when it is free."""
    if colonne.nature == "qpv" or colonne.element == "qpv":
        quartiers = tuple(quartier.nom for quartier in contrat.qpv)
        return quartiers if colonne.element else (*quartiers, "Hors QPV", "Inconnu")
    return tuple(nomenclatures.load(colonne.nomenclature).codes.values()) if colonne.nomenclature else ()


def _write_lists(feuille: Worksheet, schema: Schema, contrat: Contrat) -> dict[str, str]:
    """Write each closed list in a column of the hidden sheet; returns its range by column name."""
    plages = {}
    offres = {colonne.name: choices(colonne, contrat) for colonne in schema.fields}
    for rang, (nom, valeurs) in enumerate((nom, valeurs) for nom, valeurs in offres.items() if valeurs):
        feuille.write_string(0, rang, schema.field(nom).title)
        feuille.write_column(1, rang, valeurs)
        lettre = xlsxwriter.utility.xl_col_to_name(rang)
        plages[nom] = f"={FEUILLE_LISTES}!${lettre}$2:${lettre}${len(valeurs) + 1}"
    return plages


def _write_columns(classeur: xlsxwriter.Workbook, feuille: Worksheet, schema: Schema, plages: dict[str, str]) -> None:
    commun = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#FFFFFF"}
    titres = {genre: classeur.add_format(commun | couleurs) for genre, couleurs in _TITRES.items()}
    texte = classeur.add_format({"num_format": "@"})
    jour = classeur.add_format({"num_format": "dd/mm/yyyy"})
    feuille.freeze_panes(1, 0)
    feuille.set_row(0, 48)
    for rang, colonne in enumerate(schema.fields):
        genre = obligation(schema, colonne)
        feuille.write_string(0, rang, colonne.title + _MARQUES[genre], titres[genre])
        feuille.set_column(rang, rang, _width(colonne), _cell_format(colonne, texte, jour))
        feuille.data_validation(1, rang, LIGNES, rang, _validation(colonne, plages.get(colonne.name)))


def _width(colonne: Field) -> float:
    return min(40, max(14, len(colonne.title) * 0.7 + 4)) if colonne.nature != "enumeration" else 30


def _cell_format(colonne: Field, texte: Format, jour: Format) -> Format | None:
    if colonne.nature == "date":
        return jour
    # Text keeps leading zeros, and identifiers as they are typed.
    return texte if colonne.nature in _TEXTE else None


def _validation(colonne: Field, plage: str | None) -> dict[str, Any]:
    """The check Excel and LibreOffice run while typing, with its messages in French."""
    forme = expected(colonne)
    regle = _list_rule(colonne, plage) if plage else _bounds_rule(colonne)
    return {
        "input_title": colonne.title[:32],
        "input_message": _cut(colonne.description, 250),
        "error_title": "Valeur non acceptée",
        "error_message": _cut(f"Attendu : {forme}. Exemple : {colonne.example}.", 250),
        "ignore_blank": True,
        **regle,
    }


def _list_rule(colonne: Field, plage: str) -> dict[str, Any]:
    # A neighbourhood may also be typed by its code, and a list may hold several values: these only warn.
    libre = colonne.nature in ("qpv", "liste")
    return {"validate": "list", "source": plage, "error_type": "information" if libre else "stop"}


def _bounds_rule(colonne: Field) -> dict[str, Any]:
    if colonne.nature == "date":
        return _between("date", date(1920, 1, 1), date(2099, 12, 31))
    if colonne.nature in ("entier", "annee"):
        return _between("integer", int(colonne.minimum or 0), int(colonne.maximum or 1_000_000_000))
    if colonne.nature in ("decimal", "montant", "latitude", "longitude"):
        return _between("decimal", colonne.minimum or 0, colonne.maximum or 1_000_000_000)
    if colonne.max_length:
        return _between("length", 0, colonne.max_length)
    return {"validate": "any"}


def _between(genre: str, mini: Any, maxi: Any) -> dict[str, Any]:
    return {"validate": genre, "criteria": "between", "minimum": mini, "maximum": maxi, "error_type": "stop"}


def _cut(texte: str, longueur: int) -> str:
    return texte if len(texte) <= longueur else texte[: longueur - 1].rstrip() + "…"
