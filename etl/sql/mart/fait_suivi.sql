-- Persons with a support open in each period, once per support: the base of who is followed.
SELECT
    periodes.maille,
    periodes.periode,
    periodes.fin,
    suivis.personne,
    suivis.acteur_id AS acteur,
    coalesce(suivis.fiche, 'non_renseigne') AS fiche
FROM core.suivi AS suivis
INNER JOIN core.periode AS periodes
    ON suivis.date_entree <= periodes.fin
    AND coalesce(suivis.date_fin, DATE '9999-12-31') >= periodes.debut
