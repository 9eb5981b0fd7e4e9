"""Proves one indicator: central world, cells withdrawn where none exists, second worlds under exact totals."""

from collections.abc import Iterable, Iterator

import numpy as np

from etl.secrecy.audit import temoins
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.recherche import Monde
from etl.secrecy.audit.tableau import SANS_LIMITE, Tableau

ESSAIS = 40
_UN_PAR_UN = 12
_PAS_PREMIER, _PAS_SUIVANT = 1500, 400


class NonProuve(Exception):
    """An indicator stays unproven after every try; the message is a French sentence."""


def prove_all(tableaux: Iterable[Tableau]) -> Iterator[Certificat]:
    """Yield the certificate of each tableau."""
    for tableau in tableaux:
        yield prove(tableau)


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
        if not monde.improve(_PAS_PREMIER if essai == 1 else _PAS_SUIVANT):
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
    exactes = neuves[monde.exactes()[neuves]]
    if not len(exactes):
        exactes = _totals_first(monde, neuves)
    choix = exactes if len(exactes) else neuves
    choisies = choix[[np.argmin(tableau.bases[choix])]] if essai <= _UN_PAR_UN else choix
    if len(exactes):
        for ligne in choisies.tolist():
            monde.round_off(ligne)
    else:
        memes = np.isin(tableau.jumelles, tableau.jumelles[choisies]) & ~tableau.fixes
        for ligne in np.flatnonzero(memes).tolist():
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
    return np.array(memes, dtype=np.int64)


def _totals_first(monde: Monde, lignes: np.ndarray) -> np.ndarray:
    """When the smallest row that gives way is the contract's total, round instead the exact total that resists most."""
    tableau = monde.tableau
    if tableau.cellules[lignes[np.argmin(tableau.bases[lignes])]][2::2] != ("total", ""):
        return np.zeros(0, dtype=np.int64)
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
