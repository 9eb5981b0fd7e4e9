-- Le nombre de lignes d'un partenaire s'écarte fortement de ses autres mois (score Z modifié supérieur à 3,5).
WITH fait AS (
    SELECT 'interventions' AS fichier, partenaire, date FROM staging.interventions
    UNION ALL
    SELECT 'participants', partenaire, coalesce(date_entree, date_reperage) FROM staging.participants
    UNION ALL
    SELECT 'sorties', partenaire, date_sortie FROM staging.sorties
),
mois AS (
    SELECT fichier, partenaire, strftime(date, '%Y-%m') AS mois, count(*) AS lignes
    FROM fait
    WHERE date IS NOT NULL
    GROUP BY ALL
),
ecart AS (
    SELECT
        *,
        median(lignes) OVER serie AS mediane,
        mad(lignes) OVER serie AS ecart_median
    FROM mois
    WINDOW serie AS (PARTITION BY fichier, partenaire)
    -- Under eight months nothing is ordinary yet.
    QUALIFY count(*) OVER serie >= 8
)
SELECT *
FROM ecart
WHERE 0.6745 * abs(lignes - mediane) > 3.5 * ecart_median AND ecart_median > 0
