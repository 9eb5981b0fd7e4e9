"""A protected world for the attacks: an invented population, the real models, measures, protection and audit."""

from datetime import date

import duckdb

from etl.catalog.contrat import Secret
from etl.secrecy import protect
from tests.etl import monde, population

SECRET = Secret(5, 11, 30, 5, 10, 50, 100)
CLE = bytes(range(32))


def protected(
    personnes: int = 250,
    graine: int = 1,
    biais: float = 0.5,
    cle: bytes = CLE,
    jour: date = date(2026, 6, 30),
    par_quartier: bool = False,
) -> duckdb.DuckDBPyConnection:
    """A base with `diffusion.mesure` as `protect` leaves it, before any audit."""
    con = monde.empty(jour)
    monde.add(con, "acteurs", {"acteur_id": "ML", "nom": "Mission", "type_acteur": "mission_locale"})
    population.fill(con, personnes, graine, biais, par_quartier)
    monde.compute(con)
    protect(con, SECRET, cle)
    return con
