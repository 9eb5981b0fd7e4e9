"""Deliveries declared complete: what the latest one no longer holds is withdrawn, above 5 % only once confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.validate.natures import literal
from etl.validate.references import refused_name
from etl.validate.stock import quoted
from etl.validate.typage import table_name

SEUIL = 0.05  # of a partner's rows: beyond, a shrinking delivery may be a mistake
COMPLET = "complet"


@dataclass(frozen=True)
class Complet:
    """The latest complete delivery of a partner: its period, and the deliveries that make it."""

    partenaire: str
    schema: Schema
    periode: str
    lots: tuple[int, ...]


def withdraw(
    con: duckdb.DuckDBPyConnection, contrat: Contrat, schemas: Sequence[Schema], confirmer: bool
) -> list[tuple[str, str]]:
    """Withdraw from valide.* the rows missing from complete deliveries; what to say of it, as (folder, sentence).

    `confirmer` accepts every withdrawal of this load, for good.
    """
    dites = []
    par_nom = {schema.name: schema for schema in schemas}
    for partenaire in contrat.partenaires:
        for livraison in partenaire.livraisons:
            schema = par_nom.get(livraison.schema)
            if livraison.mode != COMPLET or schema is None:
                continue
            dernier = _latest(con, partenaire.dossier, schema)
            if dernier is not None and (phrase := _compare(con, dernier, confirmer)):
                dites.append((f"{partenaire.dossier}/{schema.name}", phrase))
    return dites


def _latest(con: duckdb.DuckDBPyConnection, partenaire: str, schema: Schema) -> Complet | None:
    """The deliveries of the latest period, returned lines included; None before a second period has come."""
    lots = con.execute(
        "SELECT lot, periode, periode_fin, retour FROM journal.lot "
        "WHERE etat = 'charge' AND partenaire = ? AND schema = ? AND periode_fin IS NOT NULL",
        [partenaire, schema.name],
    ).fetchall()
    fins = [fin for _, _, fin, retour in lots if not retour]
    if len(set(fins)) < 2:
        return None
    siens = [(lot, periode) for lot, periode, fin, _ in lots if fin == max(fins)]
    return Complet(partenaire, schema, siens[0][1], tuple(lot for lot, _ in siens))


def _compare(con: duckdb.DuckDBPyConnection, dernier: Complet, confirmer: bool) -> str | None:
    table, lots = table_name(dernier.schema), ", ".join(map(str, dernier.lots))
    cle = " AND ".join(f"r.{quoted(nom)} = v.{quoted(nom)}" for nom in dernier.schema.primary_key)
    absentes = (
        f"v.partenaire = {literal(dernier.partenaire)} AND v.lot NOT IN ({lots}) AND NOT EXISTS "
        f"(SELECT 1 FROM {refused_name(dernier.schema)} r WHERE r.lot IN ({lots}) AND {cle})"
    )
    manquent, total = con.execute(
        f"SELECT count(*) FILTER ({absentes}), count(*) FROM {table} v WHERE partenaire = ?", [dernier.partenaire]
    ).fetchall()[0]
    if manquent == 0:
        return None
    if manquent > SEUIL * total and not _confirmed(con, dernier, confirmer):
        part = f"{100 * manquent / total:.1f}".replace(".", ",")
        return (
            f"{manquent} lignes sur {total} ({part} %) ne sont plus dans l'envoi complet {dernier.periode} : elles "
            "sont gardées tant que leur suppression n'est pas confirmée."
        )
    con.execute(f"DELETE FROM {table} v WHERE {absentes}")
    return f"{manquent} lignes absentes de l'envoi complet {dernier.periode} ont été retirées."


def _confirmed(con: duckdb.DuckDBPyConnection, dernier: Complet, confirmer: bool) -> bool:
    """Whether the withdrawals of this delivery were confirmed, now or before."""
    identite = [dernier.partenaire, dernier.schema.name, dernier.periode]
    if confirmer:
        con.execute("INSERT INTO journal.suppression VALUES (?, ?, ?)", identite)
        return True
    sql = "SELECT count(*) FROM journal.suppression WHERE partenaire = ? AND schema = ? AND periode = ?"
    return bool(con.execute(sql, identite).fetchall()[0][0])
