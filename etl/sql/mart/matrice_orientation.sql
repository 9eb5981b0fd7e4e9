-- Who sends whom to whom: orientations from one actor to another by year; base: those of the actor that sends.
WITH fait AS (
    SELECT periodes.maille, periodes.periode, orientations.*
    FROM core.orientation AS orientations
    INNER JOIN core.periode AS periodes
        ON orientations.date BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'annee'
),
base AS (
    SELECT maille, periode, acteur_source, count(*) AS n, count(DISTINCT personne) AS personnes
    FROM fait
    GROUP BY ALL
)
-- Every actor is a possible answer: who was sent where must not be told by which rows are there.
SELECT
    base.maille,
    base.periode,
    base.acteur_source AS source,
    acteurs.acteur_id AS cible,
    count(fait.orientation) AS x,
    base.n,
    base.personnes
FROM base
INNER JOIN core.acteur AS acteurs ON base.acteur_source <> acteurs.acteur_id
LEFT JOIN fait
    ON base.maille = fait.maille AND base.periode = fait.periode
    AND base.acteur_source = fait.acteur_source AND acteurs.acteur_id = fait.acteur_cible
GROUP BY ALL
