"""Protects the links between stages: a pair is one breakdown, its base the persons of the stage it leaves."""

import duckdb

from etl.catalog.contrat import Secret
from etl.secrecy.arrondi import register, sql_rounded

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
