-- Le total d'une période n'est pas la somme des quartiers, du hors quartier et de l'inconnu.
WITH somme AS (
    SELECT
        indicateur,
        maille,
        periode,
        sum(coalesce(x, numerateur)) FILTER (WHERE type_territoire IN ('qpv', 'hors_qpv', 'inconnu')) AS parties,
        sum(coalesce(x, numerateur)) FILTER (WHERE type_territoire = 'total') AS total
    FROM mart.mesure
    INNER JOIN catalogue ON mesure.indicateur = catalogue.id
    WHERE axe = '' AND (x IS NOT NULL OR catalogue.additif)
    GROUP BY ALL
    HAVING bool_or(type_territoire = 'qpv')
)
SELECT * FROM somme
WHERE abs(coalesce(parties, 0) - total) > 1e-6
