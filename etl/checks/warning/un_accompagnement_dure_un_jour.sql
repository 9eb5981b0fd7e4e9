-- Un accompagnement dure un jour au plus : c'est un contact, pas un suivi (règle du FSE+).
SELECT partenaire, lot, ligne, acteur_id, participant_ref, date_entree, date_sortie
FROM core.suivi
WHERE date_sortie - date_entree BETWEEN 0 AND 1
