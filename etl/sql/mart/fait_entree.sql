-- Supports opened in each period: interrupted within six months? for good, without a return within 60 days?
WITH rupture AS (
    SELECT personne, suivi, date FROM core.etape WHERE type_etape = 'rupture'
    UNION
    SELECT personne, suivi, date_sortie FROM core.sortie WHERE type_sortie IN ('abandon', 'sans_nouvelles')
),
reprise AS (
    SELECT suivi, date FROM core.etape WHERE type_etape = 'reprise'
),
rompu AS (
    SELECT suivis.suivi, bool_or(reprise.suivi IS NULL) AS rupture
    FROM core.suivi AS suivis
    INNER JOIN rupture
        ON suivis.suivi = rupture.suivi AND rupture.date BETWEEN suivis.date_entree AND suivis.date_entree + 183
    LEFT JOIN reprise ON rupture.suivi = reprise.suivi AND reprise.date BETWEEN rupture.date AND rupture.date + 60
    GROUP BY suivis.suivi
)
SELECT
    jours.maille,
    jours.periode,
    periodes.fin,
    suivis.personne,
    suivis.suivi,
    suivis.acteur_id AS acteur,
    coalesce(suivis.fiche, 'non_renseigne') AS fiche,
    suivis.date_entree + 183 <= parametre.date_donnees AS mature,
    rompu.suivi IS NOT NULL AS interrompu,
    coalesce(rompu.rupture, FALSE) AS rupture
FROM core.suivi AS suivis
INNER JOIN core.jour AS jours ON suivis.date_entree = jours.date
INNER JOIN core.periode AS periodes ON jours.maille = periodes.maille AND jours.periode = periodes.periode
LEFT JOIN rompu ON suivis.suivi = rompu.suivi
CROSS JOIN contrat.parametre AS parametre
