"""Decides: rows accepted or refused, whole files refused above the threshold, and the latest version of each key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from etl.catalog.schemas import Schema
from etl.validate import doublons, references
from etl.validate.americaines import month_first
from etl.validate.doublons import DEFAUTS, ECARTEES
from etl.validate.natures import Lecteur, literal
from etl.validate.stock import quoted
from etl.validate.typage import no_rows, trial_name, type_rows
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.quartiers import Quartiers


@dataclass
class Jugement:
    """The outcome of a load: counts by delivery (accepted, refused, repeated), and deliveries refused whole."""

    comptes: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    refuses: dict[int, str] = field(default_factory=dict)


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

    Only deliveries in `nouveaux` may be refused whole: those already held stay, row by row.
    `acquis` names an attached base whose accepted rows may be referred to as well.
    """
    doublons.prepare(con)
    _set_order(con, rangs)
    jugement, par_nom = Jugement(), {schema.name: schema for schema in schemas}
    quartiers = Quartiers(contexte.contrat)
    for schema in schemas:
        tenus = lots.get(schema.name, [])
        if tenus:
            type_rows(con, Lecteur(schema, contexte, quartiers), tenus)
            doublons.gather_faults(con, schema)
            doublons.find(con, schema)
            if not sans_references:
                references.check(con, schema, par_nom)
            jugement.refuses |= month_first(con, schema, nouveaux)
            _count(con, schema, contexte.contrat.seuil_refus, nouveaux, jugement)
            _keep_accepted(con, schema, [lot for lot in tenus if lot not in jugement.refuses])
        else:
            no_rows(con, schema)
        _list_keys(con, schema, acquis)
    return jugement


def _set_order(con: duckdb.DuckDBPyConnection, rangs: dict[int, int]) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE ordre (lot INTEGER, rang INTEGER)")
    if rangs:
        con.execute("INSERT INTO ordre SELECT unnest(?), unnest(?)", [list(rangs), list(rangs.values())])


def _count(
    con: duckdb.DuckDBPyConnection, schema: Schema, seuil: float, nouveaux: set[int], jugement: Jugement
) -> None:
    """Count each delivery's rows, and refuse whole those where refused / (accepted + refused) exceeds the threshold."""
    nom = literal(schema.name)
    comptes = con.execute(
        f"""SELECT lot, count(*) FILTER (x.ligne IS NULL AND d.ligne IS NULL),
            count(*) FILTER (x.ligne IS NULL AND d.ligne IS NOT NULL), count(*) FILTER (x.ligne IS NOT NULL)
        FROM {trial_name(schema)} e
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


def _keep_accepted(con: duckdb.DuckDBPyConnection, schema: Schema, lots: list[int]) -> None:
    """Fill valide.<schema> with the latest accepted version of each key."""
    nom, essai = literal(schema.name), trial_name(schema)
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW {quoted(f"acceptable_{schema.name}")} AS
        SELECT e.*, j.partenaire, o.rang FROM {essai} e
        JOIN journal.lot j USING (lot) JOIN ordre o USING (lot)
        ANTI JOIN (SELECT lot, ligne FROM {DEFAUTS} WHERE schema = {nom}) d USING (lot, ligne)
        ANTI JOIN (SELECT lot, ligne FROM {ECARTEES} WHERE schema = {nom}) x USING (lot, ligne)
        WHERE e.lot IN ({", ".join(map(str, lots)) or "NULL"})"""
    )
    acceptable = quoted(f"acceptable_{schema.name}")
    champs = [quoted(champ.name) for champ in schema.stored_fields]
    if schema.identite:
        champs += [f"{_person(schema)} AS personne", "coalesce(identite, false) AS identite"]
    cle = [quoted(champ) for champ in schema.primary_key] + (["partenaire"] if schema.portee_cle == "dossier" else [])
    plusieurs = len(lots) > 1  # within one delivery a key is already unique
    derniere = f"QUALIFY row_number() OVER (PARTITION BY {', '.join(cle)} ORDER BY rang DESC, ligne DESC) = 1"
    con.execute(
        f"""CREATE OR REPLACE TABLE valide.{quoted(schema.name)} AS
        SELECT {", ".join(champs)}, partenaire, lot, ligne FROM {acceptable} {derniere if plusieurs else ""}"""
    )


def _list_keys(con: duckdb.DuckDBPyConnection, schema: Schema, acquis: str | None) -> None:
    """List the keys that rows of other contracts may refer to."""
    colonnes = ", ".join([*(quoted(champ) for champ in schema.primary_key), "partenaire"])
    ailleurs = f" UNION SELECT {colonnes} FROM {acquis}.valide.{quoted(schema.name)}" if acquis else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {references.accepted_name(schema)} AS "
        f"SELECT {colonnes} FROM valide.{quoted(schema.name)}{ailleurs}"
    )


def _person(schema: Schema) -> str:
    """The pseudonym of a row; without an identity a person is known by the structure and its reference."""
    return "coalesce(personne, " + " || '/' || ".join(quoted(nom) for nom in schema.primary_key) + ")"
