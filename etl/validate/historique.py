"""What a load changes in the accepted rows (new, corrected from what to what, gone, back), and one row's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from etl.catalog.schemas import Schema
from etl.validate import doublons
from etl.validate.acceptees import create, entered_name, left_name, table_name, tables
from etl.validate.natures import literal
from etl.validate.stock import quoted

CORRIGEE, RETIREE, REVENUE = "corrigee", "retiree", "revenue"
_IDENTITE = "identite"  # said to have changed; neither its old nor its new pseudonym is written in the journal


def compare(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema], chargement: int) -> None:
    """Write in the journal what a load changed: rows that left, came back, or came in its own deliveries.

    Only rows that moved are looked at; one that left and came back is where it was.
    """
    presentes = tables(con)
    lots = dict(
        con.execute(
            "SELECT schema, list(lot) FROM journal.lot WHERE chargement = ? AND etat = 'charge' GROUP BY schema",
            [chargement],
        ).fetchall()
    )
    for schema in schemas:
        neufs = f"lot IN ({', '.join(map(str, lots.get(schema.name, []))) or 'NULL'})"
        if _moved(con, schema, chargement, presentes):
            _compare_one(con, schema, chargement, neufs)
        elif schema.name in lots:
            con.execute(
                f"INSERT INTO journal.difference SELECT {chargement}, {literal(schema.name)}, count(*), 0, 0, 0, 0 "
                f"FROM {table_name(schema)} WHERE {neufs} HAVING count(*) > 0"
            )


def _moved(con: duckdb.DuckDBPyConnection, schema: Schema, chargement: int, presentes: set[str]) -> bool:
    """List in `mouvement` the rows of former deliveries that are not where they were: 1 left, -1 came back."""
    sens = {left_name(schema): 1, entered_name(schema): -1}
    mouvements = [f"SELECT lot, ligne, {sens[nom]} AS sens FROM {nom}" for nom in sens if nom in presentes]
    if not mouvements:
        return False
    bouges = con.execute(
        f"""CREATE OR REPLACE TEMP TABLE mouvement AS SELECT lot, ligne, sum(sens) AS bilan
        FROM ({" UNION ALL ".join(mouvements)}) JOIN journal.lot j USING (lot) WHERE j.chargement < {chargement}
        GROUP BY lot, ligne HAVING bilan <> 0"""
    ).fetchall()[0][0]
    return bool(bouges)


def _compare_one(con: duckdb.DuckDBPyConnection, schema: Schema, chargement: int, neufs: str) -> None:
    table, cle = table_name(schema), doublons.key(schema)
    create(con, schema, "CREATE TEMP TABLE IF NOT EXISTS", left_name(schema))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE partie AS SELECT DISTINCT ON (lot, ligne) * FROM {left_name(schema)} "
        "SEMI JOIN (FROM mouvement WHERE bilan > 0) m USING (lot, ligne)"
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE venue AS
        FROM {table} n SEMI JOIN partie a ON {_same("a", cle)} WHERE {neufs}
        UNION ALL FROM {table} SEMI JOIN (FROM mouvement WHERE bilan < 0) m USING (lot, ligne)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE ecart AS
        SELECT [{", ".join(f"coalesce(a.{quoted(c)}, n.{quoted(c)})::VARCHAR" for c in schema.primary_key)}] AS cle,
            a.lot AS lot_avant, n.lot AS lot_apres,
            CASE WHEN a.lot IS NULL THEN {literal(REVENUE)} WHEN n.lot IS NULL THEN {literal(RETIREE)}
                ELSE {literal(CORRIGEE)} END AS genre,
            CASE WHEN a.lot IS NULL OR n.lot IS NULL THEN [] ELSE {_changes(con, schema)} END AS valeurs
        FROM partie a FULL JOIN venue n ON {_same("a", cle)}"""
    )
    con.execute(
        f"""INSERT INTO journal.difference
        SELECT {chargement}, {literal(schema.name)}, (SELECT count(*) FROM {table} WHERE {neufs})
                - count(*) FILTER (lot_apres IS NOT NULL AND {neufs.replace("lot", "lot_apres", 1)}),
            count(*) FILTER (genre = {literal(CORRIGEE)} AND len(valeurs) > 0),
            count(*) FILTER (genre = {literal(RETIREE)}), count(*) FILTER (genre = {literal(REVENUE)}),
            count(*) FILTER (genre = {literal(CORRIGEE)} AND len(valeurs) = 0)
        FROM ecart"""
    )
    con.execute(
        f"INSERT INTO journal.changement SELECT {chargement}, {literal(schema.name)}, cle, genre, lot_avant, "
        f"lot_apres, valeurs FROM ecart WHERE genre <> {literal(CORRIGEE)} OR len(valeurs) > 0"
    )


def _same(autre: str, cle: Sequence[str]) -> str:
    return " AND ".join(f"{autre}.{quoted(nom)} IS NOT DISTINCT FROM n.{quoted(nom)}" for nom in cle)


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
