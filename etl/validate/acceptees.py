"""The accepted rows, in valide.*: they stay from one load to the next, and leave with their text, to be judged again.

A row that is not accepted is held as text, in raw.*. An accepted one of a large file is held as values alone, unless
they would not give its text back (a spelling of a list, a number written at length); of a small file, both ways.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from etl.catalog import nomenclatures
from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.intake.cellules import REFERENCE
from etl.validate.lexique import has_points
from etl.validate.natures import TYPES, default_code, literal
from etl.validate.stock import insert, quoted, raw_columns
from etl.validate.valeurs.contexte import Contexte


def table_name(schema: Schema) -> str:
    """The table of a contract's accepted rows."""
    return f"valide.{quoted(schema.name)}"


def left_name(schema: Schema) -> str:
    """The temporary table of the rows that left during a load."""
    return quoted(f"sortie_{schema.name}")


def entered_name(schema: Schema) -> str:
    """The temporary table of the rows of former deliveries that entered during a load."""
    return quoted(f"entree_{schema.name}")


def columns(schema: Schema) -> list[tuple[str, str]]:
    """Names and types of the columns of valide.<schema>."""
    colonnes = [(champ.name, TYPES.get(champ.nature, "VARCHAR")) for champ in schema.stored_fields]
    if schema.identite:
        colonnes += [("personne", "VARCHAR"), ("identite", "BOOLEAN")]
    return [*colonnes, ("partenaire", "VARCHAR"), ("lot", "INTEGER"), ("ligne", "INTEGER")]


def create(
    con: duckdb.DuckDBPyConnection, schema: Schema, ordre: str = "CREATE TABLE IF NOT EXISTS", nom: str = ""
) -> None:
    """Create the table of a contract's accepted rows, or one of the same columns."""
    # Compressing references, nearly all different, costs half of a load and saves little.
    serre = {REFERENCE: " USING COMPRESSION uncompressed"} if not nom else {}
    liste = ", ".join(f"{quoted(colonne)} {genre}{serre.get(colonne, '')}" for colonne, genre in columns(schema))
    con.execute(f"{ordre} {nom or table_name(schema)} ({liste})")


def reopen(con: duckdb.DuckDBPyConnection, schemas: Iterable[Schema], contexte: Contexte) -> None:
    """Before a load: forget the movements of the former one, and send back to text the rows no longer read the same.

    Accepted rows stand as long as what reads them has not changed, and today is no earlier than the day they were
    judged. Those with a point never stand: geocoding completes them after the load.
    """
    tenues = {nom: (marque, jour) for nom, marque, jour in con.execute("FROM journal.lecture").fetchall()}
    remplies = tables(con)
    marques = {schema.name: _mark(schema, contexte.contrat) for schema in schemas}
    for schema in schemas:
        for nom in {left_name(schema), entered_name(schema)} & remplies:
            con.execute(f"DROP TABLE temp.{nom}")
        marque, jour = tenues.get(schema.name, ("", date.max))
        change = has_points(schema) or marque != marques[schema.name] or contexte.aujourd_hui < jour
        if change and table_name(schema) in remplies:
            set_aside(con, schema, f"SELECT lot, ligne FROM {table_name(schema)}")
            create(con, schema, "CREATE OR REPLACE TABLE")
    if tenues != (lues := {nom: (marque, contexte.aujourd_hui) for nom, marque in marques.items()}):
        con.execute("DELETE FROM journal.lecture")
        insert(con, "journal.lecture", [(nom, marque, jour.isoformat()) for nom, (marque, jour) in lues.items()])


def tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables of accepted rows (valide."x") and the temporary ones ("x") of this connection."""
    sql = "SELECT table_name, temporary FROM duckdb_tables() WHERE temporary OR schema_name = 'valide'"
    return {quoted(nom) if temporaire else f"valide.{quoted(nom)}" for nom, temporaire in con.execute(sql).fetchall()}


def _mark(schema: Schema, contrat: Contrat) -> str:
    """What the reading of a contract depends on, today's date aside: its schema, the places, the lists, our code."""
    dites = schema, contrat.qpv, contrat.communes, contrat.alias_qpv, _code()
    return hashlib.sha256(repr(dites).encode()).hexdigest()


@cache
def _code() -> str:
    """The fingerprint of the closed lists, and of the modules that read and judge."""
    empreinte = hashlib.sha256()
    for chemin in sorted((*Path(__file__).parent.rglob("*.py"), *nomenclatures.DOSSIER.glob("*.csv"))):
        empreinte.update(chemin.read_bytes())
    return empreinte.hexdigest()


def enter(
    con: duckdb.DuckDBPyConnection, schema: Schema, source: str, condition: str, anciens: Collection[int]
) -> None:
    """Accept the rows of `source` that meet a condition; `anciens`: the deliveries held before this load."""
    colonnes = ", ".join(quoted(nom) for nom, _ in columns(schema))
    con.execute(f"INSERT INTO {table_name(schema)} SELECT {colonnes} FROM {source} WHERE {condition}")
    if anciens:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {entered_name(schema)} AS SELECT lot, ligne FROM {source} "
            f"WHERE ({condition}) AND lot IN ({', '.join(map(str, anciens))})"
        )


def set_aside(con: duckdb.DuckDBPyConnection, schema: Schema, lignes: str) -> None:
    """Take rows out of valide.<schema>: `lignes` selects their (lot, ligne); their text is in raw.* from then on."""
    table, sortie = table_name(schema), left_name(schema)
    if not con.execute(f"SELECT count(*) FROM (FROM {table} LIMIT 1)").fetchall()[0][0]:
        return
    sortent = con.execute(
        f"CREATE OR REPLACE TEMP TABLE sortante AS FROM {table} v SEMI JOIN ({lignes}) s "
        "ON v.lot = s.lot AND v.ligne = s.ligne"
    ).fetchall()[0][0]
    if not sortent:
        return
    types = {ligne[0]: str(ligne[1]) for ligne in con.execute("DESCRIBE sortante").fetchall()}
    _write_text(con, schema, types)
    create(con, schema, "CREATE TEMP TABLE IF NOT EXISTS", sortie)
    memes = ", ".join(quoted(nom) for nom, genre in columns(schema) if types.get(nom) == genre)
    con.execute(f"INSERT INTO {sortie} BY NAME SELECT {memes} FROM sortante")
    con.execute(f"DELETE FROM {table} v USING sortante s WHERE v.lot = s.lot AND v.ligne = s.ligne")


def _write_text(con: duckdb.DuckDBPyConnection, schema: Schema, types: dict[str, str]) -> None:
    """Write in raw.<schema> the text of the leaving rows that have none; `types`: what they hold."""
    textes = {
        "lot": "lot",
        "ligne": "ligne",
        "identite": "identite",
        "personne": "CASE WHEN identite THEN personne END",
    }
    for champ in schema.stored_fields:
        if champ.name in types:
            rendu, vide = text_sql(quoted(champ.name), types[champ.name]), default_code(champ, nomenclatures.load)
            textes[champ.name] = f"nullif({rendu}, {literal(vide)})" if vide is not None else rendu
    noms = [nom for nom, _ in raw_columns(schema) if nom in textes]
    con.execute(
        f"INSERT INTO raw.{quoted(schema.name)} ({', '.join(map(quoted, noms))}) "
        f"SELECT {', '.join(textes[nom] for nom in noms)} FROM sortante s "
        f"ANTI JOIN raw.{quoted(schema.name)} r ON r.lot = s.lot AND r.ligne = s.ligne"
    )


def text_sql(x: str, genre: str) -> str:
    """SQL giving the text of a value, as a partner would write it."""
    if genre == "DATE":
        return f"strftime({x}, '%d/%m/%Y')"
    if genre == "DOUBLE":
        return f"regexp_replace(({x})::VARCHAR, '[.]0$', '')"
    return f"array_to_string({x}, '|')" if genre.endswith("[]") else f"({x})::VARCHAR"


def remove(con: duckdb.DuckDBPyConnection, schema: Schema, lots: Collection[int]) -> None:
    """Take the rows of deliveries out of valide.* and raw.*, for good."""
    siens = f"lot IN ({', '.join(map(str, lots)) or 'NULL'})"
    set_aside(con, schema, f"SELECT lot, ligne FROM {table_name(schema)} WHERE {siens}")
    con.execute(f"DELETE FROM raw.{quoted(schema.name)} WHERE {siens}")
