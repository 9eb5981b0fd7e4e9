"""Decides: rows accepted or refused, entier files refused above the threshold, and the latest version of each key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from etl.catalog.schemas import Schema
from etl.validate import acceptees, doublons, references
from etl.validate.acceptees import table_name
from etl.validate.americaines import month_first
from etl.validate.doublons import ECARTEES, JUGEES
from etl.validate.natures import Lecteur, literal
from etl.validate.stock import quoted
from etl.validate.typage import DEFAUTS, MONTREES, TYPEES, prepare_faults, type_rows
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.quartiers import Quartiers

if TYPE_CHECKING:
    from etl.validate.directe import Attente


@dataclass
class Jugement:
    """The outcome of a load: counts by delivery (accepted, refused, repeated), and deliveries refused entier."""

    comptes: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    refuses: dict[int, str] = field(default_factory=dict)
    redites: dict[int, int] = field(default_factory=dict)  # rows already held, identical, by new delivery


@dataclass(frozen=True)
class Dossier:
    """What a judgement bears on. `lots`: contract → deliveries held, `rangs`: their order.

    Only deliveries in `nouveaux` may be refused entier: those already held stay, row by row. `attentes`: files read in
    SQL, whose rows wait. `acquis` names an attached base whose accepted rows may be referred to as well.
    """

    contexte: Contexte
    lots: dict[str, list[int]]
    nouveaux: set[int]
    rangs: dict[int, int]
    attentes: Sequence[Attente] = ()
    acquis: str | None = None
    sans_references: bool = False


def judge(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema], dossier: Dossier) -> Jugement:
    """Fill `valide.*` and the fault tables from raw.*.

    Rows accepted before stay, unless another row or a reference contradicts them now; all the others are read again.
    """
    prepare_faults(con)
    doublons.prepare(con)
    _set_order(con, dossier.rangs)
    jugement, par_nom = Jugement(), {schema.name: schema for schema in schemas}
    quartiers = Quartiers(dossier.contexte.contrat)
    for schema in schemas:
        acceptees.create(con, schema)
        if dossier.lots.get(schema.name):
            _judge_one(con, Lecteur(schema, dossier.contexte, quartiers), par_nom, dossier, jugement)
        else:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {references.refused_name(schema)} AS "
                f"SELECT {references.key_columns(schema)}, lot, ligne FROM {table_name(schema)}"
            )
        references.list_keys(con, schema, dossier.acquis)
    return jugement


def _judge_one(
    con: duckdb.DuckDBPyConnection, lecteur: Lecteur, par_nom: dict[str, Schema], dossier: Dossier, jugement: Jugement
) -> None:
    """Judge the rows of one contract; those it refers to are judged already."""
    schema, nouveaux = lecteur.schema, dossier.nouveaux
    tenus = dossier.lots[schema.name]
    directs = [attente for attente in dossier.attentes if attente.lecteur.schema.name == schema.name]
    for attente in directs:
        attente.lay(con, {} if dossier.sans_references else par_nom)
    lues = type_rows(con, lecteur, _to_read(con, schema, tenus, nouveaux))
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {JUGEES} AS SELECT *, NULL::UBIGINT AS empreinte "
        f"FROM {table_name(schema)} UNION ALL SELECT * EXCLUDE ({MONTREES}) FROM {TYPEES}"
    )
    plusieurs = doublons.find(con, schema)
    if not dossier.sans_references:
        references.check(con, schema, par_nom, [attente.lot for attente in directs])
    jugement.refuses |= month_first(con, schema, nouveaux)
    _count(con, schema, dossier.contexte.contrat.seuil_refus, nouveaux, jugement)
    if plusieurs and (recents := nouveaux & set(tenus)):
        jugement.redites |= doublons.resent(con, schema, recents)
    entier = f"lot IN ({', '.join(str(lot) for lot in tenus if lot in jugement.refuses) or 'NULL'})"
    _set_aside(con, schema, entier, plusieurs)
    if lues:
        retenues = f"({entier}) IS NOT TRUE AND (lot, ligne) NOT IN (FROM evincee)"
        acceptees.enter(con, schema, TYPEES, retenues, [lot for lot in tenus if lot not in nouveaux])


def _to_read(con: duckdb.DuckDBPyConnection, schema: Schema, tenus: list[int], nouveaux: set[int]) -> str:
    """SQL telling the text rows `r` to read: those of new deliveries, and the former ones that are not accepted."""
    recents = f"r.lot IN ({', '.join(str(lot) for lot in tenus if lot in nouveaux) or 'NULL'})"
    anciens = [lot for lot in tenus if lot not in nouveaux]
    if not anciens:
        return recents
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE a_relire AS SELECT r.lot, r.ligne FROM raw.{quoted(schema.name)} r "
        f"ANTI JOIN {table_name(schema)} v ON v.lot = r.lot AND v.ligne = r.ligne "
        f"WHERE r.lot IN ({', '.join(map(str, anciens))})"
    )
    return f"{recents} OR (r.lot, r.ligne) IN (FROM a_relire)"


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
        FROM {JUGEES} e
        LEFT JOIN (SELECT DISTINCT lot, ligne FROM {DEFAUTS} WHERE schema = {nom}) d USING (lot, ligne)
        LEFT JOIN {ECARTEES} x ON x.schema = {nom} AND x.lot = e.lot AND x.ligne = e.ligne
        GROUP BY lot"""
    ).fetchall()
    for lot, admises, refusees, ecartees in comptes:
        jugees = admises + refusees
        jugement.comptes[lot] = (admises, refusees, ecartees)
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


def _set_aside(con: duckdb.DuckDBPyConnection, schema: Schema, entier: str, plusieurs: bool) -> None:
    """List in `evincee` the rows refused, repeated or replaced by a later version, and take them out of valide.*.

    `entier`: SQL of the deliveries refused entier, which go without a trace. The keys of refused rows are kept.
    """
    nom, table = literal(schema.name), table_name(schema)
    fautives = con.execute(
        f"CREATE OR REPLACE TEMP TABLE evincee AS SELECT DISTINCT lot, ligne FROM {DEFAUTS} WHERE schema = {nom}"
    ).fetchall()[0][0]
    refusees = f"{entier} OR (lot, ligne) IN (FROM evincee)"
    aucun = entier.endswith("(NULL)")
    if aucun and not fautives:
        refusees = "false"  # nearly always: nothing to look for
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {references.refused_name(schema)} AS SELECT {references.key_columns(schema)}, "
        f"lot, ligne FROM {JUGEES} WHERE {refusees}"
    )
    con.execute(f"INSERT INTO evincee SELECT lot, ligne FROM {ECARTEES} WHERE schema = {nom}")
    if plusieurs:
        cle = ", ".join(quoted(champ) for champ in doublons.key(schema))
        con.execute(
            f"""INSERT INTO evincee SELECT lot, ligne FROM (
                SELECT v.*, o.rang FROM suspecte v JOIN ordre o USING (lot)
                WHERE ({entier}) IS NOT TRUE AND (v.lot, v.ligne) NOT IN (FROM evincee)
            ) QUALIFY row_number() OVER (PARTITION BY {cle} ORDER BY rang DESC, ligne DESC) > 1"""
        )
    if refusees != "false" or plusieurs:
        acceptees.set_aside(con, schema, "FROM evincee")
    if not aucun:
        con.execute(f"DELETE FROM {table} WHERE {entier}")
