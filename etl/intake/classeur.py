"""Reads a workbook as text rows, cell by cell as a person sees them; hidden parts and missing results are told."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from etl.catalog.schemas import Schema, header_key
from etl.intake.contenu import COLONNES, LIGNES
from etl.intake.entete import FICHIER_ORIGINE, Entete, find, named_contracts
from etl.intake.refus import FichierRefuse

CELLULE_VERSION = "version_gabarit"  # named in our templates; holds "<contract> <version>"
_ADRESSE = re.compile(r"'?([^'!]+)'?!\$?([A-Z]+)\$?(\d+)")
SANS_RESULTAT = "#RESULTAT_ABSENT!"  # what a formula without a stored value reads as
_ECART_1904 = 1462  # days between the two calendars of Excel
_CELLULE = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.S)
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]+)(\d+)[\"']")
_VALEUR = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]+)<")
_RANGEE_CACHEE = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden\s*=\s*[\"'](?:1|true)[\"']")


@dataclass
class Feuille:
    """A sheet whose header was recognised, as text cells from the first row and column on."""

    nom: str
    entete: Entete
    lignes: list[list[str]]
    avertissements: list[str] = field(default_factory=list)

    def blocks(self) -> Iterator[tuple[int, list[list[str]]]]:
        """Every row, as one block that starts with row 1."""
        yield 1, self.lignes

    def origin(self) -> str:
        """The file a returned sheet of refused lines comes from, empty for any other sheet."""
        cles = self.entete.cles
        if not self.entete.is_return() or header_key(FICHIER_ORIGINE) not in cles:
            return ""
        position = cles.index(header_key(FICHIER_ORIGINE))
        return next((ligne[position] for ligne in self.lignes[self.entete.rang + 1 :] if ligne[position]), "")


def read_sheets(chemin: Path, genre: str, schemas: Sequence[Schema], nom: str) -> tuple[list[Feuille], list[str]]:
    """The sheets of a workbook that hold a contract's table, and what to say of the others; raises FichierRefuse."""
    try:
        classeur = CalamineWorkbook.from_path(str(chemin))
    except CalamineError as erreur:
        if "assword" in str(erreur) or "ncrypt" in str(erreur):
            raise FichierRefuse("Ce classeur est protégé par un mot de passe : retirez la protection.") from erreur
        raise FichierRefuse("Ce classeur est abîmé : ouvrez-le, enregistrez-le de nouveau et renvoyez-le.") from erreur
    details = _Details(chemin) if genre == "xlsx" else _Details(None)
    modele, version = _template(classeur, details)
    if modele and not named_contracts(nom, schemas):
        nom = modele
    trouvees: list[Feuille] = []
    refus: list[FichierRefuse] = []
    avertissements = list(details.avertissements)
    for meta in classeur.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != SheetVisibleEnum.Visible:
            avertissements.append(f'Feuille masquée "{meta.name}" : non chargée.')
            continue
        try:
            if (feuille := _sheet(classeur, meta.name, details, schemas, nom)) is not None:
                trouvees.append(feuille)
        except FichierRefuse as erreur:
            refus.append(erreur)
            avertissements.append(f'Feuille "{meta.name}" : non chargée, aucun tableau reconnu.')
    choisies = _chosen(trouvees, refus)
    en_vigueur = choisies[0].entete.schema.version
    if modele == choisies[0].entete.schema.name and version != en_vigueur:
        avertissements.append(f"Modèle en version {version} ; la version en vigueur est {en_vigueur}.")
    return choisies, avertissements


def _template(classeur: CalamineWorkbook, details: _Details) -> tuple[str, str]:
    """The contract and version written in the version cell of our templates, empty without one."""
    if details.cellule_version is None:
        return "", ""
    nom, rang, colonne = details.cellule_version
    try:
        texte = str(classeur.get_sheet_by_name(nom).to_python(skip_empty_area=False)[rang][colonne])
    except (CalamineError, IndexError):
        return "", ""
    modele, _, version = texte.partition(" ")
    return modele, version


def _chosen(trouvees: list[Feuille], refus: list[FichierRefuse]) -> list[Feuille]:
    if not trouvees:
        if not refus:
            raise FichierRefuse("Ce classeur est vide : aucune feuille visible ne contient de ligne.")
        raise next((erreur for erreur in refus if erreur.motif.startswith("Colonne")), refus[0])
    if len(trouvees) > 1 and not all(feuille.entete.is_return() for feuille in trouvees):
        noms = ", ".join(f'"{feuille.nom}"' for feuille in trouvees)
        raise FichierRefuse(
            f"Plusieurs feuilles contiennent un tableau ({noms}) : réunissez-les en une seule, ou envoyez un fichier "
            "par feuille.",
            trouvees[0].entete.schema.name,
        )
    return trouvees


def _sheet(
    classeur: CalamineWorkbook, nom_feuille: str, details: _Details, schemas: Sequence[Schema], nom: str
) -> Feuille | None:
    feuille = classeur.get_sheet_by_name(nom_feuille)
    if feuille.total_height > LIGNES or feuille.total_width > COLONNES:
        raise FichierRefuse(
            f"Colonne ou ligne trop lointaine dans la feuille \"{nom_feuille}\" ({feuille.total_height} lignes, "
            f"{feuille.total_width} colonnes) : envoyez un fichier CSV."
        )  # fmt: skip
    brutes = feuille.to_python(skip_empty_area=False)
    if not any(cellule != "" for ligne in brutes for cellule in ligne):
        return None
    tete = [[_text(cellule) for cellule in ligne] for ligne in brutes[:40]]
    nomme = nom if named_contracts(nom, schemas) else nom_feuille
    entete = find(tete, nomme, schemas)
    particuliers, cachees = details.of(nom_feuille)
    _check_merged(feuille, entete)
    dates = {p for n, p in entete.positions.items() if n != "jeton" and entete.schema.field(n).nature == "date"}
    lignes = []
    for rang, ligne in enumerate(brutes):
        textes = [_text(cellule, details.en_1904 and c in dates) for c, cellule in enumerate(ligne)]
        for colonne, texte in particuliers.get(rang, {}).items():
            if colonne < len(textes) and not textes[colonne]:
                textes[colonne] = texte
        lignes.append(textes)
    return Feuille(nom_feuille, entete, lignes, [f"{cachees} lignes masquées, lues aussi."] if cachees else [])


def _check_merged(feuille: Any, entete: Entete) -> None:
    for (haut, gauche), (bas, droite) in feuille.merged_cell_ranges or ():
        utile = any(gauche <= p <= droite for p in entete.positions.values())
        if bas > entete.rang and utile and (bas, droite) != (haut, gauche) and not _is_note(gauche, droite, entete):
            raise FichierRefuse(
                f"Des cellules sont fusionnées dans le tableau (lignes {haut + 1} à {bas + 1}) : défusionnez-les et "
                "écrivez la valeur sur chaque ligne.",
                entete.schema.name,
            )


def _is_note(gauche: int, droite: int, entete: Entete) -> bool:
    """A footnote merged over the whole width holds no data of its own."""
    return gauche == 0 and droite - gauche + 1 >= len([titre for titre in entete.titres if titre])


def _text(cellule: Any, en_1904: bool = False) -> str:
    """A cell as text that the readers of values understand without ambiguity."""
    if isinstance(cellule, str):
        return cellule
    if isinstance(cellule, bool):
        return "VRAI" if cellule else "FAUX"
    if isinstance(cellule, float | int):
        nombre = float(cellule) + (_ECART_1904 if en_1904 else 0)
        if nombre == int(nombre) and abs(nombre) < 1e15:
            return str(int(nombre))
        texte = repr(nombre)
        return f"{texte}0" if re.search(r"\.\d{3}$", texte) else texte
    if isinstance(cellule, datetime):
        return cellule.date().isoformat() if cellule.time() == time.min else cellule.isoformat(" ", "seconds")
    if isinstance(cellule, date):
        return cellule.isoformat()
    if isinstance(cellule, time):
        return cellule.isoformat("minutes")
    if isinstance(cellule, timedelta):
        minutes = round(cellule.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return "" if cellule is None else str(cellule)


class _Details:
    """What the reading library does not say of an XLSX: errors, formulas without result, hidden rows, calendar."""

    def __init__(self, chemin: Path | None) -> None:
        self.en_1904 = False
        self.avertissements: list[str] = []
        self.cellule_version: tuple[str, int, int] | None = None  # sheet, row, column
        self._feuilles: dict[str, bytes] = {}
        if chemin is None:
            return
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

    def of(self, feuille: str) -> tuple[dict[int, dict[int, str]], int]:
        """Row → column → text of the cells the library leaves empty, and the number of hidden rows."""
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
        return cellules, len(_RANGEE_CACHEE.findall(contenu))


def _column(lettres: bytes) -> int:
    rang = 0
    for lettre in lettres:
        rang = 26 * rang + lettre - 64
    return rang - 1
