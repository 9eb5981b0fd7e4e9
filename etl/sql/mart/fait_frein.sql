-- Barriers open at some time in each period; identified or lifted in it, or not.
SELECT
    periodes.maille,
    periodes.periode,
    periodes.fin,
    freins.personne,
    freins.frein,
    freins.type_frein,
    freins.intensite,
    freins.date_identification >= periodes.debut AS identifie,
    coalesce(freins.date_levee <= periodes.fin, FALSE) AS leve,
    freins.date_identification + 183 <= parametre.date_donnees AS mature,
    coalesce(freins.date_levee - freins.date_identification <= 183, FALSE) AS leve_183j
FROM core.frein AS freins
INNER JOIN core.periode AS periodes
    ON freins.date_identification <= periodes.fin
    AND coalesce(freins.date_levee, DATE '9999-12-31') >= periodes.debut
CROSS JOIN contrat.parametre AS parametre
