-- Meetings, trainings and presentations.
SELECT
    rencontre_id,
    date,
    type_rencontre,
    nombre_participants,
    acteurs_presents,
    partenaire,
    lot,
    ligne
FROM valide.rencontres
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
