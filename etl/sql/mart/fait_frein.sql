-- Barriers identified by the end of each period; identified or lifted in it, or not.
-- The base leaves the lifting out: who is counted as concerned must not tell whose barrier was lifted.
SELECT
    periodes.maille,
    periodes.periode,
    periodes.fin,
    freins.personne,
    freins.frein,
    freins.type_frein,
    freins.intensite,
    freins.date_identification >= periodes.debut AS identifie,
    coalesce(freins.date_levee BETWEEN periodes.debut AND periodes.fin, FALSE) AS leve,
    freins.date_identification + 183 <= parametre.date_donnees AS mature,
    coalesce(freins.date_levee - freins.date_identification <= 183, FALSE) AS leve_183j,
    freins.date_levee - freins.date_identification AS jours_levee,
    parametre.date_donnees - freins.date_identification AS jours_attente
FROM core.frein AS freins
INNER JOIN core.periode AS periodes ON freins.date_identification <= periodes.fin
CROSS JOIN contrat.parametre AS parametre
