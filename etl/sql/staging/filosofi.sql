-- Revenus des communes et des intercommunalités : une ligne par chiffre, secrets gardés.
SELECT
    type AS type_territoire, code AS territoire, nom, CAST(NULL AS INTEGER) AS edition, annee,
    CAST(NULL AS VARCHAR) AS trimestre, variable, valeur, etat
FROM public.filosofi
