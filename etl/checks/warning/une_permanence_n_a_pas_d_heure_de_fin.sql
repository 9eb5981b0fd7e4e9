-- Une permanence n'a pas d'heure de fin : ses heures ne sont pas comptées.
SELECT partenaire, lot, ligne, acteur_id, lieu, jours
FROM staging.permanences
WHERE heure_fin IS NULL
