"""Gives each person a number of their own, the same from build to build: what the private base knows people by.

A number is given once and never again: who leaves and comes back has the same one, unless they were purged.
"""

import duckdb

_TABLES = """
CREATE SCHEMA IF NOT EXISTS registre;
CREATE TABLE IF NOT EXISTS registre.personne (pseudonyme VARCHAR PRIMARY KEY, numero INTEGER);
CREATE TABLE IF NOT EXISTS registre.projet (partenaire VARCHAR, projet_id VARCHAR, numero INTEGER);
CREATE TABLE IF NOT EXISTS registre.dernier (numero INTEGER);
"""
# In the order of their keys, never of their rows: the same files give the same numbers whatever their order.
_PERSONNES = """
INSERT INTO registre.personne
SELECT personne, (SELECT coalesce(max(numero), 0) FROM registre.dernier) + row_number() OVER (ORDER BY personne)
FROM (SELECT DISTINCT personne FROM valide.participants)
ANTI JOIN registre.personne AS connus ON personne = connus.pseudonyme
"""
# A project's carrier is known by the project alone: numbered below zero, nothing links it to a participant.
_PROJETS = """
INSERT INTO registre.projet
SELECT partenaire, projet_id, -(
    (SELECT coalesce(max(numero), 0) FROM registre.dernier) + row_number() OVER (ORDER BY partenaire, projet_id)
)
FROM (SELECT DISTINCT partenaire, projet_id FROM valide.projets)
ANTI JOIN registre.projet AS connus USING (partenaire, projet_id)
"""
_DERNIER = """
INSERT INTO registre.dernier
SELECT max(numero) FROM (
    FROM registre.dernier UNION ALL SELECT numero FROM registre.personne UNION ALL SELECT -numero FROM registre.projet
)
HAVING max(numero) IS NOT NULL
"""


def number(con: duckdb.DuckDBPyConnection) -> None:
    """Number those of `valide.participants` and `valide.projets` who have no number yet, in `registre.*`."""
    con.execute(_TABLES)
    con.execute(_PERSONNES)
    con.execute(_PROJETS)
    con.execute(_DERNIER)


def forget(con: duckdb.DuckDBPyConnection, pseudonyme: str) -> int | None:
    """Delete a person's number and return it, None when they had none; should they come back, they are new."""
    con.execute(_TABLES)
    requete = "DELETE FROM registre.personne WHERE pseudonyme = ? RETURNING numero"
    return next((numero for (numero,) in con.execute(requete, [pseudonyme]).fetchall()), None)
