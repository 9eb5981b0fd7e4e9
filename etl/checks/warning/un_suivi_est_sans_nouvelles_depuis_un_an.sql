-- Un suivi n'a plus aucun fait daté depuis douze mois et pas de sortie : il est compté comme abandon présumé.
SELECT partenaire, lot, ligne, acteur_id, participant_ref, dernier_fait
FROM core.suivi
WHERE abandon_presume
