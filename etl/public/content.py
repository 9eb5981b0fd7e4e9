"""Reads a public file by what it holds, not by its name, and says in one French sentence why it is faulty."""

from __future__ import annotations

import difflib
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from etl.catalog.sources import Fichier

# A decompression bomb is stopped here; the largest real member is about 60 MB.
TAILLE_DECOMPRESSEE_MAX = 500_000_000
# Lines among which the header of a workbook is looked for.
_ENTETE_MAX = 12
# What says how a text is encoded, and the names of the encodings that are not the usual ones.
_MARQUES = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class FichierFautif(ValueError):
    """A file whose content is not what the catalogue declares; the message is a French sentence."""


def sniff(path: Path) -> str:
    """What the first bytes say: vide, zip, gzip, parquet, html, json or texte."""
    with path.open("rb") as flux:
        debut = flux.read(4096)
    if not debut.strip():
        return "vide"
    if debut.startswith(b"PK"):
        return "zip"
    if debut.startswith(b"\x1f\x8b"):
        return "gzip"
    if debut.startswith(b"PAR1"):
        return "parquet"
    codage = next((nom for marque, nom in _MARQUES.items() if debut.startswith(marque)), "utf-8")
    texte = debut.decode(codage, errors="replace").lstrip("\ufeff \t\r\n")
    # No file of the catalogue begins with a tag: this one is a page, or the XML of an error.
    if texte.startswith("<"):
        return "html"
    return "json" if texte[:1] in ("{", "[") else "texte"


def check(path: Path, fichier: Fichier) -> None:
    """Raise FichierFautif unless `path` is of the declared kind and holds every declared column."""
    nature = sniff(path)
    if nature == "vide":
        raise FichierFautif("le fichier reçu est vide.")
    if nature == "html":
        raise FichierFautif("le serveur a répondu par une page web, pas par le fichier attendu.")
    _check_columns(_columns(path, fichier, nature), fichier.colonnes)
    if fichier.genre == "csv" and not _has_rows(path):
        raise FichierFautif("le tableau reçu n'a que son en-tête.")


def unwrap(path: Path, fichier: Fichier) -> None:
    """Replace an archive by the one table it was asked for; nothing is written elsewhere. Raises FichierFautif."""
    if fichier.membre and sniff(path) == "zip":
        path.write_bytes(read_bytes(path, (fichier.membre.lower(),)))


def _columns(path: Path, fichier: Fichier, nature: str) -> Iterable[str]:
    if fichier.genre == "geojson":
        return _feature_columns(read_geojson(path))
    if fichier.genre in ("json", "json.gz"):
        return _json_columns(read_json(path))
    if fichier.genre == "csv":
        if nature != "texte":
            raise FichierFautif(f"un tableau CSV était attendu, le contenu est de type {nature}.")
        return read_csv_header(path)
    if fichier.genre == "xlsx":
        return _workbook_columns(path, nature)
    return _parquet_columns(path, nature)


def _check_columns(trouvees: Iterable[str], attendues: Iterable[str]) -> None:
    trouvees = list(trouvees)
    manquantes = [colonne for colonne in attendues if colonne not in trouvees]
    if not manquantes:
        return
    if len(manquantes) == len(list(attendues)) > 1:
        raise FichierFautif("le contenu n'est pas celui attendu : aucune des colonnes attendues n'y est.")
    phrase = ", ".join(f"« {colonne} »" for colonne in manquantes)
    proche = difflib.get_close_matches(manquantes[0], trouvees, n=1)
    indice = f" (« {proche[0]} » lui ressemble)" if proche and len(manquantes) == 1 else ""
    raise FichierFautif(
        f"colonne absente : {phrase}{indice}." if len(manquantes) == 1 else f"colonnes absentes : {phrase}."
    )


def _feature_columns(contenu: dict[str, Any]) -> set[str]:
    """Names of the properties, once every shape was drawn: a contour that cannot be is found before it is kept."""
    from etl.public import formes

    formes.check(contenu["features"])
    return {nom for objet in contenu["features"] for nom in objet["properties"]}


def _json_columns(contenu: Any) -> set[str]:
    """Keys of the records: a list, an object whose longest value is a list of records, or the object itself."""
    if isinstance(contenu, list):
        return {cle for ligne in contenu if isinstance(ligne, dict) for cle in ligne}
    if not isinstance(contenu, dict):
        raise FichierFautif("le contenu JSON n'est ni une liste ni un objet.")
    listes = [v for v in contenu.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    return set(contenu).union(*({cle for ligne in liste for cle in ligne} for liste in listes))


def read_bytes(path: Path, suffixes: tuple[str, ...] = ()) -> bytes:
    """The file, or the first member of its ZIP whose name ends with one of `suffixes`, or its gunzipped content."""
    nature = sniff(path)
    try:
        if nature == "zip":
            return _read_member(path, suffixes)
        if nature == "gzip":
            return _gunzip(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as erreur:
        raise FichierFautif("archive tronquée ou abîmée : elle ne s'ouvre pas jusqu'au bout.") from erreur
    return path.read_bytes()


def _read_member(path: Path, suffixes: tuple[str, ...]) -> bytes:
    with zipfile.ZipFile(path) as archive:
        noms = [membre for membre in archive.infolist() if membre.filename.lower().endswith(suffixes)]
        if not noms:
            raise FichierFautif(f"l'archive ne contient aucun fichier {' ou '.join(suffixes)}.")
        # The archive of the producer also holds one file per territory: the national WGS84 one is the largest.
        choisi = max(noms, key=lambda membre: ("WGS84" in membre.filename.upper(), membre.file_size))
        if choisi.file_size > TAILLE_DECOMPRESSEE_MAX:
            raise FichierFautif("archive anormalement volumineuse une fois décompressée.")
        return archive.read(choisi)


def _gunzip(path: Path) -> bytes:
    with gzip.open(path) as flux:
        contenu = flux.read(TAILLE_DECOMPRESSEE_MAX + 1)
    if len(contenu) > TAILLE_DECOMPRESSEE_MAX:
        raise FichierFautif("fichier anormalement volumineux une fois décompressé.")
    return contenu


def read_json(path: Path, suffixes: tuple[str, ...] = (".json",)) -> Any:
    """Parsed JSON, whether bare, gzipped or inside a ZIP."""
    contenu = read_bytes(path, suffixes)
    try:
        return json.loads(contenu.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as erreur:
        raise FichierFautif("contenu JSON illisible ou tronqué.") from erreur


def read_geojson(path: Path) -> dict[str, Any]:
    """A FeatureCollection with at least one shape, bare or inside a ZIP (one stable address has served both)."""
    contenu = read_json(path, (".geojson", ".json"))
    objets = contenu.get("features") if isinstance(contenu, dict) else None
    if not isinstance(objets, list) or not all(_is_feature(objet) for objet in objets):
        raise FichierFautif("le contenu n'est pas une collection GeoJSON.")
    if not any(objet.get("geometry") for objet in objets):
        raise FichierFautif("la collection GeoJSON ne contient aucune forme.")
    return contenu


def _is_feature(objet: Any) -> bool:
    return isinstance(objet, dict) and isinstance(objet.get("properties"), dict)


def decode(contenu: bytes) -> str:
    """Text of a table: UTF-8 with or without BOM, else Windows-1252 (older Insee files)."""
    try:
        return contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        return contenu.decode("cp1252", errors="replace")


def separator(ligne: str) -> str:
    """The most frequent of ; , and tab in a header line."""
    return max(";,\t", key=ligne.count)


def read_csv_header(path: Path) -> list[str]:
    """Stripped, non-empty column names of the first line."""
    import csv

    with path.open("rb") as flux:
        ligne = decode(flux.readline(1_000_000)).strip("\r\n")
    try:
        noms = next(csv.reader(io.StringIO(ligne, newline=""), delimiter=separator(ligne)), [])
    except csv.Error as erreur:
        raise FichierFautif("la première ligne du tableau est illisible.") from erreur
    return [nom.strip() for nom in noms if nom.strip()]


def _has_rows(path: Path) -> bool:
    with path.open("rb") as flux:
        flux.readline()
        return bool(flux.read(1000).strip())


def _workbook_columns(path: Path, nature: str) -> set[str]:
    """Cells of the first lines of every sheet: the header of some producers comes under a title."""
    if nature != "zip":
        raise FichierFautif(f"un classeur XLSX était attendu, le contenu est de type {nature}.")
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as archive:
            taille = sum(membre.file_size for membre in archive.infolist())
    except (zipfile.BadZipFile, OSError) as erreur:
        raise FichierFautif("classeur illisible ou tronqué.") from erreur
    if taille > TAILLE_DECOMPRESSEE_MAX:
        raise FichierFautif("classeur anormalement volumineux une fois décompressé.")
    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        feuilles = [classeur.get_sheet_by_name(nom).to_python(nrows=_ENTETE_MAX) for nom in classeur.sheet_names]
    except (CalamineError, OSError) as erreur:
        raise FichierFautif("classeur illisible ou tronqué.") from erreur
    return {str(cellule).strip() for lignes in feuilles for ligne in lignes for cellule in ligne}


def _parquet_columns(path: Path, nature: str) -> list[str]:
    if nature != "parquet":
        raise FichierFautif(f"un fichier Parquet était attendu, le contenu est de type {nature}.")
    import duckdb

    with duckdb.connect() as con:
        try:
            lignes = con.execute("SELECT name FROM parquet_schema(?)", [str(path)]).fetchall()
        except duckdb.Error as erreur:
            raise FichierFautif("fichier Parquet illisible ou tronqué.") from erreur
    return [nom for (nom,) in lignes]
