-- Une orientation part d'un acteur, ou va vers un acteur, absent de l'annuaire.
SELECT partenaire, lot, ligne, acteur_source, acteur_cible, date
FROM staging.orientations
WHERE acteur_source NOT IN (SELECT acteur_id FROM staging.acteurs)
    OR acteur_cible NOT IN (SELECT acteur_id FROM staging.acteurs)
