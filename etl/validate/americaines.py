"""Recognises a delivery whose dates are all written month first, as American software does: refused, never turned."""

from __future__ import annotations

import duckdb

from etl.catalog.schemas import Schema
from etl.validate.acceptees import table_name
from etl.validate.natures import literal
from etl.validate.stock import quoted
from etl.validate.typage import DEFAUTS

_MOIS_PUIS_JOUR = "^(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/[0-9]{4}$"
_IMPOSSIBLE_EN_FRANCAIS = "^[0-9]{1,2}/(1[3-9]|2[0-9]|3[01])/[0-9]{4}$"


def month_first(con: duckdb.DuckDBPyConnection, schema: Schema, nouveaux: set[int]) -> dict[int, str]:
    """The sentence that refuses each new delivery where a date is impossible day first and all fit month first."""
    suspects = con.execute(
        f"""SELECT DISTINCT lot FROM {DEFAUTS} WHERE schema = {literal(schema.name)} AND code = 'date_invalide'
        AND regexp_matches(message, '^"[0-9]{{1,2}}/(1[3-9]|2[0-9]|3[01])/[0-9]{{4}}"')"""
    ).fetchall()
    lots = [lot for (lot,) in suspects if lot in nouveaux]
    if not lots:
        return {}
    lots = [lot for lot in lots if lot not in _day_first(con, schema, lots)]
    dates = ", ".join(quoted(champ.name) for champ in schema.stored_fields if champ.nature == "date")
    trouves = con.execute(
        f"""SELECT lot, min(texte) FILTER (regexp_matches(texte, '{_IMPOSSIBLE_EN_FRANCAIS}')) FROM (
            SELECT lot, unnest([{dates}]) AS texte FROM raw.{quoted(schema.name)} WHERE lot IN (SELECT unnest(?))
        ) WHERE texte IS NOT NULL GROUP BY lot HAVING bool_and(regexp_matches(texte, '{_MOIS_PUIS_JOUR}'))""",
        [lots],
    ).fetchall()
    return {
        lot: f'Les dates semblent écrites mois/jour/année (exemple : "{exemple}") : écrivez-les JJ/MM/AAAA et renvoyez '
        "le fichier entier."
        for lot, exemple in trouves
    }


def _day_first(con: duckdb.DuckDBPyConnection, schema: Schema, lots: list[int]) -> set[int]:
    """The deliveries whose rows already typed hold a date after the twelfth: they are written as the French write."""
    apres = " OR ".join(f"day({quoted(champ.name)}) > 12" for champ in schema.stored_fields if champ.nature == "date")
    lus = con.execute(
        f"SELECT DISTINCT lot FROM {table_name(schema)} WHERE lot IN (SELECT unnest(?)) AND ({apres})", [lots]
    ).fetchall()
    return {lot for (lot,) in lus}
