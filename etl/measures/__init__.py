"""Counts every indicator of the catalogue into `mart.mesure`: one pass of grouping sets per table of facts and unit."""

from collections.abc import Callable, Iterable
from itertools import groupby

import duckdb

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.modele import TOUTES_MAILLES
from etl.measures.lignes import complete_answers, grid, unpivot
from etl.measures.scan import groupings, scan

_CREATE = """
CREATE OR REPLACE TABLE mart.mesure (
    indicateur VARCHAR, maille VARCHAR, periode VARCHAR, type_territoire VARCHAR, territoire VARCHAR,
    axe VARCHAR, modalite VARCHAR, numerateur DOUBLE, denominateur DOUBLE,
    x BIGINT, n BIGINT, personnes BIGINT, concernes BIGINT
);
COMMENT ON TABLE mart.mesure IS
    'Each indicator by period, territory and breakdown: exact numerator, denominator, units counted (x), base (n).'
"""


def build(
    con: duckdb.DuckDBPyConnection,
    catalogue: Iterable[Indicateur] = tuple(CATALOGUE.values()),
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Fill `mart.mesure` from the mart.fait_* tables; `progress(fait, rang, total)` precedes each pass."""
    con.execute(_CREATE)
    calcules = sorted((i for i in catalogue if i.classe != "contexte"), key=_pass)
    passes = {cle: tuple(indicateurs) for cle, indicateurs in groupby(calcules, key=_pass)}
    for rang, ((fait, _), indicateurs) in enumerate(passes.items(), start=1):
        if progress:
            progress(fait, rang, len(passes))
        for maille in TOUTES_MAILLES:
            _count(con, fait, maille, tuple(i for i in indicateurs if maille in i.mailles))
    con.execute(grid(calcules))
    for indicateur in calcules:
        for axe in indicateur.axes_reponse:
            complete_answers(con, indicateur, axe)
    con.execute("DROP TABLE IF EXISTS mart._compte")


def _pass(i: Indicateur) -> tuple[str, str]:
    return i.fait, i.unite_comptee


def _count(con: duckdb.DuckDBPyConnection, fait: str, maille: str, indicateurs: tuple[Indicateur, ...]) -> None:
    """Count the indicators of one pass over one kind of period, then store them as long rows."""
    ensembles = groupings(indicateurs, maille)
    if not ensembles:
        return
    con.execute(f"CREATE OR REPLACE TABLE mart._compte AS {scan(fait, maille, indicateurs, ensembles)}")
    con.execute(f"INSERT INTO mart.mesure {unpivot(indicateurs, maille, ensembles)}")
