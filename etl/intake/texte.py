"""Reads a text table: encoding decided explicitly, separator chosen by the headers it reveals, every record kept."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice

from etl.catalog.schemas import Schema
from etl.intake.entete import LIGNES_CHERCHEES, Entete, find
from etl.intake.refus import FichierRefuse

SEPARATEURS = (";", ",", "\t", "|")
BLOC = 50_000  # records read at a time
_TETE = 256 * 1024  # characters read to find the header
_SEP = re.compile(r"\"?sep=(.)\"?\s*", re.I)
_UTF8_EGARE = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]|\xc5[\x92\x93]|\xc2[\xa0-\xbf]")
# A «é» written on an old Macintosh: read as cp1252 it would be a «Ž», which no word holds after a small letter.
_MACINTOSH = re.compile(rb"[a-z]\x8e")
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


def decode(brut: bytes) -> tuple[str, str]:
    """The text of a file and the encoding it was read in; raises FichierRefuse naming the line of invalid bytes."""
    if brut.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # before UTF-16, whose mark opens this one
        return _strict(brut, "utf-32"), "utf-32"
    if brut.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(brut, "utf-16"), "utf-16"
    try:
        return brut.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as erreur:
        if b"\x00" in brut[:4096]:
            raise FichierRefuse("Ce fichier n'est pas un fichier texte : envoyez un classeur ou un CSV.") from None
        if _UTF8_EGARE.search(brut):
            raise FichierRefuse(_invalid(brut, erreur.start, "deux encodages mélangés")) from None
    if trouve := b"\x8e" in brut and _MACINTOSH.search(brut):
        raise FichierRefuse(_invalid(brut, trouve.start(), "encodage Macintosh"))
    return _strict(brut, "cp1252"), "cp1252"


def _strict(brut: bytes, encodage: str) -> str:
    try:
        return brut.decode(encodage)
    except UnicodeDecodeError as erreur:
        raise FichierRefuse(_invalid(brut, erreur.start, "octets illisibles")) from None


def _invalid(brut: bytes, position: int, quoi: str) -> str:
    ligne = brut.count(b"\n", 0, position) + 1
    return f"Ce fichier contient des caractères illisibles à la ligne {ligne} ({quoi}) : réenregistrez-le en UTF-8."


class Texte:
    """The records of a text file, once its separator and header are known."""

    def __init__(self, brut: bytes, schemas: Sequence[Schema], nom: str) -> None:
        texte, self.encodage = decode(brut)
        # The last sign may be the end-of-file mark of old systems.
        self._texte = texte.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a")
        if not self._texte.strip("\n\t ;,|"):
            raise FichierRefuse("Ce fichier ne contient aucune ligne.")
        annonce = _SEP.fullmatch(self._texte.partition("\n")[0])
        self.sep_annonce = annonce is not None
        self.separateur, self.entete = self._header(nom, schemas, annonce)

    def _header(self, nom: str, schemas: Sequence[Schema], annonce: re.Match[str] | None) -> tuple[str, Entete]:
        """The separator under which the header shows the most columns; a tie is refused, not settled by habit."""
        trouves: list[tuple[int, bool, str, Entete]] = []
        refus: list[tuple[bool, int, FichierRefuse]] = []
        choix = (annonce[1], *SEPARATEURS) if annonce and annonce[1] in SEPARATEURS else SEPARATEURS
        debut = self._texte[:_TETE]
        presents = [separateur for separateur in dict.fromkeys(choix) if separateur in debut]
        for separateur in presents or choix[:1]:
            tete = self._head(separateur)
            try:
                entete = find(tete, nom, schemas)
            except FichierRefuse as erreur:
                refus.append((erreur.motif.startswith("Aucune"), -max(map(len, tete)), erreur))
                continue
            if annonce and separateur == annonce[1]:
                return separateur, entete
            trouves.append((len(entete.positions), True, separateur, entete))
        if not trouves:
            raise min(refus, key=lambda essai: essai[:2])[2]
        trouves.sort(key=lambda essai: -essai[0])
        if len(trouves) > 1 and trouves[0][0] == trouves[1][0]:
            raise FichierRefuse("Le séparateur de colonnes est indécidable : enregistrez en CSV point-virgule.")
        return trouves[0][2], trouves[0][3]

    def _head(self, separateur: str) -> list[list[str]]:
        tete = self._texte[:_TETE]
        lignes: list[list[str]] = []
        for cellules in csv.reader(io.StringIO(tete, newline="\n"), delimiter=separateur):
            lignes.append(cellules)
            if len(lignes) > LIGNES_CHERCHEES:
                break
        return lignes

    def has_multiline_head(self) -> bool:
        """Whether a cell among the first records spreads over several lines."""
        return any("\n" in cellule for ligne in self._head(self.separateur) for cellule in ligne)

    def is_filled(self, rang: int) -> bool:
        """Whether one of the first records holds anything."""
        return any(cellule.strip() for cellule in self._head(self.separateur)[rang])

    def blocks(self) -> Iterator[tuple[int, list[list[str]]]]:
        """Every record, title rows and header included, in blocks; each with the number of its first line.

        Lines are numbered as a spreadsheet shows them.
        """
        lecteur = csv.reader(io.StringIO(self._texte, newline="\n"), delimiter=self.separateur)
        largeur = len(self.entete.titres)
        guillemets = '"' in self._texte
        premiere = 1
        while bloc := list(islice(lecteur, BLOC)):
            for rang, cellules in enumerate(bloc if guillemets else ()):
                if any("\n" in cellule for cellule in cellules):
                    self._check_quotes(premiere + rang, cellules, largeur)
            yield premiere, bloc
            premiere += len(bloc)
        if self._open_quote():
            raise FichierRefuse("Un guillemet ouvert n'est jamais refermé : vérifiez la fin du fichier.")

    def _check_quotes(self, ligne: int, cellules: list[str], largeur: int) -> None:
        """A quote left open swallows the lines that follow into one cell: say where rather than lose them."""
        for cellule in cellules:
            _, *suites = cellule.split("\n")
            # Two quotes astray on two lines make one row of them: its cell holds as many separators as a line.
            avalee = suites and cellule.count(self.separateur) >= largeur - 1
            if largeur > 1 and (avalee or any(s.count(self.separateur) >= max(largeur - 2, 1) for s in suites)):
                raise FichierRefuse(
                    f"Un guillemet ouvert ligne {ligne} n'est pas refermé : il avale les lignes suivantes."
                )

    def _open_quote(self) -> bool:
        if self._texte.count('"') % 2 == 0:
            return False
        try:
            for _ in csv.reader(io.StringIO(self._texte, newline="\n"), delimiter=self.separateur, strict=True):
                pass
        except csv.Error as erreur:
            return "unexpected end" in str(erreur)
        return False
