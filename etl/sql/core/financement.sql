-- Fundings of actions.
SELECT * FROM staging.financements
