"""Checks the totals a partner typed under a table against the sum of its rows; a gap is told, never settled."""

from __future__ import annotations

import re

from etl.intake.entete import Entete

_NOMBRE = re.compile(r"-?\d{1,12}(?:[.,]\d{1,2})?")
_PARTIEL = re.compile(r"sous", re.I)


class Totaux:
    """Remembers the numeric columns of a table, row after row."""

    def __init__(self, entete: Entete) -> None:
        numeriques = [c.name for c in entete.schema.stored_fields if c.nature in ("entier", "montant")]
        self._titres = {entete.positions[nom]: entete.titres[entete.positions[nom]]
                        for nom in numeriques if nom in entete.positions}  # fmt: skip
        self._lus: dict[int, list[str]] = {position: [] for position in self._titres}

    def add(self, colonnes: list[list[str]], rangs: list[int]) -> None:
        """Keep the numbers of these rows of data; they are added up only if a total comes."""
        for position, lus in self._lus.items():
            lus.extend(map(colonnes[position].__getitem__, rangs))

    def check(self, cellules: list[str]) -> list[str]:
        """What to say of a total row that announces something else than the rows above; nothing for a subtotal."""
        if any(_PARTIEL.match(cellule) for cellule in cellules):
            return []
        dites = []
        for position, titre in self._titres.items():
            annonce = _number(cellules[position]) if position < len(cellules) else None
            lu = sum(_number(texte) or 0 for texte in self._lus[position]) if annonce is not None else 0
            if annonce is not None and abs(annonce - lu) > 0.005:
                dites.append(f'Colonne "{titre}" : total annoncé {_shown(annonce)}, total lu {_shown(lu)}.')
        return dites


def _number(texte: str) -> float | None:
    nu = re.sub(r"[\s\u00a0\u202f]|€$", "", texte)
    return float(nu.replace(",", ".")) if _NOMBRE.fullmatch(nu) else None


def _shown(nombre: float) -> str:
    return f"{nombre:.2f}".rstrip("0").rstrip(".").replace(".", ",")
