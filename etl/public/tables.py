"""Writes what the public sources say of one contract into the private base: one table per source."""

from __future__ import annotations

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


def module(id: str) -> ModuleType:
    """The module of a source."""
    return importlib.import_module(f"etl.public.{id}")


def write(con: duckdb.DuckDBPyConnection, contrat: Contrat, dossier: Path) -> list[str]:
    """Replace `public.<source>` for every source that could be read; return a French sentence for each other.

    A source that could not be read leaves no table: a model that reads it must say so rather than read nothing.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS public")
    alertes = []
    for id in TABLES:
        titre = sources.get(id).titre
        con.execute(f"DROP TABLE IF EXISTS public.{id}")
        try:
            lignes = module(id).select(dossier, contrat)
        except FileNotFoundError:
            alertes.append(f"{titre} : fichier absent du dossier public.")
            continue
        except FichierFautif as erreur:
            alertes.append(f"{titre} : {erreur}")
            continue
        except (KeyError, ValueError, TypeError) as erreur:
            alertes.append(f"{titre} : contenu inattendu ({type(erreur).__name__} : {erreur}).")
            continue
        con.register("lignes_publiques", lignes)
        con.execute(f"CREATE TABLE public.{id} AS SELECT * FROM lignes_publiques")
        con.unregister("lignes_publiques")
        phrase = f"{titre} ({sources.get(id).producteur})".replace("'", "''")
        con.execute(f"COMMENT ON TABLE public.{id} IS '{phrase}'")
    return alertes
