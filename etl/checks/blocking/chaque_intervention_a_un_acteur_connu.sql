-- Une intervention nomme un acteur absent de l'annuaire.
SELECT partenaire, lot, ligne, intervention_id, acteur_id
FROM staging.interventions
ANTI JOIN staging.acteurs USING (acteur_id)
