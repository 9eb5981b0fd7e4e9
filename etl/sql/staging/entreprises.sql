-- Engagements of companies.
SELECT
    entreprise_id,
    type_engagement,
    date,
    siret,
    nom,
    code_naf,
    code_insee,
    nombre,
    partenaire,
    lot,
    ligne
FROM valide.entreprises
CROSS JOIN contrat.parametre
WHERE date <= date_donnees
