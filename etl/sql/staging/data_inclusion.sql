-- Services d'insertion : une ligne par service, là où il se tient.
SELECT
    services.id, 'service_insertion' AS type_offre, services.nom, services.structure AS detail,
    coalesce(structures.siret, services.structure_id, services.id) AS structure, services.thematiques,
    services.latitude, services.longitude
FROM public.data_inclusion AS services
LEFT JOIN public.data_inclusion_structure AS structures ON services.structure_id = structures.id
