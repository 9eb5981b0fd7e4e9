-- Exits with what their type means in each definition and what became of the person.
SELECT
    suivis.personne,
    suivis.suivi,
    suivis.acteur_id,
    suivis.participant_ref,
    sorties.date_sortie,
    sorties.type_sortie,
    types.categorie = 'neutre' AS neutre,
    types.categorie = 'durable' AS durable,
    types.categorie = 'transition' AS transition,
    types.categorie = 'positive' AS positive,
    types.categorie IN ('durable', 'transition') AS emploi,
    types.durable_ou_formation,
    types.locale,
    coalesce(sorties.situation_4_semaines, 'non_renseigne') <> 'non_renseigne' AS repondu_4_semaines,
    coalesce(sorties.situation_4_semaines, '')
    IN ('emploi_durable', 'emploi_court', 'formation', 'creation_activite') AS positive_4_semaines,
    sorties.date_sortie + INTERVAL 6 MONTH <= parametre.date_donnees AS mur_6_mois,
    sorties.date_sortie + INTERVAL 12 MONTH <= parametre.date_donnees AS mur_12_mois,
    coalesce(sorties.situation_6_mois, 'sans_nouvelles') NOT IN ('sans_nouvelles', 'non_renseigne') AS repondu_6_mois,
    coalesce(sorties.situation_12_mois, 'sans_nouvelles') NOT IN ('sans_nouvelles', 'non_renseigne') AS repondu_12_mois,
    coalesce(sorties.situation_6_mois, '') IN ('emploi_durable', 'emploi_court', 'creation_activite') AS en_emploi_6_mois,
    coalesce(sorties.situation_12_mois, '') IN ('emploi_durable', 'emploi_court', 'creation_activite') AS en_emploi_12_mois
FROM staging.sorties AS sorties
INNER JOIN core.suivi AS suivis USING (acteur_id, participant_ref)
INNER JOIN contrat.type_sortie AS types USING (type_sortie)
CROSS JOIN contrat.parametre AS parametre
