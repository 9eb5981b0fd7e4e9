-- Outings towards residents, one row each.
SELECT
    intervention_id,
    date,
    acteur_id,
    type_intervention,
    lieu,
    code_qpv,
    latitude,
    longitude,
    duree_minutes,
    personnes_rencontrees,
    dont_premieres_rencontres,
    personnes_orientees,
    partenaires,
    fiche,
    partenaire,
    lot,
    ligne
FROM valide.interventions
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
