-- One barrier of one person: declarations that overlap or follow within 90 days are one episode.
WITH declare AS (
    SELECT
        suivis.personne,
        freins.type_frein,
        freins.intensite,
        freins.date_identification,
        freins.date_orientation,
        freins.date_levee,
        max(coalesce(freins.date_levee, DATE '9999-12-31')) OVER (
            PARTITION BY suivis.personne, freins.type_frein
            ORDER BY freins.date_identification, freins.acteur_id, freins.participant_ref
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS fin_precedente
    FROM staging.freins AS freins
    INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
),
episode AS (
    SELECT
        *,
        count(*) FILTER (WHERE fin_precedente IS NULL OR date_identification - fin_precedente >= 90) OVER (
            PARTITION BY personne, type_frein
            ORDER BY date_identification
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS numero
    FROM declare
)
SELECT
    CAST(md5_number_lower(concat_ws('|', personne, type_frein, numero)) >> 2 AS BIGINT) AS frein,
    personne,
    type_frein,
    coalesce(max_by(intensite, date_identification), 'non_renseigne') AS intensite,
    min(date_identification) AS date_identification,
    min(date_orientation) AS date_orientation,
    CASE WHEN bool_and(date_levee IS NOT NULL) THEN max(date_levee) END AS date_levee
FROM episode
GROUP BY personne, type_frein, numero
