-- One support of one pseudonymised person by one structure.
-- A support not opened by the data date keeps its row, without dates: it counts nowhere, and no fact loses its person.
SELECT
    acteur_id,
    participant_ref,
    personne,
    identite,
    CASE WHEN date_reperage <= date_donnees THEN date_reperage END AS date_reperage,
    CASE WHEN date_entree <= date_donnees THEN date_entree END AS date_entree,
    sexe,
    annee_naissance,
    tranche_age,
    code_qpv,
    niveau_formation,
    situation_entree,
    rsa,
    rqth,
    allophone,
    illettrisme,
    invisible,
    porteur_projet,
    mode_reperage,
    intervention_id,
    fiche,
    partenaire,
    lot,
    ligne
FROM valide.participants
CROSS JOIN contrat.parametre
