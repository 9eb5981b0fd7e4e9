"""Tells what a received file really is from its first bytes, whatever its name, and refuses what is no table."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from etl.intake.refus import FichierRefuse

TAILLE_CLASSEUR = 20 * 2**20
TAILLE_DEPLIEE = 200 * 2**20
TAUX_DE_COMPRESSION = 200
ENTREES = 1000
LIGNES, COLONNES = 200_000, 200
_CONTROLES = bytes({*range(32), 127} - {9, 10, 13})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONSEIL = "enregistrez le tableau au format XLSX ou CSV et renvoyez-le"
_SIGNATURES = (
    (b"%PDF", "un document PDF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"II*\x00", "une image"),
    (b"MM\x00*", "une image"),
    (b"BM", "une image"),
    (b"\x1f\x8b", "une archive compressée"),
    (b"7z\xbc\xaf", "une archive compressée"),
    (b"Rar!", "une archive compressée"),
    (b"{\\rtf", "un document de traitement de texte"),
    (b"SQLite format 3", "une base de données"),
    (b"PAR1", "un fichier Parquet"),
)
# Cells beyond 200 columns or 200 000 rows, read in the sheet's own XML: a reader would allocate the whole rectangle.
_LOIN = rb"""\br\s*=\s*["'](?:(?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])\d+|[A-Z]*(?:[2-9]\d{5}|\d{7,}))["']"""
CELLULE_LOINTAINE = re.compile(rb"<(?:\w+:)?(?:row|c)\s[^>]*?" + _LOIN)
# Only what they hold counts: a whole column put in bold, a border left at the bottom of the sheet hold nothing.
_CELLULE_PLEINE = re.compile(rb"<(?:\w+:)?c\s[^>]*?" + _LOIN + rb"[^>]*(?<!/)>(?!\s*</)")
_RANGEE_PLEINE = re.compile(
    rb"<(?:\w+:)?row\s[^>]*?" + _LOIN + rb"[^>]*(?<!/)>(?:(?!</(?:\w+:)?row>).)*?<(?:\w+:)?(?:v|is|f)[\s/>]", re.S
)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


def is_workbook(chemin: Path) -> bool:
    """Whether a file looks like a workbook at its first bytes: such files are opened in the child process only."""
    with chemin.open("rb") as flux:
        return flux.read(8).startswith((b"PK", _OLE))


def identify(chemin: Path) -> str:
    """The kind of table a file holds: "texte", "xlsx", "xls" or "ods"; raises FichierRefuse for anything else."""
    with chemin.open("rb") as flux:
        tete = flux.read(4096)
    if not tete:
        raise FichierRefuse("Ce fichier est vide (0 octet).")
    if tete.startswith(b"PK"):
        return _inside_zip(chemin)
    if tete.startswith(_OLE):
        return _inside_ole(chemin)
    for signature, nature in _SIGNATURES:
        if tete.startswith(signature) and not (signature == b"BM" and tete.isascii()):
            raise FichierRefuse(f"Ce fichier est {nature}, pas un tableau : {_CONSEIL}.")
    _refuse_markup(tete)
    if not tete.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) and len(
        tete.translate(None, _CONTROLES)
    ) < 0.9 * len(tete):
        raise FichierRefuse(f"Ce fichier n'est pas un fichier texte ni un classeur : {_CONSEIL}.")
    return "texte"


def _refuse_markup(tete: bytes) -> None:
    debut = tete.removeprefix(b"\xef\xbb\xbf").lstrip()[:400].lower()
    if debut.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<div")):
        raise FichierRefuse(f"Ce fichier est une page web, pas un tableau : {_CONSEIL}.")
    if debut.startswith((b"<?xml", b"<svg")):
        raise FichierRefuse(f"Ce fichier est un document XML, pas un tableau : {_CONSEIL}.")


def _inside_ole(chemin: Path) -> str:
    if chemin.stat().st_size > TAILLE_CLASSEUR:
        raise FichierRefuse(_too_big())
    contenu = chemin.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in contenu:
        raise FichierRefuse("Ce classeur est protégé par un mot de passe : retirez la protection et renvoyez-le.")
    if "Workbook".encode("utf-16-le") in contenu or "Book".encode("utf-16-le") in contenu:
        return "xls"
    raise FichierRefuse(f"Ce fichier est un document de bureautique, pas un tableau : {_CONSEIL}.")


def _inside_zip(chemin: Path) -> str:
    if chemin.stat().st_size > TAILLE_CLASSEUR:
        raise FichierRefuse(_too_big())
    try:
        with zipfile.ZipFile(chemin) as archive:
            return _workbook_kind(archive)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, KeyError) as erreur:
        raise FichierRefuse(
            "Ce classeur est abîmé ou incomplet : ouvrez-le, enregistrez-le de nouveau et renvoyez-le."
        ) from erreur


def _workbook_kind(archive: zipfile.ZipFile) -> str:
    entrees = archive.infolist()
    noms = {entree.filename for entree in entrees}
    if any(entree.flag_bits & 1 for entree in entrees):
        raise FichierRefuse("Ce classeur est protégé par un mot de passe : retirez la protection et renvoyez-le.")
    if any(nom.startswith(("/", "\\")) or ".." in nom.replace("\\", "/").split("/") for nom in noms):
        raise FichierRefuse("Ce classeur contient des chemins anormaux : il n'a pas été ouvert.")
    _check_sizes(entrees)
    if "xl/workbook.xml" in noms:
        _check_sheets(archive, entrees)
        return "xlsx"
    if "mimetype" in noms and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        _check_ods(archive)
        return "ods"
    if "xl/workbook.bin" in noms:
        raise FichierRefuse(f"Ce classeur est au format XLSB, qui n'est pas lu : {_CONSEIL}.")
    if any(nom.startswith(("word/", "ppt/")) for nom in noms) or "mimetype" in noms:
        raise FichierRefuse(f"Ce fichier est un document de bureautique, pas un tableau : {_CONSEIL}.")
    raise FichierRefuse("Ce fichier est une archive ZIP : déposez les tableaux qu'elle contient, un par un.")


def _check_sizes(entrees: list[zipfile.ZipInfo]) -> None:
    total = sum(entree.file_size for entree in entrees)
    if len(entrees) > ENTREES or total > TAILLE_DEPLIEE:
        raise FichierRefuse(_too_big())
    for entree in entrees:
        if entree.file_size > 2**20 and entree.file_size > TAUX_DE_COMPRESSION * max(entree.compress_size, 1):
            raise FichierRefuse(
                "Ce classeur se déplie en un contenu démesuré : il n'a pas été ouvert. Supprimez les lignes et "
                "colonnes vides au-delà du tableau, enregistrez et renvoyez-le."
            )


def _check_sheets(archive: zipfile.ZipFile, entrees: list[zipfile.ZipInfo]) -> None:
    for entree in entrees:
        nom = entree.filename.lower()
        if not nom.endswith((".xml", ".rels")):
            continue
        contenu = archive.read(entree)
        if _DOCTYPE.search(contenu[:4096]):
            raise FichierRefuse("Ce classeur contient des déclarations XML anormales : il n'a pas été ouvert.")
        if "worksheets/" in nom and _holds_far_cells(contenu):
            raise FichierRefuse(
                f"Ce classeur dépasse {LIGNES} lignes ou {COLONNES} colonnes : supprimez ce qui est écrit loin du "
                "tableau, ou envoyez un fichier CSV."
            )


def _holds_far_cells(contenu: bytes) -> bool:
    if not CELLULE_LOINTAINE.search(contenu):
        return False
    return bool(_CELLULE_PLEINE.search(contenu) or _RANGEE_PLEINE.search(contenu))


def _check_ods(archive: zipfile.ZipFile) -> None:
    """Repeated rows and cells that hold something: an ODS of a few bytes can describe millions of cells."""
    contenu = archive.read("content.xml")
    if _DOCTYPE.search(contenu[:4096]):
        raise FichierRefuse("Ce classeur contient des déclarations XML anormales : il n'a pas été ouvert.")
    manifeste = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifeste:
        raise FichierRefuse("Ce classeur est protégé par un mot de passe : retirez la protection et renvoyez-le.")


def _too_big() -> str:
    return "Ce classeur est trop gros (20 Mo compressés, 200 Mo dépliés au plus) : envoyez un fichier CSV."
