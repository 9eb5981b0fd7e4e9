-- Une sortie est datée d'avant l'entrée en accompagnement.
SELECT partenaire, lot, ligne, acteur_id, participant_ref, date_entree, date_sortie
FROM core.suivi
WHERE date_sortie < date_entree
