-- Les coordonnées d'une intervention tombent dans un autre quartier que celui qu'elle déclare.
SELECT
    interventions.partenaire,
    interventions.lot,
    interventions.ligne,
    interventions.code_qpv AS quartier_declare,
    points.code_qpv AS quartier_du_point,
    points.distance_m
FROM staging.interventions AS interventions
INNER JOIN territoire.point AS points USING (latitude, longitude)
WHERE 'inconnu' NOT IN (interventions.code_qpv, points.code_qpv) AND interventions.code_qpv <> points.code_qpv
