-- For each period, actor and quarter it stands in or says it covers: present? active? sheet complete?
WITH action AS (
    SELECT acteur_id, date FROM core.intervention
    UNION
    SELECT acteur_id, unnest([date_reperage, date_entree]) FROM core.suivi
    UNION
    SELECT acteur_id, date FROM core.etape
    UNION
    SELECT acteur_source, date FROM core.orientation
),
mobilise AS (
    SELECT DISTINCT action.acteur_id, jours.maille, jours.periode
    FROM action
    INNER JOIN core.jour AS jours USING (date)
),
lieu AS (
    SELECT
        acteur_id,
        -- A seat nobody could place says nothing of an actor who tells the quarters it covers.
        unnest(
            CASE
                WHEN code_qpv = 'inconnu' AND len(qpv_couverts) > 0 THEN list_distinct(qpv_couverts)
                ELSE list_distinct(list_append(coalesce(qpv_couverts, []), code_qpv))
            END
        ) AS qpv
    FROM core.acteur
)
SELECT
    periodes.maille,
    periodes.periode,
    lieu.qpv,
    quartiers.commune,
    CASE WHEN quartiers.code IS NOT NULL THEN 'tous_qpv' END AS ensemble,
    acteurs.acteur_id AS acteur,
    coalesce(acteurs.date_debut <= periodes.fin, TRUE) AND coalesce(acteurs.date_fin >= periodes.debut, TRUE) AS actif,
    mobilise.acteur_id IS NOT NULL AS mobilise,
    acteurs.score_fiche = 100 AS fiche_complete
FROM core.acteur AS acteurs
INNER JOIN lieu USING (acteur_id)
CROSS JOIN core.periode AS periodes
LEFT JOIN mobilise
    ON acteurs.acteur_id = mobilise.acteur_id
    AND periodes.maille = mobilise.maille
    AND periodes.periode = mobilise.periode
LEFT JOIN contrat.qpv AS quartiers ON lieu.qpv = quartiers.code
