-- Persons going from one stage to the next, by period of spotting and territory; base: the persons of the stage left.
WITH compte AS (
    SELECT
        maille,
        periode,
        de,
        vers,
        rang_de,
        rang_vers,
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
    GROUP BY maille, periode, de, vers, rang_de, rang_vers, GROUPING SETS ((), (qpv), (commune), (ensemble))
)
SELECT
    * EXCLUDE (groupe),
    sum(x) OVER (PARTITION BY maille, periode, type_territoire, territoire, de, rang_de) AS n
FROM compte
-- A row grouped by a territory it does not have (no commune outside the quarters) is nobody's.
WHERE groupe = 7 OR type_territoire <> 'total'
