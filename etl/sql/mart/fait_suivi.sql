-- Persons with a support open in each period, once per support: the base of who is followed, and of who is lost.
WITH contact AS (
    SELECT DISTINCT personne, date FROM core.etape WHERE type_etape <> 'rupture'
)
SELECT
    periodes.maille,
    periodes.periode,
    periodes.fin,
    suivis.personne,
    suivis.acteur_id AS acteur,
    coalesce(suivis.fiche, 'non_renseigne') AS fiche,
    coalesce(suivis.date_fin > periodes.fin, TRUE) AS ouvert,
    couvertures.acteur_id IS NOT NULL AS couvert,
    coalesce(contacts.date < periodes.fin - 89, TRUE) AS sans_contact
FROM core.suivi AS suivis
INNER JOIN core.periode AS periodes
    ON suivis.date_entree <= periodes.fin
    AND coalesce(suivis.date_fin, DATE '9999-12-31') >= periodes.debut
LEFT JOIN core.couverture AS couvertures
    ON periodes.maille = couvertures.maille
    AND periodes.periode = couvertures.periode
    AND suivis.acteur_id = couvertures.acteur_id
ASOF LEFT JOIN contact AS contacts ON suivis.personne = contacts.personne AND periodes.fin >= contacts.date
