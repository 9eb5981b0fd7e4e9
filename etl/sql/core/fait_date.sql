-- Every dated fact of a support, whatever the file it comes from.
SELECT acteur_id, participant_ref, date FROM staging.etapes
UNION ALL
SELECT acteur_id, participant_ref, unnest([date_identification, date_orientation, date_levee]) FROM staging.freins
UNION ALL
SELECT acteur_source, participant_ref, unnest([date, date_statut]) FROM staging.orientations
UNION ALL
SELECT acteur_id, participant_ref, date FROM staging.confiance
UNION ALL
SELECT acteur_id, participant_ref, unnest([date_debut, date_fin]) FROM staging.parrainages
UNION ALL
SELECT acteur_id, participant_ref, unnest([date_reperage, date_entree]) FROM staging.participants
