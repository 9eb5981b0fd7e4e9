"""Within one delivery: exact repetitions are set aside; one key with two contents refuses every such row."""

from __future__ import annotations

import duckdb

from etl.catalog.schemas import Schema
from etl.validate.acceptees import columns
from etl.validate.natures import literal
from etl.validate.stock import quoted
from etl.validate.typage import DEFAUTS

ECARTEES = "ecartee"  # exact repetitions, with the line they repeat
JUGEES = "jugee"  # the temporary view of all the rows of one contract while it is judged


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table of the exact repetitions of a load."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {ECARTEES} (schema VARCHAR, lot INTEGER, ligne INTEGER, premiere INTEGER)"
    )


def find(con: duckdb.DuckDBPyConnection, schema: Schema) -> bool:
    """Set exact repetitions aside, refuse the rows that share a key in one delivery and differ.

    Returns whether some key comes several times, in one delivery or in several (its rows but repetitions: `suspecte`).
    """
    cles = ", ".join(quoted(nom) for nom in key(schema))
    # Two keys may share their hash, one key has one only: where no hash comes twice, no key does. Sorting millions of
    # hashes takes two thirds of the time of grouping them.
    communs = con.execute(
        "CREATE OR REPLACE TEMP TABLE hachage AS SELECT DISTINCT h FROM (SELECT h, lag(h) OVER (ORDER BY h) AS avant "
        f"FROM (SELECT hash({cles}) AS h FROM {JUGEES})) WHERE h = avant"
    ).fetchall()[0][0]
    if not communs:
        return False
    con.execute(f"CREATE OR REPLACE TEMP TABLE suspecte AS FROM {JUGEES} v SEMI JOIN hachage m ON hash({cles}) = m.h")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE cle_multiple AS SELECT {cles} FROM suspecte GROUP BY ALL HAVING count(*) > 1"
    )
    meme = " AND ".join(f"suspecte.{quoted(nom)} IS NOT DISTINCT FROM m.{quoted(nom)}" for nom in key(schema))
    con.execute(f"DELETE FROM suspecte WHERE NOT EXISTS (SELECT 1 FROM cle_multiple m WHERE {meme})")
    contenu = ", ".join(quoted(nom) for nom in [*_content(schema), "lot", "empreinte"])
    con.execute(
        f"""INSERT INTO {ECARTEES} SELECT {literal(schema.name)}, lot, ligne, premiere FROM (
            SELECT lot, ligne, min(ligne) OVER (PARTITION BY {contenu}) AS premiere FROM suspecte
        ) WHERE ligne > premiere"""
    )
    con.execute(f"DELETE FROM suspecte s USING {ECARTEES} e WHERE s.lot = e.lot AND s.ligne = e.ligne")
    _refuse_contradictions(con, schema, ", ".join(quoted(nom) for nom in schema.primary_key))
    return True


def resent(con: duckdb.DuckDBPyConnection, schema: Schema, lots: set[int]) -> dict[int, int]:
    """How many rows of each of these deliveries an earlier one already held, identical. Call it after `find`."""
    contenu = ", ".join(map(quoted, _content(schema)))
    trouvees = con.execute(
        f"""SELECT lot, count(*) FROM (
            SELECT lot, rang, min(rang) OVER (PARTITION BY {contenu}) AS premier
            FROM suspecte JOIN ordre USING (lot) WHERE empreinte IS NULL
        ) WHERE rang > premier AND lot IN (SELECT unnest(?)) GROUP BY lot""",
        [sorted(lots)],
    ).fetchall()
    return dict(trouvees)


def _content(schema: Schema) -> list[str]:
    """The columns of a row, its place in a delivery aside."""
    return [nom for nom, _ in columns(schema) if nom not in ("lot", "ligne")]


def key(schema: Schema) -> list[str]:
    """The columns in which a row is unique: its key, within its partner's folder when the contract says so."""
    return [*schema.primary_key, *(["partenaire"] if schema.portee_cle == "dossier" else [])]


def _refuse_contradictions(con: duckdb.DuckDBPyConnection, schema: Schema, cle: str) -> None:
    complete = " AND ".join(f"{quoted(nom)} IS NOT NULL" for nom in schema.primary_key if schema.field(nom).required)
    nom = shown_column(schema)
    valeur = f"strftime({quoted(nom)}, '%d/%m/%Y')" if schema.field(nom).nature == "date" else f"{quoted(nom)}::VARCHAR"
    titres = ", ".join(schema.field(champ).title for champ in schema.primary_key)
    con.execute(
        f"""INSERT INTO {DEFAUTS}
        SELECT {literal(schema.name)}, lot, ligne, {literal(nom)}, 'cle_contradictoire',
            '"' || {valeur} || '" a la même clé que ' || CASE len(autres) WHEN 1 THEN 'la ligne ' ELSE 'les lignes ' END
            || array_to_string(autres[:5], ', ') || ', avec d''autres valeurs ({titres.replace("'", "''")}).',
            'Gardez la bonne ligne, ou donnez à chacune sa propre référence.'
        FROM (
            SELECT lot, ligne, {cle}, list_filter(toutes, lambda l: l <> ligne) AS autres FROM (
                SELECT *, list(ligne) OVER (PARTITION BY lot, {cle} ORDER BY ligne
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS toutes
                FROM suspecte WHERE {complete}
            )
        ) WHERE len(autres) > 0"""
    )


def shown_column(schema: Schema) -> str:
    """The column of a key that a partner looks up first."""
    cle = schema.primary_key
    return "participant_ref" if "participant_ref" in cle else cle[0]
