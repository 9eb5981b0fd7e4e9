-- Interventions by period, with the quarter and the ways they are broken down.
SELECT
    jours.maille,
    jours.periode,
    interventions.qpv,
    interventions.commune,
    interventions.ensemble,
    interventions.acteur_id AS acteur,
    interventions.type_intervention,
    interventions.lieu,
    ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'][isodow(interventions.date)]
        AS jour_semaine,
    coalesce(interventions.fiche, 'non_renseigne') AS fiche,
    interventions.personnes_rencontrees
FROM core.intervention AS interventions
INNER JOIN core.jour AS jours USING (date)
