"""What the reading library does not say of a workbook: errors, formulas without result, hidden parts, calendar."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from etl.intake import biff
from etl.intake.cellules import ERREUR
from etl.intake.contenu import CELLULE_LOINTAINE, LIGNES

_ADRESSE = re.compile(r"'?([^'!]+)'?!\$?([A-Z]+)\$?(\d+)")
CELLULE_VERSION = "version_gabarit"  # named in our templates; holds "<contract> <version>"
LOIN_ET_VIDE = "Des cellules vides mises en forme loin du tableau ont été laissées de côté."
SANS_RESULTAT = "#RESULTAT_ABSENT!"  # what a formula without a stored value reads as
_CELLULE = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.S)
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]+)(\d+)[\"']")
_VALEUR = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]+)<")
_COLONNE_CACHEE = re.compile(rb"<(?:\w+:)?col\s[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
_BORNES = re.compile(rb"\b(?:min|max)\s*=\s*[\"'](\d+)[\"']")
_RANGEE_CACHEE = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ERREUR_LIBRE = re.compile(r"Err:\d{3}")  # how LibreOffice shows the faults that have no name
_DEFAUT_ODS = re.compile(rb">\s*(?:#[A-Z/0-9?!]{2,}|Err:\d)|visibility=\"(?:collapse|filter)\"")


class Details:
    """What a kind of workbook tells besides its cells; nothing, unless it is overridden."""

    def __init__(self) -> None:
        self.en_1904 = False
        self.avertissements: list[str] = []
        self.cellule_version: tuple[str, int, int] | None = None  # sheet, row, column

    def cells(self, feuille: str) -> dict[int, dict[int, str]]:
        """Row → column → text of the cells the library leaves empty."""
        return {}

    def hidden(self, feuille: str, largeur: int) -> list[str]:
        """What to say of hidden rows and columns (those of the table: the first `largeur`)."""
        return []


def read_details(chemin: Path, genre: str) -> Details:
    """The details of a workbook of a known kind."""
    return {"xlsx": _Xlsx, "xls": _Xls, "ods": _Ods}[genre](chemin)


def _told(lignes: int, colonnes: int) -> list[str]:
    nombres = {"lignes": lignes, "colonnes": colonnes}
    return [f"{nombre} {quoi} masquées, lues aussi." for quoi, nombre in nombres.items() if nombre]


class _Xls(Details):
    """An old workbook, by its records."""

    def __init__(self, chemin: Path) -> None:
        super().__init__()
        self._feuilles = biff.read_details(chemin)

    def cells(self, feuille: str) -> dict[int, dict[int, str]]:
        return self._feuilles[feuille][0] if feuille in self._feuilles else {}

    def hidden(self, feuille: str, largeur: int) -> list[str]:
        return _told(*self._feuilles[feuille][1:]) if feuille in self._feuilles else []


class _Ods(Details):
    """An OpenDocument workbook: its errors and hidden rows, looked for only where its text says there are some."""

    def __init__(self, chemin: Path) -> None:
        super().__init__()
        self._cellules: dict[str, dict[int, dict[int, str]]] = {}
        self._cachees: Counter[str] = Counter()
        with zipfile.ZipFile(chemin) as archive:
            contenu = archive.read("content.xml")
        if _DEFAUT_ODS.search(contenu):
            from defusedxml.ElementTree import fromstring

            for tableau in fromstring(contenu).iter(f"{_ODS}table"):
                self._read(tableau.get(f"{_ODS}name", ""), tableau)

    def _read(self, feuille: str, tableau: Any) -> None:
        rang = 0
        for rangee in tableau.iter(f"{_ODS}table-row"):
            fois, colonne = int(rangee.get(f"{_ODS}number-rows-repeated", 1)), 0
            self._cachees[feuille] += fois * (rangee.get(f"{_ODS}visibility", "visible") != "visible")
            for cellule in rangee:
                texte = "".join(cellule.itertext()).strip()
                if ERREUR.fullmatch(texte) or _ERREUR_LIBRE.fullmatch(texte):
                    ici = min(fois, LIGNES - rang)
                    for repetee in range(rang, rang + max(ici, 0)):
                        self._cellules.setdefault(feuille, {}).setdefault(repetee, {})[colonne] = "#N/A"
                colonne += int(cellule.get(f"{_ODS}number-columns-repeated", 1))
            rang += fois

    def cells(self, feuille: str) -> dict[int, dict[int, str]]:
        return self._cellules.get(feuille, {})

    def hidden(self, feuille: str, largeur: int) -> list[str]:
        return _told(self._cachees[feuille], 0)


class _Xlsx(Details):
    """A recent workbook, by the XML of its sheets."""

    def __init__(self, chemin: Path) -> None:
        super().__init__()
        self._feuilles: dict[str, bytes] = {}
        from defusedxml.ElementTree import fromstring

        with zipfile.ZipFile(chemin) as archive:
            noms = set(archive.namelist())
            classeur = fromstring(archive.read("xl/workbook.xml"))
            liens = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            cibles = {lien.get("Id"): lien.get("Target", "") for lien in liens}
            for noeud in classeur.iter():
                balise = noeud.tag.rpartition("}")[2]
                if balise == "workbookPr":
                    self.en_1904 = noeud.get("date1904") in ("1", "true")
                elif balise == "definedName" and noeud.get("name") == CELLULE_VERSION:
                    if trouve := _ADRESSE.fullmatch(noeud.text or ""):
                        self.cellule_version = (trouve[1], int(trouve[3]) - 1, _column(trouve[2].encode()))
                elif balise == "sheet":
                    cle = next((v for k, v in noeud.attrib.items() if k.endswith("}id")), "")
                    cible = cibles.get(cle, "").lstrip("/").removeprefix("xl/")
                    if f"xl/{cible}" in noms:
                        self._feuilles[noeud.get("name", "")] = archive.read(f"xl/{cible}")
            if any(nom.lower().endswith("vbaproject.bin") for nom in noms):
                self.avertissements.append("Ce classeur contient des macros : elles n'ont pas été lues.")

    def hidden(self, feuille: str, largeur: int) -> list[str]:
        """What to say of hidden rows and columns (those of the table: the first `largeur`), and of far empty cells."""
        contenu = self._feuilles.get(feuille, b"")
        masquees: set[int] = set()
        for trouvee in _COLONNE_CACHEE.finditer(contenu):
            bornes = [int(borne) for borne in _BORNES.findall(trouvee[0])]
            masquees |= set(range(min(bornes), min(max(bornes), largeur) + 1)) if bornes else set()
        loin = [LOIN_ET_VIDE] if CELLULE_LOINTAINE.search(contenu) else []
        return [*_told(len(_RANGEE_CACHEE.findall(contenu)), len(masquees)), *loin]

    def cells(self, feuille: str) -> dict[int, dict[int, str]]:
        """Row → column → text of the cells the library leaves empty."""
        contenu = self._feuilles.get(feuille, b"")
        cellules: dict[int, dict[int, str]] = {}
        if b"<f" in contenu or b":f>" in contenu or b't="e"' in contenu:
            for trouve in _CELLULE.finditer(contenu):
                attributs, dedans = trouve[1], trouve[2]
                erreur, formule = b't="e"' in attributs, b"<f" in dedans or b":f" in dedans
                valeur = _VALEUR.search(dedans)
                reference = _REFERENCE.search(attributs)
                if reference and (erreur or (formule and valeur is None)):
                    texte = valeur[1].decode("utf-8", "replace") if erreur and valeur else SANS_RESULTAT
                    cellules.setdefault(int(reference[2]) - 1, {})[_column(reference[1])] = texte
        return cellules


def _column(lettres: bytes) -> int:
    rang = 0
    for lettre in lettres:
        rang = 26 * rang + lettre - 64
    return rang - 1
