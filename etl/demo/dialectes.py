"""How each partner writes: workbook or text, encoding, separator, dates, codes or labels, headings.

The same rows come out in ten dresses, so that the intake is tried on what partners really send.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from etl.catalog import nomenclatures
from etl.demo.table import JOUR, Table, Vecteur

if TYPE_CHECKING:
    from etl.catalog.schemas import Field, Schema

_MOIS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_ORIGINE = np.datetime64("1930-01-01", "D")
_ETENDUE = 365 * 105
_NOMBRES = ("entier", "decimal", "montant", "annee", "latitude", "longitude")
_DECIMAUX = ("decimal", "latitude", "longitude")


@dataclass(frozen=True)
class Dialecte:
    """One partner's way of writing; `classeurs` names the contracts it sends as XLSX, "*" for all."""

    encodage: str = "utf-8"
    separateur: str = ";"
    fin_de_ligne: str = "\r\n"
    dates: str = "jour/mois/annee"
    titres: bool = False
    libelles: bool = False
    virgule: bool = False
    classeurs: tuple[str, ...] = ()
    intitule: bool = False
    ligne_sep: bool = False
    observations: bool = False
    total: bool = False
    note: bool = False
    periode_collee: bool = False

    def sends_workbook(self, schema: str) -> bool:
        """Whether this contract leaves as XLSX."""
        return schema in self.classeurs or "*" in self.classeurs


DIALECTES = (
    Dialecte(classeurs=("acteurs", "financements"), titres=True, libelles=True, virgule=True, intitule=True, note=True),
    Dialecte(encodage="cp1252", titres=True, libelles=True, virgule=True, observations=True),
    Dialecte(dates="annee-mois-jour", separateur=",", fin_de_ligne="\n"),
    Dialecte(
        classeurs=("participants",), encodage="utf-8-sig", titres=True, libelles=True, virgule=True, observations=True
    ),
    Dialecte(encodage="utf-8-sig", titres=True, libelles=True, virgule=True, intitule=True, total=True, note=True),
    Dialecte(encodage="cp1252", dates="jour.mois.annee", virgule=True, total=True, periode_collee=True),
    Dialecte(
        encodage="utf-8-sig", titres=True, libelles=True, virgule=True, ligne_sep=True, total=True, observations=True
    ),
    Dialecte(encodage="utf-16", separateur="\t", titres=True, libelles=True, virgule=True, dates="jour mois annee"),
    Dialecte(dates="annee-mois-jour", separateur="|", fin_de_ligne="\n", periode_collee=True),
    Dialecte(classeurs=("*",), titres=True, libelles=True, intitule=True, total=True),
)


def choose(rang: int) -> Dialecte:
    """The dialect of the partner at this position."""
    return DIALECTES[rang % len(DIALECTES)]


@dataclass
class Feuille:
    """Rows as a partner writes them: columns (contract names), headings, one vector of cells per column."""

    colonnes: list[str]
    entetes: list[str]
    cellules: list[Vecteur]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.cellules[0])

    def take(self, choix: Vecteur) -> Feuille:
        """The rows chosen, cells copied."""
        return Feuille(self.colonnes, self.entetes, [cellules[choix] for cellules in self.cellules])

    def cells(self, colonne: str) -> Vecteur:
        """The cells of one column, to read or to spoil."""
        return self.cellules[self.colonnes.index(colonne)]


def filled(table: Table, schema: Schema) -> list[str]:
    """The columns of a contract that somebody filled, in its order."""
    noms = [champ.name for champ in schema.fields if champ.name in table]
    return [nom for nom in noms if _is_filled(table[nom])]


def dress(table: Table, schema: Schema, dialecte: Dialecte, colonnes: list[str]) -> Feuille:
    """Write the given columns of a table in a dialect."""
    champs = [schema.field(nom) for nom in colonnes]
    classeur = dialecte.sends_workbook(schema.name)
    return Feuille(
        [champ.name for champ in champs],
        [champ.title if dialecte.titres else champ.name for champ in champs],
        [_write(table[champ.name], champ, dialecte, classeur) for champ in champs],
    )


def _is_filled(valeurs: Vecteur) -> bool:
    return bool((~np.isnat(valeurs)).any() if valeurs.dtype.kind == "M" else (valeurs != "").any())


def _write(valeurs: Vecteur, champ: Field, dialecte: Dialecte, classeur: bool) -> Vecteur:
    """Cells of one column: text, except in workbooks where days and numbers are typed."""
    if valeurs.dtype.kind == "M":
        return _vocabulary("classeur" if classeur else dialecte.dates)[_offsets(valeurs)]
    if champ.nature in _NOMBRES:
        if classeur:
            return np.array([_number(valeur) for valeur in valeurs.tolist()], dtype=object)
        if dialecte.virgule and champ.nature in _DECIMAUX:
            return np.array([valeur.replace(".", ",") for valeur in valeurs.tolist()], dtype=object)
    if dialecte.libelles and champ.nomenclature and champ.nature != "liste":
        libelles = nomenclatures.load(champ.nomenclature).codes
        return np.array([libelles.get(valeur, valeur) for valeur in valeurs.tolist()], dtype=object)
    return valeurs.copy()


def _number(valeur: str) -> object:
    return "" if valeur == "" else float(valeur) if "." in valeur else int(valeur)


def _offsets(jours: Vecteur) -> Vecteur:
    """Positions of days in the vocabulary, 0 for an empty one."""
    ecart = (jours.astype(JOUR) - _ORIGINE).astype(np.int64) + 1
    return np.where(np.isnat(jours), 0, np.clip(ecart, 0, _ETENDUE))


@cache
def _vocabulary(style: str) -> Vecteur:
    """Every day between 1930 and 2035 written in one style, the first cell being the empty one."""
    jours = [date(1930, 1, 1) + timedelta(days=rang) for rang in range(_ETENDUE)]
    return np.array(["", *(spell(jour, style) for jour in jours)], dtype=object)


def spell(jour: date, style: str) -> str | date:
    """One day as a partner writes it (a workbook keeps a real date)."""
    if style == "annee-mois-jour":
        return jour.isoformat()
    if style == "jour.mois.annee":
        return f"{jour.day:02d}.{jour.month:02d}.{jour.year}"
    if style == "jour mois annee":
        return f"{'1er' if jour.day == 1 else jour.day} {_MOIS[jour.month - 1]} {jour.year}"
    return jour if style == "classeur" else f"{jour.day:02d}/{jour.month:02d}/{jour.year}"


def spell_impossible(dialecte: Dialecte, annee: int) -> str:
    """A day no calendar has, in the partner's style."""
    formes = {
        "annee-mois-jour": f"{annee}-02-31",
        "jour.mois.annee": f"31.02.{annee}",
        "jour mois annee": f"31 février {annee}",
    }
    return formes.get(dialecte.dates, f"31/02/{annee}")
