"""Types the text rows of one contract in one pass of SQL: values, and for each row the list of its faults."""

from __future__ import annotations

import duckdb

from etl.catalog.schemas import Field, Schema
from etl.validate.fautes import Faute, remarks_sql, row_faults, text_of
from etl.validate.lexique import PAIRE, TABLE, Lexique, canonical_point, has_points, is_coordinate
from etl.validate.natures import TYPES, Lecteur
from etl.validate.stock import quoted


def trial_name(schema: Schema) -> str:
    """The temporary table of a contract's typed rows, faulty ones included."""
    return quoted(f"essai_{schema.name}")


def type_rows(con: duckdb.DuckDBPyConnection, lecteur: Lecteur, lots: list[int]) -> None:
    """Create the trial table: lot, ligne, constats, [personne, identite,] typed fields, `fautes` (NULL when none)."""
    lexique = Lexique(con, lecteur, lots)
    fautes = row_faults(lecteur, lexique.champs, _present(con, lots))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {trial_name(lecteur.schema)} AS {compile_sql(lecteur, lexique, fautes, lots)}"
    )


def columns(schema: Schema) -> list[tuple[str, str]]:
    """Names and types of a contract's typed columns, those of valide.<schema> before partenaire, lot and ligne."""
    typees = [(champ.name, TYPES.get(champ.nature, "VARCHAR")) for champ in schema.stored_fields]
    return typees + ([("personne", "VARCHAR"), ("identite", "BOOLEAN")] if schema.identite else [])


def no_rows(con: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Create the trial and accepted tables of a contract of which nothing was received."""
    liste = ", ".join(f"{quoted(nom)} {genre}" for nom, genre in columns(schema))
    fin = "lot INTEGER, ligne INTEGER"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {trial_name(schema)} ({liste}, {fin})")
    con.execute(f"CREATE OR REPLACE TABLE valide.{quoted(schema.name)} ({liste}, partenaire VARCHAR, {fin})")


def _present(con: duckdb.DuckDBPyConnection, lots: list[int]) -> dict[str, list[int]]:
    trouves = con.execute(
        "SELECT champ, list(lot ORDER BY lot) FROM journal.colonne WHERE lot IN (SELECT unnest(?)) GROUP BY champ",
        [lots],
    ).fetchall()
    return dict(trouves)


def compile_sql(lecteur: Lecteur, lexique: Lexique, fautes: list[Faute], lots: list[int]) -> str:
    """The query of a contract: read, cast, judge."""
    schema = lecteur.schema
    champs = schema.stored_fields
    lus = [colonne for champ in champs for colonne in _read_columns(lecteur, champ, lexique.champs)]
    jointures = [_join(schema, champ) for champ in champs if champ.name in lexique.champs]
    personne = ["r.personne", "r.identite"] if schema.identite else []
    tete = ["r.lot", "r.ligne", "r.constats", *personne]
    rendus = [f"{_final(lecteur, champ)} AS {quoted(champ.name)}" for champ in champs]
    garde = " OR ".join(f"({faute.condition})" for faute in fautes)
    liste = ", ".join(faute.sql() for faute in fautes)
    return f"""
        WITH b AS (
            SELECT {", ".join([*tete, *lus])}
            FROM raw.{quoted(schema.name)} r {" ".join(jointures)}
            WHERE r.lot IN ({", ".join(map(str, lots)) or "NULL"})
        )
        SELECT {", ".join([*(colonne.replace("r.", "b.") for colonne in tete), *rendus])},
            CASE WHEN b.constats IS NOT NULL OR {garde} THEN
                list_concat(coalesce({remarks_sql()}, []), list_filter([{liste}], lambda f: f IS NOT NULL))
            END AS fautes
        FROM b"""


def _read_columns(lecteur: Lecteur, champ: Field, lus: set[str]) -> list[str]:
    nom, x = champ.name, f"r.{quoted(champ.name)}"
    genre = TYPES.get(champ.nature, "VARCHAR")
    lu = lecteur.canonical_sql(champ, x)
    if is_coordinate(lecteur.schema, champ):
        lu = f"CASE WHEN {canonical_point(lecteur)} THEN {x}::DOUBLE END"
    colonnes = [f"{x} AS {text_of(nom)}"]
    if nom in lus:
        m = quoted(f"l·{nom}")
        rendu = f"string_split({m}.valeur, chr(31))" if genre == "VARCHAR[]" else f"{m}.valeur::{genre}"
        lu = f"coalesce({lu}, {rendu})"
        colonnes += [
            f"{m}.{source} AS {quoted(f'{cle}·{nom}')}"
            for cle, source in (("c", "code"), ("m", "message"), ("k", "correction"))
        ]
    return [*colonnes, f"{lu} AS {quoted(nom)}"]


def _join(schema: Schema, champ: Field) -> str:
    m = quoted(f"l·{champ.name}")
    brut = PAIRE if has_points(schema) and is_coordinate(schema, champ) else f"r.{quoted(champ.name)}"
    return f"LEFT JOIN {TABLE} {m} ON {m}.champ = '{champ.name}' AND {m}.brut = {brut}"


def _final(lecteur: Lecteur, champ: Field) -> str:
    defaut = lecteur.default(champ)
    x = f"b.{quoted(champ.name)}"
    return f"coalesce({x}, '{defaut}')" if defaut is not None else x
