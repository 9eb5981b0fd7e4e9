"""Assembles a tableau: from who is in which cell to presences (unit x span) and the answers that may be theirs."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.secrecy.audit.cles import BITS_MODALITE, hash_modality, key, key_with, uniform
from etl.secrecy.audit.tableau import Entiers, Tableau, pad
from etl.secrecy.audit.temps import Calendrier, draw
from etl.secrecy.lien import EXACTEMENT_UNE

# Searching among a part of the possible answers is enough to find one world; any world found is one.
_MODALITES_PAR_EVENEMENT = 2
AUCUNE = np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True)
class Entrees:
    """One entry per (unit, row) of the base; `modalite_de_ligne` is 0 but for the rows of an answer.

    `numeros` are the numbers of the units in the private base, by rank; `acquises` the keys of feuilles that must be
    among those searched: those of the world that proved what the public has read already.
    """

    unites: Entiers
    lignes: Entiers
    modalite_de_ligne: Entiers
    modalites: list[str]
    numeros: Entiers
    acquises: Entiers = field(default_factory=lambda: AUCUNE)


@dataclass(frozen=True)
class Feuilles:
    """The feuilles of a tableau: each once in `cles`, and in (`rangs`, `temps`) once per time that it makes true."""

    rangs: Entiers
    temps: Entiers
    modalites: Entiers
    cles: Entiers


def assemble(indicateur: str, mode: str, duree: str, cellules: pd.DataFrame, entrees: Entrees) -> Tableau:
    """Build the tableau of one indicator from its published cells and who is in the base of each.

    `cellules` says of each row, in `debut`, `fin` and `maille_portee`, the days that it speaks of (`temps.spans`).
    """
    calendrier, portees = Calendrier.of(cellules[["debut", "fin", "maille_portee"]].to_numpy())
    temps, temps_de_entree = np.unique(entrees.unites * len(calendrier) + portees[entrees.lignes], return_inverse=True)
    nombre = len(entrees.modalites)
    # A presence: (unit, span, modality); modality 0 stands for "whatever the answer".
    cles = temps_de_entree * nombre + entrees.modalite_de_ligne[entrees.lignes]
    presences, presence_de_entree = np.unique(
        np.concatenate([cles, np.arange(len(temps)) * nombre]), return_inverse=True
    )
    lignes = _rows(presence_de_entree[: len(cles)], entrees.lignes, len(presences), len(cellules))
    moments = _moments(temps, calendrier, duree, entrees)
    feuilles = _answers(moments, mode, cellules, entrees)
    trouvees = [_find(presences, feuilles.temps * nombre)]
    if nombre > 1:
        trouvees.append(_find(presences, feuilles.temps * nombre + feuilles.modalites))
    feuille = np.tile(feuilles.rangs, len(trouvees))
    presence = np.concatenate(trouvees)
    unites = np.zeros(len(feuilles.cles), dtype=np.int64)
    unites[feuille] = np.tile(temps[feuilles.temps] // len(calendrier), len(trouvees))
    return Tableau(
        indicateur,
        list(cellules[list(_COLONNES)].itertuples(index=False, name=None)),
        *_columns(cellules),
        mode,
        lignes,
        pad(feuille[presence >= 0], presence[presence >= 0], len(feuilles.cles), len(presences))[:-1],
        temps[presences // nombre] // len(calendrier),
        temps[presences // nombre] % len(calendrier),
        presences % nombre,
        unites,
        feuilles.cles,
        calendrier.courtes,
    )


def _columns(cellules: pd.DataFrame) -> tuple[Any, Any, Any, Any, Any, Any, Any]:
    """The columns of the cells that a tableau keeps as they are, in its order."""
    valeur, marge, base, repli, marge_repli, fixe, remplacante = (cellules[nom].to_numpy() for nom in _LUES)
    return valeur, marge, base, repli, marge_repli, fixe, remplacante


def _rows(presences: Entiers, lignes: Entiers, nombre: int, vide: int) -> Entiers:
    """Rows of each presence, each once, padded with `vide`."""
    # Sorted, not np.unique: on millions of numbers its hash table takes ten times as long.
    doubles = np.sort(presences * (vide + 1) + lignes)
    doubles = doubles[np.r_[True, doubles[1:] != doubles[:-1]]]
    return pad(doubles // (vide + 1), doubles % (vide + 1), nombre, vide)


_LUES = ("valeur", "marge", "base", "repli", "marge_repli", "fixe", "remplacante")
_COLONNES = ("maille", "periode", "type_territoire", "territoire", "axe", "modalite", "nombre")


def _moments(temps: Entiers, calendrier: Calendrier, duree: str, entrees: Entrees) -> tuple[Entiers, Entiers, Entiers]:
    """One feuille per unit and slice of time, true in every span of the unit that holds the slice.

    Returns pairs (feuille, rank of the time it makes true), and the key of each feuille.
    """
    unites, unite = np.unique(temps // len(calendrier), return_inverse=True)
    place = np.full((len(unites), len(calendrier)), -1)
    place[unite, temps % len(calendrier)] = np.arange(len(temps))
    qui, tranche = np.nonzero(calendrier.possible(place >= 0, duree))
    jours = calendrier.tranches[tranche]
    cles = key(entrees.numeros[unites[qui]], jours)
    acquises = np.isin(cles >> BITS_MODALITE, entrees.acquises >> BITS_MODALITE)
    choisies = draw(qui, jours, uniform(cles), acquises, duree)
    qui, tranche = qui[choisies], tranche[choisies]
    feuilles, rangs = [], []
    for portee in range(len(calendrier)):
        siennes = np.flatnonzero(calendrier.dedans[portee, tranche] & (place[qui, portee] >= 0))
        feuilles.append(siennes)
        rangs.append(place[qui[siennes], portee])
    return np.concatenate(feuilles), np.concatenate(rangs), cles[choisies]


def _find(triees: Entiers, cherchees: Entiers) -> Entiers:
    rangs = np.searchsorted(triees, cherchees)
    rangs[rangs == len(triees)] = 0
    return np.where(triees[rangs] == cherchees, rangs, -1)


def _answers(
    moments: tuple[Entiers, Entiers, Entiers], mode: str, cellules: pd.DataFrame, entrees: Entrees
) -> Feuilles:
    """Give each feuille its modality: all of them, or two drawn by weight, and those acquired."""
    feuille, temps, cles = moments
    nombre = len(entrees.modalites) - 1
    if not nombre:
        return Feuilles(feuille, temps, np.zeros(len(feuille), dtype=np.int64), cles)
    toutes = key_with(cles[:, None], np.array([hash_modality(m) for m in entrees.modalites[1:]], dtype=np.uint64))
    if mode == EXACTEMENT_UNE:
        choix = np.ones(toutes.shape, dtype=bool)
    else:
        poids = np.bincount(entrees.modalite_de_ligne, weights=cellules["valeur"] + 1.0, minlength=nombre + 1)[1:]
        # The smallest of exponential / weight: a draw proportional to the weights.
        notes = -np.log1p(-uniform(toutes)) / poids
        choix = notes.argsort(axis=1).argsort(axis=1) < _MODALITES_PAR_EVENEMENT
        choix |= np.isin(toutes, entrees.acquises)
    rangs = np.cumsum(choix).reshape(choix.shape) - 1
    paire, modalite = np.nonzero(choix[feuille])
    return Feuilles(rangs[feuille[paire], modalite], temps[paire], modalite + 1, toutes[choix])
