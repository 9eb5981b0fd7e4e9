"""Proves one indicator: central world, cells withdrawn where none exists, second worlds under exact totals."""

import numpy as np

from etl.secrecy.audit import temoins
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import SANS_LIMITE, Tableau

ESSAIS = 40
_UN_PAR_UN = 12
# Worth another search: no more rows than this stand in the way.
_PROCHES = 4
_PAS_PREMIER, _PAS_SUIVANT, _REPRISES = 1500, 400, 1


class NonProuve(Exception):
    """An indicator stays unproven after every try; the message is a French sentence."""


def prove(tableau: Tableau) -> Certificat:
    """Return the certificate of a tableau; raises NonProuve after 40 tries.

    Only published values and public bases are read, so what is withdrawn tells nothing either.
    """
    monde = Monde(tableau)
    # Nobody, or everybody: an exact value would answer for each of them.
    certaines = (tableau.valeurs == 0) | (tableau.valeurs == tableau.bases)
    for ligne in np.flatnonzero(certaines & monde.exactes()[:-1]).tolist():
        monde.round_off(ligne)
    monde.forget()
    for essai in range(1, ESSAIS + 1):
        if not _settle(monde, _PAS_PREMIER if essai == 1 else _PAS_SUIVANT):
            _give_way(monde, monde.violated(), essai)
            continue
        trouves, sans = temoins.find(monde, temoins.share(monde))
        if not sans:
            return _certificate(monde, trouves, essai)
        siennes = np.flatnonzero(tableau.unite_de_presence == tableau.unite_de_presence[sans[0]])
        lignes = np.unique(tableau.lignes[siennes])
        _give_way(monde, lignes[monde.marges[lignes] == 0], essai)
    raise NonProuve(
        f"Publication arrêtée : le secret de l'indicateur « {tableau.indicateur} » n'est pas prouvé après {ESSAIS} "
        "essais. La version précédente reste en place."
    )


def _settle(monde: Monde, pas: int) -> bool:
    """Search, then again with every row weighed as at the start: a cell given way for want of luck is a cell lost."""
    for _ in range(_REPRISES):
        if monde.improve(pas):
            return True
        if len(monde.violated()) > _PROCHES:
            return False
        monde.relax()
    return monde.improve(pas)


def _give_way(monde: Monde, lignes: np.ndarray, essai: int) -> None:
    """Round the smallest of these rows if one is exact, else withdraw it, with those that count the same persons.

    What the public has read already cannot give way: the new rows of the same persons do, and failing that the row is
    left out as contradicted (answers have moved since). Past the first tries all give way at once: small populations
    would use up the others one by one.
    """
    tableau = monde.tableau
    neuves = _movable(monde, lignes)
    if not len(neuves):
        for ligne in lignes.tolist():
            monde.withdraw(ligne)
        monde.forget()
        return
    fines = _fine(monde, neuves)
    if len(fines):
        _withdraw(monde, fines[:1] if essai <= _UN_PAR_UN else fines)
        return
    exactes = neuves[monde.exactes()[neuves]]
    if not len(exactes):
        exactes = _totals_first(monde)
    choix = exactes if len(exactes) else neuves
    choisies = choix[[np.argmin(tableau.bases[choix])]] if essai <= _UN_PAR_UN else choix
    if not len(exactes):
        _withdraw(monde, choisies)
        return
    for ligne in choisies.tolist():
        monde.round_off(ligne)
    monde.forget()


def _fine(monde: Monde, lignes: np.ndarray) -> np.ndarray:
    """Return the rows of one quarter or one answer among these, the smallest first: they go before the contract's."""
    fines = np.array([r for r in lignes.tolist() if monde.tableau.cellules[r][2::2] != ("total", "")], dtype=np.int64)
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
    parties = marges == SANS_LIMITE
    retirees, contredites = np.flatnonzero(parties & ~tableau.fixes), np.flatnonzero(parties & tableau.fixes)
    arrondies = np.flatnonzero((tableau.marges == 0) & (marges > 0) & ~parties)
    return Certificat(
        tableau.indicateur,
        np.flatnonzero(monde.vraies),
        tuple(trouves),
        tuple(tableau.cellules[ligne] for ligne in retirees),
        tuple(tableau.cellules[ligne] for ligne in arrondies),
        tuple(contredites.tolist()),
        personnes=len(np.unique(tableau.unite_de_feuille)),
        essais=essais,
    )
