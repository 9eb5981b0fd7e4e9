-- Persons going from one stage to the next, by period of spotting and territory; base: the persons spotted.
-- How far a person went is the answer: who is concerned, and which links are there, must not tell it.
WITH suite AS (
    SELECT unnest(['droit_commun', 'formation', 'emploi', 'rupture']) AS etape
),
sortie AS (
    SELECT unnest(['sortie_emploi', 'sortie_positive', 'sortie_autre']) AS etape
),
lien AS (
    FROM (
        VALUES
        (0, 'reperage', 1, 'diagnostic'),
        (0, 'reperage', 1, 'sans_diagnostic'),
        (1, 'diagnostic', 2, 'accompagnement'),
        (1, 'diagnostic', 2, 'attente'),
        (2, 'accompagnement', 3, 'en_cours')
    ) AS liens (rang_de, de, rang_vers, vers)
    UNION ALL
    SELECT 2, 'accompagnement', 3, etape FROM suite
    UNION ALL
    SELECT 2, 'accompagnement', 4, etape FROM sortie
    UNION ALL
    SELECT 3, suite.etape, 4, 'toujours_suivi' FROM suite
    UNION ALL
    SELECT 3, suite.etape, 4, sortie.etape FROM suite CROSS JOIN sortie
),
compte AS (
    SELECT
        maille,
        periode,
        de,
        vers,
        rang_de,
        coalesce(qpv, commune, ensemble, 'total') AS territoire,
        CASE
            WHEN qpv IN ('hors_qpv', 'inconnu') THEN qpv
            WHEN qpv IS NOT NULL THEN 'qpv'
            WHEN commune IS NOT NULL THEN 'commune'
            WHEN ensemble IS NOT NULL THEN 'tous_qpv'
            ELSE 'total'
        END AS type_territoire,
        grouping_id(qpv, commune, ensemble) AS groupe,
        count(DISTINCT personne) AS x
    FROM mart.parcours_lien
    GROUP BY maille, periode, de, vers, rang_de, GROUPING SETS ((), (qpv), (commune), (ensemble))
    -- A row grouped by a territory it does not have (no commune outside the quarters) is nobody's.
    HAVING groupe = 7 OR coalesce(qpv, commune, ensemble) IS NOT NULL
),
base AS (
    -- Everybody spotted leaves the first stage once.
    SELECT maille, periode, type_territoire, territoire, CAST(sum(x) AS BIGINT) AS n
    FROM compte
    WHERE rang_de = 0
    GROUP BY ALL
)
SELECT
    base.maille,
    base.periode,
    lien.de,
    lien.vers,
    lien.rang_de,
    lien.rang_vers,
    base.territoire,
    base.type_territoire,
    coalesce(compte.x, 0) AS x,
    base.n
FROM base
CROSS JOIN lien
LEFT JOIN compte USING (maille, periode, type_territoire, territoire, rang_de, de, vers)
