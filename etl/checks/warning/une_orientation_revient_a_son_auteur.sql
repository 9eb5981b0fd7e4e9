-- Un acteur déclare avoir orienté une personne vers lui-même.
SELECT partenaire, lot, ligne, acteur_source, date
FROM staging.orientations
WHERE acteur_source = acteur_cible
