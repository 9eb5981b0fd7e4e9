-- Mentorings with the person mentored.
SELECT
    suivis.personne,
    parrainages.entreprise_id,
    parrainages.date_debut,
    parrainages.date_fin
FROM staging.parrainages AS parrainages
INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
