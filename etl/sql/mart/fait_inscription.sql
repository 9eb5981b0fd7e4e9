-- Persons followed in each period or oriented in it, and those then registered in an ordinary-law scheme.
-- An orientation without registration counts in the base too: who is concerned must not tell who was registered.
SELECT maille, periode, fin, personne, FALSE AS inscrit, CAST(NULL AS VARCHAR) AS dispositif
FROM mart.fait_suivi
UNION ALL
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    orientations.personne,
    orientations.inscription_droit_commun,
    CASE WHEN orientations.inscription_droit_commun THEN orientations.dispositif END
FROM core.orientation AS orientations
INNER JOIN core.jour AS jours ON orientations.date_statut = jours.date
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
