"""Asks a library's integer program for a world that the local search did not find, or whether there is none.

What it may spend is told in answers and nodes: any machine finds the same worlds. Seconds only stop a program that
runs away: none is asked after it, and more cells may give way there than elsewhere.
"""

from collections.abc import Collection
from typing import Any

import numpy as np

from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import SANS_LIMITE, Entiers, Tableau
from etl.secrecy.lien import EXACTEMENT_UNE, LIBRE

# Nodes it may look at each time, and seconds: the longest took 7 on a slow machine.
_NOEUDS, _SECONDES = 4, 20.0
_ARRETE = 1


def settle(monde: Monde) -> bool:
    """Put in `monde` answers that hold every row within its margin; False when there are none, or none was found."""
    vraies = _solve(monde, {})
    if vraies is None:
        return False
    monde.place(vraies)
    return not len(monde.violated())


def second(monde: Monde, presence: int, autres: Collection[int] = ()) -> tuple[int, ...] | None:
    """Return the feuilles that change in a world where this presence has its other answer, None when none is found.

    Of such worlds, one where many of `autres`, presences too, have theirs.
    """
    feuilles = monde.feuilles_of(presence)
    imposees = dict.fromkeys(feuilles.tolist(), 0.0) if monde.comptes[presence] else {int(feuilles[0]): 1.0}
    vraies = _solve(monde, imposees, autres)
    return None if vraies is None else tuple(np.flatnonzero(vraies != monde.vraies).tolist())


def _solve(monde: Monde, imposees: dict[int, float], a_changer: Collection[int] = ()) -> Entiers | None:
    """Return the feuilles that hold in a world within the margins, those of `imposees` as said."""
    nombre = len(monde.tableau.cles)
    # Twice as many answers take four times as long. When all is spent, the search goes on alone.
    monde.credit -= nombre**2
    if monde.credit < 0:
        return None
    from scipy.optimize import Bounds, milp

    inconnues, total = _unknowns(monde.tableau)
    basses, hautes = np.zeros(total), np.ones(total)
    for feuille, valeur in imposees.items():
        basses[feuille] = hautes[feuille] = valeur
    couts, presences = np.zeros(total), np.array(list(a_changer), dtype=np.int64)
    couts[inconnues[presences]] = np.where(monde.comptes[presences] > 0, 1, -1)
    trouve = milp(
        couts, integrality=np.arange(total) < nombre, bounds=Bounds(basses, hautes),
        constraints=_conditions(monde, inconnues, total),
        options={"node_limit": _NOEUDS, "time_limit": _SECONDES, "mip_rel_gap": 1.0},
    )  # fmt: skip
    if trouve.status == _ARRETE:
        monde.credit = 0
    return None if trouve.x is None else trouve.x[:nombre] > 0.5


def _unknowns(tableau: Tableau) -> tuple[Entiers, int]:
    """Number the unknowns: feuilles first, then presences of several feuilles; return that of each presence (-1: none).

    A presence of one feuille is that feuille.
    """
    nombre, vide = len(tableau.cles), len(tableau.lignes) - 1
    feuille, place = np.nonzero(tableau.presences < vide)
    presence = tableau.presences[feuille, place]
    inconnues = np.full(vide, -1)
    inconnues[presence] = feuille
    plusieurs = np.bincount(presence, minlength=vide) > 1
    inconnues[plusieurs] = nombre + np.arange(plusieurs.sum())
    return inconnues, nombre + int(plusieurs.sum())


def _conditions(monde: Monde, inconnues: Entiers, total: int) -> list[Any]:
    """Every row within its margin, each unit's answers as its mode says, each presence true when a feuille makes it."""
    from scipy.optimize import LinearConstraint

    tableau, marges = monde.tableau, monde.marges[:-1]
    nombre, lignes = len(tableau.cles), len(tableau.cellules)
    vues = np.flatnonzero(inconnues >= 0)
    rang, place = np.nonzero(tableau.lignes[vues] < lignes)
    comptes = _table(tableau.lignes[vues][rang, place], inconnues[vues[rang]], lignes, total)
    tenues = marges < SANS_LIMITE
    bas, haut = (monde.valeurs[:-1] - marges)[tenues], (monde.valeurs[:-1] + marges)[tenues]
    conditions = [LinearConstraint(comptes[tenues], bas, haut)]
    if tableau.mode != LIBRE:
        reponses = _table(tableau.unite_de_feuille, np.arange(nombre), tableau.unites, total)
        conditions.append(LinearConstraint(reponses, float(tableau.mode == EXACTEMENT_UNE), 1))
    if total == nombre:
        return conditions
    feuille, place = np.nonzero(tableau.presences < len(inconnues))
    siennes = inconnues[tableau.presences[feuille, place]]
    feuille, siennes = feuille[siennes >= nombre], siennes[siennes >= nombre]
    paires, toutes = np.arange(len(siennes)), np.arange(nombre, total)
    moins_une = _table(paires, siennes, len(paires), total) - _table(paires, feuille, len(paires), total)
    toutes_moins = _table(siennes - nombre, feuille, len(toutes), total) - _table(
        toutes - nombre, toutes, len(toutes), total
    )
    return [*conditions, LinearConstraint(moins_une, 0, np.inf), LinearConstraint(toutes_moins, 0, np.inf)]


def _table(lignes: Entiers, colonnes: Entiers, hauteur: int, largeur: int) -> Any:
    """A sparse table of ones in these places."""
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(len(lignes)), (lignes, colonnes)), shape=(hauteur, largeur))
