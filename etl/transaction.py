"""One commit for many statements, one statement for many rows: a build makes hundreds of small tables."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

import duckdb

PAQUET = 1000  # rows a statement: a query holds so many parameters only


@contextmanager
def together(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit all that is done inside at once; nothing of it stays when it fails."""
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        with suppress(duckdb.Error):  # the first failure is the one to tell
            con.rollback()
        raise


def append(con: duckdb.DuckDBPyConnection, table: str, lignes: Sequence[Sequence[Any]]) -> None:
    """Add `lignes`, as wide as `table`, in order; one statement a row would take a millisecond each."""
    for debut in range(0, len(lignes), PAQUET):
        paquet = lignes[debut : debut + PAQUET]
        une = f"({', '.join('?' * len(paquet[0]))})"
        con.execute(f"INSERT INTO {table} VALUES {', '.join([une] * len(paquet))}", list(chain.from_iterable(paquet)))
