"""Publishes a finished build: two files beside each other, checked, then one pointer moved."""

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from etl import read
from etl.publications import TABLES
from etl.transaction import together

GARDEES = 3


class PublicationRefusee(Exception):
    """The files written do not read back as they should; the former version stays in place."""


def stamp() -> str:
    """Return the identifier of a version: the UTC time, so that versions sort by name."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:18] + "Z"


def publish(con: duckdb.DuckDBPyConnection, sortie: Path, version: str) -> None:
    """Write `gestion-<version>` and `diffusion-<version>` under `sortie/publie`, check them, move the pointer.

    The build's tables must be in `con`. Until the pointer moves, readers keep the former version; a crash leaves
    only hidden temporary files, removed by the next publication. Raises PublicationRefusee, or OSError (full disk).
    """
    dossier = sortie / "publie"
    dossier.mkdir(parents=True, exist_ok=True)
    for reste in dossier.glob(".*.tmp*"):
        reste.unlink(missing_ok=True)
    with ThreadPoolExecutor(len(read.PROFILS)) as plumes:
        ecrits = plumes.map(lambda profil: _write(con.cursor(), dossier, profil, version), read.PROFILS)
        fichiers = dict(zip(read.PROFILS, ecrits, strict=True))
    _point(dossier, {"version": version, "fichiers": fichiers})
    _forget(dossier)


def _write(con: duckdb.DuckDBPyConnection, dossier: Path, profil: str, version: str) -> dict[str, str]:
    nom = f"{profil}-{version}.duckdb"
    provisoire = dossier / f".{nom}.tmp"
    publie = f"publie_{profil}"
    con.execute(f"ATTACH '{_quoted(provisoire)}' AS {publie}")
    try:
        with together(con):
            for table, (requete, description) in TABLES[profil].items():
                # A table may be drawn from one written just before it: `publie` stands for the file being written.
                con.execute(f"CREATE TABLE {publie}.{table} AS {requete.replace('publie.', f'{publie}.')}")
                con.execute(f"COMMENT ON TABLE {publie}.{table} IS '{description.replace(chr(39), chr(39) * 2)}'")
        con.execute(f"CHECKPOINT {publie}")
    finally:
        con.execute(f"DETACH {publie}")
    _check(provisoire, profil)
    with provisoire.open("rb") as flux:
        os.fsync(flux.fileno())
        empreinte = hashlib.file_digest(flux, "sha256").hexdigest()
    provisoire.rename(dossier / nom)
    return {"nom": nom, "sha256": empreinte}


def _quoted(chemin: Path) -> str:
    return str(chemin).replace("'", "''")


def _check(chemin: Path, profil: str) -> None:
    """Read every table of the new file back; the diffusion file must hold no exact base."""
    with duckdb.connect(str(chemin), read_only=True) as neuf:
        presentes = {nom for (nom,) in neuf.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if manquantes := set(read.TABLES) - presentes:
            raise PublicationRefusee(f"Tables absentes de la base publiée : {', '.join(sorted(manquantes))}.")
        for table in presentes:
            neuf.execute(f"SELECT count(*) FROM {table}").fetchall()
        if profil == "diffusion":
            compte = neuf.execute("SELECT count(*) FROM mesure WHERE x IS NOT NULL OR n IS NOT NULL").fetchall()[0][0]
            if compte:
                raise PublicationRefusee(f"{compte} cellules de la base de diffusion portent des effectifs exacts.")


def _point(dossier: Path, contenu: dict[str, object]) -> None:
    provisoire = dossier / f".{read.POINTEUR}.tmp"
    with provisoire.open("w", encoding="utf-8") as flux:
        json.dump(contenu, flux)
        flux.flush()
        os.fsync(flux.fileno())
    provisoire.replace(dossier / read.POINTEUR)
    # The rename itself must survive a power cut; some file systems refuse to open folders.
    with suppress(OSError):
        descripteur = os.open(dossier, os.O_RDONLY)
        os.fsync(descripteur)
        os.close(descripteur)


def _forget(dossier: Path) -> None:
    """Keep the last versions only; readers that still hold an older file go on reading it."""
    for profil in read.PROFILS:
        for ancien in sorted(dossier.glob(f"{profil}-*.duckdb"))[:-GARDEES]:
            ancien.unlink(missing_ok=True)
