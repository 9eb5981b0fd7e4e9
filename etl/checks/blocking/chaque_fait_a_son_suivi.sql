-- Une étape, un frein, une orientation, une sortie ou une réponse ne se rattache à aucun suivi déclaré.
WITH fait AS (
    SELECT 'etapes' AS fichier, acteur_id, participant_ref, lot, ligne FROM staging.etapes
    UNION ALL
    SELECT 'freins', acteur_id, participant_ref, lot, ligne FROM staging.freins
    UNION ALL
    SELECT 'orientations', acteur_source, participant_ref, lot, ligne FROM staging.orientations
    UNION ALL
    SELECT 'sorties', acteur_id, participant_ref, lot, ligne FROM staging.sorties
    UNION ALL
    SELECT 'confiance', acteur_id, participant_ref, lot, ligne FROM staging.confiance
)
SELECT *
FROM fait
ANTI JOIN core.suivi USING (acteur_id, participant_ref)
