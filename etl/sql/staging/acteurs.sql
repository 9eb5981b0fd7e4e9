-- Structures that spot or support residents, as their sheets declare them.
SELECT
    acteur_id,
    nom,
    siret,
    type_acteur,
    champ,
    adresse,
    code_postal,
    code_insee,
    latitude,
    longitude,
    site_web,
    telephone,
    courriel,
    thematiques,
    publics,
    qpv_couverts,
    date_debut,
    date_fin,
    partenaire,
    lot,
    ligne
FROM valide.acteurs
