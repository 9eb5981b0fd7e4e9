-- Taux de chômage de la zone d'emploi et de la France : une ligne par trimestre.
SELECT
    if(zone = 'france', 'france', 'zone_emploi') AS type_territoire, zone AS territoire, nom,
    CAST(NULL AS INTEGER) AS edition, CAST(NULL AS INTEGER) AS annee, trimestre, 'taux' AS variable, taux AS valeur,
    if(taux IS NULL, 'non_disponible', 'valeur') AS etat
FROM public.chomage_zone_emploi
