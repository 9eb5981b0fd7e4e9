"""The journal of loads and undos: who, when, what was loaded, what was taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import duckdb

CHARGEMENT, ANNULATION = "chargement", "annulation"
QUI_MAX = 120  # characters kept of a name
# Loads that nobody took back.
_EN_PLACE = (
    f"FROM journal.chargement c WHERE genre = '{CHARGEMENT}' "
    f"AND chargement NOT IN (SELECT annule FROM journal.chargement WHERE genre = '{ANNULATION}')"
)


@dataclass(frozen=True)
class Demande:
    """What somebody asks of a load: under which name, with which files confirmed (their paths in the depot).

    `forcer`: files loaded though a newer delivery is held, or though their load was undone. `confirmer`: complete
    deliveries allowed to withdraw more than 5 % of a partner's rows. `annuler`: take the last load back instead.
    """

    qui: str = ""
    forcer: Collection[str] = ()
    confirmer: Collection[str] = ()
    annuler: bool = False


@dataclass(frozen=True)
class Entree:
    """One line of the journal."""

    chargement: int
    quand: datetime
    qui: str


def somebody(qui: str = "") -> str:
    """The name written in the journal: the one given, else the user of this computer."""
    if propre := " ".join(qui.split())[:QUI_MAX]:
        return propre
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a system without accounts
        return "inconnu"


def next_number(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the load now starting."""
    sql = "SELECT greatest((SELECT max(chargement) FROM journal.chargement), (SELECT max(chargement) FROM journal.lot))"
    return (con.execute(sql).fetchall()[0][0] or 0) + 1


def write_load(con: duckdb.DuckDBPyConnection, chargement: int, quand: datetime, qui: str) -> bool:
    """Write a load down if it brought a file or changed an accepted row; returns whether it did."""
    apporte = con.execute(
        "SELECT (SELECT count(*) FROM journal.lot WHERE chargement = $1 AND etat = 'charge') "
        "+ (SELECT count(*) FROM journal.suppression WHERE chargement = $1) "
        "+ (SELECT count(*) FROM journal.difference WHERE chargement = $1)",
        [chargement],
    ).fetchall()[0][0]
    if apporte:
        _write(con, chargement, CHARGEMENT, quand, qui, None)
    return bool(apporte)


def write_undo(con: duckdb.DuckDBPyConnection, chargement: int, quand: datetime, qui: str, annule: int) -> None:
    """Write an undo down; the load it takes back stays in the journal."""
    _write(con, chargement, ANNULATION, quand, qui, annule)


def _write(
    con: duckdb.DuckDBPyConnection, chargement: int, genre: str, quand: datetime, qui: str, annule: int | None
) -> None:
    con.execute("INSERT INTO journal.chargement VALUES (?, ?, ?, ?, ?)", [chargement, genre, quand, qui, annule])


def last_load(con: duckdb.DuckDBPyConnection) -> Entree | None:
    """The latest load that brought a file and was not taken back."""
    ligne = con.execute(
        f"SELECT chargement, quand, qui {_EN_PLACE} AND chargement IN "
        "(SELECT chargement FROM journal.lot WHERE etat = 'charge') ORDER BY chargement DESC LIMIT 1"
    ).fetchone()
    return Entree(*ligne) if ligne else None


def undone(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Entree]:
    """The files whose load was taken back, by partner and content: by which undo."""
    return {
        (partenaire, sha256): Entree(*entree)
        for partenaire, sha256, *entree in con.execute(
            f"""SELECT l.partenaire, l.sha256, max(a.chargement), max(a.quand), arg_max(a.qui, a.chargement)
            FROM journal.lot l JOIN journal.chargement a ON a.annule = l.chargement AND a.genre = '{ANNULATION}'
            WHERE l.etat = 'annule' GROUP BY l.partenaire, l.sha256"""
        ).fetchall()
    }
