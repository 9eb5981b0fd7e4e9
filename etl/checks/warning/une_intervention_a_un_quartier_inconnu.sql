-- Une intervention n'a pu être rattachée à aucun quartier, faute de code ou de contour.
SELECT partenaire, lot, ligne, intervention_id, lieu
FROM core.intervention
WHERE qpv = 'inconnu'
