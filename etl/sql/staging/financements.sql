-- Fundings of actions.
SELECT
    action_id,
    financeur,
    annee,
    intitule,
    acteur_id,
    fiche,
    dispositif,
    montant_demande,
    montant_accorde,
    qpv_vises,
    partenaire,
    lot,
    ligne
FROM valide.financements
