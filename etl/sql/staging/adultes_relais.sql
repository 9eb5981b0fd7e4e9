-- Postes adultes-relais financés au titre du contrat : leur nombre et leur montant, année par année.
SELECT
    'total' AS type_territoire, 'total' AS territoire, CAST(NULL AS VARCHAR) AS nom,
    CAST(NULL AS INTEGER) AS edition, annee, CAST(NULL AS VARCHAR) AS trimestre, variable, valeur, 'valeur' AS etat
FROM (
    SELECT annee, unnest([
        {'variable': 'postes', 'valeur': CAST(count(*) AS DOUBLE)},
        {'variable': 'montant', 'valeur': sum(CAST(montant AS DOUBLE))}
    ], max_depth := 2)
    FROM public.adultes_relais GROUP BY annee
)
WHERE valeur IS NOT NULL
