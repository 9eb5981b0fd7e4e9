-- For each period and quarter in force: has anyone come in the 90 days before the period's end?
SELECT
    periodes.maille,
    periodes.periode,
    quartiers.code AS qpv,
    quartiers.commune,
    'tous_qpv' AS ensemble,
    coalesce(bool_or(interventions.date BETWEEN periodes.fin - 89 AND periodes.fin), FALSE) AS visite
FROM core.periode AS periodes
CROSS JOIN contrat.qpv AS quartiers
LEFT JOIN core.intervention AS interventions ON quartiers.code = interventions.qpv
GROUP BY ALL
