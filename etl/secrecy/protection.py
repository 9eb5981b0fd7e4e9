"""Protects the measures: what is outside the catalogue or under the threshold is secret, the rest is rounded."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import duckdb

from etl.catalog.contrat import Secret
from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.secrecy import denominateurs
from etl.secrecy.arrondi import register, sql_rounded
from etl.secrecy.catalogue import is_allowed, is_sensitive
from etl.secrecy.flux import PARTAGES, protect_flux, share
from etl.secrecy.gel import freeze, remember
from etl.secrecy.matrices import protect_matrices
from etl.transaction import together

# A median is some person's own delay: it is told to the nearest ten days, from the same threshold as a result.
PAS_JOURS = 10

_REGLES = """
CREATE OR REPLACE TEMP TABLE regle (
    indicateur VARCHAR, maille VARCHAR, type_territoire VARCHAR, axe VARCHAR,
    classe VARCHAR, nom_compte VARCHAR, nom_base VARCHAR, ratio BOOLEAN, calcul VARCHAR, facteur DOUBLE,
    seuil_connu DOUBLE, autorise BOOLEAN, sensible BOOLEAN, partage BOOLEAN, base_reponse BOOLEAN,
    seuil INTEGER, b INTEGER
)
"""

# A territory or a period with the same members as a finer published one takes its label: one cell, one number.
_CANONIQUES = """
CREATE OR REPLACE TEMP TABLE territoire_canonique AS
WITH membres AS (
    SELECT commune AS territoire, list(code ORDER BY code) AS codes, 1 AS rang FROM contrat.qpv GROUP BY commune
    UNION ALL
    SELECT 'tous_qpv', list(code ORDER BY code), 2 FROM contrat.qpv
    UNION ALL
    SELECT code, [code], 0 FROM contrat.qpv
)
SELECT territoire, first_value(territoire) OVER (PARTITION BY codes ORDER BY rang, territoire) AS canonique
FROM membres;
CREATE OR REPLACE TEMP TABLE periode_canonique AS
WITH inclus AS (
    SELECT
        grande.maille, grande.periode,
        count(*) AS nombre, min(petite.maille) AS maille_fine, min(petite.periode) AS fine
    FROM core.periode AS grande
    INNER JOIN core.periode AS petite
        ON (grande.maille, petite.maille) IN (('trimestre', 'mois'), ('annee', 'trimestre'), ('depuis_debut', 'annee'))
        AND petite.debut BETWEEN grande.debut AND grande.fin
    GROUP BY ALL
),
un AS (
    SELECT periodes.maille, periodes.periode, inclus.maille_fine, inclus.fine
    FROM core.periode AS periodes
    LEFT JOIN inclus
        ON periodes.maille = inclus.maille AND periodes.periode = inclus.periode AND inclus.nombre = 1
),
deux AS (
    SELECT
        un.maille, un.periode,
        coalesce(suite.maille_fine, un.maille_fine, un.maille) AS maille_fine,
        coalesce(suite.fine, un.fine, un.periode) AS fine
    FROM un LEFT JOIN un AS suite ON un.maille_fine = suite.maille AND un.fine = suite.periode
),
trois AS (
    SELECT
        deux.maille, deux.periode,
        coalesce(suite.maille_fine, deux.maille_fine) AS maille_fine, coalesce(suite.fine, deux.fine) AS fine
    FROM deux LEFT JOIN un AS suite ON deux.maille_fine = suite.maille AND deux.fine = suite.periode
)
SELECT
    trois.maille, trois.periode, trois.maille_fine AS maille_canonique, trois.fine AS canonique, periodes.close
FROM trois INNER JOIN core.periode AS periodes ON trois.maille_fine = periodes.maille AND trois.fine = periodes.periode
"""

_CELLULES = """
CREATE OR REPLACE TEMP TABLE cellule AS
WITH jointe AS (
    SELECT
        mesures.*, regle.* EXCLUDE (indicateur, maille, type_territoire, axe),
        periodes.maille_canonique, periodes.close,
        concat_ws('|', coalesce(territoires.canonique, mesures.territoire), mesures.axe, mesures.modalite,
            periodes.canonique, CASE WHEN NOT periodes.close THEN parametre.date_donnees END) AS ou
    FROM mart.mesure AS mesures
    INNER JOIN regle USING (indicateur, maille, type_territoire, axe)
    INNER JOIN periode_canonique AS periodes
        ON mesures.maille = periodes.maille AND mesures.periode = periodes.periode
    LEFT JOIN territoire_canonique AS territoires ON mesures.territoire = territoires.territoire
    CROSS JOIN contrat.parametre AS parametre
)
SELECT
    *,
    nom_compte || '|' || ou AS etiquette,
    nom_base || '|' || ou AS etiquette_base,
    autorise AND CASE WHEN classe = 'population' THEN x >= seuil ELSE personnes >= seuil END AS publie,
    -- Exact: the contract's total only, plain indicators, closed quarters and years, never a month, nor a count that
    -- the links between stages show too: they tell more about the same persons.
    type_territoire = 'total' AND axe = '' AND NOT sensible AND NOT partage AND close AND maille_canonique <> 'mois'
        AND calcul <> 'mediane' AS exact
FROM jointe
"""

_A_TIRER = """
SELECT etiquette FROM cellule WHERE publie
UNION SELECT etiquette_base FROM cellule WHERE publie AND NOT base_reponse
UNION SELECT etiquette FROM cellule_denominateur WHERE publie
"""

_DIFFUSION = """
CREATE OR REPLACE TABLE diffusion.mesure AS
WITH arrondie AS (
    SELECT
        cellule.*,
        CASE WHEN exact THEN x ELSE {compte} END AS v_compte,
        CASE WHEN exact THEN n ELSE {base} END AS v_base
    FROM cellule
    LEFT JOIN tirage AS tirages ON cellule.etiquette = tirages.etiquette
    LEFT JOIN tirage AS tirages_base ON cellule.etiquette_base = tirages_base.etiquette
),
etat AS (
    SELECT
        *,
        NOT base_reponse AND n < seuil_connu * concernes AS trop_peu_connu,
        CASE WHEN ratio AND NOT base_reponse AND v_base >= {taux_min}
            THEN round(facteur * v_compte / v_base) END AS taux
    FROM arrondie
)
SELECT
    indicateur, maille, periode, type_territoire, territoire, axe, modalite,
    CASE
        WHEN NOT publie OR trop_peu_connu OR (ratio AND taux IS NULL) THEN NULL
        WHEN calcul = 'mediane' THEN {jours} * round(mediane / {jours})
        WHEN ratio THEN greatest(5, least(95, taux))
        ELSE v_compte
    END AS valeur,
    CASE WHEN publie AND calcul <> 'mediane' THEN v_compte END AS numerateur,
    -- A base that is an answer is a number of its own, and the rate follows from it.
    CASE WHEN publie AND ratio AND NOT base_reponse THEN v_base END AS denominateur,
    CAST(NULL AS BIGINT) AS x,
    CAST(NULL AS BIGINT) AS n,
    CASE
        WHEN NOT publie THEN 'secret'
        WHEN trop_peu_connu THEN 'non_renseigne'
        WHEN ratio AND taux IS NULL THEN 'secret'
        WHEN calcul = 'mediane' AND mediane IS NULL THEN 'non_applicable'
        ELSE 'valeur'
    END AS etat,
    exact,
    CASE WHEN calcul = 'mediane' THEN {jours} WHEN NOT exact THEN b END AS arrondi,
    CASE WHEN publie AND ratio AND taux <= 5 THEN '≤' WHEN publie AND ratio AND taux >= 95 THEN '≥' END AS borne
FROM etat
WHERE autorise
"""

# Whether it is shown depends on the published count of the step, in the funnel: nothing more is told here.
_DELAIS = """
CREATE OR REPLACE TABLE diffusion.delai_etape AS
SELECT maille, periode, territoire, etape, {jours} * round(mediane_jours / {jours}) AS mediane_jours
FROM mart.delai_etape
"""

# What an exact value becomes when the audit finds that it cannot stay exact.
_REPLI = """
CREATE OR REPLACE TABLE diffusion.repli AS
SELECT
    indicateur, maille, periode, type_territoire, territoire, axe, modalite,
    {compte} AS numerateur, CASE WHEN NOT base_reponse THEN {base} END AS denominateur, b AS arrondi
FROM cellule
INNER JOIN tirage AS tirages ON cellule.etiquette = tirages.etiquette
LEFT JOIN tirage AS tirages_base ON cellule.etiquette_base = tirages_base.etiquette
WHERE publie AND exact
"""


def protect(con: duckdb.DuckDBPyConnection, secret: Secret, cle: bytes, sera_gardee: bool = True) -> None:
    """Fill `diffusion.mesure` with the protected cells about persons and the exact others.

    Reads mart.mesure, core.periode, contrat.qpv, contrat.parametre. `cle` is the pseudonym key, never written.
    `sera_gardee`: whether this version will be kept as a release that the next one looks back at. Commits by itself: it
    cannot be part of a transaction.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS diffusion")
    with closing(con.cursor()) as memoire:
        # Who is behind each cell does not depend on what is shown of it: both are worked out at once.
        with ThreadPoolExecutor(max_workers=1) as a_cote:
            dernier = a_cote.submit(remember, memoire, sera_gardee)
            with together(con):
                _count(con, secret, cle)
        with together(memoire):
            freeze(memoire, secret, dernier.result())
    with together(con):
        denominateurs.share(con)
        con.execute(
            f"""INSERT INTO diffusion.mesure BY NAME
            SELECT * EXCLUDE (x, n), NULL AS x, NULL AS n FROM ({exact_cells(sur_personnes=False)})"""
        )
        share(con)


def _count(con: duckdb.DuckDBPyConnection, secret: Secret, cle: bytes) -> None:
    """Fill `diffusion.*` with what this version would show by itself."""
    _rules(con, secret)
    con.execute(_CANONIQUES)
    con.execute(_CELLULES)
    denominateurs.count(con)
    register(con, cle, "tirage", _A_TIRER)
    # Who is in the base is known, but where it tells an answer.
    connus = "CASE WHEN base_reponse THEN personnes WHEN classe <> 'population' THEN n END"
    sommes = {
        "compte": sql_rounded("x", connus, "b", "tirages.u"),
        "base": sql_rounded("n", "NULL", "b", "tirages_base.u"),
    }
    con.execute(_DIFFUSION.format(**sommes, taux_min=secret.taux_min, jours=PAS_JOURS))
    con.execute(_REPLI.format(**sommes))
    denominateurs.protect_denominators(con, secret)
    protect_flux(con, secret, cle)
    protect_matrices(con, secret, cle)
    con.execute(_DELAIS.format(jours=PAS_JOURS))
    for table in ("regle", "territoire_canonique", "periode_canonique", "cellule", "tirage"):
        con.execute(f"DROP TABLE {table}")


def _rules(con: duckdb.DuckDBPyConnection, secret: Secret) -> None:
    """One row per (indicator, period kind, territory kind, breakdown) counted, with its threshold and base b."""
    import pandas as pd

    requete = "SELECT DISTINCT indicateur, maille, type_territoire, axe FROM mart.mesure ORDER BY ALL"
    comptees = con.execute(requete).fetchall()
    lignes = [
        (*cle, *_rule(CATALOGUE[cle[0]], secret, *cle[1:])) for cle in comptees if CATALOGUE[cle[0]].sur_personnes
    ]
    con.execute(_REGLES)
    con.register("_regles", pd.DataFrame(lignes))
    con.execute("INSERT INTO regle SELECT * FROM _regles")
    con.unregister("_regles")


def _rule(i: Indicateur, secret: Secret, maille: str, type_territoire: str, axe: str) -> tuple[object, ...]:
    sensible, population = is_sensitive(i, axe), i.classe == "population"
    seuil = secret.seuil_population if population else secret.seuil_resultat
    return (
        "resultat" if sensible else i.classe,
        i.nom_compte,
        i.nom_base,
        i.ratio,
        i.calcul,
        i.facteur,
        i.seuil_connu,
        is_allowed(i, maille, type_territoire, axe),
        sensible,
        i.id in PARTAGES.values(),
        bool(i.base_connue),
        secret.seuil_sensible if sensible else seuil,
        secret.base_sensible if sensible else secret.base,
    )


def exact_cells(sur_personnes: bool | None = None) -> str:
    """SQL of the cells as they are, in the published columns; for all indicators or one side only.

    `n` are those known to be concerned, on whom the threshold bears.
    """
    choisis = [i for i in CATALOGUE.values() if sur_personnes is None or i.sur_personnes == sur_personnes]
    valeurs = ", ".join(
        f"('{i.id}', {i.ratio}, '{i.calcul}', {i.facteur}, {i.seuil_connu}, {bool(i.base_connue)})" for i in choisis
    )
    return f"""
    SELECT
        indicateur, maille, periode, type_territoire, territoire, axe, modalite,
        CASE
            WHEN n < seuil_connu * concernes THEN NULL
            WHEN calcul = 'mediane' THEN mediane
            WHEN NOT ratio THEN numerateur
            WHEN denominateur > 0 THEN facteur * numerateur / denominateur
        END AS valeur,
        numerateur, denominateur, x, CASE WHEN base_reponse THEN personnes ELSE n END AS n,
        CASE
            WHEN coalesce(n < seuil_connu * concernes, FALSE) THEN 'non_renseigne'
            WHEN ratio AND denominateur = 0 THEN 'non_applicable'
            WHEN calcul = 'mediane' AND mediane IS NULL THEN 'non_applicable'
            ELSE 'valeur'
        END AS etat,
        TRUE AS exact,
        CAST(NULL AS INTEGER) AS arrondi,
        CAST(NULL AS VARCHAR) AS borne
    FROM mart.mesure
    INNER JOIN (VALUES {valeurs}) AS indicateurs (indicateur, ratio, calcul, facteur, seuil_connu, base_reponse)
        USING (indicateur)
    """
