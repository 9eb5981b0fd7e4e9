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
    *("adultes_relais", "fonjep", "bmo"),
)
# Part of what decides whether a table is still good: raised when a module reads its file differently.
_LECTURE = "1"


def module(id: str) -> ModuleType:
    """The module of a source."""
    return importlib.import_module(f"etl.public.{id}")


def write(con: duckdb.DuckDBPyConnection, contrat: Contrat, dossier: Path) -> list[str]:
    """Replace `public.<source>` for every source that could be read; return a French sentence for each other.

    A source that could not be read leaves no table: a model that reads it must say so rather than read nothing.
    A table whose files and contract have not changed since the last build stays as it is.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS public; CREATE SCHEMA IF NOT EXISTS collecte")
    con.execute("CREATE TABLE IF NOT EXISTS collecte.empreinte (id VARCHAR, empreinte VARCHAR)")
    connues = dict(con.execute("SELECT id, empreinte FROM collecte.empreinte").fetchall())
    alertes = []
    for id in TABLES:
        empreinte = _fingerprint(id, contrat, dossier)
        if connues.get(id) == empreinte:
            continue
        con.execute("DELETE FROM collecte.empreinte WHERE id = ?", [id])
        con.execute(f"DROP TABLE IF EXISTS public.{id}")
        if motif := _write_one(con, id, contrat, dossier):
            alertes.append(f"{sources.get(id).titre} : {motif}")
        else:
            con.execute("INSERT INTO collecte.empreinte VALUES (?, ?)", [id, empreinte])
    return alertes


def _write_one(con: duckdb.DuckDBPyConnection, id: str, contrat: Contrat, dossier: Path) -> str | None:
    """Write one table; return what prevented it, in French."""
    try:
        lignes = module(id).select(dossier, contrat)
    except FileNotFoundError:
        return "fichier absent du dossier public."
    except FichierFautif as erreur:
        return str(erreur)
    except (KeyError, ValueError, TypeError) as erreur:
        return f"contenu inattendu ({type(erreur).__name__} : {erreur})."
    con.register("lignes_publiques", lignes)
    con.execute(f"CREATE TABLE public.{id} AS SELECT * FROM lignes_publiques")
    con.unregister("lignes_publiques")
    phrase = f"{sources.get(id).titre} ({sources.get(id).producteur})".replace("'", "''")
    con.execute(f"COMMENT ON TABLE public.{id} IS '{phrase}'")
    return None


def _fingerprint(id: str, contrat: Contrat, dossier: Path) -> str:
    """What a table depends on: its files (name, size, last change) and the places of the contract."""
    faits = []
    for fichier in sources.get(id).fichiers:
        chemin = dossier / fichier.nom
        etat = chemin.stat() if chemin.is_file() else None
        faits.append((fichier.nom, etat and (etat.st_size, etat.st_mtime_ns)))
    lieux = (
        [(q.code, q.code_2015) for q in contrat.qpv],
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
