-- Une personne suivie n'a ni quartier ni réponses connus : elle serait oubliée de tous les comptes.
SELECT acteur_id, participant_ref
FROM core.suivi
ANTI JOIN core.personne_etat USING (personne)
