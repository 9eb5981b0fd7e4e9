"""Shows, for each person under exact totals, a second world where that person's answer is the other one.

Under rounded rows alone the margin is enough: any one person may change. An exact total moves with each person, so
the change needs a partner: another of the same exact cells with the other answer, else a world found for that person.
"""

from dataclasses import dataclass

import numpy as np

from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import SANS_LIMITE, Entiers, Tableau
from etl.secrecy.lien import LIBRE

_PAS_PARTAGE, _PAS_TEMOINS = 60, (60, 600)
_CANDIDATS = 3000


@dataclass(frozen=True)
class Temoin:
    """A world that differs from the central one by `bascules` and gives one presence the other answer."""

    presence: int
    bascules: tuple[int, ...]


def statements(tableau: Tableau, marges: Entiers) -> tuple[Entiers, Entiers]:
    """Return the presences whose answer needs a partner, and their group: same exact cells, same period.

    `marges` has one more value than there are rows, for the padding, not 0.
    Months are left out: within a quarter an answer may move to another month without moving any exact total.
    """
    sous_exacte = (marges == 0)[tableau.lignes[:-1]]
    presence, place = np.nonzero(sous_exacte)
    unites = tableau.unite_de_presence[presence]
    hasard = np.random.default_rng(0).integers(1, 2**62, len(tableau.cellules) + 1)
    signatures = np.zeros(int(tableau.unite_de_presence.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(signatures, unites, hasard[tableau.lignes[presence, place]])
    maille = np.array(["-" in p and "T" not in p for p in tableau.periodes])
    concernees = np.flatnonzero(
        (signatures[tableau.unite_de_presence] != 0)
        & ~maille[tableau.periode_de_presence]
        & tableau.sans_modalite
        & _possible(tableau)
    )
    cles = np.stack([signatures[tableau.unite_de_presence[concernees]], tableau.periode_de_presence[concernees]])
    return concernees, np.unique(cles, axis=1, return_inverse=True)[1].ravel()


def _possible(tableau: Tableau) -> Entiers:
    """True for the presences that some feuille can make true."""
    touchees = np.zeros(len(tableau.lignes), dtype=bool)
    touchees[tableau.presences.ravel()] = True
    return touchees[:-1]


def alone(tableau: Tableau, marges: Entiers, monde: Entiers) -> Entiers:
    """Return the presences whose answer no swap with another unit changes, in the world of these feuilles."""
    presences, groupes = statements(tableau, marges)
    if not len(presences):
        return presences
    comptes = np.bincount(tableau.presences[monde].ravel(), minlength=len(tableau.lignes))
    reponses = comptes[presences] > 0
    nombre = int(groupes.max()) + 1
    oui = np.bincount(groupes, weights=reponses, minlength=nombre)
    tous = np.bincount(groupes, minlength=nombre)
    seules = presences[((oui == 0) | (oui == tous))[groupes]]
    return seules[~_exchangeable(tableau, marges, monde, comptes)[seules]] if len(seules) else seules


def _exchangeable(tableau: Tableau, marges: Entiers, monde: Entiers, comptes: Entiers) -> Entiers:
    """True for each presence that one feuille can change while another unit's makes up for it in every exact row."""
    hasard = np.random.default_rng(1).integers(1, 2**62, len(marges))
    sommes = np.where(marges == 0, hasard, 0)[tableau.lignes].sum(axis=1)
    exacte = sommes != 0
    presences = tableau.presences
    signatures = sommes[presences].sum(axis=1)
    # A feuille counts by itself when nothing else of its unit holds the exact rows it moves.
    retirable = monde & ((comptes[presences] == 1) | ~exacte[presences]).all(axis=1)
    ajoutable = ~monde & ((comptes[presences] == 0) | ~exacte[presences]).all(axis=1)
    if tableau.mode != LIBRE:
        ajoutable &= ~np.isin(tableau.unite_de_feuille, tableau.unite_de_feuille[monde])
    libre = signatures == 0
    ajoutable &= libre | np.isin(signatures, signatures[retirable])
    retirable &= libre | np.isin(signatures, signatures[ajoutable])
    ok = np.zeros(len(tableau.lignes), dtype=bool)
    ok[presences[ajoutable].ravel()] = True
    ok &= comptes == 0
    seule = np.zeros(len(tableau.lignes), dtype=bool)
    seule[presences[retirable].ravel()] = True
    return (ok | (seule & (comptes == 1)))[:-1]


def share(monde: Monde) -> Entiers:
    """Give groups a mixed answer where the central world allows it; return the presences still alone."""
    monde.candidats = _CANDIDATS
    monde.forget()
    presences, groupes = statements(monde.tableau, monde.marges)
    groupe_de = dict(zip(presences.tolist(), groupes.tolist(), strict=True))
    essayes: set[int] = set()
    seules = alone(monde.tableau, monde.marges, monde.vraies)
    for presence in seules.tolist():
        if groupe_de[presence] not in essayes:
            essayes.add(groupe_de[presence])
            _flipped(monde, presence, _PAS_PARTAGE, garder=True)
    return alone(monde.tableau, monde.marges, monde.vraies)


def find(monde: Monde, presences: Entiers) -> tuple[list[Temoin], list[int]]:
    """Find a second world for each presence; return the witnesses and the first presence left without any."""
    temoins: list[Temoin] = []
    sans: list[int] = []
    rondes = (monde.marges > 0) & (monde.marges < SANS_LIMITE)
    monde.marges[rondes] += 1
    monde.forget()
    for presence in presences.tolist():
        bascules = None
        for pas in _PAS_TEMOINS:
            if bascules is None:
                bascules = _flipped(monde, presence, pas, garder=False)
        if bascules is None:
            sans.append(presence)
            break
        temoins.append(Temoin(presence, bascules))
    monde.marges[rondes] -= 1
    monde.forget()
    return temoins, sans


def _flipped(monde: Monde, presence: int, pas: int, garder: bool) -> tuple[int, ...] | None:
    """Give one presence the other answer and repair the others; undone on failure, and unless `garder`."""
    monde.journal = []
    monde.fige = int(monde.tableau.unite_de_presence[presence])
    feuilles = monde.feuilles_of(presence)
    tenues = feuilles[monde.vraies[feuilles]]
    for feuille in tenues if len(tenues) else feuilles[:1]:
        monde.put(int(feuille))
    reussi = monde.improve(pas)
    bascules = tuple(sorted(f for f in set(monde.journal) if monde.journal.count(f) % 2))
    if not (reussi and garder):
        for feuille in reversed(monde.journal):
            monde.toggle(feuille)
    monde.journal, monde.fige = [], -1
    return bascules if reussi else None
