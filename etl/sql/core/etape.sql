-- Dated steps with the person they concern; a support's opening counts as its accompaniment step.
WITH toutes AS (
    SELECT acteur_id, participant_ref, date, type_etape FROM staging.etapes
    UNION
    SELECT acteur_id, participant_ref, date_entree, 'accompagnement' FROM core.suivi WHERE date_entree IS NOT NULL
    UNION
    SELECT acteur_id, participant_ref, date_reperage, 'reperage' FROM core.suivi WHERE date_reperage IS NOT NULL
)
SELECT
    suivis.personne,
    suivis.suivi,
    toutes.*
FROM toutes
INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
