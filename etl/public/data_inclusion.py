"""Insertion structures and services (data·inclusion, schema v1) of one contract, checked line by line.

The producer's own validation package would bring eight others: the rules this project needs are declared here, and
compared with the verdicts of that package (data-inclusion-schema 1.0.10) in the tests. A line that lacks what is
required is left out; a value of another column that the schema refuses is emptied, and the line stays.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import nomenclatures, sources
from etl.public.content import FichierFautif

if TYPE_CHECKING:
    import duckdb

    from etl.catalog.contrat import Contrat

ID = "data_inclusion"
_LISTES = ("thematiques", "publics", "reseaux_porteurs", "modes_accueil")
_LIEU = ("commune", "code_postal", "code_insee", "adresse", "complement_adresse", "longitude", "latitude")
_CONTACT = ("telephone", "courriel", "lien_source", "score_qualite")
_COLONNES = {
    "structures": ("source", "id", "nom", "date_maj", "siret", *_LIEU, *_CONTACT, "site_web", "reseaux_porteurs"),
    "services": (
        *("source", "id", "structure_id", "nom", "date_maj", "type", *_LIEU, *_CONTACT),
        *("frais", "thematiques", "publics", "modes_accueil"),
    ),
}
# What makes a line unusable, tested in this order: the first rule broken is the one said.
_REGLES = {
    "source absente": "source IS NULL",
    "identifiant absent ou sans sa source": "id IS NULL OR NOT starts_with(id, source || '--')",
    "nom absent, trop court ou trop long": "nom IS NULL OR length(nom) NOT BETWEEN 3 AND 150",
    "date de mise à jour absente, future ou d'avant 2000": "date_maj IS NULL OR date_maj NOT BETWEEN DATE '2000-01-01' "
    "AND current_date",
    "service sans structure": "{genre} = 'services' AND structure_id IS NULL",
    "identifiant en double": "row_number() OVER (PARTITION BY id ORDER BY date_maj DESC) > 1",
}
_NETTOYEES = """
SELECT * REPLACE (
    CASE WHEN regexp_full_match(siret, '\\d{14}') THEN siret END AS siret,
    CASE WHEN regexp_full_match(code_insee, '\\w{5}') THEN code_insee END AS code_insee,
    CASE WHEN regexp_full_match(code_postal, '\\d{5}') THEN code_postal END AS code_postal,
    CASE WHEN regexp_full_match(courriel, '[^@\\s;,]+@[^@\\s;,]+\\.[^@\\s;,]+') THEN courriel END AS courriel,
    CASE WHEN regexp_full_match(lien_source, 'https?://\\S+') THEN lien_source END AS lien_source,
    CASE WHEN regexp_full_match(site_web, 'https?://\\S+') THEN site_web END AS site_web,
    CASE WHEN type IN ({types}) THEN type END AS type, CASE WHEN frais IN ('gratuit', 'payant') THEN frais END AS frais,
    list_filter(modes_accueil, lambda mode: mode IN ('a-distance', 'en-presentiel')) AS modes_accueil,
    CASE WHEN placee THEN latitude END AS latitude, CASE WHEN placee THEN longitude END AS longitude
) FROM (
    SELECT *, coalesce(latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180
        AND NOT (latitude = 0 AND longitude = 0), FALSE) AS placee
    FROM lues
)
"""
_TYPES = ("accompagnement", "aide-financiere", "aide-materielle", "atelier", "formation", "information")
_STRUCTURES = """
CREATE OR REPLACE TABLE public.data_inclusion_structure AS
SELECT * EXCLUDE (motif, placee, structure_id, type, frais, thematiques, publics, modes_accueil)
FROM structures WHERE motif IS NULL AND code_insee IN (SELECT unnest(?))
"""
# A service without an address of its own is where its structure is.
_SERVICES = """
CREATE OR REPLACE TABLE public.data_inclusion AS
SELECT
    services.id, services.structure_id, structures.nom AS structure, services.nom, services.type, services.frais,
    services.thematiques, services.publics, services.modes_accueil,
    if(services.placee OR services.adresse IS NOT NULL, services.adresse, structures.adresse) AS adresse,
    coalesce(services.code_postal, structures.code_postal) AS code_postal,
    coalesce(services.code_insee, structures.code_insee) AS code_insee,
    if(services.placee, services.latitude, structures.latitude) AS latitude,
    if(services.placee, services.longitude, structures.longitude) AS longitude,
    coalesce(services.telephone, structures.telephone) AS telephone,
    coalesce(services.courriel, structures.courriel) AS courriel,
    coalesce(services.lien_source, structures.lien_source) AS lien_source,
    services.score_qualite, services.date_maj, services.source
FROM services
LEFT JOIN structures ON services.structure_id = structures.id AND structures.motif IS NULL
WHERE services.motif IS NULL AND coalesce(services.code_insee, structures.code_insee) IN (SELECT unnest(?))
ORDER BY services.id
"""


def write(con: duckdb.DuckDBPyConnection, contrat: Contrat, dossier: Path) -> str | None:
    """Replace `public.data_inclusion` (services) and `public.data_inclusion_structure` by those of the communes.

    Returns a French sentence when lines had to be left out, else None. Values outside the closed lists of the schema
    are left out of the lists. Raises FileNotFoundError when a file is missing, or FichierFautif.
    """
    import duckdb

    for table in ("data_inclusion", "data_inclusion_structure"):
        con.execute(f"DROP TABLE IF EXISTS public.{table}")
    chemins = {genre: _find(dossier, genre) for genre in _COLONNES}
    try:
        for genre, chemin in chemins.items():
            _read(con, genre, chemin)
    except duckdb.Error as erreur:
        raise FichierFautif(f"fichier illisible ({chemin.name}).") from erreur
    communes = [commune.code for commune in contrat.communes]
    con.execute(_STRUCTURES, [communes])
    con.execute(_SERVICES, [communes])
    remarque = _left_out(con)
    for genre in _COLONNES:
        con.execute(f"DROP TABLE {genre}")
    return remarque


def _find(dossier: Path, genre: str) -> Path:
    noms = [f.nom for f in sources.get(ID).fichiers if genre in f.nom]
    chemin = next((dossier / nom for nom in noms if (dossier / nom).is_file()), None)
    if chemin is None:
        raise FileNotFoundError(dossier / noms[0])
    return chemin


def _read(con: duckdb.DuckDBPyConnection, genre: str, chemin: Path) -> None:
    """Read one file into a temporary table of its name: declared columns, lists as lists, `motif` of a bad line."""
    lecteur = "read_parquet(?)" if chemin.suffix == ".parquet" else "read_csv(?, all_varchar = true, header = true)"
    decrites = con.execute(f"DESCRIBE SELECT * FROM {lecteur}", [str(chemin)]).fetchall()
    types = {nom: type_ for nom, type_, *_ in decrites}
    toutes = dict.fromkeys([*_COLONNES["structures"], *_COLONNES["services"]])
    colonnes = ", ".join(f"{_column(nom, types.get(nom))} AS {nom}" for nom in toutes)
    nettoyees = _NETTOYEES.replace("{types}", ", ".join(f"'{nom}'" for nom in _TYPES))
    motifs = " ".join(
        f"WHEN {regle.replace('{genre}', repr(genre))} THEN '{mot.replace(chr(39), chr(39) * 2)}'"
        for mot, regle in _REGLES.items()
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {genre} AS
        WITH lues AS (SELECT {colonnes} FROM {lecteur}), nettoyees AS ({nettoyees})
        SELECT *, CASE {motifs} END AS motif FROM nettoyees""",
        [str(chemin)],
    )


def _column(nom: str, type_: str | None) -> str:
    """SQL of one column in our type, NULL when the file has none."""
    cible = {"latitude": "DOUBLE", "longitude": "DOUBLE", "date_maj": "DATE", "score_qualite": "DOUBLE"}.get(nom)
    if nom in _LISTES:
        return _list(nom, type_)
    if type_ is None:
        return f"CAST(NULL AS {cible or 'VARCHAR'})"
    return f"TRY_CAST({nom} AS {cible})" if cible else f"nullif(trim(CAST({nom} AS VARCHAR)), '')"


def _list(nom: str, type_: str | None) -> str:
    """A list column, also when a CSV wrote it as text (`['a', 'b']`); only the codes of the schema are kept."""
    if type_ is None:
        return "CAST([] AS VARCHAR[])"
    brut = nom if type_.endswith("[]") else f"regexp_extract_all(CAST({nom} AS VARCHAR), '[\\w-]+')"
    liste = f"coalesce(CAST({brut} AS VARCHAR[]), [])"
    if nom not in ("thematiques", "publics"):
        return liste
    codes = ", ".join(f"'{code}'" for code in nomenclatures.load(nom).codes)
    return f"list_filter({liste}, lambda code: code IN ({codes}))"


def _left_out(con: duckdb.DuckDBPyConnection) -> str | None:
    comptes = con.execute("""
    SELECT genre || ' : ' || motif, count(*) FROM (
        SELECT 'structures' AS genre, motif FROM structures UNION ALL SELECT 'services', motif FROM services
    ) WHERE motif IS NOT NULL GROUP BY 1 ORDER BY 1
    """).fetchall()
    if not comptes:
        return None
    return "lignes laissées de côté (" + " ; ".join(f"{mot}, {n} cas" for mot, n in comptes) + ")."
