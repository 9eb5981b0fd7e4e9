-- Engagements of companies by period.
SELECT
    jours.maille,
    jours.periode,
    entreprises.entreprise_id AS entreprise,
    entreprises.type_engagement
FROM core.entreprise AS entreprises
INNER JOIN core.jour AS jours USING (date)
