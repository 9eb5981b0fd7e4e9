-- Un pourcentage sort de l'intervalle 0 à 100 : son numérateur dépasse son dénominateur, ou l'un est négatif.
SELECT indicateur, periode, territoire, axe, modalite, numerateur, denominateur
FROM mart.mesure
INNER JOIN catalogue ON mesure.indicateur = catalogue.id
WHERE catalogue.unite = '%' AND catalogue.ratio AND NOT coalesce(numerateur BETWEEN 0 AND denominateur, TRUE)
