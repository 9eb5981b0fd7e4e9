"""Protects the cross tables: cohorts, who orients to whom, barriers met together. A pair is one breakdown."""

from dataclasses import dataclass

import duckdb

from etl.catalog.contrat import Secret
from etl.secrecy.arrondi import register, sql_rounded


@dataclass(frozen=True)
class Matrice:
    """One cross table of `mart`: `case` are the columns of a cell but its period, `base` the SQL of what its base is.

    `entiers` are counts of who is concerned, rounded as such from the population threshold on.
    """

    nom: str
    description: str
    case: tuple[str, ...]
    base: tuple[str, ...] = ()
    entiers: tuple[str, ...] = ()
    sensible: bool = False


MATRICES = (
    Matrice(
        "cohorte",
        "Ce qu'ont atteint les entrants de chaque trimestre, 3 à 24 mois plus tard.",
        ("mois", "etape"),
        # Once every entrant is old enough the base is the whole cohort, the same whatever the month.
        ("CASE WHEN immatures > 0 THEN mois END",),
        ("immatures",),
    ),
    Matrice("matrice_orientation", "Qui oriente vers qui, par année.", ("source", "cible"), ("source",)),
    Matrice("combinaisons_freins", "Freins rencontrés ensemble, par année.", ("type_frein", "avec"), sensible=True),
)


def protect_matrices(con: duckdb.DuckDBPyConnection, secret: Secret, cle: bytes) -> None:
    """Fill `diffusion.<table>` from `mart.<table>` for each cross table; the canonical tables of `protect` must exist.

    Columns: maille, periode, those of the cell, valeur, base, etat, arrondi.
    """
    for matrice in MATRICES:
        _protect(con, matrice, secret, cle)


def exact(matrice: Matrice) -> str:
    """SQL of a cross table as counted, in the published columns."""
    colonnes = ", ".join(("maille", "periode", *matrice.case, *matrice.entiers))
    return f"""SELECT {colonnes}, CAST(CASE WHEN n > 0 THEN x END AS DOUBLE) AS valeur, CAST(n AS DOUBLE) AS base,
    CASE WHEN n > 0 THEN 'valeur' ELSE 'non_applicable' END AS etat, CAST(NULL AS INTEGER) AS arrondi
    FROM mart.{matrice.nom} ORDER BY ALL"""


def _protect(con: duckdb.DuckDBPyConnection, m: Matrice, secret: Secret, cle: bytes) -> None:
    seuil, b = (secret.seuil_sensible, secret.base_sensible) if m.sensible else (secret.seuil_resultat, secret.base)
    etiquettes = {"case": _label(m.nom, m.case), "base": _label(f"{m.nom}#base", m.base)}
    etiquettes |= {nom: _label(f"{m.nom}#{nom}", m.base) for nom in m.entiers}
    colonnes = ", ".join(f"{sql} AS etiquette_{nom}" for nom, sql in etiquettes.items())
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE cellule_matrice AS
    SELECT cellules.*, personnes >= {seuil} AND n >= {seuil} AS publie, {colonnes}
    FROM mart.{m.nom} AS cellules
    INNER JOIN periode_canonique AS periodes USING (maille, periode)
    CROSS JOIN contrat.parametre AS parametre
    """)
    tous = " UNION ".join(f"SELECT etiquette_{nom} FROM cellule_matrice" for nom in etiquettes)
    register(con, cle, "tirage_matrice", tous)
    jointures = " ".join(
        f"INNER JOIN tirage_matrice AS tirage_{nom} ON cellules.etiquette_{nom} = tirage_{nom}.etiquette"
        for nom in etiquettes
    )
    entiers = "".join(
        f", CAST(CASE WHEN {nom} >= {secret.seuil_population} "
        f"THEN {sql_rounded(nom, 'NULL', str(b), f'tirage_{nom}.u')} WHEN {nom} = 0 THEN 0 END AS BIGINT) AS {nom}"
        for nom in m.entiers
    )
    con.execute(f"""
    CREATE OR REPLACE TABLE diffusion.{m.nom} AS
    SELECT
        {", ".join(("maille", "periode", *m.case))}{entiers},
        CASE WHEN publie THEN {sql_rounded("x", "n", str(b), "tirage_case.u")} END AS valeur,
        CAST(CASE WHEN publie THEN {sql_rounded("n", "NULL", str(b), "tirage_base.u")} END AS DOUBLE) AS base,
        CASE WHEN publie THEN 'valeur' WHEN n = 0 THEN 'non_applicable' ELSE 'secret' END AS etat,
        {b} AS arrondi
    FROM cellule_matrice AS cellules {jointures}
    ORDER BY ALL
    """)
    con.execute("DROP TABLE cellule_matrice; DROP TABLE tirage_matrice")


def _label(nom: str, colonnes: tuple[str, ...]) -> str:
    """SQL of a canonical label; a value that may still move carries the date of the data."""
    ouvert = "NOT periodes.close" + (" OR immatures > 0" if nom.startswith("cohorte") else "")
    return (
        f"concat_ws('|', '{nom}', {''.join(f'{c}, ' for c in colonnes)}periodes.canonique, "
        f"CASE WHEN {ouvert} THEN parametre.date_donnees END)"
    )
