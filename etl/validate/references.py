"""Checks what rows refer to, once every file is read: an unknown or refused reference refuses the row."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from etl.catalog.schemas import Schema
from etl.validate.acceptees import table_name
from etl.validate.doublons import JUGEES
from etl.validate.natures import literal
from etl.validate.stock import quoted
from etl.validate.typage import DEFAUTS, TYPEES


@dataclass(frozen=True)
class Reference:
    """Columns of a row (or the items of one list column) that must exist in another contract."""

    colonnes: tuple[str, ...]
    ressource: str
    cibles: tuple[str, ...]
    liste: bool = False


def references(schema: Schema) -> list[Reference]:
    """What the rows of a contract refer to."""
    cles = [Reference(cle.fields, cle.resource, cle.cible_fields) for cle in schema.foreign_keys]
    listes = [
        Reference((champ.name,), champ.reference, (champ.name,), True) for champ in schema.fields if champ.reference
    ]
    return cles + listes


def accepted_name(schema: Schema) -> str:
    """The temporary view of the keys that rows of other contracts may refer to."""
    return quoted(f"accepte_{schema.name}")


def refused_name(schema: Schema) -> str:
    """The temporary table of the keys of a contract's refused rows, with their delivery and line."""
    return quoted(f"refuse_{schema.name}")


def key_columns(schema: Schema) -> str:
    """The columns of both, as a SQL list."""
    return ", ".join([*(quoted(nom) for nom in schema.primary_key), "partenaire"])


def list_keys(con: duckdb.DuckDBPyConnection, schema: Schema, acquis: str | None) -> None:
    """Show the accepted keys of a judged contract, and those of an attached base named `acquis`."""
    colonnes = key_columns(schema)
    ailleurs = f" UNION SELECT {colonnes} FROM {acquis}.{table_name(schema)}" if acquis else ""
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {accepted_name(schema)} AS SELECT {colonnes} FROM {table_name(schema)}{ailleurs}"
    )


def filled(schema: Schema) -> list[Reference]:
    """The references that every row of a contract has, in one cell a column."""
    return [reference for reference in references(schema) if _filled(schema, reference)]


def unmet(source: str, reference: Reference, cible: Schema) -> str:
    """SQL keeping, of the references `x` of a source (valeur0…, partenaire), those that no accepted row meets."""
    return f"FROM ({source}) x ANTI JOIN {accepted_name(cible)} a ON {_meets(reference, cible, 'a')}"


def check(con: duckdb.DuckDBPyConnection, schema: Schema, schemas: dict[str, Schema], sus: list[int]) -> None:
    """Refuse the rows of a contract whose references are not met; the contracts referred to are judged already.

    `sus`: the deliveries whose accepted rows are known to meet those that every row has.
    """
    for reference in references(schema):
        cible = schemas.get(reference.ressource)
        if cible is None:
            continue
        demandees = _needed(schema, reference, sus if _filled(schema, reference) else [])
        orphelines = con.execute(
            f"CREATE OR REPLACE TEMP TABLE orpheline AS SELECT x.* {unmet(demandees, reference, cible)}"
        ).fetchall()[0][0]
        if orphelines:
            con.execute(_faults(schema, reference, cible))


def _filled(schema: Schema, reference: Reference) -> bool:
    return not reference.liste and all(schema.field(nom).required for nom in reference.colonnes)


def _meets(reference: Reference, cible: Schema, a: str) -> str:
    """SQL telling that the reference `x` of a row is the key of the row `a`."""
    cibles = cible.primary_key if reference.liste else reference.cibles
    egales = [f"x.valeur{rang} = {a}.{quoted(nom)}" for rang, nom in enumerate(cibles)]
    return " AND ".join(egales + ([f"x.partenaire = {a}.partenaire"] if cible.portee_cle == "dossier" else []))


def _faults(schema: Schema, reference: Reference, cible: Schema) -> str:
    """SQL refusing the rows listed in `orpheline`."""
    colonnes = [f"x.valeur{rang}" for rang in range(len(reference.colonnes))]
    montree = reference.colonnes[-1]
    dite = " || ', ' || ".join(f"{colonne}::VARCHAR" for colonne in colonnes)
    pluriel = cible.title.lower()
    return f"""
        INSERT INTO {DEFAUTS}
        WITH refusees AS (
            SELECT x.lot, x.ligne, {", ".join(colonnes)}, min(r.lot) AS lot_refus, min(r.ligne) AS ligne_refus
            FROM orpheline x JOIN {refused_name(cible)} r ON {_meets(reference, cible, "r")} GROUP BY ALL
        )
        SELECT DISTINCT {literal(schema.name)}, x.lot, x.ligne, {literal(montree)},
            CASE WHEN r.lot IS NULL THEN 'reference_inconnue' ELSE 'reference_refusee' END,
            '"' || {dite} || '" ' || CASE WHEN r.lot IS NULL
                THEN {literal(f"n'existe pas dans le contrat {cible.name} ({pluriel}).")}
                ELSE {literal("désigne une ligne refusée : ligne ")} || ligne_refus || ' de ' || j.fichier || '.' END,
            CASE WHEN r.lot IS NULL
                THEN {literal(f"Vérifiez la référence, ou envoyez d'abord le fichier {cible.name}.")}
                ELSE 'Corrigez d''abord cette ligne-là : celle-ci passera ensuite.' END
        FROM orpheline x
        LEFT JOIN refusees r ON x.lot = r.lot AND x.ligne = r.ligne
            AND {" AND ".join(f"{c} = r.valeur{rang}" for rang, c in enumerate(colonnes))}
        LEFT JOIN journal.lot j ON j.lot = r.lot_refus"""


def _needed(schema: Schema, reference: Reference, sus: list[int]) -> str:
    """The references of the rows: lot, ligne, partenaire, valeur0…"""
    if reference.liste:
        present = f"e.{quoted(reference.colonnes[0])}"
        valeurs, condition = f"unnest({present}) AS valeur0", f"{present} IS NOT NULL"
    else:
        valeurs = ", ".join(f"e.{quoted(nom)} AS valeur{rang}" for rang, nom in enumerate(reference.colonnes))
        condition = " AND ".join(f"e.{quoted(nom)} IS NOT NULL" for nom in reference.colonnes)
    colonnes = f"SELECT e.lot, e.ligne, e.partenaire, {valeurs} FROM"
    if not sus:
        return f"{colonnes} {JUGEES} e WHERE {condition}"
    tenues = f"{colonnes} {table_name(schema)} e WHERE {condition} AND e.lot NOT IN ({', '.join(map(str, sus))})"
    return f"{tenues} UNION ALL {colonnes} {TYPEES} e WHERE {condition}"
