-- Chiffres réédités sur les quartiers de 2024 : une ligne par chiffre, sans millésime puisque le fichier n'en dit pas.
SELECT
    'qpv' AS type_territoire, code AS territoire, nom, CAST(NULL AS INTEGER) AS edition,
    CAST(NULL AS INTEGER) AS annee, CAST(NULL AS VARCHAR) AS trimestre, variable, valeur,
    if(valeur IS NULL, 'non_disponible', 'valeur') AS etat
FROM (
    SELECT code, nom, unnest([
        {'variable': 'population', 'valeur': CAST(population AS DOUBLE)},
        {'variable': 'taux_emploi', 'valeur': CAST(taux_emploi AS DOUBLE)},
        {'variable': 'taux_pauvrete', 'valeur': CAST(taux_pauvrete AS DOUBLE)},
        {'variable': 'allocataires_rsa', 'valeur': CAST(allocataires_rsa AS DOUBLE)}
    ], max_depth := 2)
    FROM public.qpv_2024_stat
)
