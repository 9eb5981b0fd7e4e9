-- Une même case (indicateur, période, territoire, répartition) porte deux valeurs.
SELECT indicateur, maille, periode, type_territoire, territoire, axe, modalite, count(*) AS valeurs
FROM mart.mesure
GROUP BY ALL
HAVING count(*) > 1
