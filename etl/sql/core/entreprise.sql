-- Engagements of companies.
SELECT * FROM staging.entreprises
