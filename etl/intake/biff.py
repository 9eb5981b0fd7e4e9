"""Finds, in an old .xls, what the reading library leaves out: formula errors, and hidden rows and columns."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_LIBRE = 0xFFFFFFF0  # from here on, marks that are no sector numbers
_FEUILLE, _FIN_DE_BLOC, _DEBUT = 0x0085, 0x000A, 0x0809
_ERREUR, _FORMULE, _RANGEE, _COLONNES = 0x0205, 0x0006, 0x0208, 0x007D
ERREURS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
Details = tuple[dict[int, dict[int, str]], int, int]  # row → column → error, hidden rows, hidden columns


def read_details(chemin: Path) -> dict[str, Details]:
    """For each sheet: the cells in error, and how many rows and columns are hidden; empty when nothing can be told.

    The library has read the same bytes before: what is malformed here is no reason to refuse.
    """
    try:
        flux = _stream(chemin.read_bytes())
        return {nom: _sheet(flux, position) for nom, position in _sheets(flux)}
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return {}


def _stream(brut: bytes) -> bytes:
    """The workbook's stream inside the compound file, when it has sectors of its own (4 096 bytes or more)."""
    taille = 1 << struct.unpack_from("<H", brut, 30)[0]
    if taille not in (512, 4096):
        return b""

    def sector(rang: int) -> bytes:
        return brut[(rang + 1) * taille : (rang + 2) * taille]

    tables = [rang for rang in struct.unpack_from("<109I", brut, 76) if rang < _LIBRE]
    suivants = [suite for rang in tables for suite in struct.unpack(f"<{taille // 4}I", sector(rang))]

    def chain(rang: int) -> bytes:
        morceaux, vus = [], set()
        while rang < _LIBRE and rang not in vus:
            vus.add(rang)
            morceaux.append(sector(rang))
            rang = suivants[rang]
        return b"".join(morceaux)

    annuaire = chain(struct.unpack_from("<I", brut, 48)[0])
    for debut in range(0, len(annuaire), 128):
        longueur = struct.unpack_from("<H", annuaire, debut + 64)[0]
        if annuaire[debut : debut + max(longueur - 2, 0)].decode("utf-16-le", "replace") in ("Workbook", "Book"):
            premier, octets = struct.unpack_from("<II", annuaire, debut + 116)
            return chain(premier)[:octets] if octets >= 4096 else b""
    return b""


def _records(flux: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    while position + 4 <= len(flux):
        genre, longueur = struct.unpack_from("<HH", flux, position)
        yield genre, flux[position + 4 : position + 4 + longueur]
        if genre == _FIN_DE_BLOC:
            return
        position += 4 + longueur


def _sheets(flux: bytes) -> Iterator[tuple[str, int]]:
    for genre, contenu in _records(flux, 0):
        if genre == _FEUILLE:
            position, longueur, large = struct.unpack_from("<I2xBB", contenu)
            texte = contenu[8 : 8 + longueur * (1 + (large & 1))]
            yield texte.decode("utf-16-le" if large & 1 else "latin-1"), position


def _sheet(flux: bytes, position: int) -> Details:
    cellules: dict[int, dict[int, str]] = {}
    rangees, colonnes = 0, 0
    for genre, contenu in _records(flux, position):
        if genre == _ERREUR and contenu[7]:
            _put(cellules, contenu, contenu[6])
        elif genre == _FORMULE and contenu[6] == 2 and contenu[12:14] == b"\xff\xff":
            _put(cellules, contenu, contenu[8])
        elif genre == _RANGEE:
            rangees += bool(struct.unpack_from("<H", contenu, 12)[0] & 0x20)
        elif genre == _COLONNES:
            premiere, derniere, _, _, options = struct.unpack_from("<HHHHH", contenu)
            colonnes += (min(derniere, 255) - premiere + 1) * (options & 1)
    return cellules, rangees, colonnes


def _put(cellules: dict[int, dict[int, str]], contenu: bytes, code: int) -> None:
    rang, colonne = struct.unpack_from("<HH", contenu)
    cellules.setdefault(rang, {})[colonne] = ERREURS.get(code, "#N/A")
