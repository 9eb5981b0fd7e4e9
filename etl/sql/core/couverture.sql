-- For each period and actor: do its declared steps cover the 90 days before the period's end, month by month?
SELECT periodes.maille, periodes.periode, etapes.acteur_id
FROM core.periode AS periodes
INNER JOIN staging.etapes AS etapes ON etapes.date BETWEEN periodes.fin - 89 AND periodes.fin
GROUP BY ALL
HAVING count(DISTINCT (periodes.fin - etapes.date) // 30) = 3
