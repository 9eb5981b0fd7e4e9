-- Un participant n'a pas de quartier : il compte dans le total, dans aucun quartier.
SELECT partenaire, lot, ligne, acteur_id, participant_ref
FROM staging.participants
WHERE code_qpv = 'inconnu'
