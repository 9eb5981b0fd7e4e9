-- One person's last exit of each period, with what it means in each definition.
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    sorties.* EXCLUDE (suivi, acteur_id, participant_ref, date_sortie)
FROM core.sortie AS sorties
INNER JOIN core.jour AS jours ON sorties.date_sortie = jours.date
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
QUALIFY row_number() OVER (
    PARTITION BY jours.maille, jours.periode, sorties.personne
    ORDER BY sorties.date_sortie DESC, sorties.acteur_id, sorties.participant_ref
) = 1
