"""Counts every indicator of the catalogue into `mart.mesure`: one pass of grouping sets per table of facts and unit."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import duckdb

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.modele import TOUTES_MAILLES
from etl.measures import delais
from etl.measures.lignes import complete_answers, grid, unpivot
from etl.measures.scan import groupings, scan

_CREATE = """
CREATE OR REPLACE TABLE mart.mesure (
    indicateur VARCHAR, maille VARCHAR, periode VARCHAR, type_territoire VARCHAR, territoire VARCHAR,
    axe VARCHAR, modalite VARCHAR, numerateur DOUBLE, denominateur DOUBLE,
    x BIGINT, n BIGINT, personnes BIGINT, concernes BIGINT, mediane DOUBLE
);
COMMENT ON TABLE mart.mesure IS
    'Each indicator by period, territory and breakdown: exact numerator, denominator, units counted (x), base (n).';
CREATE OR REPLACE TABLE mart.mesure_a_date AS FROM mart.mesure;
COMMENT ON TABLE mart.mesure_a_date IS
    'What past years had reached by the day of the year the data stop, for the contract as a whole; never published.'
"""


def build(
    con: duckdb.DuckDBPyConnection,
    catalogue: Iterable[Indicateur] = tuple(CATALOGUE.values()),
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Fill `mart.mesure` from the mart.fait_* tables; `progress(fait, rang, total)` precedes each pass."""
    con.execute(_CREATE)
    comptes = [i for i in catalogue if i.classe != "contexte" and not i.derive]
    decomptes = [i for i in comptes if i.calcul == "decompte"]
    passes: dict[tuple[str, str], list[Indicateur]] = defaultdict(list)
    for indicateur in decomptes:
        passes[indicateur.fait, indicateur.unite_comptee].append(indicateur)
    for rang, ((fait, _), indicateurs) in enumerate(passes.items(), start=1):
        if progress:
            progress(fait, rang, len(passes))
        for maille in TOUTES_MAILLES:
            _count(con, fait, maille, tuple(i for i in indicateurs if maille in i.mailles))
        _count(con, fait, "a_date", tuple(i for i in indicateurs if i.nature == "flux"))
    for indicateur in comptes:
        if indicateur.calcul == "mediane":
            delais.count(con, indicateur)
    con.execute(grid(comptes))
    for indicateur in decomptes:
        for axe in indicateur.axes_reponse:
            complete_answers(con, indicateur, axe)
    con.execute("DROP TABLE IF EXISTS mart._compte")


def _count(con: duckdb.DuckDBPyConnection, fait: str, maille: str, indicateurs: tuple[Indicateur, ...]) -> None:
    """Count the indicators of one pass over one kind of period, then store them as long rows."""
    ensembles = [("", "")] if maille == "a_date" and indicateurs else groupings(indicateurs, maille)
    if not ensembles:
        return
    table = "mart.mesure_a_date" if maille == "a_date" else "mart.mesure"
    con.execute(f"CREATE OR REPLACE TABLE mart._compte AS {scan(fait, maille, indicateurs, ensembles)}")
    con.execute(f"INSERT INTO {table} BY NAME {unpivot(indicateurs, maille, ensembles)}")
