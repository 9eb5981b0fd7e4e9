-- Meetings by period; they belong to the contract as a whole, not to a quarter.
SELECT
    jours.maille,
    jours.periode,
    rencontres.type_rencontre,
    rencontres.nombre_participants
FROM core.rencontre AS rencontres
INNER JOIN core.jour AS jours USING (date)
