"""Median delays: Kaplan-Meier over the units of each cell, those still waiting counted for the time waited so far."""

import duckdb

from etl.catalog.indicateurs import Indicateur
from etl.measures.lignes import numbers, place
from etl.measures.scan import JOINTURE, columns, groupings, header, sets


def count(con: duckdb.DuckDBPyConnection, i: Indicateur) -> None:
    """Add the cells of an indicator of kind `mediane` to `mart.mesure`: the median in days, its units and events."""
    import pandas as pd

    cellules = [cellule for maille in i.mailles for cellule in con.execute(_durations(i, maille)).fetchall()]
    lignes = [(*cellule[:-2], median(*cellule[-2:])) for cellule in cellules]
    if not lignes:
        return
    noms = ("maille", "periode", "type_territoire", "territoire", "axe", "modalite", "x", "n", "personnes", "mediane")
    con.register("_medianes", pd.DataFrame(lignes, columns=list(noms)))
    con.execute(f"""INSERT INTO mart.mesure BY NAME
        SELECT '{i.id}' AS indicateur, * REPLACE (CAST(mediane AS DOUBLE) AS mediane), n AS concernes
        FROM _medianes""")
    con.unregister("_medianes")


def median(jours: list[int], finis: list[bool]) -> float | None:
    """Return the day by which half the units are done; None when over half still wait at the longest time watched."""
    import numpy as np
    from statsmodels.duration.survfunc import SurvfuncRight

    if not any(finis):
        return None
    survie = SurvfuncRight(np.asarray(jours, dtype=float), np.asarray(finis, dtype=float))
    # The library multiplies through logarithms: exactly one half comes out a hair above it.
    atteints = np.flatnonzero(survie.surv_prob <= 0.5 + 1e-9)
    return float(survie.surv_times[atteints[0]]) if len(atteints) else None


def _durations(i: Indicateur, maille: str) -> str:
    """SQL of one row per cell: where it is, its counts, and the lists of days and of ends reached, unit by unit."""
    ensembles = groupings((i,), maille)
    groupes = numbers(ensembles)
    cle = list(dict.fromkeys((f"faits.{i.unite_comptee}", "faits.personne")))
    valeurs = ", ".join(["periode", *columns(ensembles), "groupe"])
    return f"""
    WITH unites AS (
        SELECT
            {header(ensembles)}, faits.personne, bool_or({i.compte}) AS fini,
            coalesce(min({i.duree}) FILTER (WHERE {i.compte}), max({i.duree})) AS jours
        FROM (FROM mart.{i.fait} WHERE maille = '{maille}' AND ({i.base})) AS faits{JOINTURE}
        GROUP BY GROUPING SETS ({sets(ensembles, cle)})
    ),
    cellules AS (
        SELECT
            {valeurs}, {place(groupes)},
            count(*) FILTER (WHERE fini) AS x, count(*) AS n, count(DISTINCT personne) AS personnes,
            list(jours) AS jours, list(fini) AS finis
        FROM unites GROUP BY {valeurs}
    )
    SELECT '{maille}', periode, type_territoire, territoire, axe, modalite, x, n, personnes, jours, finis
    FROM cellules WHERE territoire IS NOT NULL AND modalite IS NOT NULL
    """
