-- Une étape du parcours est datée d'avant le repérage de la personne.
SELECT etapes.partenaire, etapes.lot, etapes.ligne, etapes.type_etape, etapes.date, suivis.date_reperage
FROM staging.etapes AS etapes
INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
WHERE etapes.date < suivis.date_reperage
