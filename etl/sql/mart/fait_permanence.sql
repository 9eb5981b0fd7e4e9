-- Programmed hours of permanences, one row per presence day, weighted by how often it recurs.
WITH situe AS (
    SELECT
        permanences.*,
        date_diff('minute', TRY_CAST(heure_debut AS TIME), TRY_CAST(heure_fin AS TIME)) / 60.0 AS duree,
        CASE frequence WHEN 'bimensuelle' THEN 0.5 WHEN 'mensuelle' THEN 12 / 52.0 ELSE 1.0 END AS poids
    FROM core.permanence AS permanences
)
SELECT
    jours.maille,
    jours.periode,
    situe.qpv,
    quartiers.commune,
    CASE WHEN quartiers.code IS NOT NULL THEN 'tous_qpv' END AS ensemble,
    situe.acteur_id AS acteur,
    situe.duree * situe.poids AS heures
FROM situe
INNER JOIN core.jour AS jours
    ON jours.date BETWEEN situe.date_debut AND coalesce(situe.date_fin, DATE '9999-12-31')
    AND list_contains(
        situe.jours,
        ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'][isodow(jours.date)]
    )
LEFT JOIN contrat.qpv AS quartiers ON situe.qpv = quartiers.code
WHERE situe.duree > 0
