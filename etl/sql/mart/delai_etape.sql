-- Median days from first being spotted in the period to each step, among the persons who reached it.
WITH delai AS (
    SELECT
        faits.maille,
        faits.periode,
        faits.personne,
        etats.qpv,
        etats.commune,
        etats.ensemble,
        unnest(['premier_contact', 'diagnostic', 'accompagnement', 'droit_commun', 'solution']) AS etape,
        unnest([premier_contact, diagnostic, accompagnement, droit_commun, solution]) - faits.date_reperage AS jours
    FROM mart.fait_reperage AS faits
    ASOF INNER JOIN core.personne_etat AS etats
        ON faits.personne = etats.personne AND faits.fin >= etats.depuis
    WHERE faits.maille IN ('annee', 'depuis_debut')
),
premier AS (
    SELECT maille, periode, personne, qpv, commune, ensemble, etape, max(jours) AS jours
    FROM delai
    WHERE jours >= 0
    GROUP BY ALL
),
compte AS (
    SELECT
        maille,
        periode,
        etape,
        coalesce(qpv, commune, ensemble, 'total') AS territoire,
        grouping_id(qpv, commune, ensemble) AS groupe,
        count(DISTINCT personne) AS personnes,
        median(jours) AS mediane_jours
    FROM premier
    GROUP BY maille, periode, etape, GROUPING SETS ((), (qpv), (commune), (ensemble))
)
SELECT * EXCLUDE (groupe)
FROM compte
WHERE groupe = 7 OR territoire <> 'total'
