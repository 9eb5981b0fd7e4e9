"""What the attacker reads about one indicator: its published cells, who may be behind each, and what he looks for.

A *presence* is one unit (person or fact) in the base over one span of days, seen through one answer or none; a
*feuille* is one thing a unit may have answered (a constant trait, or an event of one slice of time). A unit counts in
the cells of a presence when at least one of its feuilles under that presence is true.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

Entiers = np.ndarray

SANS_LIMITE = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Tableau:
    """One indicator as audited. Row arrays are as long as `cellules`; padded arrays end on one inert row."""

    indicateur: str
    # maille, periode, type_territoire, territoire, axe, modalite; in the catalogue, the number it is ("" for its own)
    cellules: list[tuple[str, ...]]
    valeurs: Entiers  # V, as published
    marges: Entiers  # how far the world may stand from V: b - 2, 0 for an exact value
    bases: Entiers  # n, known to the attacker
    replis: Entiers  # what stands in for an exact value that cannot stay exact: its rounded value, 0 elsewhere
    marges_repli: Entiers
    fixes: Entiers  # True for what the public has already read: it cannot give way
    remplacantes: Entiers  # the new row that shows that answers have moved since this one, -1 for none
    mode: str
    lignes: Entiers  # presence x k: rows in which the presence counts, padded with len(cellules)
    presences: Entiers  # feuille x p: presences the feuille makes true, padded with len(lignes) - 1
    unite_de_presence: Entiers
    portee_de_presence: Entiers  # rank of its span of days
    modalite_de_presence: Entiers  # 0 for the presences seen whatever the answer
    unite_de_feuille: Entiers
    cles: Entiers  # key of each feuille, the same at every release
    courtes: Entiers  # True for the spans of a month at most
    depart: Entiers | None = None  # True for the feuilles the search starts from, when a good start is known

    @property
    def sans_modalite(self) -> Entiers:
        """True for the presences seen whatever the answer."""
        return self.modalite_de_presence == 0

    @property
    def exactes(self) -> Entiers:
        """True for each row published exactly."""
        return self.marges == 0

    @property
    def unites(self) -> int:
        """How many units may count."""
        return int(self.unite_de_feuille.max(initial=-1)) + 1

    @cached_property
    def jumelles(self) -> Entiers:
        """A number per row, the same for rows that count the same persons (a town with one quarter)."""
        poids = np.random.default_rng(0).integers(1, 2**62, len(self.lignes))
        sommes = np.zeros(len(self.cellules) + 1, dtype=np.int64)
        presence, place = np.nonzero(self.lignes < len(self.cellules))
        np.add.at(sommes, self.lignes[presence, place], poids[presence])
        return np.unique(sommes[:-1], return_inverse=True)[1]

    def count(self, monde: Entiers) -> Entiers:
        """Return the count of each row in the world where exactly the feuilles of the boolean array `monde` hold."""
        vraies = np.zeros(len(self.lignes), dtype=bool)
        vraies[self.presences[monde].ravel()] = True
        vraies[-1] = False
        return np.bincount(self.lignes[vraies].ravel(), minlength=len(self.cellules) + 1)[:-1]

    def find(self, cles: Entiers) -> Entiers:
        """Return the feuilles of these keys."""
        return np.flatnonzero(np.isin(self.cles, cles))

    def after(self, retirees: Entiers, arrondies: Entiers) -> tuple[Entiers, Entiers]:
        """Return the values and margins once some rows are withdrawn (no limit) and some exact ones rounded.

        What a new row replaces is looked at again when that row is withdrawn.
        """
        valeurs, marges = self.valeurs.copy(), self.marges.copy()
        valeurs[arrondies], marges[arrondies] = self.replis[arrondies], self.marges_repli[arrondies]
        marges[retirees] = SANS_LIMITE
        marges[(self.remplacantes >= 0) & ~np.isin(self.remplacantes, retirees)] = SANS_LIMITE
        return valeurs, marges


def tolerances(marges: Entiers) -> Entiers:
    """Return how far a world may stand from each row at all: one more than the margin of what is rounded."""
    return marges + ((marges > 0) & (marges < SANS_LIMITE))


def hard(ecarts: Entiers, tolerances: Entiers) -> Entiers:
    """True for the rows that no person alone may move: the exact ones, and those that stand at their limit."""
    return (np.abs(ecarts) >= tolerances) & (tolerances < SANS_LIMITE)


def pad(groupes: Entiers, valeurs: Entiers, nombre: int, vide: int) -> Entiers:
    """Lay `valeurs` out as one line per group, in order, padded with `vide`; one more line holds `vide` only."""
    ordre = np.argsort(groupes, kind="stable")
    groupes, valeurs = groupes[ordre], valeurs[ordre]
    tailles = np.bincount(groupes, minlength=nombre)
    rangs = np.arange(len(groupes)) - np.repeat(np.cumsum(tailles) - tailles, tailles)
    tableau = np.full((nombre + 1, max(1, tailles.max(initial=0))), vide, dtype=np.int32)
    tableau[groupes, rangs] = valeurs
    return tableau
