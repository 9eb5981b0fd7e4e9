"""Counts every indicator of the catalogue into `mart.mesure`: one pass of grouping sets per table of facts and unit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import duckdb

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.modele import TOUTES_MAILLES
from etl.measures import delais
from etl.measures.lignes import complete_answers, grid, unpivot
from etl.measures.scan import groupings, present, scan
from etl.transaction import together

A_DATE = "a_date"  # years past, counted up to the day of the year the data stop
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
    taches = [partial(_pass, fait=fait, indicateurs=tuple(i)) for (fait, _), i in passes.items()]
    taches += [partial(delais.count, i=i) for i in comptes if i.calcul == "mediane"]
    with _one_core_each(con) as coeurs, ThreadPoolExecutor(max_workers=coeurs) as ouvriers:
        for rang, _ in enumerate(ouvriers.map(lambda tache: _run(tache, con.cursor()), taches), start=1):
            if progress:
                progress("mesures", rang, len(taches))
    with together(con):
        con.execute(grid(comptes))
        for indicateur in decomptes:
            for axe in indicateur.axes_reponse:
                complete_answers(con, indicateur, axe)


def _run(tache: Callable[[duckdb.DuckDBPyConnection], None], con: duckdb.DuckDBPyConnection) -> None:
    with together(con):
        tache(con)


@contextmanager
def _one_core_each(con: duckdb.DuckDBPyConnection) -> Iterator[int]:
    """Give each query one core, and say how many may run side by side.

    Passes are independent and short: side by side they take 0.4 times the time of one after the other on every core.
    """
    coeurs = con.execute("SELECT current_setting('threads')").fetchall()[0][0]
    con.execute("SET threads = 1")
    try:
        yield coeurs
    finally:
        con.execute(f"SET threads = {coeurs}")


def _pass(con: duckdb.DuckDBPyConnection, fait: str, indicateurs: tuple[Indicateur, ...]) -> None:
    """Count the indicators of one table of facts and unit over every kind of period that has facts."""
    for maille in present(con, fait, (*TOUTES_MAILLES, A_DATE)):
        comptes = (i for i in indicateurs if (i.nature == "flux" if maille == A_DATE else maille in i.mailles))
        _count(con, fait, maille, tuple(comptes))


def _count(con: duckdb.DuckDBPyConnection, fait: str, maille: str, indicateurs: tuple[Indicateur, ...]) -> None:
    """Count the indicators of one pass over one kind of period, then store them as long rows."""
    ensembles = [("", "")] if maille == A_DATE and indicateurs else groupings(indicateurs, maille)
    if not ensembles:
        return
    table = "mart.mesure_a_date" if maille == A_DATE else "mart.mesure"
    con.execute(f"CREATE OR REPLACE TEMP TABLE compte AS {scan(fait, maille, indicateurs, ensembles)}")
    con.execute(f"INSERT INTO {table} BY NAME {unpivot(indicateurs, maille, ensembles)}")
