-- Two kinds of units by period: the months in which a person was followed, and the accompaniment steps they had.
WITH mois AS (
    SELECT DISTINCT suivis.personne, suivis.fin, periodes.debut
    FROM mart.fait_suivi AS suivis
    INNER JOIN core.periode AS periodes ON suivis.maille = periodes.maille AND suivis.periode = periodes.periode
    WHERE suivis.maille = 'mois'
),
unite AS (
    SELECT
        personne,
        debut AS date,
        FALSE AS rendez_vous,
        CAST(personne AS BIGINT) * 100000 + year(debut) * 12 + month(debut) AS unite
    FROM mois
    UNION ALL
    SELECT personne, date, TRUE, -CAST(md5_number_lower(concat_ws('|', suivi, date)) >> 2 AS BIGINT)
    FROM core.etape
    WHERE type_etape = 'accompagnement'
)
SELECT
    periodes.maille,
    periodes.periode,
    periodes.fin,
    unite.personne,
    unite.unite,
    unite.rendez_vous
FROM unite
INNER JOIN core.periode AS periodes
    ON unite.date BETWEEN date_trunc('month', periodes.debut) AND periodes.fin
    AND (unite.date >= periodes.debut OR NOT unite.rendez_vous)
WHERE periodes.maille <> 'mois'
