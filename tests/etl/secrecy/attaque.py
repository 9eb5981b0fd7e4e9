"""An adversary who knows everybody's attributes and dates, and reads the published cells only.

He bounds how many count in each cell, then compares every pair of cells one of which holds the other, and every
cell alone: when those who make the difference must all count, or none may, he is certain of them.
"""

import numpy as np

from etl.secrecy.audit.tableau import Tableau
from etl.secrecy.lien import EXACTEMENT_UNE


def bounds(tableau: Tableau, valeurs: np.ndarray, pas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each row may really count: V ± (b - 1), exactly V when b is 0, from 0 to its base."""
    ecart = np.maximum(pas - 1, 0)
    return np.maximum(valeurs - ecart, 0), np.minimum(valeurs + ecart, tableau.bases)


def certain(tableau: Tableau, valeurs: np.ndarray, pas: np.ndarray) -> set[tuple[int, str]]:
    """(unit, period) pairs of which the adversary is certain after all one-step differences of one period."""
    bas, haut = bounds(tableau, valeurs, pas)
    surs: set[tuple[int, str]] = set()
    if tableau.mode == EXACTEMENT_UNE:
        return surs
    membres = [set() for _ in tableau.cellules]
    presences, places = np.nonzero(tableau.lignes < len(tableau.cellules))
    for presence, ligne in zip(presences.tolist(), tableau.lignes[presences, places].tolist(), strict=True):
        if tableau.sans_modalite[presence]:
            membres[ligne].add(int(tableau.unite_de_presence[presence]))
    for periode, rangs in _by_period(tableau).items():
        for a in rangs:
            _tell(surs, membres[a], bas[a], haut[a], periode)
            for b in rangs:
                if a != b and membres[b] < membres[a]:
                    reste = membres[a] - membres[b]
                    _tell(surs, reste, bas[a] - haut[b], haut[a] - bas[b], periode)
        for nombre in {tableau.cellules[r][6:] for r in rangs}:
            siens = [r for r in rangs if tableau.cellules[r][6:] == nombre]
            _complements(surs, siens, tableau, membres, bas, haut, periode)
    return surs


def _complements(surs, rangs, tableau, membres, bas, haut, periode) -> None:
    """Sums against totals, of one number: what a breakdown's published cells leave of the total."""
    total = next((r for r in rangs if tableau.cellules[r][2:5:2] == ("total", "")), None)
    if total is None:
        return
    for axe in {tableau.cellules[r][4] for r in rangs} - {""}:
        siennes = [r for r in rangs if tableau.cellules[r][4] == axe]
        reste = membres[total].difference(*(membres[r] for r in siennes))
        _tell(
            surs, reste, bas[total] - sum(haut[r] for r in siennes), haut[total] - sum(bas[r] for r in siennes), periode
        )


def _tell(surs: set[tuple[int, str]], unites: set[int], au_moins: int, au_plus: int, periode: str) -> None:
    if unites and (au_moins >= len(unites) or au_plus <= 0):
        surs.update((unite, periode) for unite in unites)


def _by_period(tableau: Tableau) -> dict[str, list[int]]:
    periodes: dict[str, list[int]] = {}
    for rang, cellule in enumerate(tableau.cellules):
        periodes.setdefault(cellule[1], []).append(rang)
    return periodes
