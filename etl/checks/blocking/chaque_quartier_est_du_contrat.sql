-- Une ligne porte un code de quartier qui n'est ni du contrat, ni « hors quartier », ni « inconnu ».
WITH porte AS (
    SELECT 'participants' AS fichier, code_qpv, lot, ligne FROM staging.participants
    UNION ALL
    SELECT 'interventions', qpv, lot, ligne FROM core.intervention
    UNION ALL
    SELECT 'permanences', qpv, lot, ligne FROM core.permanence
)
SELECT * FROM porte
WHERE coalesce(code_qpv, '') NOT IN (SELECT code FROM contrat.qpv UNION ALL VALUES ('hors_qpv'), ('inconnu'))
