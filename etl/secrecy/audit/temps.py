"""When an answer may have been given: the days each row speaks of, and the slices of time that tell rows apart.

An open period goes up to the day of the data: read in April and read in July, one year is two spans of days, and what
happened in May counts in the second alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from etl.secrecy.audit.tableau import Entiers
from etl.secrecy.lien import ACQUIS, DATE, EVENEMENT, PAR_PERIODE, TRAIT

# Kinds of periods, the finest first.
MOIS, TRIMESTRE, ANNEE, DEBUT = range(4)
_MOIS_PAR_TRIMESTRE = 2
_LONGUEUR_D_UN_MOIS = 31


def calendar(periode: str) -> tuple[int, int, int]:
    """Return the first and last day of a period (numbers of days, 0 before any) and its kind."""
    if periode == "depuis_debut":
        return 0, date.max.toordinal(), DEBUT
    annee, _, reste = periode.partition("-")
    if not reste:
        return date(int(annee), 1, 1).toordinal(), date(int(annee), 12, 31).toordinal(), ANNEE
    maille = TRIMESTRE if reste.startswith("T") else MOIS
    dernier = 3 * int(reste[1:]) if maille == TRIMESTRE else int(reste)
    premier = date(int(annee), dernier - 2 if maille == TRIMESTRE else dernier, 1)
    apres = date(int(annee) + dernier // 12, dernier % 12 + 1, 1)
    return premier.toordinal(), (apres - timedelta(days=1)).toordinal(), maille


def span(periode: str, jour: date, duree: str) -> tuple[int, int, int]:
    """Return the first and last day on which an answer counts in a period read on that day, and the period's kind."""
    lu = jour.toordinal()
    if duree == TRAIT:
        return 0, 0, MOIS
    if duree == ACQUIS:
        return 0, lu, MOIS
    debut, fin, maille = calendar(periode)
    fin = min(fin, lu)
    return (fin, fin, MOIS) if duree == PAR_PERIODE else (debut, fin, maille)


def spans(periodes: Sequence[str], jours: Sequence[date], duree: str) -> Entiers:
    """Return the span of each row, a line each."""
    connus = {paire: span(*paire, duree) for paire in set(zip(periodes, jours, strict=True))}
    return np.array([connus[paire] for paire in zip(periodes, jours, strict=True)], dtype=np.int64).reshape(-1, 3)


@dataclass(frozen=True)
class Calendrier:
    """The different spans of a tableau, and the slices that they cut time into."""

    debuts: Entiers
    fins: Entiers
    mailles: Entiers

    @classmethod
    def of(cls, portees: Entiers) -> tuple["Calendrier", Entiers]:
        """Return the calendar of these spans, and the rank in it of each."""
        bornes, rangs = np.unique(portees[:, :2], axis=0, return_inverse=True)
        rangs = rangs.ravel()
        mailles = np.full(len(bornes), DEBUT)
        # A year that has one quarter so far is that quarter.
        np.minimum.at(mailles, rangs, portees[:, 2])
        return cls(bornes[:, 0], bornes[:, 1], mailles), rangs

    def __len__(self) -> int:
        return len(self.debuts)

    @property
    def courtes(self) -> Entiers:
        """True for the spans of a month at most."""
        return self.fins - self.debuts < _LONGUEUR_D_UN_MOIS

    @cached_property
    def _bornes(self) -> tuple[Entiers, Entiers]:
        points = np.unique(np.concatenate([self.debuts, self.fins + 1]))
        debuts, fins = points[:-1], points[1:] - 1
        tenues = ((self.debuts[:, None] <= debuts) & (fins <= self.fins[:, None])).any(axis=0)
        return debuts[tenues], fins[tenues]

    @property
    def tranches(self) -> Entiers:
        """First day of each slice."""
        return self._bornes[0]

    @cached_property
    def dedans(self) -> Entiers:
        """Span x slice: True where the slice is in the span."""
        debuts, fins = self._bornes
        return (self.debuts[:, None] <= debuts) & (fins <= self.fins[:, None])

    def possible(self, presents: Entiers, duree: str) -> Entiers:
        """Unit x slice: True where a unit may have answered, from the spans it is in (unit x span)."""
        contenues = (self.debuts <= self.debuts[:, None]) & (self.fins[:, None] <= self.fins)
        if duree == DATE:  # a base of one day is in its shortest span, and in those that hold it
            seules = presents & ~_any(presents, contenues & ~np.eye(len(self), dtype=bool))
            return _any(seules, self.dedans)
        return self._finest(presents, contenues)

    def _finest(self, presents: Entiers, contenues: Entiers) -> Entiers:
        """Who is in a quarter and in some of its months answered in one of these."""
        permises = np.zeros((len(presents), len(self.tranches)), dtype=bool)
        restent = ~permises
        for maille in np.unique(self.mailles):
            siens, fines = self.mailles == maille, self.mailles < maille
            ici = presents[:, siens]
            ailleurs = ici & _any(presents[:, fines], contenues[fines][:, siens])
            exclues = _any(ailleurs, self.dedans[siens]) & self.dedans[fines].any(axis=0)
            couvertes = restent & _any(ici, self.dedans[siens])
            permises |= couvertes & ~exclues
            restent &= ~couvertes
        return permises


def _any(gauche: Entiers, droite: Entiers) -> Entiers:
    """Boolean product of two boolean tables."""
    produit: Entiers = gauche.astype(np.float32) @ droite.astype(np.float32)
    return produit > 0


def draw(unites: Entiers, jours: Entiers, notes: Entiers, acquises: Entiers, duree: str) -> Entiers:
    """Return the places of the slices to search among: of the months of a quarter two are enough, and those acquired.

    Each slice has its unit, its first day and a note in [0, 1), the same at every release: the lowest are kept.
    """
    if duree not in (EVENEMENT, DATE):
        return np.arange(len(unites))
    trimestre = np.array([_quarter(jour) for jour in np.unique(jours)])[np.unique(jours, return_inverse=True)[1]]
    ordre = np.lexsort((notes, ~acquises, trimestre, unites))
    cle = unites[ordre] * (trimestre.max(initial=0) + 1) + trimestre[ordre]
    rang = np.arange(len(cle)) - np.searchsorted(cle, cle)
    choisies: Entiers = np.sort(ordre[(rang < _MOIS_PAR_TRIMESTRE) | acquises[ordre]])
    return choisies


def _quarter(jour: int) -> int:
    lu = date.fromordinal(jour) if jour else date.min
    return lu.year * 4 + (lu.month - 1) // 3
