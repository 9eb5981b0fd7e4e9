"""One commit for many statements: each commit waits for the disk, and a build makes hundreds of small tables."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb


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
