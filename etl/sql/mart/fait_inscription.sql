-- Persons followed in each period, and those registered in an ordinary-law scheme at the date they were.
SELECT maille, periode, fin, personne, FALSE AS inscrit, CAST(NULL AS VARCHAR) AS dispositif
FROM mart.fait_suivi
UNION ALL
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    orientations.personne,
    TRUE,
    orientations.dispositif
FROM core.orientation AS orientations
INNER JOIN core.jour AS jours ON orientations.date_statut = jours.date
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
WHERE orientations.inscription_droit_commun
