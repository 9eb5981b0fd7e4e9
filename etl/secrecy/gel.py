"""The freeze: a cell whose base hardly moved since it was last shown keeps its value and its status.

Who sees a number jump when one known person comes in learns about that person. So a cell is refreshed only

- at a new quarter (a breakdown or a cross table: at a new year) when at least 5 persons (11 when sensitive) entered or
  left its base, counted together, since the release whose value it shows;
- within the quarter (or the year) only when its base moved by a fifth and by twice that number of persons: what was
  shown spoke of a part of the deliveries;
- at a new year when nobody entered or left: answers corrected or ripened are told then, and tell of nobody alone.

The contract's exact totals follow the same calendar: an exact total that moved with each build would give exact
differences.
"""

import duckdb

from etl.catalog.contrat import Secret
from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import membres, mouvements, parution
from etl.secrecy.catalogue import is_sensitive
from etl.secrecy.parution import MESURE, OBJETS, Objet
from etl.transaction import together

ARRIVEE = 0.2

_GELEES = """
CREATE OR REPLACE TEMP TABLE _gelee AS
WITH derniere AS (
    FROM secret.{table}
    QUALIFY row_number() OVER (PARTITION BY {cle} ORDER BY parution DESC) = 1
),
suivie AS (
    SELECT
        derniere.*, coalesce(ecarts.personnes, 0) AS change,
        least(derniere.effectif, coalesce(bases.{personnes}, 0)) AS petite, bases.{personnes} IS NOT NULL AS encore,
        CASE WHEN {sensible} THEN {k_sensible} ELSE {k} END AS k,
        date_trunc('year', derniere.jour) <> date_trunc('year', parametre.date_donnees) AS autre_annee,
        CASE WHEN {annuel} THEN autre_annee
            ELSE date_trunc('quarter', derniere.jour) <> date_trunc('quarter', parametre.date_donnees) END AS echeance
    FROM derniere
    CROSS JOIN contrat.parametre AS parametre
    -- A period or a quarter no longer there is no longer shown; what was shown of it is remembered.
    SEMI JOIN core.periode AS periodes ON derniere.maille = periodes.maille AND derniere.periode = periodes.periode
    {fonds}
    LEFT JOIN {source} AS bases USING ({cle})
    LEFT JOIN _ecart AS ecarts
        ON derniere.parution = ecarts.parution AND derniere.maille = ecarts.maille
        AND derniere.periode = ecarts.periode AND {membre}
)
SELECT * EXCLUDE (change, petite, encore, k, autre_annee, echeance) FROM suivie
-- What showed nothing and is no longer there has nothing to keep.
WHERE (encore OR {montree}) AND NOT (
    (echeance AND change >= k) OR change >= greatest(2 * k, {arrivee} * petite) OR (autre_annee AND change = 0)
)
"""


def remember(con: duckdb.DuckDBPyConnection, sera_gardee: bool = True) -> int | None:
    """Write who is behind each cell now, and in `_ecart` who came or left since; return the last release published.

    A first version that will not be kept as a release (`sera_gardee`) has nothing to keep and nobody to remember: None.
    Reads core.*, mart.fait_* and secret.*, nothing of what is protected.
    """
    with together(con):
        parution.undo(con)
        dernier = parution.last(con)
        if not dernier and not sera_gardee:
            return None
        membres.record(con, dernier + 1)
        if dernier:
            mouvements.changes(con, parution.shown(con))
    return dernier


def freeze(con: duckdb.DuckDBPyConnection, secret: Secret, dernier: int | None) -> None:
    """Put back in `diffusion.*` the former value of each cell that must keep it; `diffusion.gel_<table>` lists them.

    `dernier` is what `remember` returned on the same connection.
    """
    if dernier is not None:
        parution.prepare(con)
    if dernier:
        _describe(con)
    for objet in OBJETS:
        _freeze(con, objet, secret, bool(dernier))


def _describe(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `_fonds`: for each indicator and breakdown, its base, whether the breakdown is known, whether sensitive."""
    lignes = [
        (i.id, axe, i.nom_base, axe not in i.axes_reponse, is_sensitive(i, axe))
        for i in CATALOGUE.values()
        if i.sur_personnes and not i.derive
        for axe in ("", *i.axes_comptes)
    ]
    con.execute("""CREATE OR REPLACE TEMP TABLE _fonds
        (indicateur VARCHAR, axe VARCHAR, fonds VARCHAR, connu BOOLEAN, sensible BOOLEAN)""")
    valeurs = ", ".join(f"('{i}', '{a}', '{f}', {c}, {s})" for i, a, f, c, s in lignes)
    con.execute(f"INSERT INTO _fonds VALUES {valeurs}")


def _freeze(con: duckdb.DuckDBPyConnection, objet: Objet, secret: Secret, suite: bool) -> None:
    cle, diffusion, gel = ", ".join(objet.cle), f"diffusion.{objet.table}", f"diffusion.gel_{objet.table}"
    if not suite:
        con.execute(f"CREATE OR REPLACE TABLE {gel} AS SELECT {cle}, 0 AS parution FROM {diffusion} LIMIT 0")
        return
    noms = ("fonds", "territoire", "axe", "modalite")
    con.execute(
        _GELEES.format(
            table=objet.table, cle=cle, personnes=objet.personnes, source=objet.source, arrivee=ARRIVEE,
            annuel=objet.annuel, montree=objet.montree, sensible=objet.sensible, k=secret.gel,
            k_sensible=secret.gel_sensible,
            fonds="INNER JOIN _fonds AS fonds USING (indicateur, axe)" if objet is MESURE else "",
            membre=" AND ".join(f"{sql} = ecarts.{nom}" for sql, nom in zip(objet.membre, noms, strict=True)),
        )
    )  # fmt: skip
    con.execute(f"""
    CREATE OR REPLACE TABLE {gel} AS SELECT {cle}, parution FROM _gelee;
    CREATE OR REPLACE TABLE {diffusion} AS
    SELECT * FROM {diffusion} ANTI JOIN {gel} USING ({cle})
    UNION ALL BY NAME SELECT * EXCLUDE (parution, jour, base_n, effectif) FROM _gelee;
    DROP TABLE _gelee;
    """)
