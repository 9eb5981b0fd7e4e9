-- La dernière livraison d'un partenaire compte plus de 20 % de lignes de moins que ce que les précédentes annonçaient.
-- A complete list is compared with the list before it. An ordinary delivery holds one period only, and activity has
-- seasons: it must fall under both the last one and the same period a year earlier, by more than chance explains
-- (twice the square root of the count); where the period a year earlier came in another cut, its season is not known,
-- and only a fall by half is told. Former deliveries were told in their time: only the latest of each is looked at.
WITH livraison AS (
    SELECT
        lots.partenaire, lots.schema, lots.periode, max(lots.periode_fin) AS fin, sum(lots.acceptees) AS lignes
    FROM journal.lot AS lots
    CROSS JOIN contrat.parametre AS parametre
    -- A period that still runs is not short of lines.
    WHERE lots.etat = 'charge' AND lots.periode_fin <= parametre.date_donnees
    GROUP BY ALL
),
suite AS (
    SELECT
        *,
        -- A year is compared with a year, a quarter with a quarter: their names have the same length.
        lag(periode) OVER suivantes AS periode_precedente,
        lag(lignes) OVER suivantes AS lignes_precedentes,
        row_number() OVER (PARTITION BY partenaire, schema ORDER BY fin DESC, length(periode) DESC) AS recence
    FROM livraison
    WINDOW suivantes AS (PARTITION BY partenaire, schema, length(periode) ORDER BY fin)
),
attendue AS (
    SELECT
        suite.* EXCLUDE (recence, fin),
        an_avant.lignes AS lignes_un_an_avant,
        coalesce(declarees.mode, 'incremental') AS mode,
        CASE
            WHEN declarees.mode = 'complet' THEN suite.lignes_precedentes
            ELSE least(suite.lignes_precedentes, an_avant.lignes)
        END AS lignes_attendues
    FROM suite
    LEFT JOIN livraison AS an_avant
        ON suite.partenaire = an_avant.partenaire AND suite.schema = an_avant.schema
            AND length(suite.periode) = length(an_avant.periode)
            AND last_day(suite.fin - INTERVAL 1 YEAR) = an_avant.fin
    LEFT JOIN contrat.livraison AS declarees
        ON suite.partenaire = declarees.dossier AND suite.schema = declarees.schema
    WHERE suite.recence = 1
)
SELECT * FROM attendue
WHERE lignes < CASE WHEN mode = 'complet' OR lignes_un_an_avant IS NOT NULL THEN 0.8 ELSE 0.5 END * lignes_attendues
    AND (mode = 'complet' OR lignes_attendues - lignes > 2 * sqrt(lignes_attendues))
