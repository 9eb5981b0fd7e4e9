"""Carries each series on to the contract's end: a straight trend, its interval, and the words to print with it.

A projection is not a target nor a promise: it says what would come if the past simply went on.
"""

from collections.abc import Sequence
from functools import cache

import duckdb

from etl.catalog.indicateurs import CATALOGUE

MINIMUM = 8
AU_MOINS = 4  # quarters ahead when the contract is about to end, or has ended
NIVEAU = 80
METHODE = f"Projection : tendance linéaire (moindres carrés), intervalle de prévision à {NIVEAU} %."
TROP_COURT = f"Pas de projection : moins de {MINIMUM} trimestres publiés."
SANS_TENDANCE = "Pas de projection : aucun trimestre n'a compté autre chose que zéro."
PROFILS = ("gestion", "diffusion")


def project(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `<profil>.projection` from the closed, mature quarters of `<profil>.mesure`, for the contract as a whole.

    One row per quarter up to the contract's last, where its targets are set: value, low and high ends; one row without
    period, with the reason, when there is none.
    """
    import pandas as pd

    fin = con.execute("SELECT year(fin) * 4 + quarter(fin) - 1 FROM contrat.parametre").fetchall()[0][0]
    for profil in PROFILS:
        con.execute(f"""CREATE OR REPLACE TABLE {profil}.projection (indicateur VARCHAR, type_territoire VARCHAR,
            territoire VARCHAR, maille VARCHAR, periode VARCHAR, valeur DOUBLE, bas DOUBLE, haut DOUBLE,
            niveau INTEGER, methode VARCHAR, motif VARCHAR)""")
        lignes = [ligne for serie in _series(con, profil) for ligne in _rows(*serie, fin=fin)]
        if lignes:
            # One frame rather than one statement a row: a thousand rows took three seconds.
            con.register("_lignes", pd.DataFrame(lignes))
            con.execute(f"INSERT INTO {profil}.projection FROM _lignes")
            con.unregister("_lignes")


def _series(con: duckdb.DuckDBPyConnection, profil: str) -> list[tuple]:
    """(indicator, ranks, values, widest rounding) of each series: a closed quarter's rank counts from year 0.

    A quarter whose last days are too recent to be judged tells of its first days only: it is not in the series.
    """
    delais = ", ".join(f"('{i.id}', {i.maturite_jours})" for i in CATALOGUE.values())
    return con.execute(f"""
    SELECT
        indicateur, list(year(periodes.debut) * 4 + quarter(periodes.debut) - 1 ORDER BY periodes.debut),
        list(valeur ORDER BY periodes.debut), coalesce(max(arrondi), 1)
    FROM {profil}.mesure AS mesures
    INNER JOIN core.periode AS periodes USING (maille, periode)
    INNER JOIN (VALUES {delais}) AS delais (indicateur, maturite) USING (indicateur)
    CROSS JOIN contrat.parametre AS parametre
    WHERE maille = 'trimestre' AND periodes.close AND periodes.fin + maturite <= parametre.date_donnees
        AND type_territoire = 'total' AND axe = '' AND valeur IS NOT NULL
    GROUP BY indicateur ORDER BY indicateur
    """).fetchall()


def _rows(indicateur: str, rangs: list[int], valeurs: list[float], arrondi: int, *, fin: int) -> list[list]:
    debut = [indicateur, "total", "total", "trimestre"]
    if len(valeurs) < MINIMUM:
        return [[*debut, None, None, None, None, None, None, TROP_COURT]]
    if not any(valeurs):
        return [[*debut, None, None, None, None, None, None, SANS_TENDANCE]]
    plafond = 100.0 if CATALOGUE[indicateur].unite == "%" else float("inf")
    # A series that goes below zero by nature (a balance) has no floor.
    plancher = float("-inf") if min(valeurs) < 0 else 0.0
    suite = range(rangs[-1] + 1, 1 + max(fin, rangs[-1] + AU_MOINS))
    lignes = []
    for rang, (milieu, bas, haut) in zip(suite, extend(tuple(rangs), tuple(valeurs), len(suite)), strict=True):
        bornes = (milieu, bas - (arrondi - 1), haut + (arrondi - 1))
        valeur, bas, haut = (min(plafond, max(plancher, v)) for v in bornes)
        lignes.append([*debut, f"{rang // 4}-T{rang % 4 + 1}", valeur, bas, haut, NIVEAU, METHODE, None])
    return lignes


@cache
def extend(rangs: Sequence[int], valeurs: Sequence[float], pas: int) -> list[tuple[float, float, float]]:
    """Return (value, low, high) of the `pas` ranks after the last one: least squares, prediction interval."""
    import numpy as np
    from statsmodels.regression.linear_model import OLS

    x = np.asarray(rangs, dtype=float) - rangs[0]
    suite = x[-1] + 1 + np.arange(pas)
    droite = OLS(np.asarray(valeurs, dtype=float), np.column_stack([np.ones_like(x), x])).fit()
    prevision = droite.get_prediction(np.column_stack([np.ones_like(suite), suite]))
    bornes = prevision.conf_int(obs=True, alpha=1 - NIVEAU / 100)
    return [(float(m), float(b), float(h)) for m, (b, h) in zip(prevision.predicted_mean, bornes, strict=True)]
