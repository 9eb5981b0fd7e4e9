-- Persons whose trust was measured twice, at the date of their last answer.
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    confiances.personne,
    confiances.reprise,
    confiances.recul
FROM core.confiance AS confiances
INNER JOIN core.jour AS jours USING (date)
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
