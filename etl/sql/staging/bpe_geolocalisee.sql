-- Crèches et autres accueils de jeunes enfants, un par un ; sans point quand leur position est trop vague.
SELECT
    id, 'creche' AS type_offre, nom, 'position à ' || precision AS detail, coalesce(siret, id) AS structure,
    ['famille--garde-denfants'] AS thematiques, latitude, longitude, commune
FROM public.bpe_geolocalisee
