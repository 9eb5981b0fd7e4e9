"""Plants the faults real files have: wrong cells, duplicates, contradictions; never enough to refuse a normal file.

A row refused among the participants takes with it every row about that person: those are counted too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from etl.demo import noms
from etl.demo.dialectes import Dialecte, Feuille, spell, spell_impossible
from etl.demo.table import Vecteur

Fauteur = Callable[[np.random.Generator, Vecteur, Vecteur, Dialecte], None]
_PLAFOND = 0.1  # of a file's rows, refused directly or because of a refused person: far from the 20 % that refuse it
_DOUBLONS = 0.005
_CONTRAIRES = 0.002
# contract: (kind of fault, column, share of the rows)
_FAUTES: dict[str, tuple[tuple[str, str, float], ...]] = {
    "participants": (
        ("impossible", "date_entree", 0.0042),
        ("quartier", "code_qpv", 0.0042),
        ("liste", "niveau_formation", 0.0028),
        ("siecle", "annee_naissance", 0.0042),
        ("avant", "date_entree", 0.0028),
    ),
    "etapes": (("impossible", "date", 0.0028), ("liste", "type_etape", 0.0028), ("inconnu", "participant_ref", 0.0028)),
    "freins": (
        ("avant", "date_levee", 0.0084),
        ("impossible", "date_identification", 0.0056),
        ("liste", "type_frein", 0.0042),
    ),
    "orientations": (
        ("impossible", "date", 0.0056),
        ("inconnu", "acteur_cible", 0.0056),
        ("avant", "date_statut", 0.0056),
    ),
    "sorties": (
        ("impossible", "date_sortie", 0.0084),
        ("liste", "type_sortie", 0.007),
        ("avant", "date_sortie", 0.002),
    ),
    "confiance": (("score", "score", 0.0084), ("impossible", "date", 0.0042), ("vide", "score", 0.0042)),
    "interventions": (
        ("impossible", "date", 0.007),
        ("quartier", "code_qpv", 0.007),
        ("environ", "personnes_rencontrees", 0.007),
        ("liste", "type_intervention", 0.0056),
    ),
    "frequentation": (("environ", "passages", 0.0084), ("impossible", "date", 0.0056)),
    "entreprises": (("liste", "type_engagement", 0.014), ("siret", "siret", 0.014)),
    "parrainages": (("avant", "date_fin", 0.014),),
    "projets": (("impossible", "date_accompagnement", 0.014),),
    "financements": (("environ", "montant_accorde", 0.014),),
}
# The column whose value differs between two rows of one key, and values to choose another from.
_CONTRAIRES_PAR_SCHEMA: dict[str, tuple[str, tuple[str, ...]]] = {
    "freins": ("intensite", ("faible", "fort")),
    "interventions": ("personnes_rencontrees", ("7", "8")),
    "confiance": ("score", ("7", "8")),
}


def spoil(
    rng: np.random.Generator, schema: str, feuille: Feuille, dialecte: Dialecte, perdus: Vecteur
) -> tuple[Feuille, Vecteur]:
    """Spoil a copy of the rows; `perdus` flags those to leave alone, being about a refused person.

    Returns the rows (those sent twice appended) and a mask of the original rows refused for their own fault.
    """
    nombre = len(feuille)
    copie = feuille.take(np.arange(nombre))
    reste = max(0, int(_PLAFOND * nombre) - int(perdus.sum()))
    fautives = np.zeros(nombre, dtype=bool)
    for genre, colonne, part in _FAUTES.get(schema, ()):
        if colonne not in copie.colonnes:
            continue
        candidats = np.flatnonzero(~perdus & ~fautives & (copie.cells(colonne) != ""))
        combien = min(rng.binomial(len(candidats), part), reste)
        choisis = np.sort(rng.choice(candidats, combien, replace=False))
        _FAUTEURS[genre](rng, copie.cells(colonne), choisis, dialecte)
        fautives[choisis] = True
        reste -= combien
    saines = np.flatnonzero(~fautives & ~perdus)
    return _append(copie, [_double(rng, copie, saines), _contradict(rng, copie, saines, schema, reste // 2)]), fautives


def name_people(rng: np.random.Generator, feuille: Feuille) -> Feuille:
    """The file that must be refused: invented names typed where the references should be."""
    copie = feuille.take(np.arange(len(feuille)))
    prenoms, patronymes = noms.PRENOMS_FEMME + noms.PRENOMS_HOMME, noms.make_surnames()
    copie.cells("participant_ref")[:] = [
        f"{patronymes[rng.integers(0, len(patronymes))]} {prenoms[rng.integers(0, len(prenoms))]}"
        for _ in range(len(copie))
    ]
    return copie


def _double(rng: np.random.Generator, feuille: Feuille, saines: Vecteur) -> Feuille:
    """Rows sent twice, identical."""
    return feuille.take(rng.choice(saines, rng.binomial(len(saines), _DOUBLONS), replace=False))


def _contradict(rng: np.random.Generator, feuille: Feuille, saines: Vecteur, schema: str, plafond: int) -> Feuille:
    """Rows sent twice with another value under the same key: both must be refused."""
    colonne, valeurs = _CONTRAIRES_PAR_SCHEMA.get(schema, ("", ()))
    if colonne not in feuille.colonnes:
        return feuille.take(saines[:0])
    candidats = saines[feuille.cells(colonne)[saines] != ""]
    combien = min(rng.binomial(len(candidats), _CONTRAIRES), plafond)
    copie = feuille.take(rng.choice(candidats, combien, replace=False))
    cellules = copie.cells(colonne)
    cellules[:] = [valeurs[str(cellule).casefold() == valeurs[0]] for cellule in cellules.tolist()]
    return copie


def _append(feuille: Feuille, ajoutees: list[Feuille]) -> Feuille:
    morceaux = zip(feuille.cellules, *(lignes.cellules for lignes in ajoutees), strict=True)
    return Feuille(feuille.colonnes, feuille.entetes, [np.concatenate(cellules) for cellules in morceaux])


def _set(*valeurs: str) -> Fauteur:
    """A fault that replaces cells by one of a few words."""

    def plant(rng: np.random.Generator, cellules: Vecteur, ou: Vecteur, dialecte: Dialecte) -> None:
        cellules[ou] = np.array(valeurs, dtype=object)[rng.integers(0, len(valeurs), len(ou))]

    return plant


def _impossible(rng: np.random.Generator, cellules: Vecteur, ou: Vecteur, dialecte: Dialecte) -> None:
    """A day no calendar has."""
    cellules[ou] = spell_impossible(dialecte, 2025)


def _before(rng: np.random.Generator, cellules: Vecteur, ou: Vecteur, dialecte: Dialecte) -> None:
    """A day before everything else the row says."""
    classeur = any(isinstance(cellule, date) for cellule in cellules[ou].tolist())
    cellules[ou] = spell(date(2023, 6, 5), "classeur" if classeur else dialecte.dates)


_FAUTEURS: dict[str, Fauteur] = {
    "impossible": _impossible,
    "avant": _before,
    "quartier": _set("QN99999X", "Quartier de la Lune", "QN0000"),
    "liste": _set("à voir", "???", "voir dossier"),
    "siecle": _set("1885", "2031"),
    "inconnu": _set("ZZ99-999999", "INCONNU-01"),
    "score": _set("12", "11"),
    "vide": _set(""),
    "environ": _set("env. 30", "une dizaine"),
    "siret": _set("12345678901234", "4,40E+13"),
}
