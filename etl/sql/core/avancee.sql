-- How far each person has gone: the first date of each step, scheme and solution.
WITH etape AS (
    SELECT
        personne,
        min(date) FILTER (WHERE type_etape = 'premier_contact') AS premier_contact,
        min(date) FILTER (WHERE type_etape = 'diagnostic') AS diagnostic,
        min(date) FILTER (WHERE type_etape = 'accompagnement') AS accompagnement,
        min(date) FILTER (WHERE type_etape IN ('emploi', 'formation')) AS emploi_formation,
        min(date) FILTER (WHERE type_etape = 'emploi') AS emploi,
        min(date) FILTER (WHERE type_etape = 'formation') AS formation,
        min(date) FILTER (WHERE type_etape = 'rupture') AS rupture
    FROM core.etape
    GROUP BY personne
),
inscription AS (
    SELECT personne, min(date_statut) AS droit_commun
    FROM core.orientation
    WHERE inscription_droit_commun
    GROUP BY personne
),
sortie AS (
    SELECT
        personne,
        min(date_sortie) FILTER (WHERE emploi OR positive) AS solution,
        max(date_sortie) AS date_sortie,
        max_by(
            CASE WHEN emploi THEN 'sortie_emploi' WHEN positive THEN 'sortie_positive' ELSE 'sortie_autre' END,
            date_sortie
        ) AS sortie
    FROM core.sortie
    GROUP BY personne
),
joint AS (
    SELECT
        etape.*,
        inscription.droit_commun,
        least(etape.emploi_formation, sortie.solution) AS solution,
        sortie.date_sortie,
        sortie.sortie
    FROM etape
    LEFT JOIN inscription USING (personne)
    LEFT JOIN sortie USING (personne)
)
SELECT
    *,
    -- Reaching a step supposes the ones before it; schemes and solutions are outcomes, not steps of this ladder.
    CASE
        WHEN coalesce(accompagnement, droit_commun, solution) IS NOT NULL THEN 3
        WHEN diagnostic IS NOT NULL THEN 2
        WHEN premier_contact IS NOT NULL THEN 1
        ELSE 0
    END AS rang
FROM joint
