"""Releases: what each publication showed, kept in the private base so that the next one knows what the public has read.

One release is one successful publication. It is written before the pointer moves, unconfirmed; a build that died in
between left a release nobody read, and the next build takes it back.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from etl import registre
from etl.secrecy import membres, mouvements

# Former values of a cell that the audit holds together with the one shown: two years of quarters.
MEMOIRE = 8


@dataclass(frozen=True)
class Objet:
    """One protected table: the columns of a cell, and the SQL of who is behind it and of how it is refreshed.

    `membre` are the SQL of fonds, territoire, axe, modalite of its base in secret.profil, from the row last shown
    (`derniere`); `annuel` is true of cells refreshed once a year, `sensible` of those whose base must change by more;
    `source` has the columns `n` and `personnes`.
    """

    table: str
    cle: tuple[str, ...]
    membre: tuple[str, str, str, str]
    source: str
    n: str = "n"
    personnes: str = "personnes"
    annuel: str = "TRUE"
    sensible: str = "FALSE"
    montree: str = "etat = 'valeur'"


_LIEU = ("maille", "periode", "type_territoire", "territoire")
_SEUL = ("'total'", "''", "''")
_DU_LIEU = ("'reperes'", "derniere.territoire", "''", "''")
MESURE = Objet(
    "mesure",
    ("indicateur", *_LIEU, "axe", "modalite"),
    # A breakdown that tells the answer has the base of the whole cell.
    (
        "fonds.fonds",
        "derniere.territoire",
        "CASE WHEN fonds.connu THEN derniere.axe ELSE '' END",
        "CASE WHEN fonds.connu THEN derniere.modalite ELSE '' END",
    ),
    "mart.mesure",
    annuel="derniere.axe <> ''",
    sensible="fonds.sensible",
)
DENOMINATEUR = Objet(
    "denominateur",
    ("nom", *_LIEU, "axe", "modalite"),
    ("derniere.nom", "derniere.territoire", "derniere.axe", "derniere.modalite"),
    "mart.denominateur",
    annuel="derniere.axe <> ''",
    montree="valeur IS NOT NULL",
)
OBJETS = (
    MESURE,
    DENOMINATEUR,
    Objet("flux", (*_LIEU, "de", "vers", "rang_de", "rang_vers"), _DU_LIEU, "mart.flux", personnes="n"),
    Objet(
        "delai_etape",
        ("maille", "periode", "territoire", "etape"),
        _DU_LIEU,
        "mart.delai_etape",
        n="personnes",
        montree="TRUE",
    ),
    Objet(
        "cohorte",
        ("maille", "periode", "mois", "etape"),
        ("'cohorte'", "'total'", "'mois'", "CAST(derniere.mois AS VARCHAR)"),
        "mart.cohorte",
    ),
    Objet(
        "matrice_orientation",
        ("maille", "periode", "source", "cible"),
        ("'matrice_orientation'", "'total'", "'source'", "derniere.source"),
        "mart.matrice_orientation",
    ),
    Objet(
        "combinaisons_freins",
        ("maille", "periode", "type_frein", "avec"),
        ("'combinaisons_freins'", *_SEUL),
        "mart.combinaisons_freins",
        sensible="TRUE",
    ),
)

_PARUTION = """
CREATE SCHEMA IF NOT EXISTS secret;
CREATE TABLE IF NOT EXISTS secret.parution (numero INTEGER, version VARCHAR, date_donnees DATE, publiee BOOLEAN);
"""


def settle(con: duckdb.DuckDBPyConnection, servie: str | None) -> None:
    """Before a build: an unconfirmed release was read if its version is the one served; else take it back."""
    con.execute(_PARUTION)
    con.execute("UPDATE secret.parution SET publiee = TRUE WHERE version = ?", [servie])
    con.execute("DELETE FROM secret.parution WHERE NOT publiee")
    undo(con)


def last(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of the last release published, 0 before the first."""
    con.execute(_PARUTION)
    requete = "SELECT coalesce(max(numero), 0) FROM secret.parution WHERE publiee"
    return int(con.execute(requete).fetchall()[0][0])


def undo(con: duckdb.DuckDBPyConnection) -> None:
    """Forget what was written for a release that was never published."""
    dernier = last(con)
    membres.undo(con, dernier)
    for objet in OBJETS:
        if _exists(con, objet.table):
            con.execute(f"DELETE FROM secret.{objet.table} WHERE parution > {dernier}")


def shown(con: duckdb.DuckDBPyConnection) -> dict[int, set[tuple[str, str]]]:
    """Return the (maille, periode) that each release showed anew, in any protected table."""
    montrees: dict[int, set[tuple[str, str]]] = {}
    for table in (o.table for o in OBJETS if _exists(con, o.table)):
        lues = con.execute(f"SELECT DISTINCT parution, maille, periode FROM secret.{table}").fetchall()
        for numero, maille, periode in lues:
            montrees.setdefault(numero, set()).add((maille, periode))
    return montrees


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Give each protected table the one that keeps what it showed."""
    for objet in OBJETS:
        con.execute(f"""CREATE TABLE IF NOT EXISTS secret.{objet.table} AS
            SELECT *, 0::INTEGER AS parution, DATE '1900-01-01' AS jour, 0::BIGINT AS base_n, 0::BIGINT AS effectif
            FROM diffusion.{objet.table} LIMIT 0""")


def keep(con: duckdb.DuckDBPyConnection, version: str) -> None:
    """Write what is about to be published as one more release, unconfirmed: the cells that are new or refreshed."""
    numero = last(con) + 1
    con.execute("BEGIN")
    prepare(con)
    for objet in OBJETS:
        cle = ", ".join(objet.cle)
        con.execute(f"""INSERT INTO secret.{objet.table} BY NAME
            SELECT cellules.*, {numero} AS parution, parametre.date_donnees AS jour,
                bases.{objet.n} AS base_n, bases.{objet.personnes} AS effectif
            FROM diffusion.{objet.table} AS cellules
            INNER JOIN {objet.source} AS bases USING ({cle})
            CROSS JOIN contrat.parametre AS parametre
            ANTI JOIN diffusion.gel_{objet.table} AS gelees USING ({cle})
            {"WHERE bases.n IS NOT NULL" if objet is MESURE else ""}""")
    con.execute("DELETE FROM secret.parution WHERE NOT publiee")
    con.execute(
        f"INSERT INTO secret.parution SELECT {numero}, ?, date_donnees, FALSE FROM contrat.parametre", [version]
    )
    con.execute("COMMIT")


def objet(table: str) -> Objet:
    """Return the protected table of that name."""
    return next(o for o in OBJETS if o.table == table)


def restore(con: duckdb.DuckDBPyConnection, objet: Objet, ici: str, valeurs: tuple[str, ...]) -> None:
    """Show again what the cell where `ici` holds said before, if it was ever shown: it is not refreshed."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE _avant AS
        FROM secret.{objet.table} WHERE {ici} ORDER BY parution DESC LIMIT 1""",
        list(valeurs),
    )
    meme = " AND ".join(f"{objet.table}.{c} = _avant.{c}" for c in objet.cle)
    con.execute(f"""
    DELETE FROM diffusion.{objet.table} USING _avant WHERE {meme};
    INSERT INTO diffusion.{objet.table} BY NAME SELECT * EXCLUDE (parution, jour, base_n, effectif) FROM _avant;
    INSERT INTO diffusion.gel_{objet.table} BY NAME SELECT {", ".join(objet.cle)}, parution FROM _avant;
    DROP TABLE _avant;
    """)


def confirm(con: duckdb.DuckDBPyConnection, version: str) -> None:
    """The pointer has moved: the release has been read, and what no later release will compare itself to may go."""
    con.execute("UPDATE secret.parution SET publiee = TRUE WHERE version = ?", [version])
    if not last(con):
        return
    utiles = " UNION ALL ".join(
        f"""SELECT parution FROM secret.{o.table}
        QUALIFY row_number() OVER (PARTITION BY {", ".join(o.cle)} ORDER BY parution DESC) <= {MEMOIRE + 1}"""
        for o in OBJETS
    )
    con.execute(f"DELETE FROM secret.profil WHERE jusque <= (SELECT coalesce(min(parution), 0) FROM ({utiles}))")


def forget(con: duckdb.DuckDBPyConnection, pseudonyme: str) -> None:
    """Purge a person: their number goes from the register and from every base kept; it counts as one departure."""
    numero = registre.forget(con, pseudonyme)
    if numero is not None:
        mouvements.forget(con, numero, last(con))


def day(con: duckdb.DuckDBPyConnection) -> date:
    """Return the date of the data now being built."""
    jour: date = con.execute("SELECT date_donnees FROM contrat.parametre").fetchall()[0][0]
    return jour


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    requete = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'secret' AND table_name = ?"
    return bool(con.execute(requete, [table]).fetchall()[0][0])
