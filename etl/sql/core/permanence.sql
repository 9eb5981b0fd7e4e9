-- Recurring presences, attached to a quarter by their declared code or by their point.
SELECT
    permanences.* EXCLUDE (code_qpv),
    CASE
        WHEN permanences.code_qpv <> 'inconnu' THEN permanences.code_qpv
        ELSE coalesce(points.code_qpv, 'inconnu')
    END AS qpv
FROM staging.permanences AS permanences
LEFT JOIN territoire.point AS points USING (latitude, longitude)
