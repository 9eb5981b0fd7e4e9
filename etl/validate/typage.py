"""Types the text rows of one contract in one pass of SQL: values, and for each row the list of its faults."""

from __future__ import annotations

import duckdb

from etl.catalog.schemas import Field, Schema
from etl.validate.acceptees import table_name
from etl.validate.fautes import Faute, remarks_sql, row_faults, text_of
from etl.validate.lexique import PAIRE, TABLE, Lexique, canonical_point, has_points, is_coordinate
from etl.validate.natures import TYPES, Lecteur, literal
from etl.validate.stock import quoted

DEFAUTS = "defaut"  # the temporary table of every fault of every row
MONTREES = "montrees"  # in it, the faults of each row
TYPEES = "typee"  # the temporary table of one contract's text rows, typed, while they are judged


def prepare_faults(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table that gathers what is wrong with the rows of a load."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {DEFAUTS} (schema VARCHAR, lot INTEGER, ligne INTEGER, "
        "colonne VARCHAR, code VARCHAR, message VARCHAR, correction VARCHAR)"
    )


def type_rows(con: duckdb.DuckDBPyConnection, lecteur: Lecteur, condition: str) -> bool:
    """Lay down the text rows `r` that meet a condition, typed, and the faults of each in the fault table.

    Returns whether there are any.

    `empreinte` marks the faulty rows (NULL otherwise): the hash of their texts, since their values say too little.
    Faults are spelled out in a second query, over the faulty rows and the faults they show only: clean data never pay
    for sentences.
    """
    schema = lecteur.schema
    une = f"SELECT count(*) FROM (SELECT lot FROM raw.{quoted(schema.name)} r WHERE {condition} LIMIT 1)"
    if not con.execute(une).fetchall()[0][0]:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {TYPEES} AS SELECT *, 0::BIGINT AS {MONTREES}, "
            f"NULL::UBIGINT AS empreinte FROM {table_name(schema)} LIMIT 0"
        )
        return False
    lexique = Lexique(con, lecteur, condition)
    fautes = row_faults(lecteur, lexique.champs, _present(con, schema) if schema.au_moins_un else {})
    textes = ", ".join(["b.constats", *(text_of(champ.name) for champ in schema.stored_fields)])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {TYPEES} AS {_read_rows(lecteur, lexique, condition)} "
        f"SELECT {', '.join(final_values(lecteur))}, b.partenaire, b.lot, b.ligne, {_shown(fautes)} AS {MONTREES}, "
        f"CASE WHEN {MONTREES} > 0 THEN hash({textes}) END AS empreinte FROM b"
    )
    montrees = con.execute(f"SELECT bit_or({MONTREES}) FROM {TYPEES}").fetchall()[0][0]
    if montrees:
        trouvees = [faute for rang, faute in enumerate(fautes, 1) if montrees >> rang & 1]
        _spell_out(con, lecteur, lexique, trouvees, remarques=bool(montrees & 1))
    return True


def _shown(fautes: list[Faute]) -> str:
    """SQL of the faults a row shows: one bit each, by its rank; the first is for the remarks of the gate."""
    assert len(fautes) < 62, "one bit of a BIGINT each"
    conditions = ["b.constats IS NOT NULL", *(faute.condition for faute in fautes)]
    return " + ".join(f"CASE WHEN {condition} THEN {1 << rang} ELSE 0 END" for rang, condition in enumerate(conditions))


def _spell_out(
    con: duckdb.DuckDBPyConnection, lecteur: Lecteur, lexique: Lexique, fautes: list[Faute], remarques: bool
) -> None:
    """Put the sentences of the faulty rows in the fault table; `fautes`: those that some row shows, as `remarques`."""
    fautives = f"(r.lot, r.ligne) IN (SELECT lot, ligne FROM {TYPEES} WHERE {MONTREES} > 0)"
    listes = [f"list_filter([{', '.join(faute.sql() for faute in fautes)}], lambda f: f IS NOT NULL)"] if fautes else []
    listes += [f"coalesce({remarks_sql()}, [])"] if remarques else []
    con.execute(
        f"INSERT INTO {DEFAUTS} {_read_rows(lecteur, lexique, fautives)} SELECT {literal(lecteur.schema.name)}, "
        f"b.lot, b.ligne, unnest({' || '.join(listes)}, max_depth := 2) FROM b"
    )


def _present(con: duckdb.DuckDBPyConnection, schema: Schema) -> dict[str, list[int]]:
    trouves = con.execute(
        "SELECT c.champ, list(c.lot ORDER BY c.lot) FROM journal.colonne c JOIN journal.lot j USING (lot) "
        "WHERE j.schema = ? AND j.etat = 'charge' GROUP BY c.champ",
        [schema.name],
    ).fetchall()
    return dict(trouves)


def _read_rows(lecteur: Lecteur, lexique: Lexique, condition: str) -> str:
    """The rows `b` of a contract: typed values, received texts, and what the lexicon says of them."""
    schema, champs = lecteur.schema, lecteur.schema.stored_fields
    lus = [colonne for champ in champs for colonne in _read_columns(lecteur, champ, lexique.champs)]
    jointures = [_join(schema, champ) for champ in champs if champ.name in lexique.champs]
    tete = [
        "r.lot",
        "r.ligne",
        "r.constats",
        "j.partenaire",
        *(["r.personne", "r.identite"] if schema.identite else []),
    ]
    return (
        f"WITH b AS (SELECT {', '.join([*tete, *lus])} FROM raw.{quoted(schema.name)} r "
        f"JOIN journal.lot j USING (lot) {' '.join(jointures)} WHERE {condition})"
    )


def final_values(lecteur: Lecteur) -> list[str]:
    """The columns kept of each row `b`, codes put for the empty cells that have one."""
    rendus = [f"{_final(lecteur, champ)} AS {quoted(champ.name)}" for champ in lecteur.schema.stored_fields]
    if lecteur.schema.identite:
        rendus += [f"{_person(lecteur.schema)} AS personne", "coalesce(b.identite, false) AS identite"]
    return rendus


def _read_columns(lecteur: Lecteur, champ: Field, lus: set[str]) -> list[str]:
    nom, x = champ.name, f"r.{quoted(champ.name)}"
    genre = TYPES.get(champ.nature, "VARCHAR")
    lu = lecteur.canonical_sql(champ, x) if nom in lus else lecteur.confirmed_sql(champ, x)
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
