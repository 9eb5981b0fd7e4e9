"""Invented names, SIRET numbers and addresses, put together from the words of mots.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np

from etl.demo.table import Vecteur

_LUS = tomllib.loads((Path(__file__).parent / "mots.toml").read_text(encoding="utf-8"))
_MOTS = {nom: tuple(mots.split() if isinstance(mots, str) else mots) for nom, mots in _LUS.items()}
PRENOMS_FEMME, PRENOMS_HOMME = _MOTS["prenoms_femme"], _MOTS["prenoms_homme"]
STRUCTURES, ENTREPRISES = _MOTS["structures"], _MOTS["entreprises"]


def make_surnames() -> Vecteur:
    """Every invented surname, a few of them compound, as a vector to draw from."""
    debuts, milieux, fins = _MOTS["debuts_de_nom"], _MOTS["milieux_de_nom"], _MOTS["fins_de_nom"]
    simples = [debut + milieu + fin for debut in debuts for milieu in milieux for fin in fins]
    composes = [f"{a}-{b}" for a, b in zip(simples[::37], simples[2000::37], strict=False)]
    return np.array(simples + composes, dtype=object)


def make_siret(rng: np.random.Generator, nombre: int) -> list[str]:
    """SIRET-like numbers whose Luhn keys are right, in a range the SIRENE register never opened (0009…)."""
    return [_close_luhn(_close_luhn(f"0009{tirage:04d}") + "0001") for tirage in rng.integers(0, 10_000, nombre)]


def _close_luhn(chiffres: str) -> str:
    """Append the digit that makes the whole divisible by ten in Luhn's sum."""
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if rang % 2 == 0 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return chiffres + str(-total % 10)


def make_adresse(rng: np.random.Generator) -> str:
    """One invented street address, without town."""
    return f"{rng.integers(1, 90)} {rng.choice(_MOTS['voies'])} {rng.choice(_MOTS['lieux_dits'])}"
