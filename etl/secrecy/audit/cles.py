"""Keys of feuilles and presences that hold from one release to the next: (unit, period, answer) in one number.

A proof kept with keys can be read against what the next release knows, whatever the order of its persons and cells.
"""

import hashlib
import re

import numpy as np

BITS_MODALITE, _BITS_PERIODE = np.uint64(24), np.uint64(16)
_PERIODES_PAR_AN = 17  # the year itself, 12 months, 4 quarters
_PREMIERE_ANNEE = 1900


def code(periode: str) -> int:
    """Return the number of a period: 2025, 2025-T1 and 2025-03 have one each, what has no year is 1."""
    lu = re.fullmatch(r"(\d{4})(?:-(T?)(\d+))?", periode)
    if not lu:
        return 1
    annee, trimestre, rang = lu.groups()
    return 2 + (int(annee) - _PREMIERE_ANNEE) * _PERIODES_PAR_AN + int(rang or 0) + (12 if trimestre else 0)


def hash_modality(modalite: str) -> int:
    """Return 24 bits that stand for an answer, 0 for none."""
    return int.from_bytes(hashlib.blake2b(modalite.encode(), digest_size=3).digest(), "big") if modalite else 0


def key(numeros: np.ndarray, periodes: np.ndarray | int = 0) -> np.ndarray:
    """Return the keys of units in periods (their codes, 0 for all of them), whatever the answer."""
    unites = np.asarray(numeros).astype(np.uint64) << (BITS_MODALITE + _BITS_PERIODE)
    return unites | (np.asarray(periodes).astype(np.uint64) << BITS_MODALITE)


def key_with(cles: np.ndarray, modalites: np.ndarray) -> np.ndarray:
    """Return these keys with an answer (its hash)."""
    return cles | modalites


def uniform(cles: np.ndarray) -> np.ndarray:
    """Return a number in [0, 1) per key, the same at every release (the finaliser of splitmix64)."""
    z = cles + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


def enclosing(periode: str) -> list[str]:
    """The period itself then those that hold it: 2025-03, 2025-T1, 2025, depuis_debut."""
    suite = [periode]
    if len(periode) == 7 and "T" not in periode:
        suite.append(f"{periode[:4]}-T{(int(periode[5:]) + 2) // 3}")
    if periode[4:5] == "-":
        suite.append(periode[:4])
    return [*suite, "depuis_debut"] if periode != "depuis_debut" else suite


def longer(cles: np.ndarray) -> np.ndarray:
    """Return the keys with the period of each replaced by the next longer one: quarter, year, since the start."""
    masque = np.uint64((1 << 16) - 1)
    codes = (cles >> BITS_MODALITE) & masque
    rang = (codes - np.uint64(2)) % np.uint64(_PERIODES_PAR_AN)
    annee = codes - rang
    trimestre = annee + np.uint64(12) + (rang + np.uint64(2)) // np.uint64(3)
    suivante = np.select([codes <= 1, rang == 0, rang > 12], [codes, np.uint64(1), annee], trimestre)
    return (cles & ~(masque << BITS_MODALITE)) | (suivante.astype(np.uint64) << BITS_MODALITE)
