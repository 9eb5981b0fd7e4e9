"""Insertion structures and services (data·inclusion, schema v1) of one contract, checked line by line.

The producer's own package judges each line (data-inclusion-schema). A line it refuses for what the schema requires is
left out; a value of another column that it refuses is emptied, and the line stays. Both are counted.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.catalog import sources
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
        *("source", "id", "structure_id", "nom", "description", "date_maj", "type", *_LIEU, *_CONTACT),
        *("frais", "thematiques", "publics", "modes_accueil"),
    ),
}
# Types of the columns that are not text.
_TYPES = {"date_maj": "DATE", "latitude": "DOUBLE", "longitude": "DOUBLE", "score_qualite": "DOUBLE"}
_TYPES |= dict.fromkeys(_LISTES, "VARCHAR[]")
# What is said of a line refused for a required field.
_MOTIFS = {
    "source": "source absente",
    "id": "identifiant absent ou sans sa source",
    "nom": "nom absent, trop court ou trop long",
    "date_maj": "date de mise à jour absente, future ou d'avant 2000",
    "structure_id": "service sans structure",
    "description": "description absente, trop courte ou trop longue",
}
_MOTS = {
    **{"siret": "SIRET", "code_postal": "code postal", "code_insee": "code de la commune", "site_web": "site"},
    **{"latitude": "coordonnées", "longitude": "coordonnées", "lien_source": "lien vers la fiche"},
    **{"thematiques": "thématiques", "reseaux_porteurs": "réseaux porteurs", "modes_accueil": "modes d'accueil"},
}
# Only what touches the contract is worth a judgement: its structures, its services (by their own commune, else by that
# of their structure), the structures of its services.
_SERVICES_UTILES = r"""
code_insee IN (SELECT unnest(?)) OR NOT coalesce(regexp_full_match(code_insee, '\w{5}'), FALSE)
AND structure_id IN (SELECT id FROM structures WHERE code_insee IN (SELECT unnest(?)))
"""
_STRUCTURES_UTILES = """
CREATE OR REPLACE TEMP TABLE structures AS
FROM structures WHERE code_insee IN (SELECT unnest(?)) OR id IN (SELECT structure_id FROM services)
"""
_STRUCTURES = """
CREATE OR REPLACE TABLE public.data_inclusion_structure AS
FROM structures WHERE code_insee IN (SELECT unnest(?))
"""
# A service without an address of its own is where its structure is.
_SERVICES = """
CREATE OR REPLACE TABLE public.data_inclusion AS
SELECT
    services.id, services.structure_id, structures.nom AS structure, services.nom, services.type, services.frais,
    services.thematiques, services.publics, services.modes_accueil,
    if(services.latitude IS NOT NULL OR services.adresse IS NOT NULL, services.adresse, structures.adresse) AS adresse,
    coalesce(services.code_postal, structures.code_postal) AS code_postal,
    coalesce(services.code_insee, structures.code_insee) AS code_insee,
    if(services.latitude IS NOT NULL, services.latitude, structures.latitude) AS latitude,
    if(services.latitude IS NOT NULL, services.longitude, structures.longitude) AS longitude,
    coalesce(services.telephone, structures.telephone) AS telephone,
    coalesce(services.courriel, structures.courriel) AS courriel,
    coalesce(services.lien_source, structures.lien_source) AS lien_source,
    services.score_qualite, services.date_maj, services.source
FROM services
LEFT JOIN structures ON services.structure_id = structures.id
WHERE coalesce(services.code_insee, structures.code_insee) IN (SELECT unnest(?))
ORDER BY services.id
"""


def write(con: duckdb.DuckDBPyConnection, contrat: Contrat, dossier: Path) -> str | None:
    """Replace `public.data_inclusion` (services) and `public.data_inclusion_structure` by those of the communes.

    Returns a French sentence when lines or values had to be left out, else None. Codes outside the closed lists of
    the schema are left out of the lists. Raises FileNotFoundError when a file is missing, or FichierFautif.
    """
    import duckdb

    for table in ("data_inclusion", "data_inclusion_structure"):
        con.execute(f"DROP TABLE IF EXISTS public.{table}")
    chemins = {genre: _find(dossier, genre) for genre in _COLONNES}
    communes = [commune.code for commune in contrat.communes]
    try:
        for genre, chemin in chemins.items():
            _read(con, genre, chemin, communes)
    except duckdb.Error as erreur:
        raise FichierFautif(f"fichier illisible ({chemin.name}).") from erreur
    con.execute(_STRUCTURES_UTILES, [communes])
    lignes: Counter[str] = Counter()
    valeurs: Counter[str] = Counter()
    for genre in _COLONNES:
        _judge(con, genre, lignes, valeurs)
    con.execute(_STRUCTURES, [communes])
    con.execute(_SERVICES, [communes])
    for genre in _COLONNES:
        con.execute(f"DROP TABLE {genre}")
    return _left_out(lignes, valeurs)


def _find(dossier: Path, genre: str) -> Path:
    noms = [f.nom for f in sources.get(ID).fichiers if genre in f.nom]
    chemin = next((dossier / nom for nom in noms if (dossier / nom).is_file()), None)
    if chemin is None:
        raise FileNotFoundError(dossier / noms[0])
    return chemin


def _read(con: duckdb.DuckDBPyConnection, genre: str, chemin: Path, communes: list[str]) -> None:
    """Read one file into a temporary table of its name: declared columns, as the package takes them."""
    lecteur = "read_parquet(?)" if chemin.suffix == ".parquet" else "read_csv(?, all_varchar = true, header = true)"
    decrites = con.execute(f"DESCRIBE SELECT * FROM {lecteur}", [str(chemin)]).fetchall()
    types = {nom: type_ for nom, type_, *_ in decrites}
    colonnes = ", ".join(f"{_column(nom, types.get(nom))} AS {nom}" for nom in _COLONNES[genre])
    condition, parametres = (_SERVICES_UTILES, [communes] * 2) if genre == "services" else ("TRUE", [])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {genre} AS FROM (SELECT {colonnes} FROM {lecteur}) AS lues WHERE {condition}",
        [str(chemin), *parametres],
    )


def _column(nom: str, type_: str | None) -> str:
    """SQL of one column, NULL when the file has none: text, but for dates and lists, also when a CSV wrote them."""
    if type_ is None:
        return f"CAST(NULL AS {_TYPES.get(nom, 'VARCHAR')})"
    if nom in _LISTES:
        liste = nom if type_.endswith("[]") else f"regexp_extract_all(CAST({nom} AS VARCHAR), '[\\w-]+')"
        return f"nullif(CAST({liste} AS VARCHAR[]), [])"
    return f"TRY_CAST({nom} AS DATE)" if nom == "date_maj" else f"nullif(trim(CAST({nom} AS VARCHAR)), '')"


def _judge(con: duckdb.DuckDBPyConnection, genre: str, lignes: Counter[str], valeurs: Counter[str]) -> None:
    """Replace the table of this name by what the package accepts of it, and count what it refuses."""
    from data_inclusion.schema import v1

    modele = {"structures": v1.Structure, "services": v1.Service}[genre]
    lues = con.execute(f"FROM {genre} ORDER BY id, date_maj DESC NULLS LAST")
    noms = [nom for nom, *_ in lues.description]
    gardees: dict[str, dict[str, Any]] = {}
    for valeurs_lues in lues.fetchall():
        ligne = dict(zip(noms, valeurs_lues, strict=True))
        motif, videes = _correct(modele, ligne)
        if motif is None and ligne["id"] in gardees:
            motif = "identifiant en double"
        if motif:
            lignes[f"{genre} : {motif}"] += 1
        else:
            gardees[ligne["id"]] = ligne
            valeurs.update(f"{genre} : {mot}" for mot in {_MOTS.get(champ, champ) for champ in videes})
    forme = [{nom: _TYPES.get(nom, "VARCHAR") for nom in noms}]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {genre} AS SELECT unnest(from_json(?, ?), max_depth := 2)",
        [json.dumps(list(gardees.values()), default=str), json.dumps(forme)],
    )


def _correct(modele: type[Any], ligne: dict[str, Any]) -> tuple[str | None, set[str]]:
    """Empty what the model refuses: (why the whole line is refused, the fields emptied)."""
    videes: set[str] = set()
    while fautes := _faults(modele, ligne):
        for champ, *_ in fautes:
            # Emptying again what is already empty would never end.
            if modele.model_fields[champ].is_required() or ligne.get(champ) is None:
                return _MOTIFS.get(champ, f"{champ} non conforme"), videes
        # From the last: a code leaves its list without moving those before it.
        for champ, *rang in reversed(fautes):
            if rang:
                del ligne[champ][rang[0]]
            if not rang or not ligne[champ]:
                ligne[champ] = None
            videes.add(champ)
    # What the package does not check: an identifier is made from its source, a place is on Earth.
    if not ligne["id"].startswith(f"{ligne['source']}--"):
        return _MOTIFS["id"], videes
    if not _placed(ligne):
        videes |= {champ for champ in ("latitude", "longitude") if ligne[champ] is not None}
        ligne |= {"latitude": None, "longitude": None}
    ligne |= {champ: ligne[champ] or [] for champ in _LISTES if champ in ligne}
    return None, videes


def _faults(modele: type[Any], ligne: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Where the model finds a fault: a field, or a field and the rank of a value in its list."""
    from pydantic import ValidationError

    try:
        modele.model_validate(ligne)
    except ValidationError as erreur:
        return [faute["loc"] for faute in erreur.errors(include_url=False, include_context=False, include_input=False)]
    return []


def _placed(ligne: dict[str, Any]) -> bool:
    if ligne["latitude"] is None or ligne["longitude"] is None:
        return False
    latitude, longitude = float(ligne["latitude"]), float(ligne["longitude"])
    return abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)


def _left_out(lignes: Counter[str], valeurs: Counter[str]) -> str | None:
    parties = [
        f"{quoi} (" + " ; ".join(f"{mot}, {n} cas" for mot, n in sorted(comptes.items())) + ")"
        for quoi, comptes in (("lignes laissées de côté", lignes), ("valeurs vidées", valeurs))
        if comptes
    ]
    return ", ".join(parties) + "." if parties else None
