"""Fills `publication.avancement`: each target of the contract against the cells each profile may see."""

from collections import defaultdict
from dataclasses import astuple, fields
from datetime import date

import duckdb

from etl import targets
from etl.catalog.contrat import Contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.transaction import append

PROFILS = ("gestion", "diffusion")
# Share of a year's total reached by the same day, for each whole past year; the contract's own serves its quarters.
# The part of a year is no published period: its count is rounded, its share a whole percent, none under 50.
_PARTS = """
SELECT indicateur, list(least(1, round(5 * round(a_date.numerateur / 5) / annees.numerateur, 2)) ORDER BY periode)
FROM mart.mesure_a_date AS a_date
INNER JOIN mart.mesure AS annees USING (indicateur, periode)
WHERE annees.maille = 'annee' AND annees.type_territoire = 'total' AND annees.axe = '' AND annees.numerateur >= 50
GROUP BY indicateur
"""


def measure(con: duckdb.DuckDBPyConnection, contrat: Contrat, date_donnees: date) -> None:
    """Evaluate every target for both profiles, one row per profile, indicator and territory.

    Reads `gestion.mesure` and `diffusion.mesure`, derived cells included.
    """
    jalons = _milestones(con)
    parts = dict(con.execute(_PARTS).fetchall())
    lignes = []
    for profil in PROFILS:
        series = _series(con, f"{profil}.mesure")
        for (indicateur, territoire), (points, exemple) in jalons.items():
            serie = series.get((indicateur, territoire), {})
            part = parts.get(indicateur, ())
            resultat = targets.evaluate(CATALOGUE[indicateur], serie, points, date_donnees, contrat.statuts, part)
            type_ = "total" if territoire == "total" else "qpv"
            lignes.append((profil, indicateur, type_, territoire, *astuple(resultat), exemple))
    _write(con, lignes)


def _milestones(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[list[tuple[date, float]], bool]]:
    """Per (indicator, territory): the starting point then the milestones, at each year's end; and is it an example?

    The latest adopted value of a milestone stands: targets are added, never overwritten.
    """
    requete = """
    SELECT indicateur, code_qpv, annee_initiale, valeur_initiale, annee, valeur_cible, statut
    FROM contrat.cible ORDER BY indicateur, code_qpv, annee, adoptee_le NULLS FIRST
    """
    departs: dict[tuple[str, str], tuple[date, float]] = {}
    points: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    exemples: dict[tuple[str, str], bool] = defaultdict(bool)
    for indicateur, code, initiale, valeur_initiale, annee, cible, statut in con.execute(requete).fetchall():
        cle = (indicateur, code)
        departs[cle] = (date(initiale, 12, 31), valeur_initiale)
        points[cle][annee] = cible
        exemples[cle] |= statut == "exemple"
    suites = {c: [(date(a, 12, 31), v) for a, v in sorted(p.items())] for c, p in points.items()}
    return {c: ([departs[c], *suite], exemples[c]) for c, suite in suites.items()}


def _series(con: duckdb.DuckDBPyConnection, source: str) -> dict[tuple[str, str], dict[str, targets.Cellule]]:
    requete = f"""
    SELECT indicateur, territoire, periode, valeur, arrondi, etat, numerateur, denominateur FROM {source}
    WHERE axe = '' AND indicateur IN (SELECT indicateur FROM contrat.cible)
    """
    series: dict[tuple[str, str], dict[str, targets.Cellule]] = defaultdict(dict)
    for indicateur, territoire, periode, *cellule in con.execute(requete).fetchall():
        series[indicateur, territoire][periode] = targets.Cellule(*cellule)
    return series


def _write(con: duckdb.DuckDBPyConnection, lignes: list[tuple]) -> None:
    types = {f.name: "VARCHAR" if f.name in ("statut", "motif", "periode_actuelle") else "DOUBLE" for f in _champs()}
    types["annee_cible"] = "INTEGER"
    colonnes = ", ".join(f"{nom} {type_}" for nom, type_ in types.items())
    con.execute(f"""CREATE OR REPLACE TABLE publication.avancement (
        profil VARCHAR, indicateur VARCHAR, type_territoire VARCHAR, territoire VARCHAR,
        {colonnes}, exemple BOOLEAN)""")
    append(con, "publication.avancement", lignes)


def _champs():
    return fields(targets.Avancement)
