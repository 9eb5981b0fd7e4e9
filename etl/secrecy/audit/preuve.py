"""Proves one indicator: central world, cells withdrawn where none exists, second worlds under exact totals."""

import numpy as np

from etl.secrecy.audit import entier, temoins
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import SANS_LIMITE, Tableau

ESSAIS = 25
# A start drawn by each seed, and what integer programs may spend in all.
_CREDIT = 45_000_000
_DEPARTS = ((0, 4_000_000), (1, 4_000_000), (2, _CREDIT))
# Cells that may give way without another search.
_PEU = 2
_UN_PAR_UN = 12
# Worth another search: no more rows than this stand in the way.
_PROCHES = 4
_PAS_PREMIER, _PAS_SUIVANT, _REPRISES = 1500, 400, 1


class NonProuve(Exception):
    """An indicator stays unproven after every try; the message is a French sentence."""


def prove(tableau: Tableau, avant: Certificat | None = None) -> Certificat:
    """Return the certificate of a tableau; raises NonProuve when there is none.

    `avant` proved what the public has read already: when nothing new can be shown beside it, nothing new is shown, and
    its world still holds. Only published values and public bases are read, so what is withdrawn tells nothing either.
    """
    depart = None if avant is None else tableau.find(avant.feuilles)
    trouves = []
    # What a search loses by bad luck is worth another start, the last with more to spend.
    for graine, credit in _DEPARTS:
        if trouve := _search(Monde(tableau, depart, graine, credit)):
            trouves.append(trouve)
            if len(trouve.retirees) <= _PEU:
                break
    return min(trouves, key=lambda c: len(c.retirees)) if trouves else _as_before(tableau, avant, depart)


def _search(monde: Monde) -> Certificat | None:
    """Look for a world and its witnesses, and let cells give way until there is one; None after 25 tries."""
    tableau = monde.tableau
    # Nobody, or everybody: an exact value would answer for each of them.
    certaines = (tableau.valeurs == 0) | (tableau.valeurs == tableau.bases)
    for ligne in np.flatnonzero(certaines & monde.exactes()[:-1]).tolist():
        monde.round_off(ligne)
    monde.forget()
    for essai in range(1, ESSAIS + 1):
        if not _settle(monde, _PAS_PREMIER if essai == 1 else _PAS_SUIVANT):
            if not _give_way(monde, monde.violated(), essai):
                return None
            continue
        trouves, resistent = temoins.find(monde, temoins.share(monde))
        if not len(resistent):
            return _certificate(monde, trouves, essai)
        if not _give_way(monde, resistent, essai):
            return None
    return None


def _as_before(tableau: Tableau, avant: Certificat | None, depart: np.ndarray | None) -> Certificat:
    """Return the proof of what the public has read already, everything new withdrawn: the world that proved it."""
    monde = Monde(tableau, depart, credit=_CREDIT)
    for ligne in np.flatnonzero(~tableau.fixes).tolist():
        monde.withdraw(ligne)
    monde.tighten(np.flatnonzero(tableau.fixes))
    monde.forget()
    if tableau.fixes.any() and _settle(monde, _PAS_PREMIER):
        seules = temoins.alone(tableau, monde.hard(), monde.vraies)
        connus = [tableau.find(t) for t in avant.temoins] if avant else []
        trouves, resistent = temoins.find(monde, seules, connus)
        if not len(resistent):
            return _certificate(monde, trouves, ESSAIS)
    raise NonProuve(
        f"Publication arrêtée : le secret de « {tableau.indicateur} » n'est pas prouvé après {ESSAIS} "
        "essais. La version précédente reste en place."
    )


def _settle(monde: Monde, pas: int) -> bool:
    """Search, then again with every row weighed as at the start, then by other means: a cell given way is lost."""
    for _ in range(_REPRISES):
        if monde.improve(pas):
            return True
        if len(monde.violated()) > _PROCHES:
            return entier.settle(monde)
        monde.relax()
    return monde.improve(pas) or entier.settle(monde)


def _give_way(monde: Monde, lignes: np.ndarray, essai: int) -> bool:
    """Round the smallest of these rows if one is exact, else withdraw it, with those that count the same persons.

    What the public has read already cannot give way: it is met at its very limit first, then the new rows of the same
    persons give way. Past the first tries all give way at once: small populations would use up the others one by one.
    Returns False when nothing is left to give way.
    """
    tableau = monde.tableau
    larges = lignes[tableau.fixes[lignes] & (monde.marges[lignes] < monde.tolerances[lignes])]
    if len(larges):
        monde.tighten(larges)
        monde.forget()
        return True
    neuves = _movable(monde, lignes)
    if not len(neuves):
        return False
    fines = _fine(monde, neuves)
    if len(fines):
        _withdraw(monde, fines[:1] if essai <= _UN_PAR_UN else fines)
        return True
    exactes = neuves[monde.exactes()[neuves]]
    if not len(exactes):
        exactes = _totals_first(monde)
    choix = exactes if len(exactes) else neuves
    choisies = choix[[np.argmin(tableau.bases[choix])]] if essai <= _UN_PAR_UN else choix
    if not len(exactes):
        _withdraw(monde, choisies)
        return True
    for ligne in choisies.tolist():
        monde.round_off(ligne)
    monde.forget()
    return True


def _fine(monde: Monde, lignes: np.ndarray) -> np.ndarray:
    """Return the rows of one quarter or one answer among these, the smallest first: they go before the contract's."""
    fines = np.array([r for r in lignes.tolist() if monde.tableau.cellules[r][2:5:2] != ("total", "")], dtype=np.int64)
    return fines[np.argsort(monde.tableau.bases[fines], kind="stable")]


def _withdraw(monde: Monde, lignes: np.ndarray) -> None:
    """Withdraw these rows and the new ones that count the same persons."""
    tableau = monde.tableau
    for ligne in np.flatnonzero(np.isin(tableau.jumelles, tableau.jumelles[lignes]) & ~tableau.fixes).tolist():
        monde.withdraw(ligne)
    monde.forget()


def _movable(monde: Monde, lignes: np.ndarray) -> np.ndarray:
    """Return those of these rows that may give way, else the new rows of the same cells or persons."""
    tableau = monde.tableau
    encore = ~tableau.fixes & (monde.marges[:-1] < SANS_LIMITE)
    if encore[lignes].any():
        return lignes[encore[lignes]]
    cellules = {tableau.cellules[ligne] for ligne in lignes.tolist()}
    memes = [r for r in np.flatnonzero(encore).tolist() if tableau.cellules[r] in cellules]
    return np.array(memes, dtype=np.int64) if memes else _same_persons(monde, lignes, encore)


def _same_persons(monde: Monde, lignes: np.ndarray, encore: np.ndarray) -> np.ndarray:
    """Return the new rows that count some of the persons of these: the exact ones alone when there are any."""
    tableau = monde.tableau
    touchees = np.isin(tableau.lignes[:-1], lignes).any(axis=1)
    siennes = np.isin(tableau.unite_de_presence, tableau.unite_de_presence[touchees])
    autres = np.unique(tableau.lignes[:-1][siennes])
    autres = autres[autres < len(tableau.cellules)]
    autres = autres[encore[autres]]
    exactes = autres[monde.exactes()[autres]]
    return exactes if len(exactes) else autres


def _totals_first(monde: Monde) -> np.ndarray:
    """When only a rounded total of the contract is left to give way, round instead the exact one that resists most."""
    exactes = np.flatnonzero(monde.exactes()[:-1])
    return exactes[np.argsort(-monde.resistance()[exactes])][:1]


def _certificate(monde: Monde, trouves: list[temoins.Temoin], essais: int) -> Certificat:
    tableau = monde.tableau
    marges = monde.marges[:-1]
    parties = (marges == SANS_LIMITE) & ~tableau.fixes
    arrondies = np.flatnonzero((tableau.marges == 0) & (marges > 0) & ~parties)
    return Certificat(
        tableau.indicateur,
        tableau.cles[monde.vraies],
        tuple(tableau.cles[list(t)] for t in trouves),
        tuple(tableau.cellules[ligne] for ligne in np.flatnonzero(parties)),
        tuple(tableau.cellules[ligne] for ligne in arrondies),
        personnes=len(np.unique(tableau.unite_de_feuille)),
        essais=essais,
    )
