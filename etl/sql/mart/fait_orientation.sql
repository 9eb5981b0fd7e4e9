-- Prescriptions dated in each period.
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    orientations.personne,
    orientations.orientation,
    orientations.acteur_source AS acteur,
    orientations.mature,
    orientations.aboutie,
    orientations.sans_reponse,
    orientations.jours_reponse
FROM core.orientation AS orientations
INNER JOIN core.jour AS jours USING (date)
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
