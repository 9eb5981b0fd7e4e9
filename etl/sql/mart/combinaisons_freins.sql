-- Barriers met together: persons with both kinds identified in a year; base: persons with any barrier identified.
WITH present AS (
    SELECT DISTINCT periodes.maille, periodes.periode, freins.personne, freins.type_frein
    FROM core.frein AS freins
    INNER JOIN core.periode AS periodes
        ON freins.date_identification BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'annee'
),
type AS (
    SELECT DISTINCT type_frein FROM present
),
base AS (
    SELECT maille, periode, count(DISTINCT personne) AS n FROM present GROUP BY ALL
)
-- Every pair has its cell: which pairs exist must not be told by which rows are there.
SELECT
    base.maille,
    base.periode,
    premiers.type_frein AS type_frein,
    seconds.type_frein AS avec,
    count(un.personne) AS x,
    base.n,
    base.n AS personnes
FROM base
INNER JOIN type AS premiers ON TRUE
INNER JOIN type AS seconds ON premiers.type_frein < seconds.type_frein
LEFT JOIN (
    SELECT un.maille, un.periode, un.personne, un.type_frein, deux.type_frein AS avec
    FROM present AS un
    INNER JOIN present AS deux
        ON un.maille = deux.maille AND un.periode = deux.periode AND un.personne = deux.personne
) AS un
    ON base.maille = un.maille AND base.periode = un.periode
    AND premiers.type_frein = un.type_frein AND seconds.type_frein = un.avec
GROUP BY ALL
