"""Checks what rows refer to, once every file is read: an unknown or refused reference refuses the row."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from etl.catalog.schemas import Schema
from etl.validate.doublons import DEFAUTS
from etl.validate.natures import literal
from etl.validate.stock import quoted
from etl.validate.typage import trial_name


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
    """The temporary table of the keys of a contract's accepted rows, whatever their delivery."""
    return quoted(f"accepte_{schema.name}")


def check(con: duckdb.DuckDBPyConnection, schema: Schema, schemas: dict[str, Schema]) -> None:
    """Refuse the rows of a contract whose references are not met; the contracts referred to are judged already."""
    for reference in references(schema):
        cible = schemas.get(reference.ressource)
        if cible is not None:
            con.execute(_sql(schema, reference, cible))


def _sql(schema: Schema, reference: Reference, cible: Schema) -> str:
    cibles = cible.primary_key if reference.liste else reference.cibles
    colonnes = [f"x.valeur{rang}" for rang in range(len(cibles))]
    portee = ["x.partenaire"] if cible.portee_cle == "dossier" else []
    cote = [*(f"{{a}}.{quoted(nom)}" for nom in cibles), *(["{a}.partenaire"] if portee else [])]
    jointure = " AND ".join(f"{x} = {a}" for x, a in zip([*colonnes, *portee], cote, strict=True))
    acceptees, essai = accepted_name(cible), trial_name(cible)
    montree = reference.colonnes[-1]
    dite = " || ', ' || ".join(f"{colonne}::VARCHAR" for colonne in colonnes)
    pluriel = cible.title.lower()
    return f"""
        INSERT INTO {DEFAUTS}
        WITH x AS ({_needed(schema, reference)}),
        orphelines AS (SELECT x.* FROM x ANTI JOIN {acceptees} a ON {jointure.format(a="a")}),
        refusees AS (
            SELECT x.lot, x.ligne, {", ".join(colonnes)}, min(r.lot) AS lot_refus, min(r.ligne) AS ligne_refus
            FROM orphelines x JOIN (
                SELECT e.*, j.partenaire FROM {essai} e JOIN journal.lot j USING (lot)
            ) r ON {jointure.format(a="r")} GROUP BY ALL
        )
        SELECT DISTINCT {literal(schema.name)}, x.lot, x.ligne, {literal(montree)},
            CASE WHEN r.lot IS NULL THEN 'reference_inconnue' ELSE 'reference_refusee' END,
            '"' || {dite} || '" ' || CASE WHEN r.lot IS NULL
                THEN {literal(f"n'existe pas dans le contrat {cible.name} ({pluriel}).")}
                ELSE {literal("désigne une ligne refusée : ligne ")} || ligne_refus || ' de ' || j.fichier || '.' END,
            CASE WHEN r.lot IS NULL
                THEN {literal(f"Vérifiez la référence, ou envoyez d'abord le fichier {cible.name}.")}
                ELSE 'Corrigez d''abord cette ligne-là : celle-ci passera ensuite.' END
        FROM orphelines x
        LEFT JOIN refusees r ON x.lot = r.lot AND x.ligne = r.ligne
            AND {" AND ".join(f"{c} = r.valeur{rang}" for rang, c in enumerate(colonnes))}
        LEFT JOIN journal.lot j ON j.lot = r.lot_refus"""


def _needed(schema: Schema, reference: Reference) -> str:
    """The references of the rows: lot, ligne, partenaire, valeur0…"""
    if reference.liste:
        valeurs, present = f"unnest(e.{quoted(reference.colonnes[0])}) AS valeur0", f"e.{quoted(reference.colonnes[0])}"
        condition = f"{present} IS NOT NULL"
    else:
        valeurs = ", ".join(f"e.{quoted(nom)} AS valeur{rang}" for rang, nom in enumerate(reference.colonnes))
        condition = " AND ".join(f"e.{quoted(nom)} IS NOT NULL" for nom in reference.colonnes)
    return (
        f"SELECT e.lot, e.ligne, j.partenaire, {valeurs} FROM {trial_name(schema)} e "
        f"JOIN journal.lot j USING (lot) WHERE {condition}"
    )
