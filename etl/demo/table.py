"""The shape rows have inside the generator: one vector per column, all of one length.

Dates are datetime64[D] (NaT = empty), everything else is an object vector ("" = empty) or integers. Columns whose
name starts with an underscore are for the generator only: `_partenaire` (who delivers the row) and `_maj` (the day the
row was last touched, which decides the period of the file it goes into).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vecteur = NDArray[Any]
Table = dict[str, Vecteur]
JOUR = "datetime64[D]"
NAT = np.datetime64("NaT", "D")
_DEPART = np.datetime64("2010-01-01", "D")
_ETENDUE = 365 * 50
_FERIES = (101, 501, 508, 714, 815, 1101, 1111, 1225)  # month and day; the movable feasts are left out


def count(table: Table) -> int:
    """Number of rows."""
    return len(next(iter(table.values()))) if table else 0


def take(table: Table, choix: Vecteur) -> Table:
    """The rows chosen by a mask or by positions, in that order."""
    return {nom: valeurs[choix] for nom, valeurs in table.items()}


def stack(tables: list[Table]) -> Table:
    """Tables of the same columns, one under the other."""
    return {nom: np.concatenate([table[nom] for table in tables]) for nom in tables[0]}


def first(table: Table, cle: tuple[str, ...]) -> Table:
    """One row per key: the first."""
    textes = np.array(["\t".join(map(str, ligne)) for ligne in zip(*(table[nom] for nom in cle), strict=True)])
    _, premiers = np.unique(textes, return_index=True)
    return take(table, np.sort(premiers))


def words(*valeurs: str) -> Vecteur:
    """A small vocabulary to index with codes."""
    return np.array(valeurs, dtype=object)


def pick(rng: np.random.Generator, poids: dict[str, float], nombre: int) -> Vecteur:
    """Draw `nombre` words, each with its weight."""
    return words(*poids)[draw(rng, np.array(list(poids.values())), nombre)]


def draw(rng: np.random.Generator, poids: Vecteur, nombre: int) -> Vecteur:
    """Draw `nombre` positions, each with its weight (weights need not sum to one)."""
    cumul = np.cumsum(poids, dtype=float)
    return np.minimum(np.searchsorted(cumul, rng.random(nombre) * cumul[-1], side="right"), len(cumul) - 1)


def draw_rows(rng: np.random.Generator, poids: Vecteur, rangs: Vecteur) -> Vecteur:
    """Draw one position per row, the weights being row `rangs[i]` of the matrix `poids`."""
    cumul = np.cumsum(poids, axis=1, dtype=float)
    cumul /= cumul[:, -1:]
    return np.minimum((rng.random(len(rangs))[:, None] >= cumul[rangs]).sum(axis=1), poids.shape[1] - 1)


def flags(rng: np.random.Generator, part: float | Vecteur, inconnus: float, nombre: int) -> Vecteur:
    """A column of oui / non with a share of missing answers."""
    reponses = np.where(rng.random(nombre) < part, "oui", "non").astype(object)
    reponses[rng.random(nombre) < inconnus] = "non_renseigne"
    return reponses


def blank(rng: np.random.Generator, valeurs: Vecteur, part: float) -> Vecteur:
    """The same vector with a share of cells emptied (missing answers)."""
    copie = valeurs.copy()
    copie[rng.random(len(valeurs)) < part] = NAT if valeurs.dtype.kind == "M" else ""
    return copie


def weekday(jours: Vecteur) -> Vecteur:
    """0 Monday … 6 Sunday."""
    return (jours.astype(JOUR).astype(np.int64) + 3) % 7


def worked(jours: Vecteur) -> Vecteur:
    """The same days, those off moved to the next working day (NaT stays NaT)."""
    vides = np.isnat(jours)
    entiers = np.where(vides, _DEPART, jours).astype(JOUR)
    rangs = np.clip((entiers - _DEPART).astype(np.int64), 0, _ETENDUE - 1)
    return np.where(vides, NAT, _next_worked()[rangs]).astype(JOUR)


def is_worked(jours: Vecteur) -> Vecteur:
    """Which days are neither in a week-end nor a public holiday of fixed date."""
    mois = jours.astype("datetime64[M]")
    quantieme = (jours.astype(JOUR) - mois.astype(JOUR)).astype(int) + 1
    return (weekday(jours) < 5) & ~np.isin(100 * (mois.astype(int) % 12 + 1) + quantieme, _FERIES)


@cache
def _next_worked() -> Vecteur:
    """For each day of the range, the first working day from it on."""
    tous = _DEPART + np.arange(_ETENDUE)
    ouvres = np.flatnonzero(is_worked(tous))
    return tous[ouvres[np.minimum(np.searchsorted(ouvres, np.arange(_ETENDUE)), len(ouvres) - 1)]]


def plus(jours: Vecteur, ecart: Vecteur) -> Vecteur:
    """Days moved by a number of days (rounded down)."""
    return (jours + np.asarray(ecart).astype(np.int64).astype("timedelta64[D]")).astype(JOUR)


def gap(debut: Vecteur, fin: Vecteur) -> Vecteur:
    """Number of days between two vectors without empty date."""
    return (fin - debut).astype("timedelta64[D]").astype(np.int64)
