-- Une sortie est déclarée pour une personne repérée qui n'est jamais entrée en accompagnement.
SELECT partenaire, lot, ligne, acteur_id, participant_ref, date_sortie
FROM core.suivi
WHERE date_sortie IS NOT NULL AND date_entree IS NULL
