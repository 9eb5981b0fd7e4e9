-- Le nombre de lignes d'un partenaire s'écarte fortement de ses autres mois (score Z modifié supérieur à 3,5).
-- Every dated contract. Where more than half of the months are alike the median deviation is zero: the mean deviation
-- takes its place, as Iglewicz and Hoaglin have it. A gap that chance explains (twice the square root) is left alone.
WITH fait AS (
    SELECT 'confiance' AS fichier, partenaire, date FROM staging.confiance
    UNION ALL
    SELECT 'entreprises', partenaire, date FROM staging.entreprises
    UNION ALL
    SELECT 'etapes', partenaire, date FROM staging.etapes
    UNION ALL
    SELECT 'freins', partenaire, date_identification FROM staging.freins
    UNION ALL
    SELECT 'frequentation', partenaire, date FROM staging.frequentation
    UNION ALL
    SELECT 'interventions', partenaire, date FROM staging.interventions
    UNION ALL
    SELECT 'orientations', partenaire, date FROM staging.orientations
    UNION ALL
    SELECT 'parrainages', partenaire, date_debut FROM staging.parrainages
    UNION ALL
    SELECT 'participants', partenaire, coalesce(date_entree, date_reperage) FROM staging.participants
    UNION ALL
    SELECT 'projets', partenaire, date_accompagnement FROM staging.projets
    UNION ALL
    SELECT 'rencontres', partenaire, date FROM staging.rencontres
    UNION ALL
    SELECT 'sorties', partenaire, date_sortie FROM staging.sorties
),
mois AS (
    SELECT fichier, partenaire, strftime(date, '%Y-%m') AS mois, count(*) AS lignes
    FROM fait
    WHERE date IS NOT NULL
    GROUP BY ALL
),
serie AS (
    SELECT *, median(lignes) OVER (PARTITION BY fichier, partenaire) AS mediane
    FROM mois
    -- Under eight months nothing is ordinary yet.
    QUALIFY count(*) OVER (PARTITION BY fichier, partenaire) >= 8
),
ecart AS (
    SELECT
        *,
        abs(lignes - mediane) AS ecart,
        median(abs(lignes - mediane)) OVER habituel / 0.6745 AS ecart_median,
        avg(abs(lignes - mediane)) OVER habituel * 1.2533 AS ecart_moyen
    FROM serie
    WINDOW habituel AS (PARTITION BY fichier, partenaire)
)
SELECT fichier, partenaire, mois, lignes, mediane
FROM ecart
WHERE ecart > 3.5 * coalesce(nullif(ecart_median, 0), ecart_moyen) AND ecart > 2 * sqrt(mediane)
