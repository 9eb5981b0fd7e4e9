"""Shows, for each person under hard rows, a second world where that person's answer is the other one.

Under rounded rows alone the margin is enough: any one person may change. An exact total moves with each person, and a
former value that the world meets at its very limit may not move further: the change needs a partner, another of the
same hard cells with the other answer, else a world found for that person.
"""

from collections.abc import Iterable

import numpy as np

from etl.secrecy.audit import entier
from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import Entiers, Tableau
from etl.secrecy.lien import LIBRE

_PAS_PARTAGE, _PAS_TEMOINS = 25, (60, 600)
_AUCUNE = np.zeros(0, dtype=np.int64)


# A world that differs from the central one by these feuilles; it shows each presence that it gives the other answer.
Temoin = tuple[int, ...]


def statements(tableau: Tableau, dures: Entiers) -> tuple[Entiers, Entiers]:
    """Return the presences whose answer needs a partner, and their group: same hard rows, same days, same answer.

    `dures` has one more value than there are rows, for the padding, False.
    A month or an answer under no hard row of its own is left out: an event may move to another month of its quarter, an
    answer change, without moving any hard row.
    """
    sous_dure = dures[tableau.lignes[:-1]]
    presence, place = np.nonzero(sous_dure)
    unites = tableau.unite_de_presence[presence]
    hasard = np.random.default_rng(0).integers(1, 2**62, len(tableau.cellules) + 1)
    signatures = np.zeros(int(tableau.unite_de_presence.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(signatures, unites, hasard[tableau.lignes[presence, place]])
    concernees = np.flatnonzero(
        (signatures[tableau.unite_de_presence] != 0)
        & ((~tableau.courtes[tableau.portee_de_presence] & tableau.sans_modalite) | sous_dure.any(axis=1))
        & _possible(tableau)
    )
    cles = np.stack(
        [
            signatures[tableau.unite_de_presence[concernees]],
            tableau.portee_de_presence[concernees],
            tableau.modalite_de_presence[concernees],
        ]
    )
    return concernees, np.unique(cles, axis=1, return_inverse=True)[1].ravel()


def _possible(tableau: Tableau) -> Entiers:
    """True for the presences that some feuille can make true."""
    touchees = np.zeros(len(tableau.lignes), dtype=bool)
    touchees[tableau.presences.ravel()] = True
    return touchees[:-1]


def alone(tableau: Tableau, dures: Entiers, monde: Entiers) -> Entiers:
    """Return the presences whose answer no swap with another unit changes, in the world of these feuilles."""
    presences, groupes = statements(tableau, dures)
    if not len(presences):
        return presences
    comptes = np.bincount(tableau.presences[monde].ravel(), minlength=len(tableau.lignes))
    reponses = comptes[presences] > 0
    nombre = int(groupes.max()) + 1
    oui = np.bincount(groupes, weights=reponses, minlength=nombre)
    tous = np.bincount(groupes, minlength=nombre)
    seules = presences[((oui == 0) | (oui == tous))[groupes]]
    return seules[~_exchangeable(tableau, dures, monde, comptes)[seules]] if len(seules) else seules


def _exchangeable(tableau: Tableau, dures: Entiers, monde: Entiers, comptes: Entiers) -> Entiers:
    """True for each presence that one feuille can change while another unit's makes up for it in every hard row."""
    hasard = np.random.default_rng(1).integers(1, 2**62, len(dures))
    sommes = np.where(dures, hasard, 0)[tableau.lignes].sum(axis=1)
    dure = sommes != 0
    presences = tableau.presences
    signatures = sommes[presences].sum(axis=1)
    # A feuille counts by itself when nothing else of its unit holds the hard rows it moves.
    retirable = monde & ((comptes[presences] == 1) | ~dure[presences]).all(axis=1)
    ajoutable = ~monde & ((comptes[presences] == 0) | ~dure[presences]).all(axis=1)
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
    monde.forget()
    presences, groupes = statements(monde.tableau, monde.hard())
    groupe_de = dict(zip(presences.tolist(), groupes.tolist(), strict=True))
    essayes: set[int] = set()
    seules = alone(monde.tableau, monde.hard(), monde.vraies)
    for presence in seules.tolist():
        if groupe_de[presence] not in essayes:
            essayes.add(groupe_de[presence])
            _flipped(monde, presence, _PAS_PARTAGE, garder=True)
    return alone(monde.tableau, monde.hard(), monde.vraies)


def find(monde: Monde, presences: Entiers, connus: Iterable[Entiers] = ()) -> tuple[list[Temoin], Entiers]:
    """Find second worlds that give each presence its other answer; return them, and what stands in the way of one.

    `connus` are those of a former proof, tried first. The rows returned are those that resist the first presence
    without any second world: none when every presence has one.
    """
    centrales = monde.marges
    monde.marges = monde.tolerances.copy()
    monde.forget()
    restent = set(presences.tolist())
    temoins: list[Temoin] = []
    for feuilles in connus:
        if touchees := _replayed(monde, feuilles) & restent:
            restent -= touchees
            temoins.append(tuple(feuilles.tolist()))
    resistent = _AUCUNE
    for presence in presences.tolist():
        if presence not in restent:
            continue
        bascules = (
            _flipped(monde, presence, _PAS_TEMOINS[0], False)
            or entier.second(monde, presence, restent)
            or _flipped(monde, presence, _PAS_TEMOINS[1], False)
            or ()
        )
        changees = _replayed(monde, np.array(bascules, dtype=np.int64))
        if presence not in changees:
            resistent = monde.resistantes
            break
        restent -= changees
        temoins.append(bascules)
    monde.marges = centrales
    monde.forget()
    return temoins, resistent


def _replayed(monde: Monde, feuilles: Entiers) -> set[int]:
    """Return the presences whose answer changes with these feuilles: none unless the world they make is possible."""
    avant = monde.comptes > 0
    for feuille in feuilles.tolist():
        monde.toggle(feuille)
    tient = not len(monde.violated())
    changees = np.flatnonzero((monde.comptes > 0) != avant) if tient else _AUCUNE
    for feuille in feuilles.tolist():
        monde.toggle(feuille)
    return set(changees.tolist())


def _flipped(monde: Monde, presence: int, pas: int, garder: bool) -> tuple[int, ...] | None:
    """Give one presence the other answer and repair the others; undone on failure, and unless `garder`."""
    monde.journal = []
    monde.fige = int(monde.tableau.unite_de_presence[presence])
    feuilles = monde.feuilles_of(presence)
    tenues = feuilles[monde.vraies[feuilles]]
    for feuille in tenues if len(tenues) else feuilles[:1]:
        monde.put(int(feuille))
    reussi = monde.improve(pas)
    monde.resistantes = monde.violated()
    bascules = tuple(sorted(f for f in set(monde.journal) if monde.journal.count(f) % 2))
    if not (reussi and garder):
        for feuille in reversed(monde.journal):
            monde.toggle(feuille)
    monde.journal, monde.fige = [], -1
    return bascules if reussi else None
