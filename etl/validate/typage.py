"""Types the text rows of one contract in one pass of SQL: values, and for each row the list of its faults."""

from __future__ import annotations

import duckdb

from etl.catalog.schemas import Field, Schema
from etl.validate.fautes import Faute, remarks_sql, row_faults, text_of
from etl.validate.lexique import PAIRE, TABLE, Lexique, canonical_point, has_points, is_coordinate
from etl.validate.natures import TYPES, Lecteur
from etl.validate.stock import quoted


def table_name(schema: Schema) -> str:
    """The table of a contract's typed rows: all of them while they are judged, the accepted ones in the end."""
    return f"valide.{quoted(schema.name)}"


def type_rows(con: duckdb.DuckDBPyConnection, lecteur: Lecteur, lots: list[int]) -> None:
    """Fill valide.<schema> with every row of the deliveries, typed, and its `fautes` (NULL when it has none)."""
    lexique = Lexique(con, lecteur, lots)
    fautes = row_faults(lecteur, lexique.champs, _present(con, lots))
    requete = compile_sql(lecteur, lexique, fautes, lots)
    con.execute(f"CREATE OR REPLACE TABLE {table_name(lecteur.schema)} AS {requete}")


def no_rows(con: duckdb.DuckDBPyConnection, schema: Schema) -> None:
    """Create the empty table of a contract of which nothing was received."""
    colonnes = [(champ.name, TYPES.get(champ.nature, "VARCHAR")) for champ in schema.stored_fields]
    if schema.identite:
        colonnes += [("personne", "VARCHAR"), ("identite", "BOOLEAN")]
    colonnes += [("partenaire", "VARCHAR"), ("lot", "INTEGER"), ("ligne", "INTEGER")]
    liste = ", ".join(f"{quoted(nom)} {genre}" for nom, genre in colonnes)
    con.execute(f"CREATE OR REPLACE TABLE {table_name(schema)} ({liste})")


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
    tete = ["r.lot", "r.ligne", "r.constats", "j.partenaire", *personne]
    rendus = [f"{_final(lecteur, champ)} AS {quoted(champ.name)}" for champ in champs]
    if schema.identite:
        rendus += [f"{_person(schema)} AS personne", "coalesce(b.identite, false) AS identite"]
    garde = " OR ".join(f"({faute.condition})" for faute in fautes)
    liste = ", ".join(faute.sql() for faute in fautes)
    return f"""
        WITH b AS (
            SELECT {", ".join([*tete, *lus])}
            FROM raw.{quoted(schema.name)} r JOIN journal.lot j USING (lot) {" ".join(jointures)}
            WHERE r.lot IN ({", ".join(map(str, lots)) or "NULL"})
        )
        SELECT {", ".join(rendus)}, b.partenaire, b.lot, b.ligne, b.constats,
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


def _person(schema: Schema) -> str:
    """The pseudonym of a row; without an identity a person is known by the structure and its reference."""
    cle = " || '/' || ".join(f"b.{quoted(nom)}" for nom in schema.primary_key)
    return f"coalesce(b.personne, {cle})"
