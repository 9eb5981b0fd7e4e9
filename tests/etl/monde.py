"""A small world written by hand: accepted rows put straight into `valide.*`, then the real models and measures."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl import measures, registre, runner, steering
from etl.build import SQL
from etl.catalog import contrat, schemas

CONTRAT = Path(__file__).parents[1] / "contrats" / "trois_quartiers"
Q1, Q2, Q3 = "QN99901I", "QN99902M", "QN99903N"

_TYPES = {"date": "DATE", "integer": "INTEGER", "number": "DOUBLE", "year": "INTEGER"}


def empty(jour: date = date(2026, 6, 30)) -> duckdb.DuckDBPyConnection:
    """A base with every input table of the models, empty."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA valide; CREATE SCHEMA territoire; CREATE SCHEMA publication")
    for nom in schemas.names():
        con.execute(f"CREATE TABLE valide.{nom} ({', '.join(_columns(nom))})")
    con.execute("""
    CREATE TABLE territoire.point (latitude DOUBLE, longitude DOUBLE, code_qpv VARCHAR, distance_m DOUBLE,
        methode VARCHAR);
    CREATE TABLE territoire.territoire (code VARCHAR, nom VARCHAR, type VARCHAR, commune VARCHAR, latitude DOUBLE,
        longitude DOUBLE, superficie_ha DOUBLE, population INTEGER, methode VARCHAR, contour VARCHAR, source VARCHAR);
    """)
    steering.write(con, contrat.load(CONTRAT), jour)
    registre.number(con)
    return con


def _columns(nom: str) -> list[str]:
    colonnes = {}
    for champ in schemas.load(nom).stored_fields:
        colonnes[champ.name] = "VARCHAR[]" if champ.nature in ("liste", "jours") else _TYPES.get(champ.type, "VARCHAR")
    colonnes |= {"partenaire": "VARCHAR DEFAULT 'essai'", "lot": "INTEGER", "ligne": "INTEGER"}
    if nom == "participants":
        colonnes |= {"personne": "VARCHAR", "identite": "BOOLEAN DEFAULT TRUE"}
    return [f'"{c}" {t}' for c, t in colonnes.items()]


def add(con: duckdb.DuckDBPyConnection, nom: str, *lignes: dict[str, Any]) -> None:
    """Insert accepted rows; enumerations left out are non_renseigne, an absent code_qpv is inconnu."""
    defauts = _defaults(nom)
    if len(lignes) > 20:
        import pandas as pd

        con.register("_lignes", pd.DataFrame([{**defauts, **ligne} for ligne in lignes], dtype=object))
        con.execute(f"INSERT INTO valide.{nom} BY NAME FROM _lignes")
        con.unregister("_lignes")
        return
    for ligne in lignes:
        complete = {**defauts, **ligne}
        colonnes = ", ".join(f'"{c}"' for c in complete)
        con.execute(
            f"INSERT INTO valide.{nom} ({colonnes}) VALUES ({', '.join('?' * len(complete))})", list(complete.values())
        )


def _defaults(nom: str) -> dict[str, Any]:
    defauts: dict[str, Any] = {}
    for champ in schemas.load(nom).stored_fields:
        if champ.nature == "qpv":
            defauts[champ.name] = "inconnu"
        elif champ.nature == "booleen" or "non_renseigne" in champ.enum:
            defauts[champ.name] = "non_renseigne"
    return defauts


def compute(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Run the models, then count every indicator."""
    registre.number(con)
    runner.run(con, SQL)
    measures.build(con)
    con.execute("""CREATE OR REPLACE TABLE mart.contexte (indicateur VARCHAR, maille VARCHAR, axe VARCHAR,
        territoire VARCHAR, valeur DOUBLE, etat VARCHAR)""")  # no public file in this world
    return con


def cell(
    con: duckdb.DuckDBPyConnection,
    indicateur: str,
    periode: str = "depuis_debut",
    territoire: str = "total",
    axe: str = "",
    modalite: str = "",
) -> tuple[float | None, float | None, float | None]:
    """(numerator, denominator, value) of one cell of gestion.mesure, None when there is no such cell."""
    lignes = con.execute(
        """SELECT numerateur, denominateur, valeur FROM gestion.mesure
        WHERE indicateur = ? AND periode = ? AND territoire = ? AND axe = ? AND modalite = ?""",
        [indicateur, periode, territoire, axe, modalite],
    ).fetchall()
    assert len(lignes) <= 1, lignes
    return lignes[0] if lignes else (None, None, None)
