-- Chiffres de l'Insee sur les quartiers de 2015 : une ligne par chiffre et par édition, masques gardés.
SELECT
    'qpv_2015' AS type_territoire, code AS territoire, nom, edition, annee, CAST(NULL AS VARCHAR) AS trimestre,
    variable, valeur, etat
FROM public.insee_qpv_2015
