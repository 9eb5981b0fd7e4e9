-- Espaces France services : une ligne par lieu.
SELECT
    id, 'france_services' AS type_offre, nom, concat_ws(', ', adresse, commune_nom) AS detail, id AS structure,
    CAST([] AS VARCHAR[]) AS thematiques, latitude, longitude
FROM public.france_services
