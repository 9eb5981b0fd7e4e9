-- Projects supported. Each stands for one person, numbered below zero: nothing links it to a participant.
SELECT
    numeros.numero AS personne,
    projets.acteur_id,
    coalesce(projets.code_qpv, 'inconnu') AS qpv,
    projets.date_accompagnement,
    projets.date_creation,
    coalesce(projets.statut_12_mois, 'inconnu') AS statut_12_mois,
    coalesce(projets.statut_36_mois, 'inconnu') AS statut_36_mois
FROM staging.projets AS projets
INNER JOIN registre.projet AS numeros USING (partenaire, projet_id)
