"""What reading one file gives: its tables, their rows without identities, and why it was refused if it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.catalog.schemas import Schema
from etl.intake.depot import Periode
from etl.intake.entete import Entete
from etl.intake.guichet import Bilan, Bloc


@dataclass
class Tableau:
    """One table of a file. `blocs` may be read once; `bilan` is complete only after that."""

    schema: Schema
    feuille: str
    entete: Entete
    bilan: Bilan
    blocs: Iterator[Bloc]
    periode: Periode | None = None  # of the delivery it corrects, when it is a returned refused-lines sheet


@dataclass
class Lecture:
    """A file as read: `etat` is "lu" or "refuse" (then `motif` says why and there is no table)."""

    etat: str
    motif: str | None = None
    schema: str | None = None
    tableaux: list[Tableau] = field(default_factory=list)
    avertissements: list[str] = field(default_factory=list)
    identites: bool = False
