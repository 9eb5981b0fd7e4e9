-- Persons by quarter of first entry, and what they had reached 3 to 24 months later; those too recent counted apart.
WITH entree AS (
    SELECT personne, min(date_entree) AS date_entree
    FROM core.suivi
    WHERE date_entree IS NOT NULL
    GROUP BY personne
),
suivi AS (
    SELECT personne, date_entree AS debut, coalesce(date_fin, DATE '9999-12-31') AS fin FROM core.suivi
),
rang AS (
    SELECT
        periodes.maille,
        periodes.periode,
        entree.personne,
        rangs.mois,
        CAST(entree.date_entree + to_months(rangs.mois) AS DATE) AS jour,
        jour <= parametre.date_donnees AS mature
    FROM entree
    INNER JOIN core.periode AS periodes
        ON entree.date_entree BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'trimestre'
    CROSS JOIN (SELECT CAST(unnest([3, 6, 9, 12, 18, 24]) AS INTEGER) AS mois) AS rangs
    CROSS JOIN contrat.parametre AS parametre
),
atteint AS (
    SELECT
        rang.*,
        coalesce(avancees.droit_commun <= rang.jour, FALSE) AS droit_commun,
        coalesce(avancees.solution <= rang.jour, FALSE) AS solution,
        coalesce(bool_or(rang.jour BETWEEN suivi.debut AND suivi.fin), FALSE) AS en_suivi
    FROM rang
    INNER JOIN core.avancee AS avancees ON rang.personne = avancees.personne
    INNER JOIN suivi ON rang.personne = suivi.personne
    GROUP BY ALL
)
SELECT
    maille,
    periode,
    mois,
    etapes.etape,
    count(*) FILTER (
        mature AND CASE etapes.etape WHEN 'en_suivi' THEN en_suivi WHEN 'droit_commun' THEN droit_commun
        ELSE solution END
    ) AS x,
    count(*) FILTER (mature) AS n,
    count(*) FILTER (mature) AS personnes,
    count(*) FILTER (NOT mature) AS immatures
FROM atteint
CROSS JOIN (SELECT unnest(['en_suivi', 'droit_commun', 'solution']) AS etape) AS etapes
GROUP BY ALL
