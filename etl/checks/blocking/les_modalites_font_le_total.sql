-- La somme des modalités (sexe, âge, diplôme, situation) n'est pas le nombre de personnes du même territoire.
WITH somme AS (
    SELECT indicateur, maille, periode, territoire, axe, sum(x) AS modalites
    FROM mart.mesure
    WHERE axe IN ('sexe', 'tranche_age', 'niveau_formation', 'situation_entree')
    GROUP BY ALL
)
SELECT somme.*, entier.x AS total
FROM somme
INNER JOIN mart.mesure AS entier USING (indicateur, maille, periode, territoire)
WHERE entier.axe = '' AND somme.modalites <> entier.x
