-- Un lieu est à plus de 30 km de toutes les communes du contrat : latitude et longitude sont peut-être inversées.
WITH lieu AS (
    SELECT 'acteurs' AS fichier, partenaire, lot, ligne, latitude, longitude FROM staging.acteurs
    UNION ALL
    SELECT 'interventions', partenaire, lot, ligne, latitude, longitude FROM staging.interventions
    UNION ALL
    SELECT 'permanences', partenaire, lot, ligne, latitude, longitude FROM staging.permanences
),
ecart AS (
    SELECT
        lieu.*,
        -- One degree of latitude is 111 km; one of longitude shrinks with the cosine of the latitude.
        min(111 * sqrt(
            pow(lieu.latitude - communes.latitude, 2)
            + pow((lieu.longitude - communes.longitude) * cos(radians(communes.latitude)), 2)
        )) AS km
    FROM lieu
    CROSS JOIN territoire.territoire AS communes
    WHERE communes.type = 'commune'
    GROUP BY ALL
)
SELECT * FROM ecart
WHERE km > 30
