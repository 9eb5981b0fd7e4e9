"""Writes partner files: text appended slice after slice, workbooks at the end; the same rows give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import numpy as np

from etl.demo.dialectes import Dialecte, Feuille
from etl.demo.table import Vecteur

_CREATION = datetime(2024, 1, 1)  # workbooks keep a creation date: always the same one
_LIGNES_CLASSEUR = 60_000  # beyond, a partner would send text
_NOTES = ("* Données provisoires, sous réserve de consolidation.", "Source : extraction du logiciel de suivi.")
# The column a partner sums up under its table, by contract.
_SOMMES = {"interventions": "personnes_rencontrees", "frequentation": "passages", "financements": "montant_accorde"}


@dataclass
class Fichier:
    """One file being written; rows arrive in slices, the total and the footnote come last."""

    chemin: Path
    schema: str
    intitule: str
    dialecte: Dialecte
    entetes: list[str] = field(default_factory=list)
    lignes: int = 0
    somme: int = 0
    rang_somme: int = -1
    _attente: list[list[Vecteur]] = field(default_factory=list)

    def add(self, feuille: Feuille) -> None:
        """Append rows."""
        if not self.entetes:
            self._open(feuille)
        self.lignes += len(feuille)
        if self.rang_somme >= 0:
            self.somme += sum(int(v) for v in feuille.cellules[self.rang_somme].tolist() if str(v).isdigit())
        if self._is_workbook():
            self._attente.append(feuille.cellules)
        else:
            self._append(_join(feuille.cellules, self.dialecte))

    def close(self) -> Path:
        """Finish the file and return where it is."""
        if self._is_workbook():
            colonnes = [np.concatenate(morceaux) for morceaux in zip(*self._attente, strict=True)]
            if self.lignes <= _LIGNES_CLASSEUR:
                _write_workbook(self.chemin, self._above(), colonnes, self._below())
                return self.chemin
            self.chemin = self.chemin.with_suffix(".csv")
            self._append(_lines(self._above(), self.dialecte))
            self._append(_join(colonnes, self.dialecte))
        self._append(_lines(self._below(), self.dialecte))
        return self.chemin

    def _is_workbook(self) -> bool:
        return self.chemin.suffix == ".xlsx"

    def _open(self, feuille: Feuille) -> None:
        self.entetes = feuille.entetes
        somme = _SOMMES.get(self.schema)
        if self.dialecte.total and somme in feuille.colonnes:
            self.rang_somme = feuille.colonnes.index(somme)
        self.chemin.parent.mkdir(parents=True, exist_ok=True)
        if not self._is_workbook():
            self.chemin.write_bytes(
                {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}.get(self.dialecte.encodage, b"")
            )
            self._append(_lines(self._above(), self.dialecte))

    def _above(self) -> list[list[str]]:
        """Rows before the data: Excel's separator line, a title, a blank one, the headings."""
        vide = [""] * (len(self.entetes) - 1)
        separe = [[f"sep={self.dialecte.separateur}"]] if self.dialecte.ligne_sep and not self._is_workbook() else []
        titre = [[self.intitule, *vide], ["", *vide]] if self.dialecte.intitule else []
        return [*separe, *titre, self.entetes]

    def _below(self) -> list[list[str]]:
        """Rows after the data: the total, a footnote."""
        lignes = []
        if self.rang_somme > 0:
            total = ["TOTAL"] + [""] * (len(self.entetes) - 1)
            total[self.rang_somme] = str(self.somme)
            lignes.append(total)
        if self.dialecte.note:
            lignes.append([_NOTES[len(self.intitule) % 2]] + [""] * (len(self.entetes) - 1))
        return lignes

    def _append(self, texte: str) -> None:
        encodage = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(self.dialecte.encodage, self.dialecte.encodage)
        with self.chemin.open("ab") as flux:
            flux.write(texte.encode(encodage, errors="replace"))


def _join(colonnes: list[Vecteur], dialecte: Dialecte) -> str:
    """Rows as text, cells quoted only where a column needs it."""
    prets = [_quote(colonne, dialecte) for colonne in colonnes]
    fin = dialecte.fin_de_ligne
    texte = fin.join(map(dialecte.separateur.join, zip(*prets, strict=True)))
    return texte + fin if texte else ""


def _quote(colonne: Vecteur, dialecte: Dialecte) -> list[str]:
    cellules = colonne.tolist()
    douteuses = {c for c in set(cellules) if not isinstance(c, str) or _is_doubtful(c, dialecte)}
    if not douteuses:
        return cellules
    return [_protect(cellule) if cellule in douteuses else cellule for cellule in cellules]


def _is_doubtful(cellule: str, dialecte: Dialecte) -> bool:
    return any(signe in cellule for signe in (dialecte.separateur, '"', "\n"))


def _protect(cellule: object) -> str:
    if isinstance(cellule, date):
        return f"{cellule.day:02d}/{cellule.month:02d}/{cellule.year}"
    if not isinstance(cellule, str):
        return str(cellule)
    return '"' + cellule.replace('"', '""') + '"'


def _lines(lignes: list[list[str]], dialecte: Dialecte) -> str:
    """A few rows as text, each one line (Excel's separator line is never quoted)."""
    return "".join(
        (ligne[0] if len(ligne) == 1 else dialecte.separateur.join(_quote(np.array(ligne, dtype=object), dialecte)))
        + dialecte.fin_de_ligne
        for ligne in lignes
    )


def _write_workbook(chemin: Path, dessus: list[list[str]], colonnes: list[Vecteur], dessous: list[list[str]]) -> None:
    """One sheet, real dates and numbers, nothing in the file that depends on when it was written."""
    import xlsxwriter

    with xlsxwriter.Workbook(chemin, {"constant_memory": True, "strings_to_urls": False}) as classeur:
        classeur.set_properties(
            {"created": _CREATION, "title": chemin.stem, "comments": "Données de démonstration (fictives)"}
        )
        feuille = classeur.add_worksheet("Données")
        jour, entete = classeur.add_format({"num_format": "dd/mm/yyyy"}), classeur.add_format({"bold": True})
        donnees = zip(*(colonne.tolist() for colonne in colonnes), strict=True)
        for rang, ligne in enumerate(chain(dessus, donnees, dessous)):
            for place, cellule in enumerate(ligne):
                if isinstance(cellule, date):
                    feuille.write_datetime(rang, place, datetime(cellule.year, cellule.month, cellule.day), jour)
                elif isinstance(cellule, int | float):
                    feuille.write_number(rang, place, cellule)
                elif cellule != "":
                    feuille.write_string(rang, place, cellule, entete if rang < len(dessus) else None)
