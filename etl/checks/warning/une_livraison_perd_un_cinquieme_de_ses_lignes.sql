-- Une livraison compte plus de 20 % de lignes de moins que la précédente du même partenaire.
WITH livraison AS (
    SELECT partenaire, schema, periode, sum(acceptees) AS lignes
    FROM journal.lot
    WHERE etat IN ('charge', 'deja_charge') AND periode IS NOT NULL
    GROUP BY ALL
),
suite AS (
    SELECT
        *,
        -- A year is compared with a year, a quarter with a quarter: their names have the same length.
        lag(periode) OVER suivantes AS periode_precedente,
        lag(lignes) OVER suivantes AS lignes_precedentes
    FROM livraison
    WINDOW suivantes AS (PARTITION BY partenaire, schema, length(periode) ORDER BY periode)
)
SELECT * FROM suite
WHERE lignes < 0.8 * lignes_precedentes
