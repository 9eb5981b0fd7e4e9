-- The way each spotted person has gone so far, cut into links between two stages, by period of spotting.
WITH personne AS (
    SELECT DISTINCT ON (faits.maille, faits.periode, faits.personne)
        faits.*,
        etats.qpv,
        etats.commune,
        etats.ensemble,
        -- What came first after accompaniment began; nothing yet reads "en cours".
        CASE least(droit_commun, formation, emploi, rupture)
            WHEN emploi THEN 'emploi'
            WHEN formation THEN 'formation'
            WHEN droit_commun THEN 'droit_commun'
            WHEN rupture THEN 'rupture'
            ELSE 'en_cours'
        END AS suite
    FROM mart.fait_reperage AS faits
    ASOF INNER JOIN core.personne_etat AS etats
        ON faits.personne = etats.personne AND faits.fin >= etats.depuis
    WHERE faits.maille IN ('annee', 'depuis_debut')
    ORDER BY faits.maille, faits.periode, faits.personne, faits.date_reperage
),
lien AS (
    SELECT
        *,
        unnest([
            {'rang': 0, 'de': 'reperage', 'vers': CASE WHEN rang >= 2 THEN 'diagnostic' ELSE 'sans_diagnostic' END},
            CASE WHEN rang >= 2 THEN {
                'rang': 1, 'de': 'diagnostic', 'vers': CASE WHEN rang >= 3 THEN 'accompagnement' ELSE 'attente' END
            } END,
            CASE WHEN rang >= 3 THEN {'rang': 2, 'de': 'accompagnement', 'vers': suite} END,
            CASE WHEN rang >= 3 THEN {'rang': 3, 'de': suite, 'vers': coalesce(sortie, 'toujours_suivi')} END
        ]) AS lien
    FROM personne
)
SELECT
    maille,
    periode,
    personne,
    qpv,
    commune,
    ensemble,
    lien.de,
    lien.vers,
    lien.rang AS rang_de,
    lien.rang + 1 AS rang_vers
FROM lien
WHERE lien IS NOT NULL
