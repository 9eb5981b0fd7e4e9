"""Keys of feuilles, the same from one release to the next: (unit, day, answer) in one number.

A proof kept with keys can be read against what the next release knows, whatever the order of its persons and cells.
"""

import hashlib
from datetime import date

import numpy as np

BITS_MODALITE, _BITS_JOUR = np.uint64(24), np.uint64(16)
_PREMIER_JOUR = date(1990, 1, 1).toordinal()


def hash_modality(modalite: str) -> int:
    """Return 24 bits that stand for an answer, 0 for none."""
    return int.from_bytes(hashlib.blake2b(modalite.encode(), digest_size=3).digest(), "big") if modalite else 0


def key(numeros: np.ndarray, jours: np.ndarray) -> np.ndarray:
    """Return the keys of units on days (numbers of days; all those before 1990 are one), whatever the answer."""
    unites = np.asarray(numeros).astype(np.uint64) << (BITS_MODALITE + _BITS_JOUR)
    jours = np.clip(np.asarray(jours) - _PREMIER_JOUR, 0, 2 ** int(_BITS_JOUR) - 1).astype(np.uint64)
    return unites | (jours << BITS_MODALITE)


def key_with(cles: np.ndarray, modalites: np.ndarray) -> np.ndarray:
    """Return these keys with an answer (its hash)."""
    return cles | modalites


def uniform(cles: np.ndarray) -> np.ndarray:
    """Return a number in [0, 1) per key, the same at every release (the finaliser of splitmix64)."""
    z = cles + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53
