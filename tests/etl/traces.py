"""Looks for texts byte for byte in every file of a folder: members of archives, text of databases and Parquet too."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

ENCODAGES = ("utf-8", "utf-16-le", "cp1252")


def traces(dossier: Path, textes: Sequence[str | bytes]) -> list[tuple[str, str]]:
    """Return (file:member, text) for each text found; a workbook is an archive, and one archive may hold another."""
    cherches = {t: {t} if isinstance(t, bytes) else {t.encode(e, "replace") for e in ENCODAGES} for t in textes}
    return [
        (f"{chemin.name}:{membre}", str(texte))
        for chemin in sorted(c for c in dossier.rglob("*") if c.is_file())
        for membre, contenu in _contents(chemin)
        for texte, formes in cherches.items()
        if any(forme in contenu for forme in formes)
    ]


def _contents(chemin: Path) -> Iterator[tuple[str, bytes]]:
    octets = chemin.read_bytes()
    yield from _unpacked("", octets)
    if chemin.suffix == ".duckdb":
        yield "colonnes", _text_of_base(chemin)
    if octets[:4] == octets[-4:] == b"PAR1":
        with duckdb.connect() as con:
            yield "colonnes", _text(con, f"FROM read_parquet('{str(chemin).replace(chr(39), chr(39) * 2)}')")


def _unpacked(nom: str, octets: bytes) -> Iterator[tuple[str, bytes]]:
    yield nom, octets
    if octets[:2] == b"\x1f\x8b":
        yield from _unpacked(f"{nom}/gzip", gzip.decompress(octets))
    if zipfile.is_zipfile(io.BytesIO(octets)):
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            for membre in archive.namelist():
                yield from _unpacked(f"{nom}/{membre}", archive.read(membre))


def _text_of_base(chemin: Path) -> bytes:
    with duckdb.connect(str(chemin), read_only=True) as con:
        tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return b"\n".join(_text(con, f'FROM "{schema}"."{table}"') for schema, table in tables)


def _text(con: duckdb.DuckDBPyConnection, requete: str) -> bytes:
    return json.dumps(con.execute(requete).fetchall(), default=str, ensure_ascii=False).encode()
