-- What is known of a person from a date on: quarter of the latest support opened, latest known answers.
WITH ages AS (
    SELECT
        *,
        CASE
            WHEN annee_naissance IS NULL THEN nullif(tranche_age, 'non_renseigne')
            WHEN year(ouvert_le) - annee_naissance < 26 THEN 'moins_26'
            WHEN year(ouvert_le) - annee_naissance < 50 THEN '26_49'
            ELSE '50_et_plus'
        END AS tranche
    FROM core.suivi
),
connu AS (
    SELECT
        personne,
        ouvert_le,
        acteur_id,
        participant_ref,
        code_qpv AS qpv,
        last_value(nullif(sexe, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS sexe,
        last_value(tranche IGNORE NULLS) OVER jusque_la AS tranche_age,
        last_value(nullif(niveau_formation, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS niveau_formation,
        last_value(nullif(situation_entree, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS situation_entree,
        last_value(nullif(rsa, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS rsa,
        last_value(nullif(rqth, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS rqth,
        last_value(nullif(allophone, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS allophone,
        last_value(nullif(illettrisme, 'non_renseigne') IGNORE NULLS) OVER jusque_la AS illettrisme,
        row_number() OVER (PARTITION BY personne ORDER BY ouvert_le, acteur_id, participant_ref) AS rang
    FROM ages
    WINDOW jusque_la AS (
        PARTITION BY personne ORDER BY ouvert_le, acteur_id, participant_ref
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    connu.personne,
    -- Facts dated before the first support (a barrier identified early) take the first known state.
    CASE WHEN min(rang) OVER (PARTITION BY personne, ouvert_le) = 1 THEN DATE '1900-01-01' ELSE ouvert_le END AS depuis,
    connu.qpv,
    quartiers.commune,
    CASE WHEN quartiers.code IS NOT NULL THEN 'tous_qpv' END AS ensemble,
    coalesce(sexe, 'non_renseigne') AS sexe,
    coalesce(tranche_age, 'non_renseigne') AS tranche_age,
    coalesce(niveau_formation, 'non_renseigne') AS niveau_formation,
    coalesce(situation_entree, 'non_renseigne') AS situation_entree,
    coalesce(rsa, 'non_renseigne') AS rsa,
    coalesce(rqth, 'non_renseigne') AS rqth,
    coalesce(allophone, 'non_renseigne') AS allophone,
    coalesce(illettrisme, 'non_renseigne') AS illettrisme
FROM connu
LEFT JOIN contrat.qpv AS quartiers ON connu.qpv = quartiers.code
-- Two supports opened the same day: the last one, in the order of their identifiers, stands.
QUALIFY row_number() OVER (PARTITION BY personne, ouvert_le ORDER BY rang DESC) = 1
UNION ALL
-- A project's carrier is a person of whom only the quarter is known.
SELECT
    projets.personne,
    DATE '1900-01-01',
    projets.qpv,
    quartiers.commune,
    CASE WHEN quartiers.code IS NOT NULL THEN 'tous_qpv' END,
    'non_renseigne',
    'non_renseigne',
    'non_renseigne',
    'non_renseigne',
    'non_renseigne',
    'non_renseigne',
    'non_renseigne',
    'non_renseigne'
FROM core.projet AS projets
LEFT JOIN contrat.qpv AS quartiers ON projets.qpv = quartiers.code
