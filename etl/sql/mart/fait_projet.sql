-- Projects known by the end of each period; taken on or started in it, or not, and what became of the activity.
-- The base leaves the creation out: who is counted as concerned must not tell whose activity exists.
SELECT
    periodes.maille,
    periodes.periode,
    periodes.fin,
    projets.personne,
    projets.acteur_id AS acteur,
    projets.date_accompagnement >= periodes.debut AS accompagne,
    coalesce(projets.date_creation BETWEEN periodes.debut AND periodes.fin, FALSE) AS cree,
    coalesce(projets.date_creation + INTERVAL 12 MONTH <= parametre.date_donnees, FALSE) AS mur_12_mois,
    coalesce(projets.date_creation + INTERVAL 36 MONTH <= parametre.date_donnees, FALSE) AS mur_36_mois,
    projets.statut_12_mois,
    projets.statut_36_mois
FROM core.projet AS projets
INNER JOIN core.periode AS periodes ON projets.date_accompagnement <= periodes.fin
CROSS JOIN contrat.parametre AS parametre
