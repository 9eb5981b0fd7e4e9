"""Keyed rounding: the same cell is the same number everywhere, and nobody without the key can undo it."""

import hashlib
import hmac

import duckdb

_ECHELLE = float(1 << 64)


def draw(cle: bytes, etiquette: str) -> float:
    """Return u in [0, 1) for a canonical label: HMAC-SHA-256 of the label, first 8 bytes over 2^64."""
    return int.from_bytes(hmac.new(cle, etiquette.encode(), hashlib.sha256).digest()[:8], "big") / _ECHELLE


def register(con: duckdb.DuckDBPyConnection, cle: bytes, table: str, requete: str) -> None:
    """Create `table` (etiquette, u) with one draw per label returned by the one-column SELECT `requete`."""
    etiquettes = [etiquette for (etiquette,) in con.execute(requete).fetchall()]
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (etiquette VARCHAR, u DOUBLE)")
    if etiquettes:
        import pandas as pd

        tirages = {"etiquette": etiquettes, "u": [draw(cle, e) for e in etiquettes]}
        con.register("_tirages", pd.DataFrame(tirages, dtype=object).astype({"u": float}))
        con.execute(f"INSERT INTO {table} SELECT * FROM _tirages")
        con.unregister("_tirages")


def sql_rounded(x: str, n: str, b: str, u: str) -> str:
    """SQL of V = min(b·⌊x/b + u⌋, b·⌊n/b⌋); pass a NULL `n` for a count that is its own base (no clamp)."""
    # Whole division first: x/b + u in floating point may reach the next multiple when u is close to 1.
    arrondi = f"{b} * ({x} // {b} + CASE WHEN ({x} % {b}) / {b} + {u} >= 1 THEN 1 ELSE 0 END)"
    return f"least({arrondi}, coalesce({b} * ({n} // {b}), 9e15))"
