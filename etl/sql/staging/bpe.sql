-- Équipements dénombrés par commune : une ligne par type présent dans le fichier, aucun zéro ajouté.
SELECT
    'commune' AS type_territoire, commune AS territoire, CAST(NULL AS VARCHAR) AS nom,
    CAST(NULL AS INTEGER) AS edition, 2024 AS annee, CAST(NULL AS VARCHAR) AS trimestre, equipement AS variable,
    nombre AS valeur, 'valeur' AS etat
FROM public.bpe
