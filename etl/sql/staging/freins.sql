-- Barriers of a person as one structure declared them.
SELECT
    acteur_id,
    participant_ref,
    type_frein,
    date_identification,
    intensite,
    date_orientation,
    date_levee,
    partenaire,
    lot,
    ligne
FROM valide.freins
