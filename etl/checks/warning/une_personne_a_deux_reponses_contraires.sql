-- Une même personne est déclarée avec deux sexes ou deux années de naissance par deux structures.
SELECT
    list(DISTINCT acteur_id ORDER BY acteur_id) AS acteurs,
    list(DISTINCT sexe ORDER BY sexe) FILTER (WHERE sexe <> 'non_renseigne') AS sexes,
    list(DISTINCT annee_naissance ORDER BY annee_naissance) FILTER (WHERE annee_naissance IS NOT NULL) AS annees
FROM core.suivi
GROUP BY personne
HAVING len(sexes) > 1 OR len(annees) > 1
