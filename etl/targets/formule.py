"""The arithmetic of targets: expected value on a day, rate of progress, status, required pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Sens = Literal["hausse", "baisse"]
# Milestones in order of date. The first is the starting point, whose value may be unknown; the last is the target.
Jalons = Sequence[tuple[date, float | None]]


class Seuils(Protocol):
    """Rates to date, in percent, from which a target is on its way, then to be watched."""

    @property
    def dans_trajectoire(self) -> float:
        """Rate from which the target is on its way."""

    @property
    def surveiller(self) -> float:
        """Rate from which it is to be watched, under which it is late."""


@dataclass(frozen=True)
class SeuilsUsuels:
    """The thresholds used when a contract sets none."""

    dans_trajectoire: float = 95
    surveiller: float = 75


@dataclass(frozen=True)
class Statut:
    """How a status is told: a word and a symbol first, so that the colour is never alone."""

    code: str
    symbole: str
    mot: str
    couleur: str


SEUILS = SeuilsUsuels()
STATUTS = {
    s.code: s
    for s in (
        Statut("atteint", "●", "atteint", "#0072B2"),
        Statut("trajectoire", "◆", "dans la trajectoire", "#3B7A57"),
        Statut("surveiller", "▲", "à surveiller", "#B26A00"),
        Statut("retard", "■", "en retard", "#A51C30"),
        Statut("non_calcule", "○", "non calculé", "#6B6B6B"),
    )
}


def expected(jalons: Jalons, jour: date) -> float | None:
    """Return the value expected on a day: linear between milestones, the last one kept afterwards.

    None before the first milestone, or between two milestones of which one has no value.
    """
    for (t0, v0), (t1, v1) in zip(jalons, jalons[1:], strict=False):
        if t0 < jour < t1:
            return None if v0 is None or v1 is None else v0 + (v1 - v0) * (jour - t0).days / (t1 - t0).days
    passes = [valeur for jalon, valeur in jalons if jalon <= jour]
    return passes[-1] if passes else None


def progress(sens: Sens, initiale: float, actuelle: float, cible: float) -> float:
    """Return the rate of progress in percent, unbounded: below 0 it goes backwards, over 100 the target is passed.

    When the starting point is already at the target or past it there is no way to go: 100 if the target still holds,
    else 0. The direction is the indicator's own, in every reading: a decrease is never read with the other formula.
    """
    signe = 1 if sens == "hausse" else -1
    if signe * (cible - initiale) <= 0:
        return 100.0 if signe * (actuelle - cible) >= 0 else 0.0
    return round(100 * (actuelle - initiale) / (cible - initiale), 9)


def bounded(taux: float) -> float:
    """Return a rate cut to 0-100, for drawing only."""
    return min(100.0, max(0.0, taux))


def status(taux_global: float | None, taux_a_date: float | None, seuils: Seuils = SEUILS) -> str:
    """Return the code of the status (a key of STATUTS) from the global and to-date rates, in percent."""
    if taux_global is not None and taux_global >= 100:
        return "atteint"
    if taux_a_date is None:
        return "non_calcule"
    if taux_a_date >= seuils.dans_trajectoire:
        return "trajectoire"
    return "surveiller" if taux_a_date >= seuils.surveiller else "retard"


def required_pace(nature: str, sens: Sens, actuelle: float | None, jalons: Jalons, jour: date) -> float | None:
    """Return what each remaining year asks for: a change per year or, for a flux, the level of the final year.

    0 when the target is already met; None when a value is missing or no time is left.
    """
    if not jalons or jalons[-1][1] is None:
        return None
    echeance, cible = jalons[-1][0], jalons[-1][1]
    if nature == "flux":
        return cible
    if actuelle is None or echeance <= jour:
        return None
    reste = cible - actuelle
    if (reste <= 0) if sens == "hausse" else (reste >= 0):
        return 0.0
    return reste / ((echeance - jour).days / 365.25)
