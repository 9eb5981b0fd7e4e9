-- Each day of the contract with the four periods it belongs to.
SELECT
    CAST(jours.jour AS DATE) AS date,
    periodes.maille,
    periodes.periode
FROM contrat.parametre AS parametre
CROSS JOIN unnest(generate_series(parametre.debut, parametre.date_donnees, INTERVAL 1 DAY)) AS jours (jour)
INNER JOIN core.periode AS periodes ON jours.jour BETWEEN periodes.debut AND periodes.fin
