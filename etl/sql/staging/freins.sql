-- Barriers of a person as one structure declared them.
SELECT
    acteur_id,
    participant_ref,
    type_frein,
    date_identification,
    intensite,
    CASE WHEN date_orientation <= date_donnees THEN date_orientation END AS date_orientation,
    CASE WHEN date_levee <= date_donnees THEN date_levee END AS date_levee,
    partenaire,
    lot,
    ligne
FROM valide.freins
CROSS JOIN contrat.parametre
WHERE date_identification <= date_donnees
