-- Mentorings.
SELECT
    acteur_id,
    participant_ref,
    date_debut,
    entreprise_id,
    date_fin,
    partenaire,
    lot,
    ligne
FROM valide.parrainages
