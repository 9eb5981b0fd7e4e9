"""Median delays: Kaplan-Meier over the units of each cell, those still waiting counted for the time waited so far."""

import duckdb

from etl.catalog.indicateurs import Indicateur
from etl.measures.lignes import numbers, place
from etl.measures.scan import JOINTURE, columns, groupings, header, present, sets


def count(con: duckdb.DuckDBPyConnection, i: Indicateur) -> None:
    """Add the cells of an indicator of kind `mediane` to `mart.mesure`: the median in days, its units and events."""
    for maille in present(con, i.fait, i.mailles):
        con.execute(f"INSERT INTO mart.mesure BY NAME {_cells(i, maille)}")


def medians(durees: str, cle: list[str]) -> str:
    """SQL of one row per cell of the relation `durees` (the columns `cle`, jours, fini): `cle`, mediane in days.

    The median is the first day by which the product-limit estimate (Kaplan and Meier, 1958) leaves half the units
    or fewer; NULL when over half still wait at the longest time watched.
    """
    cellule = ", ".join(cle)
    # A product of quotients of whole numbers: exactly one half may come out a hair above it.
    return f"""
    SELECT {cellule}, min(jours) FILTER (WHERE finis > 0 AND reste <= 0.5 + 1e-9) AS mediane
    FROM (
        SELECT {cellule}, jours, finis, product(1 - finis / a_risque) OVER passes AS reste
        FROM (
            SELECT
                {cellule}, jours, count(*) FILTER (WHERE fini) AS finis,
                sum(count(*)) OVER (PARTITION BY {cellule} ORDER BY jours DESC) AS a_risque
            FROM {durees} GROUP BY {cellule}, jours
        )
        WINDOW passes AS (PARTITION BY {cellule} ORDER BY jours)
    )
    GROUP BY {cellule}
    """


def _cells(i: Indicateur, maille: str) -> str:
    """SQL of one row per cell: where it is, its counts and its median, each unit counted once with its duration.

    A person spotted twice has two: she waits since the first time, the longest. A cell goes by one number of 64 bits,
    drawn from all that tells it apart: nearly twice as quick as ten columns of words.
    """
    ensembles = groupings((i,), maille)
    groupes = numbers(ensembles)
    unite = list(dict.fromkeys((f"faits.{i.unite_comptee}", "faits.personne")))
    cle = ["periode", *columns(ensembles), "groupe"]
    return f"""
    WITH unites AS (
        SELECT
            {header(ensembles)}, hash({", ".join(cle)}) AS cellule, faits.personne,
            bool_or({i.compte}) AS fini, max({i.duree}) AS jours
        FROM (FROM mart.{i.fait} WHERE maille = '{maille}' AND ({i.base})) AS faits{JOINTURE}
        GROUP BY GROUPING SETS ({sets(ensembles, unite)})
    ),
    comptes AS (
        SELECT
            cellule, {", ".join(f"any_value({c}) AS {c}" for c in cle)},
            count(*) FILTER (WHERE fini) AS x, count(*) AS n, count(DISTINCT personne) AS personnes
        FROM unites GROUP BY cellule
    ),
    medianes AS ({medians("unites", ["cellule"])}),
    places AS (
        SELECT comptes.*, CAST(mediane AS DOUBLE) AS mediane, {place(groupes)}
        FROM (SELECT comptes.*, mediane FROM comptes INNER JOIN medianes USING (cellule)) AS comptes
    )
    SELECT
        '{i.id}' AS indicateur, '{maille}' AS maille, periode, type_territoire, territoire, axe, modalite,
        x, n, personnes, n AS concernes, mediane
    FROM places WHERE territoire IS NOT NULL AND modalite IS NOT NULL
    """
