-- Un indicateur compte plus d'unités que les personnes ou les faits concernés.
SELECT indicateur, periode, territoire, axe, modalite, x, n
FROM mart.mesure
WHERE x > n OR x < 0
