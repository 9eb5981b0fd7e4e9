-- Every month, quarter and year of the contract up to the data date, and the whole since its start.
WITH bornes AS (
    SELECT debut, date_donnees FROM contrat.parametre
),
mois AS (
    SELECT
        date_donnees,
        CAST(unnest(generate_series(date_trunc('month', debut), date_donnees, INTERVAL 1 MONTH)) AS DATE) AS jour
    FROM bornes
),
periodes AS (
    SELECT
        'mois' AS maille,
        strftime(jour, '%Y-%m') AS periode,
        jour AS debut,
        CAST(last_day(jour) AS DATE) AS fin_pleine,
        date_donnees
    FROM mois
    UNION ALL
    SELECT DISTINCT
        'trimestre',
        year(jour) || '-T' || quarter(jour),
        CAST(date_trunc('quarter', jour) AS DATE),
        CAST(date_trunc('quarter', jour) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE),
        date_donnees
    FROM mois
    UNION ALL
    SELECT DISTINCT
        'annee',
        CAST(year(jour) AS VARCHAR),
        CAST(date_trunc('year', jour) AS DATE),
        CAST(date_trunc('year', jour) + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE),
        date_donnees
    FROM mois
    UNION ALL
    -- The same days of each whole past year: what share of its year was reached by then. Never published.
    SELECT DISTINCT
        'a_date',
        CAST(year(mois.jour) AS VARCHAR),
        CAST(date_trunc('year', mois.jour) AS DATE),
        CAST(bornes.date_donnees - to_years(CAST(year(bornes.date_donnees) - year(mois.jour) AS INTEGER)) AS DATE),
        bornes.date_donnees
    FROM mois
    CROSS JOIN bornes
    WHERE year(mois.jour) < year(bornes.date_donnees) AND date_trunc('year', mois.jour) >= bornes.debut
    UNION ALL
    SELECT 'depuis_debut', 'depuis_debut', debut, date_donnees, date_donnees FROM bornes
)
SELECT
    maille,
    periode,
    debut,
    least(fin_pleine, date_donnees) AS fin,
    -- Since start is closed, so may be exact, only when the data stop at a year's end.
    CASE
        WHEN maille = 'depuis_debut' THEN month(date_donnees) = 12 AND day(date_donnees) = 31
        ELSE fin_pleine <= date_donnees
    END AS close
FROM periodes
