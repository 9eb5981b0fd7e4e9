"""Checks one file against one contract without loading anything: what `python -m etl check` answers."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl.catalog import schemas as catalogue
from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.intake import cle as cles
from etl.intake.depot import Recu, period, sha256
from etl.validate import stock
from etl.validate.constat import entries, settle
from etl.validate.reception import receive
from etl.validate.references import references
from etl.validate.stock import quoted

PETIT = 2**20  # bytes under which plans and threads cost more than they save
SANS_BASE = "Les références à d'autres fichiers n'ont pas été vérifiées (option --base)."


def check_file(
    path: Path, schema: str, contrat: Contrat, base: Path | None = None, date_du_jour: date | None = None
) -> dict[str, Any]:
    """The verdict of a file: etat ("charge" if it would be, else "refuse"), motif, the four counts, and `defauts`.

    `base` is a build's output folder (its accepted rows are what references are checked against); without it, or when
    it holds nothing, references are not checked and `motif` says so.
    """
    con, jour = duckdb.connect(), date_du_jour or date.today()
    if path.stat().st_size < PETIT:
        con.execute("PRAGMA disable_optimizer")
        con.execute("SET threads = 1")
    acquis = _attach(con, base)
    con.begin()  # one transaction in place of one a statement
    choisis = _needed(catalogue.load(schema), acquis is not None)
    stock.prepare(con, choisis)
    recu = Recu(path, path.resolve().parent.name, path.name, sha256(path), period(path.name), 1)
    envois = receive(con, contrat, [recu], choisis, _key(choisis[-1]), jour, attendu=choisis[-1])
    settle(con, contrat, choisis, envois, jour, acquis, sans_references=acquis is None)
    entree = entries(con, envois)[0]
    defauts = con.execute("SELECT ligne, colonne, code, message FROM refus.ligne ORDER BY ALL").fetchall()
    return {
        "etat": entree["etat"],
        "motif": entree["motif"] or (SANS_BASE if acquis is None else None),
        **{cle: entree[cle] for cle in ("lues", "acceptees", "refusees", "ignorees")},
        "defauts": [dict(zip(("ligne", "colonne", "code", "message"), defaut, strict=True)) for defaut in defauts],
    }


def _needed(schema: Schema, avec_references: bool) -> list[Schema]:
    """The contract, after those it refers to when references are checked."""
    noms = {reference.ressource for reference in references(schema) if avec_references} - {schema.name}
    return [catalogue.load(nom) for nom in catalogue.names() if nom in noms] + [schema]


def _attach(con: duckdb.DuckDBPyConnection, base: Path | None) -> str | None:
    """Open the private base of a build for reading; None when there is none."""
    fichier = base / "prive" / "prive.duckdb" if base else None
    if fichier is None or not fichier.is_file():
        return None
    con.execute(f"ATTACH '{str(fichier).replace(chr(39), chr(39) * 2)}' AS acquis (READ_ONLY)")
    return quoted("acquis")


def _key(schema: Schema) -> bytes:
    """The key when there is one (to open tokens); otherwise any, since nothing is kept."""
    if not schema.identite:
        return bytes(32)
    try:
        return cles.load(create=False)
    except cles.CleInvalide:
        return secrets.token_bytes(32)
