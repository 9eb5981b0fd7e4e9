"""Says in French what a column expects: the words shared by the templates and the dictionary."""

from __future__ import annotations

from typing import Literal

from etl.catalog import nomenclatures
from etl.catalog.schemas import Field, Schema

Obligation = Literal["obligatoire", "au choix", "identité", "facultatif"]

_FORMATS = {
    "identifiant": "code (lettres, chiffres, tirets)",
    "texte": "texte",
    "date": "date JJ/MM/AAAA",
    "heure": "heure HH:MM",
    "entier": "nombre entier",
    "decimal": "nombre",
    "montant": "montant en euros, sans le signe €",
    "annee": "année sur quatre chiffres",
    "booleen": "oui ou non ; vide : non renseigné",
    "enumeration": "une valeur de la liste",
    "liste": "une ou plusieurs valeurs, séparées par |",
    "qpv": "code ou nom du quartier, hors_qpv, ou vide si inconnu",
    "siret": "14 chiffres",
    "code_postal": "5 chiffres",
    "code_insee": "5 caractères",
    "latitude": "degrés décimaux",
    "longitude": "degrés décimaux",
    "courriel": "adresse de courriel",
    "telephone": "numéro de téléphone",
    "url": "adresse web commençant par https://",
}


def obligation(schema: Schema, colonne: Field) -> Obligation:
    """Whether a column must be filled, is one of several that must, is an identity, or may stay empty."""
    if colonne.name in schema.identite:
        return "identité"
    if colonne.required:
        return "obligatoire"
    au_choix = {nom for exigence in schema.au_moins_un for choix in exigence for nom in choix}
    return "au choix" if colonne.name in au_choix else "facultatif"


def expected(colonne: Field) -> str:
    """The expected form of a value, bounds included."""
    texte = _FORMATS[colonne.nature]
    if colonne.nature == "date" and colonne.format == "default":
        texte = "date AAAA-MM-JJ"
    if colonne.nature in ("entier", "montant", "annee") and colonne.minimum is not None:
        texte += f", {_bounds(colonne)}"
    if colonne.nature == "texte" and colonne.max_length:
        texte += f" de {colonne.max_length} caractères au plus"
    if colonne.defaut:
        texte += f" ; vide : {label(colonne, colonne.defaut)}"
    elif colonne.required and nomenclatures.NON_RENSEIGNE in colonne.enum:
        texte += " ; vide : non renseigné"
    return texte


def _bounds(colonne: Field) -> str:
    if colonne.maximum is None:
        return f"au moins {colonne.minimum:g}"
    return f"de {colonne.minimum:.0f} à {colonne.maximum:.0f}"


def label(colonne: Field, code: str) -> str:
    """The French label of a code of the column's closed list."""
    assert colonne.nomenclature
    return nomenclatures.load(colonne.nomenclature).codes[code]


def alternatives(schema: Schema) -> tuple[str, ...]:
    """One sentence per requirement «at least one of»."""
    return tuple(
        "Remplissez au moins, sur chaque ligne : "
        + ", ou ".join(
            " et ".join(f"« {schema.field(nom).title} »" for nom in choix)
            for choix in exigence
        )
        + "."
        for exigence in schema.au_moins_un
    )  # fmt: skip


def refusals(schema: Schema) -> tuple[str, ...]:
    """One sentence per contradiction that refuses a row."""
    return tuple(f"{regle.message[0].upper()}{regle.message[1:]} : {regle.correction}." for regle in schema.regles)
