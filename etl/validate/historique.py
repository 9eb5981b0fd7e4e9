"""What a load changes in the accepted rows (new, corrected from what to what, gone, back), and one row's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from etl.catalog.schemas import Schema
from etl.validate import doublons
from etl.validate.natures import literal
from etl.validate.stock import quoted
from etl.validate.typage import table_name

CORRIGEE, RETIREE, REVENUE = "corrigee", "retiree", "revenue"
_IDENTITE = "identite"  # said to have changed; neither its old nor its new pseudonym is written in the journal


def _former(schema: Schema) -> str:
    return quoted(f"avant_{schema.name}")


def remember(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema]) -> None:
    """Set the accepted rows aside, as they are before a load judges everything again."""
    presentes = _tables(con)
    for schema in schemas:
        con.execute(f"DROP TABLE IF EXISTS valide.{_former(schema)}")
        if schema.name in presentes:
            con.execute(f"ALTER TABLE {table_name(schema)} RENAME TO {_former(schema)}")


def compare(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema], chargement: int) -> None:
    """Write in the journal what differs from the rows set aside, then forget them.

    A row is known by its delivery and line: only those that are not the same on both sides are looked at.
    """
    presentes = _tables(con)
    for schema in schemas:
        if f"avant_{schema.name}" in presentes:
            _compare_one(con, schema, chargement)
            con.execute(f"DROP TABLE valide.{_former(schema)}")
        else:
            con.execute(
                f"INSERT INTO journal.difference SELECT {chargement}, {literal(schema.name)}, count(*), 0, 0, 0, 0 "
                f"FROM {table_name(schema)} HAVING count(*) > 0"
            )


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    sql = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'valide' AND database_name = current_database()"
    return {nom for (nom,) in con.execute(sql).fetchall()}


def _compare_one(con: duckdb.DuckDBPyConnection, schema: Schema, chargement: int) -> None:
    table, avant = table_name(schema), f"valide.{_former(schema)}"
    for nom, gauche, droite in (("partie", avant, table), ("venue", table, avant)):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {nom} AS FROM {gauche} g ANTI JOIN {droite} d "
            "ON g.lot = d.lot AND g.ligne = d.ligne"
        )
    cle = doublons.key(schema)
    meme = " AND ".join(f"a.{quoted(nom)} IS NOT DISTINCT FROM n.{quoted(nom)}" for nom in cle)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE ecart AS
        SELECT [{", ".join(f"coalesce(a.{quoted(c)}, n.{quoted(c)})::VARCHAR" for c in schema.primary_key)}] AS cle,
            a.lot AS lot_avant, n.lot AS lot_apres, a.lot IS NULL AND j.chargement = {chargement} AS neuve,
            CASE WHEN a.lot IS NULL THEN {literal(REVENUE)} WHEN n.lot IS NULL THEN {literal(RETIREE)}
                ELSE {literal(CORRIGEE)} END AS genre,
            CASE WHEN a.lot IS NULL OR n.lot IS NULL THEN [] ELSE {_changes(con, schema)} END AS valeurs
        FROM partie a FULL JOIN venue n ON {meme} LEFT JOIN journal.lot j ON j.lot = n.lot"""
    )
    con.execute(
        f"""INSERT INTO journal.difference SELECT {chargement}, {literal(schema.name)}, count(*) FILTER (neuve),
            count(*) FILTER (genre = {literal(CORRIGEE)} AND len(valeurs) > 0),
            count(*) FILTER (genre = {literal(RETIREE)}), count(*) FILTER (genre = {literal(REVENUE)} AND NOT neuve),
            count(*) FILTER (genre = {literal(CORRIGEE)} AND len(valeurs) = 0)
        FROM ecart HAVING count(*) > 0"""
    )
    con.execute(
        f"INSERT INTO journal.changement SELECT {chargement}, {literal(schema.name)}, cle, genre, lot_avant, "
        f"lot_apres, valeurs FROM ecart WHERE NOT neuve AND (genre <> {literal(CORRIGEE)} OR len(valeurs) > 0)"
    )


def _changes(con: duckdb.DuckDBPyConnection, schema: Schema) -> str:
    """SQL giving the list of the columns whose value differs between `a` and `n`."""
    types = {ligne[0]: ligne[1] for ligne in con.execute("DESCRIBE partie").fetchall()}
    ecarts = [
        f"{{'colonne': {literal(nom)}, 'avant': {_shown('a', nom, types[nom])}, "
        f"'apres': {_shown('n', nom, types[nom])}}}"
        for nom in (champ.name for champ in schema.stored_fields)
        if nom in types
    ]
    liste = f"list_filter([{', '.join(ecarts)}], lambda c: c.avant IS DISTINCT FROM c.apres)"
    if not schema.identite:
        return liste
    vide = f"[{{'colonne': {literal(_IDENTITE)}, 'avant': NULL::VARCHAR, 'apres': NULL::VARCHAR}}]"
    return f"{liste} || CASE WHEN a.personne IS DISTINCT FROM n.personne THEN {vide} ELSE [] END"


def _shown(cote: str, nom: str, genre: str) -> str:
    valeur = f"{cote}.{quoted(nom)}"
    if genre == "DATE":
        return f"strftime({valeur}, '%d/%m/%Y')"
    return f"array_to_string({valeur}, ' | ')" if genre.endswith("[]") else f"{valeur}::VARCHAR"


def history(con: duckdb.DuckDBPyConnection, schema: Schema, cle: Sequence[str]) -> list[dict[str, Any]]:
    """Everything that happened to one row, oldest first: when, from which file, which values; `cle` as written."""
    egales = " AND ".join(f"lower({quoted(nom)}::VARCHAR) = lower(?)" for nom in schema.primary_key)
    lignes = con.execute(
        f"""WITH fait AS (
            SELECT chargement, genre, lot_avant, lot_apres, valeurs FROM journal.changement
            WHERE schema = {literal(schema.name)} AND list_transform(cle, lambda c: lower(c)) = ?
        ),
        premier AS (
            SELECT coalesce(arg_min(lot_avant, chargement), (SELECT min(lot) FROM {table_name(schema)} WHERE {egales}))
                AS lot FROM fait
        )
        SELECT c.quand, c.qui, l.fichier, 'ajoutee', [] FROM premier
        JOIN journal.lot l USING (lot) JOIN journal.chargement c ON c.chargement = l.chargement
        UNION ALL
        (SELECT c.quand, c.qui, l.fichier,
            CASE WHEN c.annule IS NOT NULL AND f.genre = {literal(CORRIGEE)} THEN 'retablie' ELSE f.genre END, f.valeurs
        FROM fait f
        JOIN journal.chargement c ON c.chargement = f.chargement
        LEFT JOIN journal.lot l ON l.lot = f.lot_apres ORDER BY f.chargement)""",
        [[valeur.lower() for valeur in cle], *cle],
    ).fetchall()
    noms = ("quand", "qui", "fichier", "genre", "valeurs")
    return [dict(zip(noms, ligne, strict=True)) for ligne in lignes]
