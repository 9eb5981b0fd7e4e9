-- Structures with the quarter they stand in and the ten criteria of a complete sheet.
WITH situe AS (
    SELECT
        acteurs.*,
        coalesce(points.code_qpv, 'inconnu') AS code_qpv
    FROM staging.acteurs AS acteurs
    LEFT JOIN territoire.point AS points USING (latitude, longitude)
),
note AS (
    SELECT
        *,
        list_sum([
            CAST(critere AS INTEGER) FOR critere IN [
                nom IS NOT NULL,
                type_acteur IS NOT NULL,
                adresse IS NOT NULL,
                code_postal IS NOT NULL,
                latitude IS NOT NULL,
                coalesce(telephone, courriel) IS NOT NULL,
                site_web IS NOT NULL,
                coalesce(len(thematiques), 0) > 0,
                coalesce(len(publics), 0) > 0,
                coalesce(len(qpv_couverts), 0) > 0
            ]
        ]) AS criteres
    FROM situe
)
SELECT
    *,
    10.0 * criteres AS score_fiche
FROM note
