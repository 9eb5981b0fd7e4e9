-- Answers to the trust survey.
SELECT
    acteur_id,
    participant_ref,
    date,
    vague,
    institution,
    score,
    partenaire,
    lot,
    ligne
FROM valide.confiance
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
