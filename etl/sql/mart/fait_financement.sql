-- Fundings by year and since the start of the contract.
SELECT
    periodes.maille,
    periodes.periode,
    financements.partenaire || '/' || financements.action_id AS action,
    financements.fiche,
    financements.dispositif,
    financements.montant_accorde
FROM core.financement AS financements
INNER JOIN core.periode AS periodes
    ON periodes.maille IN ('annee', 'depuis_debut')
    AND financements.annee BETWEEN year(periodes.debut) AND year(periodes.fin)
