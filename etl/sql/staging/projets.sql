-- Business and social-economy projects supported.
SELECT
    projet_id,
    date_accompagnement,
    acteur_id,
    code_qpv,
    secteur,
    ess,
    date_creation,
    statut_12_mois,
    statut_36_mois,
    partenaire,
    lot,
    ligne
FROM valide.projets
