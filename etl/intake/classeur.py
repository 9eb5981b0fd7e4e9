"""Reads a workbook as text rows, cell by cell as a person sees them; hidden parts and missing results are told."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from etl.catalog.schemas import Schema, header_key
from etl.intake.contenu import COLONNES, LIGNES
from etl.intake.details import Details, read_details
from etl.intake.entete import FICHIER_ORIGINE, Entete, find, named_contracts
from etl.intake.refus import FichierRefuse

_ECART_1904 = 1462  # days between the two calendars of Excel


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
        # Not by its path: the library would believe the extension rather than the content.
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(chemin.read_bytes()))
    except CalamineError as erreur:
        if "assword" in str(erreur) or "ncrypt" in str(erreur):
            raise FichierRefuse("Ce classeur est protégé par un mot de passe : retirez la protection.") from erreur
        raise FichierRefuse("Ce classeur est abîmé : ouvrez-le, enregistrez-le de nouveau et renvoyez-le.") from erreur
    details = read_details(chemin, genre)
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


def _template(classeur: CalamineWorkbook, details: Details) -> tuple[str, str]:
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
    classeur: CalamineWorkbook, nom_feuille: str, details: Details, schemas: Sequence[Schema], nom: str
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
    particuliers = details.cells(nom_feuille)
    _check_merged(feuille, entete)
    dates = {p for n, p in entete.positions.items() if n != "jeton" and entete.schema.field(n).nature == "date"}
    lignes = []
    for rang, ligne in enumerate(brutes):
        textes = [_text(cellule, details.en_1904 and c in dates) for c, cellule in enumerate(ligne)]
        for colonne, texte in particuliers.get(rang, {}).items():
            if colonne < len(textes) and not textes[colonne]:
                textes[colonne] = texte
        lignes.append(textes)
    return Feuille(nom_feuille, entete, lignes, details.hidden(nom_feuille, len(entete.titres)))


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
