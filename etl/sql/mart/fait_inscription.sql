-- Persons followed in each period, oriented or mentored in it, and what they joined: a scheme, a mentoring.
-- An orientation without registration counts in the base too: who is concerned must not tell who was registered.
WITH fait AS (
    SELECT
        personne,
        date_statut AS date,
        inscription_droit_commun AS inscrit,
        CASE WHEN inscription_droit_commun THEN dispositif END AS dispositif,
        FALSE AS parraine
    FROM core.orientation
    UNION ALL
    SELECT personne, date_debut, FALSE, NULL, TRUE FROM core.parrainage
)
SELECT maille, periode, fin, personne, FALSE AS inscrit, CAST(NULL AS VARCHAR) AS dispositif, FALSE AS parraine
FROM mart.fait_suivi
UNION ALL
SELECT jours.maille, jours.periode, periodes.fin, fait.personne, fait.inscrit, fait.dispositif, fait.parraine
FROM fait
INNER JOIN core.jour AS jours USING (date)
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
