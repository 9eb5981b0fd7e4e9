"""Writes the contract's own tables (`contrat.*`): parameters, quarters, partners, targets, events, decisions."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl.catalog import sorties
from etl.catalog.contrat import Contrat, ContratInvalide
from etl.catalog.indicateurs import CATALOGUE
from etl.transaction import append

_PILOTAGE = {
    "cible": (
        "cibles",
        {
            "indicateur": "VARCHAR",
            "code_qpv": "VARCHAR",
            "annee_initiale": "INTEGER",
            "valeur_initiale": "DOUBLE",
            "annee": "INTEGER",
            "valeur_cible": "DOUBLE",
            "statut": "VARCHAR",
            "adoptee_le": "DATE",
            "motif": "VARCHAR",
        },
    ),
    "evenement": ("evenements", {"date": "DATE", "libelle": "VARCHAR", "code_qpv": "VARCHAR"}),
    "commentaire": ("commentaires", {"date": "DATE", "indicateur": "VARCHAR", "texte": "VARCHAR"}),
    "decision": (
        "decisions",
        {
            "date_comite": "DATE",
            "decision": "VARCHAR",
            "responsable": "VARCHAR",
            "echeance": "DATE",
            "etat": "VARCHAR",
        },
    ),
}


_QPV = {
    "code": "VARCHAR", "nom": "VARCHAR", "commune": "VARCHAR", "code_2015": "VARCHAR", "contour": "VARCHAR",
    "population": "INTEGER", "taux_emploi": "DOUBLE", "taux_pauvrete": "DOUBLE", "superficie_ha": "DOUBLE",
    "source": "VARCHAR", "remarque": "VARCHAR",
}  # fmt: skip
_LIVRAISON = {
    "dossier": "VARCHAR", "nom": "VARCHAR", "schema": "VARCHAR", "periodicite": "VARCHAR", "delai_jours": "INTEGER",
    "mode": "VARCHAR",
}  # fmt: skip


def write(con: duckdb.DuckDBPyConnection, contrat: Contrat, date_donnees: date) -> None:
    """Replace the schema `contrat`; `date_donnees` is the last day the figures speak of. Raises ContratInvalide."""
    con.execute("CREATE SCHEMA IF NOT EXISTS contrat")
    bornes = [(contrat.debut, contrat.fin, date_donnees)]
    _table(con, "parametre", {"debut": "DATE", "fin": "DATE", "date_donnees": "DATE"}, bornes)
    _table(con, "qpv", _QPV, _quarters(contrat))
    _table(con, "commune", {"code": "VARCHAR", "nom": "VARCHAR"}, [(c.code, c.nom) for c in contrat.communes])
    _table(con, "type_sortie", _SORTIE, _exits(contrat))
    partenaires = [(p.dossier, p.nom) for p in contrat.partenaires]
    _table(con, "partenaire", {"dossier": "VARCHAR", "nom": "VARCHAR"}, partenaires)
    livraisons = [
        (p.dossier, p.nom, v.schema, v.periodicite, v.delai_jours, v.mode)
        for p in contrat.partenaires
        for v in p.livraisons
    ]
    _table(con, "livraison", _LIVRAISON, livraisons)
    for nom, (fichier, colonnes) in _PILOTAGE.items():
        chemin = contrat.dossier / f"{fichier}.csv"
        _table(con, nom, colonnes, _read(chemin, tuple(colonnes)))
    _check_targets(con, contrat)


def _quarters(contrat: Contrat) -> list[tuple[Any, ...]]:
    source = (contrat.faits_qpv_source, contrat.faits_qpv_remarque)
    return [
        (
            q.code, q.nom, q.commune, q.code_2015, q.contour, q.population, q.taux_emploi, q.taux_pauvrete,
            q.superficie_ha, *source,
        )
        for q in contrat.qpv
    ]  # fmt: skip


_SORTIE = {"type_sortie": "VARCHAR", "categorie": "VARCHAR", "durable_ou_formation": "BOOLEAN", "locale": "BOOLEAN"}


def _exits(contrat: Contrat) -> list[tuple[str, str, bool, bool]]:
    """Each type of exit with its category in the IAE definition and its place in the other ones."""
    categories = {t: c for c, types in sorties.CATEGORIES.items() for t in types}
    durable = contrat.definitions_sortie.get("durable_ou_formation", ())
    locale = contrat.definitions_sortie.get("locale", ())
    return [(t, c, t in durable, t in locale) for t, c in categories.items()]


def _table(con: duckdb.DuckDBPyConnection, nom: str, colonnes: dict[str, str], lignes: Sequence[Sequence[Any]]) -> None:
    declare = ", ".join(f'"{c}" {t}' for c, t in colonnes.items())
    con.execute(f"CREATE OR REPLACE TABLE contrat.{nom} ({declare})")
    try:
        append(con, f"contrat.{nom}", lignes)
    except duckdb.ConversionException as erreur:
        raise ContratInvalide(
            f"Le fichier du contrat qui remplit « {nom} » contient une valeur illisible : {erreur}"
        ) from erreur


def _read(chemin: Path, colonnes: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    """Read a steering CSV by column name; an absent file is an empty table."""
    if not chemin.exists():
        return []
    with chemin.open(encoding="utf-8-sig", newline="") as flux:
        lecteur = csv.DictReader(flux)
        manquantes = set(colonnes) - set(lecteur.fieldnames or ())
        if manquantes:
            raise ContratInvalide(f"{chemin} : il manque la colonne {', '.join(sorted(manquantes))}.")
        return [tuple(ligne[c] or None for c in colonnes) for ligne in lecteur]


def _check_targets(con: duckdb.DuckDBPyConnection, contrat: Contrat) -> None:
    codes = {"total", *(q.code for q in contrat.qpv)}
    for indicateur, code in con.execute("SELECT DISTINCT indicateur, code_qpv FROM contrat.cible").fetchall():
        if indicateur not in CATALOGUE:
            raise ContratInvalide(f"cibles.csv : l'indicateur « {indicateur} » n'existe pas.")
        if code not in codes:
            raise ContratInvalide(f"cibles.csv : « {code} » n'est ni « total » ni un quartier du contrat.")
