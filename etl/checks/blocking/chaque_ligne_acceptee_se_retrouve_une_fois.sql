-- Le nombre de lignes change entre les fichiers acceptés et les tables unies : une ligne est perdue ou doublée.
WITH compte AS (
    SELECT 'acteurs' AS fichier, (SELECT count(*) FROM staging.acteurs) AS recues, count(*) AS unies FROM core.acteur
    UNION ALL
    SELECT 'participants', (SELECT count(*) FROM staging.participants), count(*) FROM core.suivi
    UNION ALL
    SELECT 'interventions', (SELECT count(*) FROM staging.interventions), count(*) FROM core.intervention
    UNION ALL
    SELECT 'permanences', (SELECT count(*) FROM staging.permanences), count(*) FROM core.permanence
    UNION ALL
    SELECT 'orientations', (SELECT count(*) FROM staging.orientations), count(*) FROM core.orientation
    UNION ALL
    SELECT 'sorties', (SELECT count(*) FROM staging.sorties), count(*) FROM core.sortie
)
SELECT * FROM compte
WHERE recues <> unies
