"""Which deliveries were expected from each partner, which arrived, in time or not, which are late, what comes next."""

from datetime import date

import duckdb

# Deliveries due before the base first loaded anything cannot be told on time or late: nobody knows when they came.
_ATTENDUES = """
CREATE OR REPLACE TABLE publication.completude AS
WITH bornes AS (
    SELECT
        debut, fin, CAST($1 AS DATE) AS aujourdhui,
        (SELECT CAST(min(charge_le) AS DATE) FROM journal.lot) AS premier_chargement
    FROM contrat.parametre
),
mois AS (
    SELECT CAST(unnest(generate_series(date_trunc('month', debut), least(fin, aujourdhui), INTERVAL 1 MONTH)) AS DATE)
        AS debut
    FROM bornes
),
-- Every period begun: the one that runs gives the next date.
periodes AS (
    SELECT 'mois' AS maille, strftime(debut, '%Y-%m') AS periode, last_day(debut) AS fin FROM mois
    UNION
    SELECT 'trimestre', year(debut) || '-T' || quarter(debut),
        CAST(date_trunc('quarter', debut) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE) FROM mois
    UNION
    SELECT 'semestre', year(debut) || '-T' || (2 * ((quarter(debut) + 1) // 2)),
        last_day(make_date(year(debut), CASE WHEN month(debut) < 7 THEN 6 ELSE 12 END, 1)) FROM mois
    UNION
    SELECT 'annee', CAST(year(debut) AS VARCHAR), make_date(year(debut), 12, 31) FROM mois
),
attendues AS (
    SELECT
        livraisons.dossier AS partenaire, livraisons.nom, livraisons.schema, periodes.periode, periodes.fin,
        CAST(periodes.fin + livraisons.delai_jours AS DATE) AS attendu_le
    FROM contrat.livraison AS livraisons
    INNER JOIN periodes ON livraisons.periodicite = periodes.maille
),
recues AS (
    SELECT partenaire, schema, coalesce(periode, '') AS periode, CAST(charge_le AS DATE) AS recu_le
    FROM journal.lot
    WHERE etat = 'charge' AND schema IS NOT NULL
),
jointes AS (
    SELECT attendues.*, min(recues.recu_le) AS recu_le
    FROM attendues
    LEFT JOIN recues
        ON attendues.partenaire = recues.partenaire AND attendues.schema = recues.schema
        -- A file without a period, or of the whole year, covers the quarters and months already over when it came.
        AND (recues.periode = attendues.periode
            OR (starts_with(attendues.periode, recues.periode) AND attendues.fin <= recues.recu_le))
    GROUP BY ALL
),
jugees AS (
    SELECT
        jointes.*, aujourdhui,
        CASE
            WHEN recu_le <= attendu_le THEN TRUE
            WHEN recu_le > attendu_le AND attendu_le >= premier_chargement THEN FALSE
        END AS a_l_heure
    FROM jointes CROSS JOIN bornes
)
SELECT
    partenaire, nom, schema, periode, attendu_le, recu_le, a_l_heure,
    CASE
        WHEN NOT a_l_heure THEN 'recu_en_retard'
        WHEN recu_le IS NOT NULL THEN 'recu'
        WHEN attendu_le < aujourdhui THEN 'en_retard'
        ELSE 'attendu'
    END AS etat,
    CASE WHEN recu_le IS NULL AND attendu_le < aujourdhui THEN
        'Bonjour, nous n''avons pas encore reçu votre fichier « ' || schema || ' » pour la période ' || periode
        || ', attendu le ' || strftime(attendu_le, '%d/%m/%Y') || '. Pouvez-vous nous le transmettre ? Merci d''avance.'
    END AS rappel
FROM jugees
ORDER BY ALL
"""

# A partner has answered when nothing due for its latest period is late.
_PARTENAIRES = """
WITH dernieres AS (
    SELECT partenaire, periode, bool_and(etat <> 'en_retard') AS a_jour
    FROM publication.completude
    WHERE attendu_le < ?
    GROUP BY partenaire, periode
    QUALIFY row_number() OVER (PARTITION BY partenaire ORDER BY max(attendu_le) DESC, periode DESC) = 1
)
SELECT count(*), count(*) FILTER (WHERE a_jour) FROM dernieres
"""


def measure(con: duckdb.DuckDBPyConnection, aujourdhui: date) -> tuple[int, int]:
    """Fill `publication.completude`; return (partners expected to have delivered, partners who have)."""
    con.execute(_ATTENDUES, [aujourdhui])
    attendus, recus = con.execute(_PARTENAIRES, [aujourdhui]).fetchall()[0]
    return attendus, recus
