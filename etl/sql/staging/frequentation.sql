-- Visits of a resource place, one row per actor and day.
SELECT
    acteur_id,
    date,
    passages,
    partenaire,
    lot,
    ligne
FROM valide.frequentation
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
