-- Un suivi nomme un acteur absent de l'annuaire.
SELECT partenaire, lot, ligne, acteur_id, participant_ref
FROM staging.participants
ANTI JOIN staging.acteurs USING (acteur_id)
