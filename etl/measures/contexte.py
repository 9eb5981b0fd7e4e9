"""Reads public figures into `mart.contexte`: one row per figure, vintage and territory, masks and absences kept.

Nothing is added up and nothing averaged: a figure is the producer's own, or a share of two of them in one territory.
"""

from collections.abc import Iterable

import duckdb

from etl.catalog import sources
from etl.catalog.contrat import Contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.contexte import SERIES, Serie
from etl.measures.comparaison import compare
from etl.transaction import append

# Sources whose staging model has the shape of `lecture`; each may be missing.
_SOURCES = ("insee_qpv_2015", "qpv_2024_stat", "filosofi", "chomage_zone_emploi", "bpe", "adultes_relais")
# The offer is counted by `etl.offre`, on places; a neighbourhood without a contour has no figure, not a zero.
_OFFRE = """
INSERT INTO lecture BY NAME
SELECT 'data_inclusion' AS source, 'qpv' AS type_territoire, territoire, variable, valeur, 'valeur' AS etat
FROM (
    SELECT quartiers.code AS territoire, 'services_1km' AS variable, count(DISTINCT offres.id) AS valeur
    FROM contrat.qpv AS quartiers
    INNER JOIN territoire.territoire AS places ON quartiers.code = places.code AND places.methode = 'contour'
    LEFT JOIN mart.offre AS offres
        ON quartiers.code = offres.code_qpv AND offres.type_offre = 'service_insertion'
    GROUP BY quartiers.code
    UNION ALL
    SELECT code, 'population', population FROM contrat.qpv WHERE population IS NOT NULL
)
"""
_LECTURE = """
CREATE OR REPLACE TEMP TABLE lecture (
    source VARCHAR, type_territoire VARCHAR, territoire VARCHAR, nom VARCHAR, edition INTEGER, annee INTEGER,
    trimestre VARCHAR, variable VARCHAR, valeur DOUBLE, etat VARCHAR
)
"""
_SERIE = """
CREATE OR REPLACE TEMP TABLE serie (
    indicateur VARCHAR, source VARCHAR, type_territoire VARCHAR, variables VARCHAR[], base VARCHAR, axe VARCHAR,
    modalite VARCHAR, comparable VARCHAR[], ratio BOOLEAN, facteur DOUBLE, titre VARCHAR,
    millesime VARCHAR, mention VARCHAR
)
"""
# A share is given whole or not at all: one masked part masks it. The latest vintage also answers "since the start".
_CONTEXTE = """
CREATE OR REPLACE TABLE mart.contexte AS
WITH figures AS (
    SELECT
        serie.indicateur, lecture.type_territoire, lecture.territoire, lecture.edition, lecture.annee,
        lecture.trimestre, serie.axe, serie.modalite, serie.source, serie.titre, serie.millesime, serie.mention,
        serie.ratio, serie.facteur, serie.base, any_value(lecture.nom) AS nom,
        sum(lecture.valeur) FILTER (list_contains(serie.variables, lecture.variable)) AS haut,
        sum(lecture.valeur) FILTER (lecture.variable = serie.base) AS bas,
        len(serie.variables) + CAST(serie.base <> '' AS INTEGER) AS voulues,
        count(*) FILTER (lecture.etat = 'valeur') AS connues,
        bool_or(lecture.etat = 'secret') AS masque
    FROM serie INNER JOIN lecture
        ON serie.source = lecture.source AND serie.type_territoire = lecture.type_territoire
        AND list_contains(list_append(serie.variables, serie.base), lecture.variable)
    GROUP BY ALL
),
lues AS (
    SELECT
        * EXCLUDE (haut, bas, voulues, connues, masque),
        connues = voulues AND (base = '' OR bas > 0) AS entiere,
        CASE WHEN entiere THEN haut END AS numerateur,
        CASE WHEN entiere AND base <> '' THEN bas END AS denominateur,
        CASE WHEN entiere THEN 'valeur' WHEN masque THEN 'secret' ELSE 'non_renseigne' END AS etat,
        coalesce(trimestre, CAST(annee AS VARCHAR), CAST(edition AS VARCHAR), '') AS rang
    FROM figures
),
datees AS (
    SELECT
        *,
        CASE WHEN trimestre IS NOT NULL THEN 'trimestre' WHEN annee IS NOT NULL THEN 'annee'
            WHEN edition IS NOT NULL THEN 'edition' END AS maille,
        rang AS periode
    FROM lues WHERE rang <> ''
    UNION ALL
    SELECT *, 'depuis_debut', 'depuis_debut' FROM lues
    QUALIFY rang = max(rang) OVER (PARTITION BY indicateur, source, type_territoire, axe, modalite)
)
SELECT
    indicateur, maille, periode, type_territoire, territoire, nom, axe, modalite,
    CASE WHEN base = '' THEN numerateur ELSE facteur * numerateur / denominateur END AS valeur,
    -- A rate published as such has no parts.
    CASE WHEN base <> '' OR NOT ratio THEN numerateur END AS numerateur,
    denominateur, etat, edition, annee, source, titre,
    concat_ws(', ',
        CASE WHEN trimestre IS NOT NULL THEN right(trimestre, 1) || 'e trimestre ' || left(trimestre, 4)
            WHEN edition IS NOT NULL AND annee IS NOT NULL THEN 'au 31 décembre ' || annee
            WHEN annee IS NOT NULL THEN CAST(annee AS VARCHAR) END,
        CASE WHEN edition IS NOT NULL THEN 'édition ' || edition
            || CASE WHEN annee IS NULL THEN ' (année des données non précisée)' ELSE '' END
            WHEN annee IS NULL AND trimestre IS NULL THEN millesime END) AS millesime,
    mention, CAST(CASE etat WHEN 'secret' THEN 'Valeur masquée par le producteur.'
        WHEN 'non_renseigne' THEN 'Valeur non publiée par le producteur pour ce territoire.' END AS VARCHAR) AS motif
FROM datees
"""
# A territory of the contract that no file speaks of has a cell that says so.
_ABSENTS = """
INSERT INTO mart.contexte BY NAME
SELECT DISTINCT
    serie.indicateur, 'depuis_debut' AS maille, 'depuis_debut' AS periode, serie.type_territoire,
    attendus.code AS territoire, attendus.nom, serie.axe, serie.modalite, 'non_renseigne' AS etat, serie.source,
    serie.titre, serie.mention,
    CASE WHEN list_contains(?, serie.source) THEN 'Territoire absent du fichier.'
        ELSE 'Source absente : ' || serie.titre || '.' END AS motif
FROM serie
INNER JOIN (
    SELECT 'qpv' AS type_territoire, code, nom FROM contrat.qpv
    UNION ALL SELECT 'qpv_2015', code_2015, nom FROM contrat.qpv WHERE code_2015 IS NOT NULL
    UNION ALL SELECT 'commune', code, nom FROM contrat.commune
    UNION ALL SELECT 'epci', ?, ?
    UNION ALL SELECT 'zone_emploi', ?, NULL
    UNION ALL SELECT 'total', 'total', NULL
) AS attendus USING (type_territoire)
ANTI JOIN (FROM mart.contexte WHERE maille = 'depuis_debut') AS presents
    ON serie.indicateur = presents.indicateur AND serie.axe = presents.axe AND serie.modalite = presents.modalite
    AND serie.type_territoire = presents.type_territoire AND attendus.code = presents.territoire
-- Equipment left out of the file is not known: neither a zero nor a gap to fill.
WHERE attendus.code IS NOT NULL AND (serie.axe = '' OR NOT list_contains(?, serie.source))
"""

CELLULES = """
SELECT
    indicateur, maille, periode, type_territoire, territoire, axe, modalite, valeur, numerateur, denominateur,
    CAST(NULL AS BIGINT) AS x, CAST(NULL AS BIGINT) AS n, etat, TRUE AS exact, CAST(NULL AS INTEGER) AS arrondi,
    CAST(NULL AS VARCHAR) AS borne
FROM mart.contexte WHERE maille <> 'edition'
"""


def build(con: duckdb.DuckDBPyConnection, contrat: Contrat, series: Iterable[Serie] = SERIES) -> None:
    """Fill `mart.contexte` and `mart.comparaison` from the staging models of public sources; needs `contrat.*`.

    Cells of a source that is absent are `non_renseigne`, with the reason in `motif`.
    """
    con.execute(_LECTURE)
    lues = _read(con)
    _declare(con, series)
    con.execute(_CONTEXTE)
    con.execute(
        "COMMENT ON TABLE mart.contexte IS 'Public figures by vintage and territory, with their source and reason.'"
    )
    con.execute(_ABSENTS, [lues, str(contrat.epci), contrat.epci_nom, contrat.zone_emploi, lues])
    compare(con, contrat)
    for table in ("lecture", "serie"):
        con.execute(f"DROP TABLE {table}")


def _read(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Gather the staging models that exist; return the ids of their sources."""
    requete = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'staging'"
    presentes = {nom for (nom,) in con.execute(requete).fetchall()}
    lus = [id for id in _SOURCES if id in presentes]
    for id in lus:
        con.execute(f"INSERT INTO lecture BY NAME SELECT '{id}' AS source, * FROM staging.{id}")
    if "data_inclusion" in presentes:
        con.execute(_OFFRE)
        lus.append("data_inclusion")
    return lus


def _declare(con: duckdb.DuckDBPyConnection, series: Iterable[Serie]) -> None:
    con.execute(_SERIE)
    lignes = []
    for s in series:
        source, indicateur = sources.get(s.source), CATALOGUE[s.indicateur]
        mots = (source.titre, source.millesime, source.mention or None)
        lignes.append(
            (s.indicateur, s.source, s.type_territoire, list(s.variables), s.base, s.axe, s.modalite,
             list(s.comparable), indicateur.ratio, indicateur.facteur, *mots)
        )  # fmt: skip
    append(con, "serie", lignes)


def describe(con: duckdb.DuckDBPyConnection) -> None:
    """Say in `publication.indicateur` which public figures exist, and why the others do not."""
    con.execute("""
    UPDATE publication.indicateur AS indicateurs
    SET disponible = faits.disponible, motif_indisponible = CASE WHEN NOT faits.disponible THEN faits.motif END
    FROM (
        SELECT
            indicateur, bool_or(etat = 'valeur') AS disponible,
            string_agg(DISTINCT motif, ' ' ORDER BY motif) AS motif
        FROM mart.contexte GROUP BY indicateur
    ) AS faits
    WHERE indicateurs.id = faits.indicateur
    """)
