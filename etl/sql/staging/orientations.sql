-- Prescriptions from one actor to another.
SELECT
    participant_ref,
    acteur_source,
    acteur_cible,
    dispositif,
    date,
    nature,
    statut,
    date_statut,
    partenaire,
    lot,
    ligne
FROM valide.orientations
