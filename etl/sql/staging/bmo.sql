-- Projets de recrutement du bassin d'emploi : une ligne par métier, chiffres masqués laissés vides.
SELECT annee, metier, nom, famille, bassin, bassin_nom, projets, projets_difficiles, projets_saisonniers
FROM public.bmo
