-- Business and social-economy projects supported.
SELECT
    projet_id,
    date_accompagnement,
    acteur_id,
    code_qpv,
    secteur,
    ess,
    CASE WHEN date_creation <= date_donnees THEN date_creation END AS date_creation,
    statut_12_mois,
    statut_36_mois,
    partenaire,
    lot,
    ligne
FROM valide.projets
CROSS JOIN contrat.parametre
WHERE date_accompagnement <= date_donnees
