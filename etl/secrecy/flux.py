"""Protects the links between stages: a pair is one breakdown, its base the persons spotted."""

import duckdb

from etl.catalog.contrat import Secret
from etl.secrecy.arrondi import register, sql_rounded

# Links that count the same persons as a cell of the catalogue: (rank, stage left, stage reached) and the indicator.
PARTAGES = {
    (0, "reperage", "diagnostic"): "parcours_diagnostic",
    (1, "diagnostic", "accompagnement"): "parcours_accompagnement",
}

_CELLULES = """
CREATE OR REPLACE TEMP TABLE cellule_flux AS
SELECT
    flux.*,
    flux.n >= ? AS publie,
    concat_ws('|', 'flux', coalesce(territoires.canonique, flux.territoire), flux.rang_de, flux.de, flux.vers,
        periodes.canonique, CASE WHEN NOT periodes.close THEN parametre.date_donnees END) AS etiquette
FROM mart.flux AS flux
INNER JOIN periode_canonique AS periodes ON flux.maille = periodes.maille AND flux.periode = periodes.periode
LEFT JOIN territoire_canonique AS territoires ON flux.territoire = territoires.territoire
CROSS JOIN contrat.parametre AS parametre
-- The catalogue: the contract by year and since start, a territory since start only.
WHERE flux.type_territoire = 'total' OR flux.maille = 'depuis_debut'
"""


def protect_flux(con: duckdb.DuckDBPyConnection, secret: Secret, cle: bytes) -> None:
    """Fill `diffusion.flux` from `mart.flux`; the canonical tables of `protect` must exist."""
    con.execute(_CELLULES, [secret.seuil_resultat])
    register(con, cle, "tirage_flux", "SELECT DISTINCT etiquette FROM cellule_flux WHERE publie")
    arrondi = sql_rounded("x", "n", str(secret.base), "u")
    con.execute(f"""
    CREATE OR REPLACE TABLE diffusion.flux AS
    SELECT
        * EXCLUDE (x, n, publie, etiquette, u),
        CAST(CASE WHEN publie THEN {arrondi} END AS DOUBLE) AS valeur,
        CASE WHEN publie THEN 'valeur' ELSE 'secret' END AS etat,
        {secret.base} AS arrondi
    FROM cellule_flux LEFT JOIN tirage_flux USING (etiquette)
    """)
    con.execute("DROP TABLE cellule_flux; DROP TABLE tirage_flux")


def share(con: duckdb.DuckDBPyConnection) -> None:
    """Give each link that is also a cell of `diffusion.mesure` the number shown there: one cell, one number."""
    valeurs = ", ".join(f"({rang}, '{de}', '{vers}', '{i}')" for (rang, de, vers), i in PARTAGES.items())
    con.execute(f"""
    UPDATE diffusion.flux AS flux
    SET valeur = mesures.numerateur, arrondi = mesures.arrondi,
        etat = CASE WHEN mesures.numerateur IS NULL THEN 'secret' ELSE 'valeur' END
    FROM diffusion.mesure AS mesures
    INNER JOIN (VALUES {valeurs}) AS partages (rang_de, de, vers, indicateur) USING (indicateur)
    WHERE mesures.axe = '' AND mesures.maille = flux.maille AND mesures.periode = flux.periode
        AND mesures.territoire = flux.territoire AND partages.rang_de = flux.rang_de AND partages.de = flux.de
        AND partages.vers = flux.vers
    """)
