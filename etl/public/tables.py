"""Writes what the public sources say of one contract into the private base: one table per source."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import FichierFautif

if TYPE_CHECKING:
    import duckdb

    from etl.catalog.contrat import Contrat

# Sources with a table of their own; perimeters and base map are written by etl.territories.
TABLES = (
    *("insee_qpv_2015", "qpv_2024_stat", "filosofi", "chomage_zone_emploi", "bpe", "france_services"),
    *("bpe_geolocalisee", "adultes_relais", "fonjep", "bmo", "data_inclusion"),
)
# Part of what decides whether a table is still good: raised when a module reads its file differently.
_LECTURE = "2"


def module(id: str) -> ModuleType:
    """The module of a source."""
    return importlib.import_module(f"etl.public.{id}")


def write(con: duckdb.DuckDBPyConnection, contrat: Contrat, dossier: Path) -> list[str]:
    """Replace `public.<source>` for every source that could be read; return a French sentence for each other.

    A source that could not be read leaves no table: a model that reads it must say so rather than read nothing.
    A table whose files and contract have not changed since the last build stays as it is.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS public; CREATE SCHEMA IF NOT EXISTS collecte")
    con.execute("CREATE TABLE IF NOT EXISTS collecte.lecture (id VARCHAR, empreinte VARCHAR, remarque VARCHAR)")
    connues = {id: suite for id, *suite in con.execute("FROM collecte.lecture").fetchall()}
    alertes = []
    for id in TABLES:
        empreinte = _fingerprint(id, contrat, dossier)
        ancienne, remarque = connues.get(id, (None, None))
        if ancienne != empreinte:
            con.execute("DELETE FROM collecte.lecture WHERE id = ?", [id])
            con.execute(f"DROP TABLE IF EXISTS public.{id}")
            ecrite, remarque = _write_one(con, id, contrat, dossier)
            if ecrite:
                con.execute("INSERT INTO collecte.lecture VALUES (?, ?, ?)", [id, empreinte, remarque])
        if remarque:
            alertes.append(f"{sources.get(id).titre} : {remarque}")
    return alertes


def _write_one(con: duckdb.DuckDBPyConnection, id: str, contrat: Contrat, dossier: Path) -> tuple[bool, str | None]:
    """Write the table of one source: (written, what prevented it or was left out, in French)."""
    remarque = None
    try:
        if hasattr(module(id), "write"):
            remarque = module(id).write(con, contrat, dossier)
        else:
            con.register("lignes_publiques", module(id).select(dossier, contrat))
            con.execute(f"CREATE TABLE public.{id} AS SELECT * FROM lignes_publiques")
            con.unregister("lignes_publiques")
    except FileNotFoundError:
        return False, "fichier absent du dossier public."
    except FichierFautif as erreur:
        return False, str(erreur)
    except (KeyError, ValueError, TypeError) as erreur:
        return False, f"contenu inattendu ({type(erreur).__name__} : {erreur})."
    phrase = f"{sources.get(id).titre} ({sources.get(id).producteur})".replace("'", "''")
    con.execute(f"COMMENT ON TABLE public.{id} IS '{phrase}'")
    return True, remarque


def _fingerprint(id: str, contrat: Contrat, dossier: Path) -> str:
    """What a table depends on: its files (name, size, last change) and the places of the contract."""
    faits = []
    for fichier in sources.get(id).fichiers:
        chemin = dossier / fichier.nom
        etat = chemin.stat() if chemin.is_file() else None
        faits.append((fichier.nom, etat and (etat.st_size, etat.st_mtime_ns)))
    lieux = (
        [(q.code, q.code_2015, q.latitude, q.longitude) for q in contrat.qpv],
        [c.code for c in contrat.communes],
        (contrat.epci, contrat.zone_emploi, contrat.bassin_emploi, contrat.code_anct),
    )
    return hashlib.sha256(repr((_LECTURE, str(dossier), faits, lieux)).encode()).hexdigest()


def publish(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `publication.donnee_publique`: every row of every table of `public`, as JSON, for the page Sources."""
    con.execute("CREATE SCHEMA IF NOT EXISTS publication")
    con.execute("CREATE OR REPLACE TABLE publication.donnee_publique (source VARCHAR, rang INTEGER, ligne VARCHAR)")
    requete = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'public' ORDER BY 1"
    for (nom,) in con.execute(requete).fetchall():
        con.execute(f"""
        INSERT INTO publication.donnee_publique
        SELECT '{nom}', row_number() OVER (), CAST(to_json(lignes) AS VARCHAR) FROM public."{nom}" AS lignes
        """)
