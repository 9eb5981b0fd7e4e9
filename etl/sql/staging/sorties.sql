-- Ends of a support and what became of the person.
SELECT
    acteur_id,
    participant_ref,
    date_sortie,
    type_sortie,
    situation_4_semaines,
    situation_6_mois,
    situation_12_mois,
    partenaire,
    lot,
    ligne
FROM valide.sorties
CROSS JOIN contrat.parametre
WHERE date_sortie <= date_donnees
