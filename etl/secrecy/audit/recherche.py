"""Looks for a central world: answers, made up from published values only, that stand well inside every rounding.

A local search that repairs one row at a time; rows that resist weigh more and more (breakout).
"""

import numpy as np

from etl.secrecy.audit.tableau import SANS_LIMITE, Entiers, Tableau, hard, tolerances
from etl.secrecy.lien import EXACTEMENT_UNE, LIBRE, UNE_FOIS

_LISSAGES = 12
_AUDACE = 0.2
# Presences, then answers, looked at for one repair.
_CANDIDATS = 300
_AUCUNE = np.zeros(0, dtype=np.int64)


class Monde:
    """One world under search: which feuilles hold, and how far each row stands from what is published."""

    def __init__(self, tableau: Tableau, avant: Entiers | None = None, graine: int = 0, credit: int = 0) -> None:
        """Start from the published values: a smooth solution, then rounded to whole answers.

        Units whose answers the public has read something of start from `avant`, the feuilles that held in the world
        which proved it, when there is one.
        """
        self.tableau = tableau
        self.hasard = np.random.default_rng(graine)
        self.nombre = len(tableau.cellules)
        self.valeurs = np.append(tableau.valeurs, 0)
        self.marges = np.append(tableau.after(_AUCUNE, _AUCUNE)[1], SANS_LIMITE)
        self.tolerances = tolerances(self.marges)
        # Rows of many persons weigh more: what cannot hold together ends up in the small ones.
        self.poids = np.append(np.sqrt(tableau.bases + 1.0), 0.0)
        self.poids_initiaux = self.poids.copy()
        self.feuilles_de_presence = _reverse(tableau.presences, len(tableau.lignes) - 1)
        self.presences_de_ligne = _reverse(tableau.lignes[:-1], self.nombre)
        self.feuilles_d_unite = _reverse(tableau.unite_de_feuille[:, None], tableau.unites)
        self.fige = -1
        self.credit = credit  # what integer programs may still spend: answers, squared
        self.journal: list[int] = []
        self.resistantes = _AUCUNE
        self.place(self._start(avant))

    def _start(self, avant: Entiers | None) -> Entiers:
        depart = self.tableau.depart
        vraies = _rounded(self.tableau, self.hasard) if depart is None else depart.copy()
        if avant is None:
            return vraies
        touchees = np.append(self.tableau.fixes, False)[self.tableau.lignes[:-1]].any(axis=1)
        connues = np.isin(self.tableau.unite_de_feuille, self.tableau.unite_de_presence[touchees])
        tenues = np.zeros_like(vraies)
        tenues[avant] = True
        if self.tableau.mode == EXACTEMENT_UNE:
            connues &= np.isin(self.tableau.unite_de_feuille, self.tableau.unite_de_feuille[avant])
        return np.where(connues, tenues, vraies)

    def place(self, vraies: Entiers) -> None:
        """Take these feuilles as those that hold."""
        self.vraies = vraies
        nombre = len(self.tableau.lignes)
        self.comptes = np.bincount(self.tableau.presences[vraies].ravel(), minlength=nombre)
        self.comptes[-1] = 0
        occupees = self.comptes > 0
        self.ecarts = np.bincount(self.tableau.lignes[occupees].ravel(), minlength=self.nombre + 1) - self.valeurs
        self.ecarts[-1] = 0
        self.rescore()

    def rescore(self) -> None:
        """Recompute what one more or one less costs in each row."""
        self.plus, self.moins = self._costs(np.arange(self.nombre + 1))

    def _costs(self, lignes: Entiers) -> tuple[Entiers, Entiers]:
        ecart, marge, poids = self.ecarts[lignes], self.marges[lignes], self.poids[lignes]
        ici = np.maximum(np.abs(ecart) - marge, 0) ** 2
        return (
            poids * (np.maximum(np.abs(ecart + 1) - marge, 0) ** 2 - ici),
            poids * (np.maximum(np.abs(ecart - 1) - marge, 0) ** 2 - ici),
        )

    def violated(self) -> Entiers:
        """Return the rows that stand too far from what is published."""
        return np.flatnonzero(np.abs(self.ecarts) > self.marges)

    def improve(self, pas: int) -> bool:
        """Repair until every row holds (True) or `pas` steps are spent (False)."""
        for _ in range(pas):
            fautives = self.violated()
            if not len(fautives):
                return True
            ligne = fautives[self.hasard.integers(len(fautives))]
            if not self._repair(ligne, 1 if self.ecarts[ligne] < 0 else -1):
                self.poids[ligne] += self.poids_initiaux[ligne]
                seule = np.array([ligne])
                self.plus[seule], self.moins[seule] = self._costs(seule)
        return not len(self.violated())

    def _repair(self, ligne: int, sens: int) -> bool:
        """Make the best move found that brings `ligne` closer; False when every one costs more elsewhere."""
        debut, fin, liste = self.presences_de_ligne
        presences = liste[debut[ligne] : fin[ligne]]
        presences = presences[self.comptes[presences] == (0 if sens > 0 else 1)]
        if len(presences) > _CANDIDATS:
            presences = self.hasard.choice(presences, _CANDIDATS, replace=False)
        feuilles = _gather(self.feuilles_de_presence, presences)
        unites = self.tableau.unite_de_feuille[feuilles]
        feuilles = feuilles[(self.vraies[feuilles] == (sens < 0)) & (unites != self.fige)]
        if len(feuilles) > _CANDIDATS:
            feuilles = self.hasard.choice(feuilles, _CANDIDATS, replace=False)
        if not len(feuilles):
            return False
        if self.tableau.mode == EXACTEMENT_UNE:
            return self._reassign(feuilles, sens)
        if self.tableau.mode == UNE_FOIS and sens > 0:
            return self._move_in(feuilles)
        couts = self._score(feuilles, sens)
        meilleure = np.argmin(couts + self.hasard.random(len(couts)) * 1e-3)
        if couts[meilleure] > 0 and self.hasard.random() > _AUDACE:
            return False
        self.toggle(int(feuilles[meilleure]))
        return couts[meilleure] <= 0

    def _move_in(self, feuilles: Entiers) -> bool:
        """Add an event to a unit that has none, or in place of the one it has."""
        anciennes = self._held(feuilles)
        couts = self._score(feuilles, 1)
        prises = anciennes >= 0
        couts[prises] += self._score(anciennes[prises], -1)
        meilleure = np.argmin(couts + self.hasard.random(len(couts)) * 1e-3)
        if couts[meilleure] > 0 and self.hasard.random() > _AUDACE:
            return False
        if prises[meilleure]:
            self.toggle(int(anciennes[meilleure]))
        self.toggle(int(feuilles[meilleure]))
        return couts[meilleure] <= 0

    def _reassign(self, feuilles: Entiers, sens: int) -> bool:
        """Change one unit's answer: to this feuille (sens 1), or from it to another of its feuilles (sens -1)."""
        if sens > 0:
            return self._move_in(feuilles)
        autres = _gather(self.feuilles_d_unite, self.tableau.unite_de_feuille[feuilles])
        autres = autres[~self.vraies[autres]]
        return bool(len(autres)) and self._move_in(autres)

    def _held(self, feuilles: Entiers) -> Entiers:
        """Return the feuille that holds for the unit of each feuille, -1 when none does."""
        debut, fin, liste = self.feuilles_d_unite
        unites = self.tableau.unite_de_feuille[feuilles]
        largeur = int((fin - debut)[unites].max())
        rangs = debut[unites][:, None] + np.arange(largeur)
        siennes = liste[np.minimum(rangs, len(liste) - 1)]
        tenues = self.vraies[siennes] & (rangs < fin[unites][:, None])
        return np.where(tenues.any(axis=1), siennes[np.arange(len(unites)), tenues.argmax(axis=1)], -1)

    def _score(self, feuilles: Entiers, sens: int) -> Entiers:
        """Cost of making each feuille true (sens 1) or false (sens -1), in the rows whose count would move."""
        presences = self.tableau.presences.take(feuilles, axis=0)
        siennes = presences.ravel()
        # Few of them move; and numpy adds along a short last axis six times faster this way.
        bougent = np.flatnonzero(self.comptes.take(siennes) == (0 if sens > 0 else 1))
        lignes = self.tableau.lignes.take(siennes.take(bougent), axis=0)
        couts = np.zeros(len(siennes))
        couts[bougent] = np.einsum("ij->i", (self.plus if sens > 0 else self.moins).take(lignes))
        return np.einsum("ij->i", couts.reshape(presences.shape))

    def feuilles_of(self, presence: int) -> Entiers:
        """Return the feuilles that make a presence true."""
        return _gather(self.feuilles_de_presence, np.array([presence]))

    def put(self, feuille: int) -> None:
        """Change one feuille, and give up the one its unit held when it may hold one only."""
        if not self.vraies[feuille] and self.tableau.mode != LIBRE:
            ancienne = int(self._held(np.array([feuille]))[0])
            if ancienne >= 0:
                self.toggle(ancienne)
        self.toggle(feuille)

    def toggle(self, feuille: int) -> None:
        """Change one answer and the rows it moves."""
        sens = -1 if self.vraies[feuille] else 1
        presences = self.tableau.presences[feuille]
        presences = presences[presences < len(self.tableau.lignes) - 1]
        bougent = presences[self.comptes[presences] == (0 if sens > 0 else 1)]
        self.journal.append(feuille)
        self.comptes[presences] += sens
        self.vraies[feuille] = sens > 0
        lignes = self.tableau.lignes[bougent].ravel()
        lignes = lignes[lignes < self.nombre]
        np.add.at(self.ecarts, lignes, sens)
        self.plus[lignes], self.moins[lignes] = self._costs(lignes)

    def exactes(self) -> Entiers:
        """True for each new row still exact that has a rounded value to give way to (and False for the padding)."""
        return (self.marges == 0) & np.append((self.tableau.marges_repli > 0) & ~self.tableau.fixes, False)

    def resistance(self) -> Entiers:
        """How much heavier each row has grown since the last cell gave way."""
        return self.poids[:-1] / self.poids_initiaux[:-1]

    def round_off(self, ligne: int) -> None:
        """Take an exact row at its rounded value instead."""
        self.ecarts[ligne] += self.valeurs[ligne] - self.tableau.replis[ligne]
        self.valeurs[ligne] = self.tableau.replis[ligne]
        self.marges[ligne] = self.tableau.marges_repli[ligne]
        self.tolerances[ligne] = self.marges[ligne] + 1

    def withdraw(self, ligne: int) -> None:
        """Look no more at a row: it is no longer published, and what it replaces still is."""
        self.marges[ligne] = self.tolerances[ligne] = SANS_LIMITE
        reprises = np.flatnonzero(self.tableau.remplacantes == ligne)
        self.marges[reprises] = self.tableau.marges[reprises]
        self.tolerances[reprises] = tolerances(self.marges[reprises])

    def tighten(self, lignes: Entiers) -> None:
        """Let these rows be met at their very limit: who stands under them must then be shown a second world."""
        self.marges[lignes] = self.tolerances[lignes]

    def hard(self) -> Entiers:
        """True for each row that no person alone may move in this world (False for the padding)."""
        return hard(self.ecarts, self.tolerances)

    def relax(self) -> None:
        """Halve what weights have grown by: the search goes on elsewhere, and remembers what resisted."""
        self.poids = (self.poids + self.poids_initiaux) / 2
        self.rescore()

    def forget(self) -> None:
        """Weigh every row as at the start."""
        self.poids = self.poids_initiaux.copy()
        self.rescore()


def _reverse(tableau: Entiers, nombre: int) -> tuple[Entiers, Entiers, Entiers]:
    """Turn a padded table the other way round: (start, end, list) of the lines that hold each value."""
    lignes = np.repeat(np.arange(len(tableau)), tableau.shape[1])
    valeurs = tableau.ravel()
    gardees = valeurs < nombre
    lignes, valeurs = lignes[gardees], valeurs[gardees]
    fins = np.cumsum(np.bincount(valeurs, minlength=nombre))
    return np.r_[0, fins[:-1]], fins, lignes[np.argsort(valeurs, kind="stable")]


def _gather(inverse: tuple[Entiers, Entiers, Entiers], cles: Entiers) -> Entiers:
    debut, fin, liste = inverse
    tailles = fin[cles] - debut[cles]
    rangs = np.arange(tailles.sum()) - np.repeat(np.cumsum(tailles) - tailles, tailles)
    return liste[np.repeat(debut[cles], tailles) + rangs]


def _rounded(tableau: Tableau, hasard: np.random.Generator) -> Entiers:
    """Spread the published values over the feuilles (simultaneous reconstruction), then round evenly along rows."""
    lignes = tableau.lignes[tableau.presences].reshape(len(tableau.presences), -1)
    nombre = len(tableau.cellules)
    # The padding left out: (feuille, row) pairs.
    places = np.flatnonzero(lignes.ravel() < nombre)
    feuilles, touchees = places // lignes.shape[1], lignes.ravel()[places]
    tailles = np.maximum(np.bincount(touchees, minlength=nombre), 1)
    portees = np.maximum(np.bincount(feuilles, minlength=len(lignes)), 1)
    parts = np.full(len(lignes), float(tableau.valeurs.sum()) / max(1, tailles.sum()))
    for _ in range(_LISSAGES):
        sommes = np.bincount(touchees, weights=parts[feuilles], minlength=nombre)
        manques = (tableau.valeurs - sommes) / tailles
        recus = np.bincount(feuilles, weights=manques[touchees], minlength=len(lignes))
        parts = np.clip(parts + 1.5 * recus / portees, 0, 1)
    if tableau.mode == EXACTEMENT_UNE:
        return _one_each(tableau, parts, hasard)
    ordre = np.lexsort(lignes.T[::-1])
    cumul = np.floor(np.cumsum(parts[ordre]) + hasard.random())
    vraies = np.zeros(len(lignes), dtype=bool)
    vraies[ordre] = np.diff(cumul, prepend=0.0) >= 1
    if tableau.mode == UNE_FOIS:
        tenues = np.flatnonzero(vraies)
        _, premieres = np.unique(tableau.unite_de_feuille[tenues], return_index=True)
        vraies[:] = False
        vraies[tenues[premieres]] = True
    return vraies


def _one_each(tableau: Tableau, parts: Entiers, hasard: np.random.Generator) -> Entiers:
    """Give each unit one of its feuilles, with the likelihood of its part."""
    ordre = np.argsort(tableau.unite_de_feuille, kind="stable")
    unites = tableau.unite_de_feuille[ordre]
    # The largest of part / exponential: a draw proportional to the parts.
    notes = (parts[ordre] + 1e-9) / hasard.exponential(size=len(ordre))
    choisies = np.lexsort((-notes, unites))
    premieres = np.r_[True, unites[choisies][1:] != unites[choisies][:-1]]
    vraies = np.zeros(len(ordre), dtype=bool)
    vraies[ordre[choisies[premieres]]] = True
    return vraies
