-- Un acteur dont la date de fin est passée déclare encore une intervention ou une entrée.
WITH action AS (
    SELECT 'interventions' AS fichier, partenaire, lot, ligne, acteur_id, date FROM staging.interventions
    UNION ALL
    SELECT 'participants', partenaire, lot, ligne, acteur_id, date_entree FROM staging.participants
)
SELECT action.*, acteurs.date_fin
FROM action
INNER JOIN staging.acteurs AS acteurs USING (acteur_id)
WHERE action.date > acteurs.date_fin
