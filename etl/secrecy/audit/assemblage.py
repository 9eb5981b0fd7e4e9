"""Assembles a tableau: from who is in which cell to presences (unit x period) and the answers that may be theirs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from etl.secrecy.audit.tableau import Entiers, Tableau, pad
from etl.secrecy.lien import EVENEMENT, EXACTEMENT_UNE, PAR_PERIODE, TRAIT

# Searching among a part of the possible answers is enough to find one world; any world found is one.
_MODALITES_PAR_EVENEMENT = 2
_MOIS_PAR_TRIMESTRE = 2


@dataclass(frozen=True)
class Entrees:
    """One entry per (unit, row) of the base; `modalite_de_ligne` is 0 but for the rows of an answer."""

    unites: Entiers
    lignes: Entiers
    modalite_de_ligne: Entiers
    modalites: list[str]


def assemble(indicateur: str, mode: str, duree: str, cellules: pd.DataFrame, entrees: Entrees) -> Tableau:
    """Build the tableau of one indicator from its published cells and who is in the base of each."""
    periodes = sorted(cellules["periode"].unique())
    rang_periode = {p: rang for rang, p in enumerate(periodes)}
    periode = cellules["periode"].map(rang_periode).to_numpy()[entrees.lignes]
    temps, temps_de_entree = np.unique(entrees.unites * len(periodes) + periode, return_inverse=True)
    feuilles = {TRAIT: _traits, EVENEMENT: _events, PAR_PERIODE: _each_period}[duree](temps, periodes)
    nombre = len(entrees.modalites)
    # A presence: (unit, period, modality); modality 0 stands for "whatever the answer".
    cles = temps_de_entree * nombre + entrees.modalite_de_ligne[entrees.lignes]
    presences, presence_de_entree = np.unique(
        np.concatenate([cles, np.arange(len(temps)) * nombre]), return_inverse=True
    )
    lignes = _rows(presence_de_entree[: len(cles)], entrees.lignes, len(presences), len(cellules))
    feuille, temps_de_feuille, modalite = _answers(feuilles, mode, cellules, entrees)
    trouvees = [_find(presences, temps_de_feuille * nombre)]
    if nombre > 1:
        trouvees.append(_find(presences, temps_de_feuille * nombre + modalite))
    feuille = np.tile(feuille, len(trouvees))
    presence = np.concatenate(trouvees)
    nombre_feuilles = int(feuille.max()) + 1
    unites = np.zeros(nombre_feuilles, dtype=np.int64)
    unites[feuille] = np.tile(temps[temps_de_feuille] // len(periodes), len(trouvees))
    return Tableau(
        indicateur,
        list(cellules[list(_COLONNES)].itertuples(index=False, name=None)),
        *_columns(cellules),
        mode,
        lignes,
        pad(feuille[presence >= 0], presence[presence >= 0], nombre_feuilles, len(presences))[:-1],
        temps[presences // nombre] // len(periodes),
        temps[presences // nombre] % len(periodes),
        unites,
        presences % nombre == 0,
        tuple(periodes),
    )


def _columns(cellules: pd.DataFrame) -> tuple[Any, Any, Any, Any, Any, Any]:
    """The columns of the cells that a tableau keeps as they are, in its order."""
    valeur, marge, base, repli, marge_repli, fixe = (cellules[nom].to_numpy() for nom in _LUES)
    return valeur, marge, base, repli, marge_repli, fixe


def _rows(presences: Entiers, lignes: Entiers, nombre: int, vide: int) -> Entiers:
    """Rows of each presence, each once, padded with `vide`."""
    doubles = np.unique(presences * (vide + 1) + lignes)
    return pad(doubles // (vide + 1), doubles % (vide + 1), nombre, vide)


_LUES = ("valeur", "marge", "base", "repli", "marge_repli", "fixe")
_COLONNES = ("maille", "periode", "type_territoire", "territoire", "axe", "modalite")


def _traits(temps: Entiers, periodes: list[str]) -> tuple[Entiers, Entiers]:
    """One feuille per unit, true in all its periods: (feuille, rank of its time)."""
    return np.unique(temps // len(periodes), return_inverse=True)[1], np.arange(len(temps))


def _each_period(temps: Entiers, periodes: list[str]) -> tuple[Entiers, Entiers]:
    """One feuille per unit and period."""
    return np.arange(len(temps)), np.arange(len(temps))


def _events(temps: Entiers, periodes: list[str]) -> tuple[Entiers, Entiers]:
    """One feuille per unit and finest period of its base, true in every longer period that holds it."""
    parents = [[periodes.index(p) for p in _enclosing(periode) if p in periodes] for periode in periodes]
    largeur = max(len(p) for p in parents)
    table = np.array([p + [-1] * (largeur - len(p)) for p in parents])
    unite, periode = temps // len(periodes), temps % len(periodes)
    candidates = np.flatnonzero(~_has_finer(temps, unite, periode, table, len(periodes)))
    # Two months per quarter are enough to choose from.
    trimestre = np.array([(p[1:2] or p)[0] for p in parents])[periode[candidates]]
    hasard = np.random.default_rng(0).permutation(len(candidates))
    ordre = np.lexsort((hasard, trimestre, unite[candidates]))
    cle = unite[candidates][ordre] * len(periodes) + trimestre[ordre]
    rang_dans_trimestre = np.arange(len(cle)) - np.searchsorted(cle, cle)
    candidates = np.sort(candidates[ordre][rang_dans_trimestre < _MOIS_PAR_TRIMESTRE])
    feuilles, rangs = [], []
    for colonne in range(largeur):
        parent = table[periode[candidates], colonne]
        rang = _find(temps, unite[candidates] * len(periodes) + parent)
        connus = (parent >= 0) & (rang >= 0)
        feuilles.append(np.flatnonzero(connus))
        rangs.append(rang[connus])
    return np.concatenate(feuilles), np.concatenate(rangs)


def _has_finer(temps: Entiers, unite: Entiers, periode: Entiers, parents: Entiers, nombre: int) -> Entiers:
    """True for the times that hold a finer one of the same unit: its months when they are published, else itself."""
    plus_fine = np.zeros(len(temps), dtype=bool)
    for colonne in range(1, parents.shape[1]):
        rangs = _find(temps, unite * nombre + parents[periode, colonne])
        plus_fine[rangs[(rangs >= 0) & (parents[periode, colonne] >= 0)]] = True
    return plus_fine


def _enclosing(periode: str) -> list[str]:
    """The period itself then those that hold it: 2025-03, 2025-T1, 2025, depuis_debut."""
    suite = [periode]
    if len(periode) == 7 and "T" not in periode:
        suite.append(f"{periode[:4]}-T{(int(periode[5:]) + 2) // 3}")
    if periode[4:5] == "-":
        suite.append(periode[:4])
    return [*suite, "depuis_debut"] if periode != "depuis_debut" else suite


def _find(triees: Entiers, cherchees: Entiers) -> Entiers:
    rangs = np.searchsorted(triees, cherchees)
    rangs[rangs == len(triees)] = 0
    return np.where(triees[rangs] == cherchees, rangs, -1)


def _answers(
    feuilles: tuple[Entiers, Entiers], mode: str, cellules: pd.DataFrame, entrees: Entrees
) -> tuple[Entiers, Entiers, Entiers]:
    """Give each feuille its modality: (feuille, rank of its time, modality); all of them, or two drawn by weight."""
    feuille, temps = feuilles
    nombre = len(entrees.modalites) - 1
    if not nombre:
        return feuille, temps, np.zeros(len(feuille), dtype=np.int64)
    if mode == EXACTEMENT_UNE:
        choix = np.tile(np.arange(1, nombre + 1), (int(feuille.max()) + 1, 1))
    else:
        poids = np.bincount(entrees.modalite_de_ligne, weights=cellules["valeur"] + 1.0, minlength=nombre + 1)[1:]
        taille = (int(feuille.max()) + 1, _MODALITES_PAR_EVENEMENT)
        choix = 1 + np.random.default_rng(0).choice(nombre, size=taille, p=poids / poids.sum())
        choix[choix[:, 0] == choix[:, 1], 1] = choix[choix[:, 0] == choix[:, 1], 0] % nombre + 1
    largeur = choix.shape[1]
    toutes = (feuille[:, None] * largeur + np.arange(largeur)).ravel()
    return toutes, np.repeat(temps, largeur), choix[feuille].ravel()
