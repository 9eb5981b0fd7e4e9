"""Assembles a tableau: from who is in which cell to presences (unit x period) and the answers that may be theirs."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from etl.secrecy.audit.cles import BITS_MODALITE, code, enclosing, hash_modality, key, key_with, uniform
from etl.secrecy.audit.tableau import Entiers, Tableau, pad
from etl.secrecy.lien import EVENEMENT, EXACTEMENT_UNE, PAR_PERIODE, TRAIT

# Searching among a part of the possible answers is enough to find one world; any world found is one.
_MODALITES_PAR_EVENEMENT = 2
_MOIS_PAR_TRIMESTRE = 2
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
    """Build the tableau of one indicator from its published cells and who is in the base of each."""
    periodes = sorted(cellules["periode"].unique())
    rang_periode = {p: rang for rang, p in enumerate(periodes)}
    periode = cellules["periode"].map(rang_periode).to_numpy()[entrees.lignes]
    temps, temps_de_entree = np.unique(entrees.unites * len(periodes) + periode, return_inverse=True)
    nombre = len(entrees.modalites)
    # A presence: (unit, period, modality); modality 0 stands for "whatever the answer".
    cles = temps_de_entree * nombre + entrees.modalite_de_ligne[entrees.lignes]
    presences, presence_de_entree = np.unique(
        np.concatenate([cles, np.arange(len(temps)) * nombre]), return_inverse=True
    )
    lignes = _rows(presence_de_entree[: len(cles)], entrees.lignes, len(presences), len(cellules))
    moments = {TRAIT: _traits, EVENEMENT: _events, PAR_PERIODE: _each_period}[duree](temps, periodes, entrees)
    feuilles = _answers(moments, mode, cellules, entrees)
    trouvees = [_find(presences, feuilles.temps * nombre)]
    if nombre > 1:
        trouvees.append(_find(presences, feuilles.temps * nombre + feuilles.modalites))
    feuille = np.tile(feuilles.rangs, len(trouvees))
    presence = np.concatenate(trouvees)
    unites = np.zeros(len(feuilles.cles), dtype=np.int64)
    unites[feuille] = np.tile(temps[feuilles.temps] // len(periodes), len(trouvees))
    return Tableau(
        indicateur,
        list(cellules[list(_COLONNES)].itertuples(index=False, name=None)),
        *_columns(cellules),
        mode,
        lignes,
        pad(feuille[presence >= 0], presence[presence >= 0], len(feuilles.cles), len(presences))[:-1],
        temps[presences // nombre] // len(periodes),
        temps[presences // nombre] % len(periodes),
        presences % nombre,
        unites,
        feuilles.cles,
        tuple(periodes),
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


def _traits(temps: Entiers, periodes: list[str], entrees: Entrees) -> tuple[Entiers, Entiers, Entiers]:
    """One feuille per unit, true in all its periods: (feuille, rank of its time), and the key of each feuille."""
    unites, feuille = np.unique(temps // len(periodes), return_inverse=True)
    return feuille, np.arange(len(temps)), key(entrees.numeros[unites])


def _each_period(temps: Entiers, periodes: list[str], entrees: Entrees) -> tuple[Entiers, Entiers, Entiers]:
    """One feuille per unit and period."""
    codes = np.array([code(p) for p in periodes])
    cles = key(entrees.numeros[temps // len(periodes)], codes[temps % len(periodes)])
    return np.arange(len(temps)), np.arange(len(temps)), cles


def _events(temps: Entiers, periodes: list[str], entrees: Entrees) -> tuple[Entiers, Entiers, Entiers]:
    """One feuille per unit and finest period of its base, true in every longer period that holds it."""
    parents = [[periodes.index(p) for p in enclosing(periode) if p in periodes] for periode in periodes]
    largeur = max(len(p) for p in parents)
    table = np.array([p + [-1] * (largeur - len(p)) for p in parents])
    unite, periode = temps // len(periodes), temps % len(periodes)
    cles = _each_period(temps, periodes, entrees)[2]
    candidates = np.flatnonzero(~_has_finer(temps, unite, periode, table, len(periodes)))
    # Two months per quarter are enough to choose from: drawn from their keys, the same ones at the next release.
    acquises = np.isin(cles[candidates] >> BITS_MODALITE, entrees.acquises >> BITS_MODALITE)
    trimestre = np.array([(p[1:2] or p)[0] for p in parents])[periode[candidates]]
    ordre = np.lexsort((uniform(cles[candidates]), ~acquises, trimestre, unite[candidates]))
    cle = unite[candidates][ordre] * len(periodes) + trimestre[ordre]
    rang_dans_trimestre = np.arange(len(cle)) - np.searchsorted(cle, cle)
    candidates = np.sort(candidates[ordre][(rang_dans_trimestre < _MOIS_PAR_TRIMESTRE) | acquises[ordre]])
    feuilles, rangs = [], []
    for colonne in range(largeur):
        parent = table[periode[candidates], colonne]
        rang = _find(temps, unite[candidates] * len(periodes) + parent)
        connus = (parent >= 0) & (rang >= 0)
        feuilles.append(np.flatnonzero(connus))
        rangs.append(rang[connus])
    return np.concatenate(feuilles), np.concatenate(rangs), cles[candidates]


def _has_finer(temps: Entiers, unite: Entiers, periode: Entiers, parents: Entiers, nombre: int) -> Entiers:
    """True for the times that hold a finer one of the same unit: its months when they are published, else itself."""
    plus_fine = np.zeros(len(temps), dtype=bool)
    for colonne in range(1, parents.shape[1]):
        rangs = _find(temps, unite * nombre + parents[periode, colonne])
        plus_fine[rangs[(rangs >= 0) & (parents[periode, colonne] >= 0)]] = True
    return plus_fine


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
