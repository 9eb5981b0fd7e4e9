"""Loads a drop folder: reads what is new, judges everything held, and tells what became of every file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from etl.catalog import schemas as catalogue
from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.intake.depot import Recu, list_files
from etl.validate import acceptees, complets, historique, journal, stock
from etl.validate.complets import Retrait
from etl.validate.constat import entries, settle
from etl.validate.journal import Demande
from etl.validate.reception import Envoi, Progress, known, receive
from etl.validate.stock import quoted
from etl.validate.valeurs.contexte import Contexte


def load_depot(
    con: duckdb.DuckDBPyConnection,
    contrat: Contrat,
    depot: Path,
    cle: bytes,
    date_du_jour: date,
    sortie: Path,
    progress: Progress | None = None,
    demande: Demande | None = None,
) -> list[dict[str, Any]]:
    """Load every file of a drop folder into the private base; one entry per file, as `fichiers` of entrees.md.

    `con` is open on the private base and in no transaction; everything happens in one. `progress(label, done, total)`
    is called along the way. `demande` says who asks, and which files were confirmed.
    Fills raw.*, valide.*, refus.ligne and journal.*; writes the refused-lines workbooks under `sortie`/rejets and the
    sentences of refused files under `sortie`/refuses.
    """
    from etl.validate import rejets

    choisis = [catalogue.load(nom) for nom in catalogue.names()]
    con.begin()
    try:
        charge = take_in(con, contrat, list_files(depot), choisis, cle, date_du_jour, progress, demande or Demande())
        rejets.write_all(con, choisis, charge.envois, cle, sortie)
        forget_refused(con, choisis)
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return entries(con, charge.envois)


@dataclass
class Charge:
    """What a load did, before anything of it is written beside the base."""

    chargement: int
    envois: list[Envoi]
    retraits: list[Retrait]


def take_in(
    con: duckdb.DuckDBPyConnection,
    contrat: Contrat,
    recus: Sequence[Recu],
    schemas: Sequence[Schema],
    cle: bytes,
    date_du_jour: date,
    progress: Progress | None,
    demande: Demande,
) -> Charge:
    """Read, judge and compare with what was held, inside the caller's transaction: a preview undoes it."""
    stock.prepare(con, schemas)
    quand, acquis = datetime.now().replace(microsecond=0), known(con, demande.forcer)
    chargement = acquis.chargement
    acceptees.reopen(con, schemas, Contexte(contrat, date_du_jour))
    envois = receive(con, contrat, recus, schemas, cle, date_du_jour, acquis, progress)
    settle(con, contrat, schemas, envois, date_du_jour)
    retraits = complets.withdraw(con, contrat, schemas, demande.confirmer, chargement)
    historique.compare(con, schemas, chargement)
    journal.write_load(con, chargement, quand, journal.somebody(demande.qui))
    return Charge(chargement, envois, retraits)


def forget_refused(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema]) -> None:
    """Drop the text rows of files refused whole: they are read again as long as the file is in the depot."""
    refuses = con.execute("SELECT DISTINCT schema FROM journal.lot WHERE etat = 'refuse'").fetchall()
    for nom in {schema.name for schema in schemas} & {nom for (nom,) in refuses}:
        con.execute(f"DELETE FROM raw.{quoted(nom)} WHERE lot IN (SELECT lot FROM journal.lot WHERE etat = 'refuse')")


def data_date(con: duckdb.DuckDBPyConnection, aujourd_hui: date | None = None) -> date | None:
    """Last day of the last month holding an accepted dated row, never after `aujourd_hui`; None without such a row."""
    derniers = []
    for nom in catalogue.names():
        principale = catalogue.load(nom).date_principale
        if principale:
            lu = con.execute(f"SELECT last_day(max({quoted(principale)})) FROM valide.{quoted(nom)}").fetchone()
            derniers += [lu[0]] if lu and lu[0] else []
    if not derniers:
        return None
    return min(max(derniers), aujourd_hui) if aujourd_hui else max(derniers)


def alerts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The warnings of every delivery held, each with its file."""
    return [
        f"{fichier} : {message}"
        for fichier, message in con.execute(
            "SELECT DISTINCT fichier, message FROM journal.avertissement ORDER BY fichier, message"
        ).fetchall()
    ]
