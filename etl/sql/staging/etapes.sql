-- Dated steps of a support.
SELECT
    acteur_id,
    participant_ref,
    date,
    type_etape,
    partenaire,
    lot,
    ligne
FROM valide.etapes
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
