"""What is on offer near each neighbourhood: places within reach, and how well each frein is answered."""

from typing import TYPE_CHECKING

import duckdb

from etl.catalog import nomenclatures
from etl.territories.portee import LOIN_M, PRES_M, within_reach
from etl.transaction import append

if TYPE_CHECKING:
    from etl.territories import Territoires

_LIEU = """
CREATE OR REPLACE TEMP TABLE lieu (
    id VARCHAR, type_offre VARCHAR, nom VARCHAR, detail VARCHAR, structure VARCHAR, thematiques VARCHAR[],
    latitude DOUBLE, longitude DOUBLE, source VARCHAR, commune VARCHAR
)
"""
_ACTEURS = """
INSERT INTO lieu
SELECT acteur_id, 'acteur', nom, type_acteur, coalesce(siret, acteur_id), coalesce(thematiques, []), latitude,
    longitude, 'partenaires', NULL
FROM core.acteur CROSS JOIN contrat.parametre WHERE coalesce(date_fin >= date_donnees, TRUE)
"""
_ARRETS = """
INSERT INTO lieu
SELECT mode || ' ' || nom, 'arret_transport', nom, mode, nom, [],
    CAST(json_extract(geojson, '$.coordinates[1]') AS DOUBLE),
    CAST(json_extract(geojson, '$.coordinates[0]') AS DOUBLE), 'arrets_transport', NULL
FROM territoire.fond WHERE type = 'arret'
"""
# Public sources of places; their staging models share one shape, and each may be missing.
_LIEUX_PUBLICS = ("france_services", "data_inclusion", "bpe_geolocalisee")
# What is counted for a commune or for the whole contract is shown as such, never at a distance.
_COMPTES = {
    "bpe": """
        SELECT quartiers.code, 'creche', quartiers.commune, 'Crèches et autres accueils de la commune', 'commune',
            bpe.valeur, 'bpe'
        FROM contrat.qpv AS quartiers INNER JOIN staging.bpe AS bpe ON quartiers.commune = bpe.territoire
        WHERE bpe.variable = 'creche'""",
    "bpe_geolocalisee": """
        SELECT quartiers.code, 'creche', commune, 'Position trop vague pour mesurer une distance', 'commune', count(*),
            'bpe_geolocalisee'
        FROM contrat.qpv AS quartiers INNER JOIN staging.bpe_geolocalisee AS creches USING (commune)
        WHERE creches.latitude IS NULL GROUP BY ALL""",
    "adultes_relais": """
        SELECT NULL, 'adulte_relais', NULL, 'Postes d''adultes-relais du contrat en ' || annee, 'contrat', valeur,
            'adultes_relais'
        FROM staging.adultes_relais WHERE variable = 'postes' QUALIFY annee = max(annee) OVER ()""",
    "fonjep": """
        SELECT NULL, 'poste_fonjep', NULL, 'Postes Fonjep du contrat en ' || annee, 'contrat', valeur, 'fonjep'
        FROM staging.fonjep WHERE variable = 'postes' QUALIFY annee = max(annee) OVER ()""",
}
_OFFRE = f"""
CREATE OR REPLACE TABLE mart.offre AS
SELECT
    portees.code_qpv, lieu.type_offre, lieu.id, lieu.nom, lieu.detail, lieu.structure, lieu.thematiques, lieu.latitude,
    lieu.longitude, portees.distance_m,
    CASE WHEN portees.distance_m = 0 THEN 'dans' WHEN portees.distance_m <= {PRES_M} THEN '{PRES_M}m'
        ELSE '{LOIN_M // 1000}km' END AS portee,
    1 AS nombre, lieu.source
FROM lieu INNER JOIN portees ON lieu.type_offre || '|' || lieu.id = portees.id
ORDER BY ALL
"""
# Sources that answer freins, as the reader knows them.
_NOMS = {"data_inclusion": "data·inclusion", "bpe_geolocalisee": "crèches de l'Insee"}
# An actor who declares the quarter answers for it wherever its office is. A structure with ten services is one offer,
# and so is one that two sources know by the same SIRET.
_PAR_FREIN = f"""
CREATE OR REPLACE TABLE mart.offre_par_frein AS
WITH pres AS (
    SELECT offres.code_qpv, reponse.type_frein, offres.structure, min(offres.distance_m) AS distance_m
    FROM mart.offre AS offres
    INNER JOIN reponse ON list_has_any(offres.thematiques, reponse.thematiques)
    GROUP BY ALL
),
couvrants AS (
    SELECT unnest(acteurs.qpv_couverts) AS code_qpv, reponse.type_frein, acteurs.acteur_id AS structure
    FROM core.acteur AS acteurs
    INNER JOIN reponse ON list_has_any(acteurs.thematiques, reponse.thematiques)
    CROSS JOIN contrat.parametre AS parametre
    WHERE coalesce(acteurs.date_fin >= parametre.date_donnees, TRUE)
),
comptes AS (
    SELECT
        quartiers.code AS code_qpv, reponse.type_frein,
        count(DISTINCT pres.structure) FILTER (pres.distance_m = 0) AS dans,
        count(DISTINCT pres.structure) FILTER (pres.distance_m <= {PRES_M}) AS a_300m,
        count(DISTINCT pres.structure) AS a_1km,
        count(DISTINCT couvrants.structure) AS acteurs_couvrants
    FROM contrat.qpv AS quartiers CROSS JOIN reponse
    LEFT JOIN pres ON quartiers.code = pres.code_qpv AND reponse.type_frein = pres.type_frein
    LEFT JOIN couvrants ON quartiers.code = couvrants.code_qpv AND reponse.type_frein = couvrants.type_frein
    GROUP BY ALL
)
SELECT
    comptes.*,
    CASE WHEN dans >= 2 THEN 'diverse' WHEN dans = 1 THEN 'presente' WHEN a_300m + acteurs_couvrants > 0 THEN 'proche'
        WHEN a_1km > 0 THEN 'eloignee' ELSE 'absente' END AS classe,
    coalesce(territoires.methode = 'contour', FALSE) AS distances_mesurees, ? AS sources
FROM comptes LEFT JOIN territoire.territoire AS territoires ON comptes.code_qpv = territoires.code
ORDER BY ALL
"""


def build(con: duckdb.DuckDBPyConnection, territoires: "Territoires") -> None:
    """Fill `mart.offre` and `mart.offre_par_frein` from actors and from the public places that could be read.

    `mart.offre`: one row per place and neighbourhood within a kilometre (`portee` dans, 300m, 1km), then what is only
    counted by commune or for the contract (`portee` commune, contrat; code_qpv missing for the contract).
    `mart.offre_par_frein`: per neighbourhood and type_frein, structures that answer it and a class of five (diverse,
    presente, proche, eloignee, absente); `sources` says what was looked at.
    """
    presentes = _tables(con)
    con.execute(_LIEU)
    con.execute(_ACTEURS)
    if "territoire.fond" in presentes:
        con.execute(_ARRETS)
    lus = [id for id in _LIEUX_PUBLICS if f"staging.{id}" in presentes]
    for id in lus:
        con.execute(f"INSERT INTO lieu BY NAME SELECT *, '{id}' AS source FROM staging.{id}")
    points = con.execute("SELECT type_offre || '|' || id AS id, latitude, longitude FROM lieu").df()
    con.register("portees", within_reach(territoires, points))
    con.execute(_OFFRE)
    con.unregister("portees")
    for id, requete in _COMPTES.items():
        if f"staging.{id}" in presentes:
            con.execute(
                f"INSERT INTO mart.offre (code_qpv, type_offre, id, nom, portee, nombre, source) {requete} ORDER BY ALL"
            )
    _answer(con, lus)
    con.execute(
        "COMMENT ON TABLE mart.offre IS 'Places near each neighbourhood, and counts of its commune or contract.'"
    )
    con.execute("DROP TABLE lieu")


def _answer(con: duckdb.DuckDBPyConnection, lus: list[str]) -> None:
    """Set what is on offer against each type of frein, and say which sources were looked at."""
    con.execute("CREATE OR REPLACE TEMP TABLE reponse (type_frein VARCHAR, thematiques VARCHAR[])")
    reponses = nomenclatures.frein_thematiques()
    append(con, "reponse", [(frein, list(t)) for frein, t in reponses.items()])
    publiques = [nom for id, nom in _NOMS.items() if id in lus]
    con.execute(_PAR_FREIN, [_enumerate(["partenaires", *publiques]) if publiques else "partenaires seulement"])
    con.execute("COMMENT ON TABLE mart.offre_par_frein IS 'How well each frein is answered near each neighbourhood.'")
    con.execute("DROP TABLE reponse")


def _enumerate(noms: list[str]) -> str:
    return f"{', '.join(noms[:-1])} et {noms[-1]}"


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {nom for (nom,) in con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()}
