-- Outings towards residents, each attached to a quarter by its declared code or by its point.
WITH situe AS (
    SELECT
        interventions.*,
        CASE
            WHEN interventions.code_qpv <> 'inconnu' THEN interventions.code_qpv
            ELSE coalesce(points.code_qpv, 'inconnu')
        END AS qpv,
        CASE
            WHEN interventions.code_qpv <> 'inconnu' THEN 'declare'
            ELSE coalesce(points.methode, 'inconnu')
        END AS methode
    FROM staging.interventions AS interventions
    LEFT JOIN territoire.point AS points USING (latitude, longitude)
)
SELECT
    situe.* EXCLUDE (code_qpv),
    quartiers.commune,
    CASE WHEN quartiers.code IS NOT NULL THEN 'tous_qpv' END AS ensemble
FROM situe
LEFT JOIN contrat.qpv AS quartiers ON situe.qpv = quartiers.code
