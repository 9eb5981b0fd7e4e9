-- Taux de chômage de la zone d'emploi : une ligne par trimestre.
SELECT
    'zone_emploi' AS type_territoire, zone AS territoire, nom,
    CAST(NULL AS INTEGER) AS edition, CAST(NULL AS INTEGER) AS annee, trimestre, 'taux' AS variable, taux AS valeur,
    if(taux IS NULL, 'non_disponible', 'valeur') AS etat
FROM public.chomage_zone_emploi
