-- The way each spotted person has gone so far, cut into links between two stages, by period of spotting.
WITH personne AS (
    SELECT DISTINCT ON (faits.maille, faits.periode, faits.personne)
        faits.*,
        etats.qpv,
        etats.commune,
        etats.ensemble,
        -- What came first after accompaniment began.
        CASE least(droit_commun, formation, emploi, rupture)
            WHEN emploi THEN 'emploi'
            WHEN formation THEN 'formation'
            WHEN droit_commun THEN 'droit_commun'
            WHEN rupture THEN 'rupture'
        END AS suite
    FROM mart.fait_reperage AS faits
    ASOF INNER JOIN core.personne_etat AS etats
        ON faits.personne = etats.personne AND faits.fin >= etats.depuis
    WHERE faits.maille IN ('annee', 'depuis_debut')
    ORDER BY faits.maille, faits.periode, faits.personne, faits.date_reperage
),
passage AS (
    SELECT
        *,
        unnest([
            {'niveau': 0, 'de': 'reperage', 'vers': CASE WHEN rang >= 2 THEN 'diagnostic' ELSE 'sans_diagnostic' END},
            CASE WHEN rang >= 2 THEN {
                'niveau': 1, 'de': 'diagnostic', 'vers': CASE WHEN rang >= 3 THEN 'accompagnement' ELSE 'attente' END
            } END,
            CASE WHEN rang >= 3 THEN {
                'niveau': 2, 'de': 'accompagnement', 'vers': coalesce(suite, sortie, 'en_cours')
            } END,
            CASE WHEN rang >= 3 AND suite IS NOT NULL THEN {
                'niveau': 3, 'de': suite, 'vers': coalesce(sortie, 'toujours_suivi')
            } END
        ]) AS saut
    FROM personne
)
SELECT
    maille,
    periode,
    personne,
    qpv,
    commune,
    ensemble,
    saut.de,
    saut.vers,
    saut.niveau AS rang_de,
    CASE WHEN saut.vers IN ('sortie_emploi', 'sortie_positive', 'sortie_autre') THEN 4 ELSE saut.niveau + 1 END
        AS rang_vers
FROM passage
WHERE saut IS NOT NULL
