-- One person's paired trust scores: first answer at entry, last at exit or, failing that, 90 days later or more.
WITH reponse AS (
    SELECT
        suivis.personne,
        confiance.acteur_id,
        confiance.institution,
        confiance.vague,
        confiance.date,
        confiance.score
    FROM staging.confiance AS confiance
    INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
),
entree AS (
    SELECT personne, acteur_id, institution, min(date) AS date_entree, min_by(score, date) AS score_entree
    FROM reponse
    WHERE vague = 'entree'
    GROUP BY ALL
),
paire AS (
    SELECT
        entree.personne,
        entree.score_entree,
        coalesce(
            max(reponse.date) FILTER (WHERE vague = 'sortie'),
            max(reponse.date) FILTER (WHERE vague = 'suivi' AND reponse.date - date_entree >= 90)
        ) AS date_fin,
        coalesce(
            max_by(score, reponse.date) FILTER (WHERE vague = 'sortie'),
            max_by(score, reponse.date) FILTER (WHERE vague = 'suivi' AND reponse.date - date_entree >= 90)
        ) AS score_fin,
        NOT bool_or(vague = 'sortie') AS par_suivi
    FROM entree
    INNER JOIN reponse USING (personne, acteur_id, institution)
    WHERE reponse.date >= entree.date_entree
    GROUP BY entree.personne, entree.acteur_id, entree.institution, entree.score_entree
    HAVING date_fin IS NOT NULL
),
moyenne AS (
    -- Several institutions or actors: the mean of the pairs.
    SELECT
        personne,
        max(date_fin) AS date,
        avg(score_entree) AS score_entree,
        avg(score_fin) AS score_fin,
        bool_or(par_suivi) AS par_suivi
    FROM paire
    GROUP BY personne
)
SELECT
    *,
    score_fin - score_entree >= 2 OR (score_entree < 5 AND score_fin >= 5) AS reprise,
    score_entree - score_fin >= 2 OR (score_entree >= 5 AND score_fin < 5) AS recul
FROM moyenne
