"""Deliveries declared complete: what each no longer holds is withdrawn, above 5 % only once confirmed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.validate.acceptees import set_aside, table_name
from etl.validate.natures import literal
from etl.validate.reception import AUCUN
from etl.validate.references import refused_name
from etl.validate.stock import insert, quoted

SEUIL = 0.05  # of a partner's rows: beyond, a shrinking delivery may be a mistake
COMPLET = "complet"


@dataclass(frozen=True)
class Complet:
    """One complete delivery of a partner: its period, and the deliveries that make it."""

    partenaire: str
    schema: Schema
    periode: str
    fin: date
    lots: tuple[int, ...]


@dataclass(frozen=True)
class Retrait:
    """What one complete delivery withdraws: `tenu` while it waits for a confirmation, `confirme` when it needed one."""

    complet: Complet
    phrase: str
    tenu: bool = False
    confirme: bool = False


def withdraw(
    con: duckdb.DuckDBPyConnection,
    contrat: Contrat,
    schemas: Sequence[Schema],
    confirmer: Collection[str],
    chargement: int,
) -> list[Retrait]:
    """Withdraw from valide.* the rows missing from complete deliveries, in their order; tell each withdrawal.

    `confirmer` names the files whose withdrawals are accepted, for good.
    """
    con.execute(f"DELETE FROM journal.avertissement WHERE lot = {AUCUN} AND NOT ends_with(fichier, '/')")
    retraits = []
    par_nom = {schema.name: schema for schema in schemas}
    for partenaire in contrat.partenaires:
        for livraison in partenaire.livraisons:
            schema = par_nom.get(livraison.schema)
            if livraison.mode != COMPLET or schema is None:
                continue
            for complet in _deliveries(con, partenaire.dossier, schema):
                if retrait := _compare(con, complet, confirmer, chargement):
                    retraits.append(retrait)
    phrases = [(AUCUN, f"{r.complet.partenaire}/{r.complet.schema.name}", r.phrase) for r in retraits]
    insert(con, "journal.avertissement", phrases)
    return retraits


def _deliveries(con: duckdb.DuckDBPyConnection, partenaire: str, schema: Schema) -> list[Complet]:
    """The complete deliveries after the first, oldest first; each with the refused lines sent back for its period."""
    lots = con.execute(
        "SELECT lot, periode, periode_fin, retour FROM journal.lot "
        "WHERE etat = 'charge' AND partenaire = ? AND schema = ? AND periode_fin IS NOT NULL ORDER BY lot",
        [partenaire, schema.name],
    ).fetchall()
    fins = sorted({fin for _, _, fin, retour in lots if not retour})
    suites = []
    for fin in fins[1:]:
        siens = [(lot, periode) for lot, periode, sa_fin, _ in lots if sa_fin == fin]
        suites.append(Complet(partenaire, schema, siens[0][1], fin, tuple(lot for lot, _ in siens)))
    return suites


def _compare(
    con: duckdb.DuckDBPyConnection, complet: Complet, confirmer: Collection[str], chargement: int
) -> Retrait | None:
    table, lots = table_name(complet.schema), ", ".join(map(str, complet.lots))
    cle = " AND ".join(f"r.{quoted(nom)} = v.{quoted(nom)}" for nom in complet.schema.primary_key)
    # A row that a later delivery holds is not missing: it has come back.
    absentes = (
        f"v.partenaire = {literal(complet.partenaire)} AND v.lot NOT IN ({lots}) AND v.lot IN (SELECT lot FROM ordre "
        f"WHERE rang < (SELECT min(rang) FROM ordre WHERE lot IN ({lots}))) AND NOT EXISTS "
        f"(SELECT 1 FROM {refused_name(complet.schema)} r WHERE r.lot IN ({lots}) AND {cle})"
    )
    manquent, total = con.execute(
        f"SELECT count(*) FILTER ({absentes}), count(*) FROM {table} v WHERE partenaire = ?", [complet.partenaire]
    ).fetchall()[0]
    if manquent == 0:
        return None
    grand, acquis = manquent > SEUIL * total, _known(con, complet)
    part = f"{100 * manquent / total:.1f}".replace(".", ",")
    lignes = f"{manquent} lignes sur {total} ({part} %)" if manquent > 1 else f"1 ligne sur {total} ({part} %)"
    if grand and not acquis and not _named(con, complet, confirmer):
        return Retrait(
            complet,
            f"{lignes} {_plural('manquent', 'manque', manquent)} dans l'envoi complet {complet.periode} : "
            f"{_plural('elles sont gardées', 'elle est gardée', manquent)} tant que leur suppression n'est pas "
            "confirmée.",
            tenu=True,
        )
    if not acquis:
        identite = [complet.partenaire, complet.schema.name, complet.periode, chargement]
        con.execute("INSERT INTO journal.suppression VALUES (?, ?, ?, ?)", identite)
    set_aside(con, complet.schema, f"SELECT lot, ligne FROM {table} v WHERE {absentes}")
    faite = _plural("absentes de l'envoi complet {} ont été retirées", "absente de l'envoi complet {} a été retirée",
                    manquent).format(complet.periode)  # fmt: skip
    return Retrait(complet, f"{lignes} {faite}.", confirme=grand and not acquis)


def _plural(pluriel: str, singulier: str, nombre: int) -> str:
    return pluriel if nombre > 1 else singulier


def _named(con: duckdb.DuckDBPyConnection, complet: Complet, confirmer: Collection[str]) -> bool:
    """Whether somebody confirmed one of the files this delivery is made of."""
    sql = "SELECT count(*) FROM journal.lot WHERE lot IN (SELECT unnest(?)) AND fichier IN (SELECT unnest(?))"
    return bool(con.execute(sql, [list(complet.lots), list(confirmer)]).fetchall()[0][0])


def _known(con: duckdb.DuckDBPyConnection, complet: Complet) -> bool:
    """Whether the withdrawals of this delivery were made by a former load: they stand."""
    identite = [complet.partenaire, complet.schema.name, complet.periode]
    sql = "SELECT count(*) FROM journal.suppression WHERE partenaire = ? AND schema = ? AND periode = ?"
    return bool(con.execute(sql, identite).fetchall()[0][0])
