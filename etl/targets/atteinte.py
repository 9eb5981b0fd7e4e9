"""The year a projection meets a target, with the earliest and the latest its interval allows. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass

from etl.targets.lectures import is_additive
from etl.targets.series import Mesure

STABLE = "la tendance est stable ou s'éloigne de la cible"
SECRETS = "trop de trimestres sont secrets ou absents pour former une année entière"
SANS_ANNEE = "les trimestres de cet indicateur ne donnent pas de valeur de l'année"

Fourchette = tuple[float, float, float]  # value, low and high ends


@dataclass(frozen=True)
class Atteinte:
    """First year that meets the target: on the line, at its good end, at its bad end; None is beyond `horizon`.

    `horizon` is the last whole year of the projection. With `motif`, in French, nothing is computed.
    """

    annee: int | None = None
    au_plus_tot: int | None = None
    au_plus_tard: int | None = None
    horizon: int | None = None
    motif: str | None = None


def reach(
    mesure: Mesure,
    cible: float,
    connus: Mapping[tuple[int, int], float | None],
    suite: Mapping[tuple[int, int], Fourchette],
    sans_suite: str,
) -> Atteinte:
    """Say when the projected quarters `suite` meet `cible`; keys are (year, quarter), `connus` the published ones.
    `sans_suite` says why there is no projection, when there is none.

    A year of facts is the sum of its quarters, a rate their mean, a stock its last quarter; its ends are those of its
    quarters put together, which is on the safe side: all four would have to be wrong the same way.
    """
    if not suite:
        return Atteinte(motif=sans_suite)
    if mesure.nature == "cumul" or (mesure.nature == "flux" and not is_additive(mesure)):
        return Atteinte(motif=SANS_ANNEE)
    signe = -1 if mesure.sens == "baisse" else 1
    annees = _years(mesure.nature, connus, suite)
    if not annees:
        return Atteinte(motif=SECRETS)
    milieu, bas, haut = (
        next((annee for annee, bouts in annees.items() if signe * (bouts[place] - cible) >= 0), None)
        for place in range(3)
    )
    if milieu is None and signe * (suite[max(suite)][0] - suite[min(suite)][0]) <= 0:
        return Atteinte(motif=STABLE)
    tot, tard = (haut, bas) if signe == 1 else (bas, haut)
    return Atteinte(milieu, tot, tard, max(annees))


def _years(
    nature: str, connus: Mapping[tuple[int, int], float | None], suite: Mapping[tuple[int, int], Fourchette]
) -> dict[int, Fourchette]:
    """The whole years that hold at least one projected quarter, in order."""
    points = {cle: (v, v, v) for cle, v in connus.items() if v is not None} | dict(suite)
    annees: dict[int, Fourchette] = {}
    for annee in sorted({annee for annee, _ in suite}):
        quatre = [points[annee, rang] for rang in range(1, 5) if (annee, rang) in points]
        if len(quatre) == 4:
            diviseur = 4 if nature == "ratio" else 1
            gardes = quatre[-1:] if nature == "stock" else quatre
            v, b, h = (sum(bouts) / diviseur for bouts in zip(*gardes, strict=True))
            annees[annee] = (v, b, h)
    return annees
