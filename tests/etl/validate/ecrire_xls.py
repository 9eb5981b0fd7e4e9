"""Writes a small .xls as Excel 97 did (BIFF8 in a compound file): no maintained library writes this format any more."""

import struct
from collections.abc import Sequence
from datetime import date

_SECTEUR = 512
_LIBRE, _FIN, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_GENERAL, _JOUR = 0, 14  # number formats of Excel


def xls(feuilles: dict[str, Sequence[Sequence[object]]], masquees: Sequence[str] = ()) -> bytes:
    """A workbook whose cells are texts, numbers, dates or formula errors (`#REF!`)."""
    corps = [_sheet(lignes) for lignes in feuilles.values()]
    globales = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    globales += b"".join(_record(0x00E0, struct.pack("<HHHBBBBIIH", 0, f, 0, 0, 0, 0, 0, 0, 0, 0))
                         for f in (_GENERAL, _JOUR))  # fmt: skip
    entetes = sum(4 + 8 + 2 * len(nom) for nom in feuilles)
    position = len(globales) + entetes + 4
    for nom, contenu in zip(feuilles, corps, strict=True):
        texte = nom.encode("utf-16-le")
        cachee = int(nom in masquees)
        globales += _record(0x0085, struct.pack("<IBBBB", position, cachee, 0, len(nom), 1) + texte)
        position += len(contenu)
    return _compound(globales + _record(0x000A, b"") + b"".join(corps))


def _record(genre: int, contenu: bytes) -> bytes:
    return struct.pack("<HH", genre, len(contenu)) + contenu


def _sheet(lignes: Sequence[Sequence[object]]) -> bytes:
    cellules = b"".join(
        _cell(rang, colonne, valeur)
        for rang, ligne in enumerate(lignes)
        for colonne, valeur in enumerate(ligne)
        if valeur not in (None, "")
    )
    debut = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    return debut + cellules + _record(0x000A, b"")


def _cell(rang: int, colonne: int, valeur: object) -> bytes:
    if valeur == "#REF!":
        return _record(0x0205, struct.pack("<HHHBB", rang, colonne, 0, 0x17, 1))
    if isinstance(valeur, date):
        return _record(
            0x0203, struct.pack("<HHHd", rang, colonne, 1, valeur.toordinal() - date(1899, 12, 30).toordinal())
        )
    if isinstance(valeur, int | float):
        return _record(0x0203, struct.pack("<HHHd", rang, colonne, 0, valeur))
    texte = str(valeur)
    return _record(0x0204, struct.pack("<HHHHB", rang, colonne, 0, len(texte), 1) + texte.encode("utf-16-le"))


def _compound(flux: bytes) -> bytes:
    """The stream in a compound file: header, one sector of allocation table, one of directory, then the stream."""
    flux = flux.ljust(max(4096, -(-len(flux) // _SECTEUR) * _SECTEUR), b"\0")
    secteurs = len(flux) // _SECTEUR
    assert secteurs <= _SECTEUR // 4 - 2, "un seul secteur de table : gardez le classeur petit"
    table = [_FAT, _FIN, *range(3, 2 + secteurs), _FIN]
    table += [_LIBRE] * (_SECTEUR // 4 - len(table))
    entete = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    entete += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _FIN, 0, _FIN, 0)
    entete += struct.pack("<109I", 0, *[_LIBRE] * 108)
    annuaire = _entry("Root Entry", 5, 1, _FIN, 0) + _entry("Workbook", 2, _LIBRE, 2, len(flux))
    annuaire += (bytes(64) + struct.pack("<HBBIII", 0, 0, 0, _LIBRE, _LIBRE, _LIBRE) + bytes(48)) * 2
    return entete + struct.pack("<128I", *table) + annuaire + flux


def _entry(nom: str, genre: int, enfant: int, premier: int, taille: int) -> bytes:
    texte = (nom + "\0").encode("utf-16-le")
    return texte.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI16xIQ", len(texte), genre, 1, _LIBRE, _LIBRE, enfant, 0, premier, taille
    )
