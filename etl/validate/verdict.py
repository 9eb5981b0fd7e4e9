"""Decides: rows accepted or refused, entier files refused above the threshold, and the latest version of each key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from etl.catalog.schemas import Schema
from etl.validate import doublons, references
from etl.validate.americaines import month_first
from etl.validate.doublons import ECARTEES
from etl.validate.natures import Lecteur, literal
from etl.validate.stock import quoted
from etl.validate.typage import DEFAUTS, no_rows, prepare_faults, table_name, type_rows
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.quartiers import Quartiers


@dataclass
class Jugement:
    """The outcome of a load: counts by delivery (accepted, refused, repeated), and deliveries refused entier."""

    comptes: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    refuses: dict[int, str] = field(default_factory=dict)
    redites: dict[int, int] = field(default_factory=dict)  # rows already held, identical, by new delivery


def judge(
    con: duckdb.DuckDBPyConnection,
    schemas: Sequence[Schema],
    contexte: Contexte,
    lots: dict[str, list[int]],
    nouveaux: set[int],
    rangs: dict[int, int],
    acquis: str | None = None,
    sans_references: bool = False,
) -> Jugement:
    """Fill `valide.*` and the fault tables from raw.*. `lots`: contract → deliveries held, `rangs`: their order.

    Only deliveries in `nouveaux` may be refused entier: those already held stay, row by row.
    `acquis` names an attached base whose accepted rows may be referred to as well.
    """
    prepare_faults(con)
    doublons.prepare(con)
    _set_order(con, rangs)
    jugement, par_nom = Jugement(), {schema.name: schema for schema in schemas}
    quartiers = Quartiers(contexte.contrat)
    for schema in schemas:
        tenus = lots.get(schema.name, [])
        if tenus:
            type_rows(con, Lecteur(schema, contexte, quartiers), tenus)
            plusieurs = doublons.find(con, schema)
            if not sans_references:
                references.check(con, schema, par_nom)
            jugement.refuses |= month_first(con, schema, nouveaux)
            _count(con, schema, contexte.contrat.seuil_refus, nouveaux, jugement)
            if plusieurs and (recents := nouveaux & set(tenus)):
                jugement.redites |= doublons.resent(con, recents)
            _keep_accepted(con, schema, [lot for lot in tenus if lot in jugement.refuses], plusieurs)
        else:
            no_rows(con, schema)
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {references.refused_name(schema)} AS "
                f"SELECT {references.key_columns(schema)}, lot, ligne FROM {table_name(schema)}"
            )
        references.list_keys(con, schema, acquis)
    return jugement


def _set_order(con: duckdb.DuckDBPyConnection, rangs: dict[int, int]) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE ordre (lot INTEGER, rang INTEGER)")
    if rangs:
        con.execute("INSERT INTO ordre SELECT unnest(?), unnest(?)", [list(rangs), list(rangs.values())])


def _count(
    con: duckdb.DuckDBPyConnection, schema: Schema, seuil: float, nouveaux: set[int], jugement: Jugement
) -> None:
    """Count each delivery's rows; above the threshold of refused / (accepted + refused) it is refused whole."""
    nom = literal(schema.name)
    comptes = con.execute(
        f"""SELECT lot, count(*) FILTER (x.ligne IS NULL AND d.ligne IS NULL),
            count(*) FILTER (x.ligne IS NULL AND d.ligne IS NOT NULL), count(*) FILTER (x.ligne IS NOT NULL)
        FROM {table_name(schema)} e
        LEFT JOIN (SELECT DISTINCT lot, ligne FROM {DEFAUTS} WHERE schema = {nom}) d USING (lot, ligne)
        LEFT JOIN {ECARTEES} x ON x.schema = {nom} AND x.lot = e.lot AND x.ligne = e.ligne
        GROUP BY lot"""
    ).fetchall()
    for lot, acceptees, refusees, ecartees in comptes:
        jugees = acceptees + refusees
        jugement.comptes[lot] = (acceptees, refusees, ecartees)
        if lot in nouveaux and refusees > seuil * jugees + 1e-9:
            jugement.refuses.setdefault(lot, _above(refusees, jugees, seuil))
        if lot in jugement.refuses:
            jugement.comptes[lot] = (0, jugees, ecartees)


def _above(refusees: int, jugees: int, seuil: float) -> str:
    part, limite = (
        f"{100 * valeur:.1f}".rstrip("0").rstrip(".").replace(".", ",") for valeur in (refusees / jugees, seuil)
    )
    lignes = f"{refusees} lignes refusées" if refusees > 1 else "1 ligne refusée"
    return (
        f"{lignes} sur {jugees} ({part} %), au-delà de {limite} % : le fichier entier est refusé. "
        "Corrigez les lignes signalées dans votre fichier et renvoyez-le entier."
    )


def _keep_accepted(con: duckdb.DuckDBPyConnection, schema: Schema, refuses: list[int], plusieurs: bool) -> None:
    """Leave in valide.<schema> the latest accepted version of each key; remember the keys of the refused rows."""
    table, nom = table_name(schema), literal(schema.name)
    fautives = f"(SELECT lot, ligne FROM {DEFAUTS} WHERE schema = {nom})"
    repetees = f"(SELECT lot, ligne FROM {ECARTEES} WHERE schema = {nom})"
    entier = f"lot IN ({', '.join(map(str, refuses)) or 'NULL'})"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {references.refused_name(schema)} AS "
        f"SELECT {references.key_columns(schema)}, lot, ligne FROM {table} WHERE {entier} OR (lot, ligne) IN {fautives}"
    )
    con.execute(f"DELETE FROM {table} WHERE {entier} OR (lot, ligne) IN {fautives} OR (lot, ligne) IN {repetees}")
    if plusieurs:
        cle = ", ".join(quoted(champ) for champ in doublons.key(schema))
        con.execute(
            f"""DELETE FROM {table} WHERE (lot, ligne) IN (
                SELECT lot, ligne FROM (
                    SELECT v.*, o.rang FROM {table} v JOIN ordre o USING (lot) {doublons.among_multiple(schema)}
                ) QUALIFY row_number() OVER (PARTITION BY {cle} ORDER BY rang DESC, ligne DESC) > 1
            )"""
        )
    con.execute(f"ALTER TABLE {table} DROP COLUMN empreinte")
