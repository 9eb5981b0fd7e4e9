-- Mentorings.
SELECT
    acteur_id,
    participant_ref,
    date_debut,
    entreprise_id,
    CASE WHEN date_fin <= date_donnees THEN date_fin END AS date_fin,
    partenaire,
    lot,
    ligne
FROM valide.parrainages
CROSS JOIN contrat.parametre
WHERE date_debut <= date_donnees
