-- Visits of resource places by period.
SELECT
    jours.maille,
    jours.periode,
    frequentation.acteur_id AS acteur,
    frequentation.passages
FROM core.frequentation AS frequentation
INNER JOIN core.jour AS jours USING (date)
