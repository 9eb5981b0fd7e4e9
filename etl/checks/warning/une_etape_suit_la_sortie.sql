-- Une étape est datée d'après la sortie du même suivi, sans qu'une reprise soit déclarée.
SELECT etapes.partenaire, etapes.lot, etapes.ligne, etapes.type_etape, etapes.date, suivis.date_sortie
FROM staging.etapes AS etapes
INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
WHERE etapes.date > suivis.date_sortie AND etapes.type_etape <> 'reprise'
