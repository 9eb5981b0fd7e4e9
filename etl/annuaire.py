"""Merges the public directory of insertion into the partners' own: their sheets stand, likely duplicates are shown."""

import duckdb

# Metres and likeness of names (Jaro-Winkler) from which two entries at nearly the same place are likely one.
DISTANCE_M, RESSEMBLANCE = 60, 0.88
_VIDE = """
CREATE TABLE IF NOT EXISTS public.data_inclusion_structure (
    source VARCHAR, id VARCHAR, nom VARCHAR, date_maj DATE, siret VARCHAR, commune VARCHAR, code_postal VARCHAR,
    code_insee VARCHAR, adresse VARCHAR, complement_adresse VARCHAR, longitude DOUBLE, latitude DOUBLE,
    telephone VARCHAR, courriel VARCHAR, lien_source VARCHAR, score_qualite DOUBLE, site_web VARCHAR,
    reseaux_porteurs VARCHAR[]
);
CREATE TABLE IF NOT EXISTS public.data_inclusion (structure_id VARCHAR, thematiques VARCHAR[], publics VARCHAR[])
"""
_ENTREES = """
CREATE OR REPLACE TEMP TABLE entree AS
WITH services AS (
    SELECT
        structure_id, count(*) AS services, list_sort(list_distinct(flatten(list(thematiques)))) AS thematiques,
        list_sort(list_distinct(flatten(list(publics)))) AS publics
    FROM public.data_inclusion WHERE structure_id IS NOT NULL GROUP BY structure_id
),
unies AS (
    SELECT
        'partenaire' AS origine, acteur_id AS id, nom, siret, adresse, code_postal, code_insee, latitude, longitude,
        telephone, courriel, site_web, thematiques, publics, NULL AS services, score_fiche AS score,
        CAST(NULL AS DATE) AS date_maj, CAST(NULL AS VARCHAR) AS lien_source
    FROM core.acteur
    UNION ALL
    SELECT
        'data_inclusion', structures.id, structures.nom, siret, adresse, code_postal, code_insee, latitude, longitude,
        telephone, courriel, site_web, coalesce(services.thematiques, []), coalesce(services.publics, []),
        coalesce(services.services, 0),
        10.0 * list_sum([CAST(critere AS INTEGER) FOR critere IN [
            structures.nom IS NOT NULL, siret IS NOT NULL, adresse IS NOT NULL, code_postal IS NOT NULL,
            latitude IS NOT NULL, coalesce(telephone, courriel) IS NOT NULL, site_web IS NOT NULL,
            coalesce(len(services.thematiques), 0) > 0, coalesce(len(services.publics), 0) > 0,
            date_maj >= parametre.date_donnees - INTERVAL 2 YEAR
        ]]), date_maj, lien_source
    FROM public.data_inclusion_structure AS structures
    LEFT JOIN services ON structures.id = services.structure_id
    CROSS JOIN contrat.parametre AS parametre
)
SELECT
    *, row_number() OVER (ORDER BY origine DESC, id) AS rang,
    trim(regexp_replace(lower(strip_accents(nom)), '[^a-z0-9]+', ' ', 'g')) AS nom_nu,
    trim(regexp_replace(lower(strip_accents(adresse)), '[^a-z0-9]+', ' ', 'g')) AS adresse_nue
FROM unies
"""
# Flat distance is enough at this scale; a shared SIRET is sure, the two other reasons are to be looked at.
_DOUBLONS = f"""
CREATE OR REPLACE TABLE mart.doublon AS
WITH paires AS (
    SELECT
        une.origine AS origine_1, une.id AS id_1, une.nom AS nom_1,
        autre.origine AS origine_2, autre.id AS id_2, autre.nom AS nom_2,
        une.siret = autre.siret AS meme_siret,
        une.nom_nu = autre.nom_nu AND une.adresse_nue = autre.adresse_nue AND une.code_postal = autre.code_postal
            AS meme_adresse,
        round(111_320 * sqrt(pow(une.latitude - autre.latitude, 2)
            + pow((une.longitude - autre.longitude) * cos(radians(une.latitude)), 2)), 0) AS distance_m,
        round(jaro_winkler_similarity(une.nom_nu, autre.nom_nu), 2) AS ressemblance
    FROM entree AS une INNER JOIN entree AS autre
        ON une.rang < autre.rang AND (
            une.siret = autre.siret OR une.nom_nu = autre.nom_nu
            OR (abs(une.latitude - autre.latitude) < 0.002 AND abs(une.longitude - autre.longitude) < 0.004)
        )
)
SELECT
    origine_1, id_1, nom_1, origine_2, id_2, nom_2,
    CASE WHEN meme_siret AND ressemblance >= {RESSEMBLANCE} THEN 'siret'
        WHEN meme_adresse THEN 'nom_adresse' WHEN meme_siret THEN 'siret_nom_different' ELSE 'distance' END AS motif,
    distance_m, ressemblance
FROM paires
WHERE meme_siret OR meme_adresse OR (distance_m <= {DISTANCE_M} AND ressemblance >= {RESSEMBLANCE})
ORDER BY ALL
"""
# Several establishments may share one SIRET under different names: those are shown, never merged.
_ANNUAIRE = """
CREATE OR REPLACE TABLE mart.annuaire AS
WITH rapproches AS (
    SELECT id_1 AS acteur_id, id_2 AS structure_id, motif FROM mart.doublon
    WHERE origine_1 = 'partenaire' AND origine_2 = 'data_inclusion' AND motif <> 'siret_nom_different'
)
SELECT
    entree.origine, entree.id, entree.nom, entree.siret, entree.adresse, entree.code_postal, entree.code_insee,
    entree.latitude, entree.longitude, entree.telephone, entree.courriel, entree.site_web, entree.thematiques,
    entree.publics, entree.services, entree.score, entree.date_maj, entree.lien_source,
    (SELECT list(structure_id ORDER BY structure_id) FROM rapproches WHERE acteur_id = entree.id) AS structures
FROM entree
WHERE entree.origine = 'partenaire' OR entree.id NOT IN (SELECT structure_id FROM rapproches)
ORDER BY ALL
"""


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `mart.annuaire` (one row per structure) and `mart.doublon` (likely duplicates, with the reason).

    A partner's sheet is published as the partner wrote it; the public sheets recognised as the same structure are
    named in its `structures`, not added. `score` is the share of ten criteria met, out of 100.
    """
    presente = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'data_inclusion_structure'").fetchall()
    con.execute("CREATE SCHEMA IF NOT EXISTS public")
    con.execute(_VIDE)
    con.execute(_ENTREES)
    if not presente:
        con.execute("DROP TABLE public.data_inclusion_structure; DROP TABLE public.data_inclusion")
    con.execute(_DOUBLONS)
    con.execute(_ANNUAIRE)
    con.execute("COMMENT ON TABLE mart.doublon IS 'Likely duplicates of the directory, with the reason.'")
    con.execute("COMMENT ON TABLE mart.annuaire IS 'Partners and public insertion structures, each once.'")
    con.execute("DROP TABLE entree")
