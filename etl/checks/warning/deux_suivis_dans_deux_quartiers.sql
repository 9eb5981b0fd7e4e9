-- Une même personne est suivie au même moment par deux structures qui la déclarent dans deux quartiers.
SELECT un.acteur_id, un.participant_ref, un.code_qpv, autre.acteur_id AS autre_acteur, autre.code_qpv AS autre_quartier
FROM core.suivi AS un
INNER JOIN core.suivi AS autre
    ON un.personne = autre.personne AND un.suivi < autre.suivi AND un.code_qpv <> autre.code_qpv
WHERE 'inconnu' NOT IN (un.code_qpv, autre.code_qpv)
    AND un.ouvert_le <= coalesce(autre.date_fin, DATE '9999-12-31')
    AND autre.ouvert_le <= coalesce(un.date_fin, DATE '9999-12-31')
