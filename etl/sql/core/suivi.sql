-- One support of one person by one structure, from its opening to its declared or presumed end.
WITH etape AS (
    SELECT
        acteur_id,
        participant_ref,
        min(date) FILTER (WHERE type_etape = 'reperage') AS reperage,
        min(date) FILTER (WHERE type_etape = 'accompagnement') AS accompagnement
    FROM staging.etapes
    GROUP BY ALL
),
sortie AS (
    SELECT acteur_id, participant_ref, max(date_sortie) AS date_sortie FROM staging.sorties GROUP BY ALL
),
dernier AS (
    SELECT acteur_id, participant_ref, max(date) AS dernier_fait FROM core.fait_date GROUP BY ALL
),
joint AS (
    SELECT
        participants.* EXCLUDE (date_reperage, date_entree),
        -- Two files may hold the same fact: the earliest date wins.
        least(participants.date_reperage, etape.reperage) AS date_reperage,
        least(participants.date_entree, etape.accompagnement) AS date_entree,
        sortie.date_sortie,
        dernier.dernier_fait
    FROM staging.participants AS participants
    LEFT JOIN etape USING (acteur_id, participant_ref)
    LEFT JOIN sortie USING (acteur_id, participant_ref)
    LEFT JOIN dernier USING (acteur_id, participant_ref)
),
clos AS (
    SELECT
        joint.*,
        coalesce(joint.date_entree, joint.date_reperage) AS ouvert_le,
        CAST(joint.dernier_fait + INTERVAL 12 MONTH AS DATE) AS fin_presumee,
        parametre.date_donnees
    FROM joint
    CROSS JOIN contrat.parametre AS parametre
)
SELECT
    -- Supports, barriers and orientations keep their number from build to build: releases are compared by it.
    CAST(md5_number_lower(concat_ws('|', acteur_id, participant_ref)) >> 2 AS BIGINT) AS suivi,
    -- From here on a person is a number: shorter to count than a pseudonym, and it stays in the private base.
    personnes.numero AS personne,
    clos.* EXCLUDE (personne, fin_presumee, date_donnees),
    CASE
        WHEN date_sortie IS NOT NULL THEN date_sortie
        WHEN fin_presumee <= date_donnees THEN fin_presumee
    END AS date_fin,
    date_entree IS NOT NULL AND date_sortie IS NULL AND fin_presumee <= date_donnees AS abandon_presume
FROM clos
INNER JOIN registre.personne AS personnes ON clos.personne = personnes.pseudonyme
