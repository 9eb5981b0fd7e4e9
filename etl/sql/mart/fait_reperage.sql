-- Persons spotted in each period, the way they were, and how far they have gone since.
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    suivis.personne,
    suivis.acteur_id AS acteur,
    coalesce(suivis.fiche, 'non_renseigne') AS fiche,
    suivis.date_reperage,
    coalesce(suivis.mode_reperage, 'non_renseigne') AS mode_reperage,
    coalesce(suivis.invisible, 'non_renseigne') AS invisible,
    avancees.* EXCLUDE (personne),
    parametre.date_donnees
FROM core.suivi AS suivis
INNER JOIN core.jour AS jours ON suivis.date_reperage = jours.date
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
INNER JOIN core.avancee AS avancees ON suivis.personne = avancees.personne
CROSS JOIN contrat.parametre AS parametre
