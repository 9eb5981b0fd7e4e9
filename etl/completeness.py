"""Which deliveries were expected from each partner, which arrived, which are late, and the reminder to send."""

from datetime import date

import duckdb

_ATTENDUES = """
CREATE OR REPLACE TABLE publication.completude AS
WITH mailles (periodicite, maille) AS (
    VALUES ('mois', 'mois'), ('trimestre', 'trimestre'), ('semestre', 'trimestre'), ('annee', 'annee')
),
attendues AS (
    SELECT
        livraisons.dossier AS partenaire, livraisons.nom, livraisons.schema, periodes.periode, periodes.fin,
        CAST(periodes.fin + livraisons.delai_jours AS DATE) AS attendu_le
    FROM contrat.livraison AS livraisons
    INNER JOIN mailles USING (periodicite)
    INNER JOIN core.periode AS periodes ON mailles.maille = periodes.maille AND periodes.close
    WHERE livraisons.periodicite <> 'semestre' OR month(periodes.fin) IN (6, 12)
),
recues AS (
    SELECT partenaire, schema, coalesce(periode, '') AS periode, min(charge_le) AS recu_le
    FROM journal.lot
    WHERE etat IN ('charge', 'deja_charge') AND schema IS NOT NULL
    GROUP BY ALL
),
jointes AS (
    SELECT attendues.*, min(recues.recu_le) AS recu_le
    FROM attendues
    LEFT JOIN recues
        ON attendues.partenaire = recues.partenaire AND attendues.schema = recues.schema
        -- A file without a period, or of the whole year, covers the quarters and months inside it.
        AND (recues.periode = '' OR starts_with(attendues.periode, recues.periode))
    GROUP BY ALL
)
SELECT
    partenaire, nom, schema, periode, attendu_le, CAST(recu_le AS DATE) AS recu_le,
    CASE WHEN recu_le IS NOT NULL THEN 'recu' WHEN attendu_le < $1 THEN 'en_retard' ELSE 'attendu' END AS etat,
    CASE WHEN recu_le IS NULL AND attendu_le < $1 THEN
        'Bonjour, nous n''avons pas encore reçu votre fichier « ' || schema || ' » pour la période ' || periode
        || ', attendu le ' || strftime(attendu_le, '%d/%m/%Y') || '. Pouvez-vous nous le transmettre ? Merci d''avance.'
    END AS rappel
FROM jointes
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
