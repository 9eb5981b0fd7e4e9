-- Recurring presences of an actor in a place.
SELECT
    acteur_id,
    lieu,
    jours,
    frequence,
    heure_debut,
    heure_fin,
    itinerante,
    code_qpv,
    latitude,
    longitude,
    date_debut,
    date_fin,
    partenaire,
    lot,
    ligne
FROM valide.permanences
