-- Le fichier des participants et celui des étapes donnent au même fait des dates écartées de plus de 7 jours.
WITH premiere AS (
    SELECT acteur_id, participant_ref, type_etape, min(date) AS date_etape
    FROM staging.etapes
    WHERE type_etape IN ('reperage', 'accompagnement')
    GROUP BY ALL
),
compare AS (
    SELECT
        participants.partenaire,
        participants.lot,
        participants.ligne,
        premiere.type_etape,
        premiere.date_etape,
        CASE premiere.type_etape WHEN 'reperage' THEN date_reperage ELSE date_entree END AS date_participant
    FROM staging.participants AS participants
    INNER JOIN premiere USING (acteur_id, participant_ref)
)
SELECT * FROM compare
WHERE abs(date_etape - date_participant) > 7
