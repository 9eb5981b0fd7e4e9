"""Prepares what may be told of deliveries and rules: all of it to accredited staff, states and dates to everyone.

How many lines a partner sent of a contract about persons is an exact count of persons by structure and quarter, which
the secrecy rules do not publish; so is the count of a rule about persons. Both stay in the exact profile.
"""

import duckdb

from etl import checks
from etl.catalog import schemas
from etl.transaction import append

# Contracts whose rows are persons, or facts of one person.
PERSONNES = tuple(
    nom
    for nom in schemas.names()
    if nom == "projets" or any(champ.name == "participant_ref" for champ in schemas.load(nom).fields)
)

_CHARGEMENT = """
CREATE OR REPLACE TABLE publication.chargement AS
SELECT
    lots.fichier, lots.partenaire, lots.schema, lots.feuille, lots.periode, lots.etat, lots.motif, lots.lues,
    lots.acceptees, lots.refusees, lots.ignorees, lots.charge_le, lots.chargement, lots.sha256,
    CASE WHEN lots.refusees > 0 THEN rejets.classeur END AS classeur,
    coalesce(lots.schema IN (SELECT unnest($1)), TRUE) AS personnes
FROM journal.lot AS lots
LEFT JOIN journal.rejet AS rejets USING (partenaire, sha256)
"""
_JOURNAL = """
CREATE OR REPLACE TABLE publication.journal AS
WITH fichiers AS (
    SELECT chargement, list(fichier ORDER BY fichier) AS fichiers, list(sha256 ORDER BY fichier) AS sha256,
        CAST(sum(lues) AS BIGINT) AS lues, CAST(sum(acceptees) AS BIGINT) AS acceptees,
        CAST(sum(refusees) AS BIGINT) AS refusees
    FROM (
        SELECT chargement, fichier, sha256, sum(lues) AS lues, sum(acceptees) AS acceptees, sum(refusees) AS refusees
        FROM journal.lot
        WHERE etat IN ('charge', 'annule')
        GROUP BY ALL
    )
    GROUP BY chargement
),
effets AS (
    SELECT chargement, CAST(sum(ajoutees) AS BIGINT) AS ajoutees, CAST(sum(corrigees) AS BIGINT) AS corrigees,
        CAST(sum(retirees) AS BIGINT) AS retirees, CAST(sum(revenues) AS BIGINT) AS revenues
    FROM journal.difference
    GROUP BY chargement
)
SELECT faits.*, defaits.chargement AS annule_par, fichiers.* EXCLUDE (chargement), effets.* EXCLUDE (chargement)
FROM journal.chargement AS faits
LEFT JOIN journal.chargement AS defaits ON faits.chargement = defaits.annule
LEFT JOIN fichiers ON coalesce(faits.annule, faits.chargement) = fichiers.chargement
LEFT JOIN effets ON faits.chargement = effets.chargement
ORDER BY faits.chargement DESC
"""
# Faults by file and column: how many, and the sentence of the first.
_REFUS = """
CREATE OR REPLACE TABLE publication.refus AS
SELECT
    lots.fichier, lots.partenaire, lots.schema, lots.etat, fautes.feuille, fautes.colonne, fautes.code,
    count(*) AS nombre, arg_min(fautes.message, fautes.ligne) AS exemple, min(fautes.correction) AS correction
FROM refus.ligne AS fautes
INNER JOIN journal.lot AS lots USING (lot)
GROUP BY ALL
ORDER BY ALL
"""


def describe_loads(con: duckdb.DuckDBPyConnection) -> None:
    """Fill publication.chargement, journal and refus from the journal of the private base."""
    con.execute(_CHARGEMENT, [list(PERSONNES)])
    con.execute(_JOURNAL)
    con.execute(_REFUS)


def describe_rules(con: duckdb.DuckDBPyConnection, resultats: list[checks.Resultat]) -> None:
    """Fill publication.regle_resultat, and regle_detail with the first rows each rule found."""
    con.execute("""CREATE OR REPLACE TABLE publication.regle_resultat
        (regle VARCHAR, gravite VARCHAR, description VARCHAR, nombre BIGINT, personnes BOOLEAN)""")
    con.execute("""CREATE OR REPLACE TABLE publication.regle_detail
        (regle VARCHAR, rang INTEGER, noms VARCHAR[], valeurs VARCHAR[])""")
    regles = [(r.nom, r.gravite, r.description, r.nombre, r.nom not in checks.HORS_PERSONNES) for r in resultats]
    append(con, "publication.regle_resultat", regles)
    details = [(r.nom, rang, list(cas), [*cas.values()]) for r in resultats for rang, cas in enumerate(r.cas, 1)]
    append(con, "publication.regle_detail", details)


# What everyone may read of these tables; the exact profile reads them whole.
CHARGEMENT_DIFFUSION = """
SELECT * REPLACE (
    CASE WHEN FALSE THEN motif END AS motif, CASE WHEN FALSE THEN sha256 END AS sha256,
    CASE WHEN FALSE THEN classeur END AS classeur,
    CASE WHEN NOT personnes THEN lues END AS lues, CASE WHEN NOT personnes THEN acceptees END AS acceptees,
    CASE WHEN NOT personnes THEN refusees END AS refusees, CASE WHEN NOT personnes THEN ignorees END AS ignorees
) FROM publication.chargement
"""
REGLE_DIFFUSION = """
SELECT * REPLACE (CASE WHEN NOT personnes THEN nombre END AS nombre) FROM publication.regle_resultat
"""
