"""Takes the last load back: its rows leave the private base, what they corrected returns, the journal keeps both."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb

from etl.catalog import schemas as catalogue
from etl.catalog.contrat import Contrat
from etl.validate import acceptees, complets, constat, historique, journal, stock
from etl.validate.valeurs.contexte import Contexte

ANNULE = "annule"


class AnnulationImpossible(Exception):
    """There is no load to take back; the message is one French sentence."""


def undo_last(con: duckdb.DuckDBPyConnection, contrat: Contrat, date_du_jour: date, qui: str) -> list[dict[str, Any]]:
    """Take the last load back in one transaction; the entries of its files, in the state `annule`.

    Files waiting in the depot are not read: undoing loads nothing.
    """
    choisis = [catalogue.load(nom) for nom in catalogue.names()]
    con.begin()
    try:
        stock.prepare(con, choisis)
        dernier = journal.last_load(con)
        if dernier is None:
            raise AnnulationImpossible("Aucun chargement à annuler : le journal n'en contient pas.")
        numero, quand = journal.next_number(con), datetime.now().replace(microsecond=0)
        acceptees.reopen(con, choisis, Contexte(contrat, date_du_jour))
        lots = _take_away(con, dernier, journal.somebody(qui), quand)
        constat.settle(con, contrat, choisis, [], date_du_jour)
        complets.withdraw(con, contrat, choisis, (), numero)
        historique.compare(con, choisis, numero)
        journal.write_undo(con, numero, quand, journal.somebody(qui), dernier.chargement)
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return _entries(con, lots)


def _take_away(con: duckdb.DuckDBPyConnection, dernier: journal.Entree, qui: str, quand: datetime) -> list[int]:
    """Remove the rows of a load and what it decided; its lines of the journal stay, marked."""
    lots = [
        lot
        for (lot,) in con.execute(
            "SELECT lot FROM journal.lot WHERE chargement = ? AND etat = 'charge' ORDER BY lot", [dernier.chargement]
        ).fetchall()
    ]
    for nom in catalogue.names():
        acceptees.remove(con, catalogue.load(nom), lots)
    for table in ("colonne", "avertissement"):
        con.execute(f"DELETE FROM journal.{table} WHERE lot IN (SELECT unnest(?))", [lots])
    con.execute("DELETE FROM journal.suppression WHERE chargement = ?", [dernier.chargement])
    motif = f"Chargement annulé le {quand:%d/%m/%Y} par {qui}."
    con.execute(f"UPDATE journal.lot SET etat = '{ANNULE}', motif = ? WHERE lot IN (SELECT unnest(?))", [motif, lots])
    return lots


def _entries(con: duckdb.DuckDBPyConnection, lots: list[int]) -> list[dict[str, Any]]:
    noms = ("fichier", "partenaire", "schema", "sha256", "etat", "motif", "lues", "acceptees", "refusees", "ignorees")
    lignes = con.execute(
        """SELECT fichier, partenaire, min(schema), sha256, min(etat), min(motif), sum(lues)::INTEGER,
            sum(acceptees)::INTEGER, sum(refusees)::INTEGER, sum(ignorees)::INTEGER
        FROM journal.lot WHERE lot IN (SELECT unnest(?)) GROUP BY fichier, partenaire, sha256 ORDER BY min(lot)""",
        [lots],
    ).fetchall()
    return [dict(zip(noms, ligne, strict=True)) | {"feuilles": []} for ligne in lignes]
