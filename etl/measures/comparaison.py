"""Sets each public figure against the wider zones that have one: the gap, or why there is none."""

import duckdb

from etl.catalog.contrat import Contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.contexte import SANS_COMPARATEUR
from etl.transaction import append

_COMPARAISON = """
CREATE OR REPLACE TABLE mart.comparaison AS
WITH quartiers AS (
    SELECT code AS territoire, 'qpv' AS type_territoire, code AS code_qpv, commune FROM contrat.qpv
    UNION ALL
    SELECT code_2015, 'qpv_2015', code, commune FROM contrat.qpv WHERE code_2015 IS NOT NULL
),
comparables AS (
    SELECT DISTINCT indicateur, type_territoire, unnest(comparable) AS comparateur FROM serie
),
cellules AS (
    FROM mart.contexte WHERE maille = 'depuis_debut' AND axe = ''
),
paires AS (
    SELECT
        ici.indicateur, ici.type_territoire, ici.territoire, quartiers.code_qpv, comparables.comparateur,
        CASE comparables.comparateur WHEN 'commune' THEN quartiers.commune ELSE ? END AS code_comparateur,
        ici.valeur, ici.etat AS etat_ici, ici.millesime, ici.motif AS motif_ici, ici.source, ici.mention
    FROM cellules AS ici
    INNER JOIN comparables USING (indicateur, type_territoire)
    INNER JOIN quartiers USING (type_territoire, territoire)
)
SELECT
    paires.indicateur, paires.type_territoire, paires.territoire, paires.code_qpv, paires.comparateur,
    paires.code_comparateur, la_bas.nom AS nom_comparateur, paires.valeur, la_bas.valeur AS valeur_comparateur,
    paires.valeur - la_bas.valeur AS ecart, unites.unite_ecart,
    CASE WHEN paires.valeur IS NOT NULL AND la_bas.valeur IS NOT NULL THEN 'valeur'
        WHEN 'secret' IN (paires.etat_ici, la_bas.etat) THEN 'secret' ELSE 'non_renseigne' END AS etat,
    paires.millesime, la_bas.millesime AS millesime_comparateur, paires.source, la_bas.source AS source_comparateur,
    paires.mention,
    CASE WHEN paires.valeur IS NULL THEN paires.motif_ici
        WHEN la_bas.valeur IS NULL THEN coalesce(
            -- The general reason is false where other neighbourhoods have a comparator.
            if(bool_or(la_bas.valeur IS NOT NULL) OVER (PARTITION BY paires.indicateur), NULL, unites.sans_comparateur),
            la_bas.motif, 'Comparateur absent.')
    END AS motif
FROM paires
INNER JOIN unite AS unites USING (indicateur)
LEFT JOIN cellules AS la_bas
    ON paires.indicateur = la_bas.indicateur AND paires.comparateur = la_bas.type_territoire
    AND paires.code_comparateur = la_bas.territoire
"""


def compare(con: duckdb.DuckDBPyConnection, contrat: Contrat) -> None:
    """Fill `mart.comparaison` from the latest vintages of `mart.contexte` and the temporary table `serie`.

    One row per indicator, neighbourhood (2015 or 2024 code, with the contract's `code_qpv`) and comparator; `ecart` is
    the first minus the second, in points for a rate; without it `motif` says why.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE unite (indicateur VARCHAR, unite_ecart VARCHAR, sans_comparateur VARCHAR)"
    )
    unites = [
        (i.id, "points" if i.unite == "%" else i.unite, SANS_COMPARATEUR.get(i.id))
        for i in CATALOGUE.values()
        if i.classe == "contexte"
    ]
    append(con, "unite", unites)
    con.execute(_COMPARAISON, [str(contrat.epci)])
    con.execute(
        "COMMENT ON TABLE mart.comparaison IS 'Gap of each public figure to wider zones, or why there is none.'"
    )
    con.execute("DROP TABLE unite")
