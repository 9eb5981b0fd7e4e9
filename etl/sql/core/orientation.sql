-- Prescriptions from one actor to another, with the person and the date of their last status.
SELECT
    CAST(md5_number_lower(concat_ws(
        '|', orientations.acteur_source, orientations.participant_ref, orientations.acteur_cible,
        orientations.dispositif, orientations.date
    )) >> 2 AS BIGINT) AS orientation,
    suivis.personne,
    orientations.acteur_source,
    orientations.acteur_cible,
    orientations.dispositif,
    orientations.nature,
    orientations.statut,
    orientations.date,
    coalesce(orientations.date_statut, orientations.date) AS date_statut,
    orientations.statut IN ('accueillie', 'inscrite') AS aboutie,
    orientations.statut = 'prescrite' AS sans_reponse,
    -- Days until the answer, or waited so far; an answer without its date tells no delay.
    CASE
        WHEN orientations.date_statut IS NOT NULL THEN orientations.date_statut - orientations.date
        WHEN orientations.statut = 'prescrite' THEN parametre.date_donnees - orientations.date
    END AS jours_reponse,
    orientations.nature = 'droit_commun' AND orientations.statut = 'inscrite' AS inscription_droit_commun,
    orientations.date + 90 < parametre.date_donnees AS mature
FROM staging.orientations AS orientations
INNER JOIN core.suivi AS suivis
    ON orientations.acteur_source = suivis.acteur_id AND orientations.participant_ref = suivis.participant_ref
CROSS JOIN contrat.parametre AS parametre
