-- Prescriptions from one actor to another.
SELECT
    participant_ref,
    acteur_source,
    acteur_cible,
    dispositif,
    date,
    nature,
    -- An answer not given yet leaves the orientation as it was prescribed.
    CASE WHEN date_statut > date_donnees THEN 'prescrite' ELSE statut END AS statut,
    CASE WHEN date_statut <= date_donnees THEN date_statut END AS date_statut,
    partenaire,
    lot,
    ligne
FROM valide.orientations
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
