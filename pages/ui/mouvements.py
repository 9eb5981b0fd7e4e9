"""Whether each neighbourhood's gap to its zone closes or widens, from the first closed year to the last."""

from dataclasses import dataclass

import pandas as pd

from etl.catalog.indicateurs import Indicateur
from pages.ui import formats
from pages.ui.comparer import Point, unite_ecart
from pages.ui.filtres import Referentiel


def annees_closes(ref: Referentiel) -> tuple[str, str] | None:
    """First and last closed years of the contract, None while there are not two of them."""
    annees = sorted(p for p in ref.periodes if formats.maille(p) == "annee")
    closes = [a for a in annees if formats.fin_periode(a, ref.date_donnees).month == 12]
    return (closes[0], closes[-1]) if len(closes) > 1 else None


@dataclass(frozen=True)
class Mouvement:
    """The gap of one neighbourhood to its zone at two dates."""

    nom: str
    avant: float
    apres: float
    doute: float

    @property
    def texte(self) -> str:
        """Whether the gap closes, widens, or moved by no more than rounding explains."""
        change = abs(self.apres) - abs(self.avant)
        return "stable" if abs(change) <= self.doute else "se réduit" if change < 0 else "se creuse"


def suivre(avant: list[Point], apres: list[Point]) -> list[Mouvement]:
    """Neighbourhoods whose gap is known at both dates, the one that widened most first."""
    anciens = {p.code: p for p in avant}
    suivis = [
        Mouvement(p.nom, anciens[p.code].ecart or 0.0, p.ecart, p.doute + anciens[p.code].doute)
        for p in apres
        if p.ecart is not None and anciens[p.code].ecart is not None
    ]
    return sorted(suivis, key=lambda m: abs(m.avant) - abs(m.apres))


def titre(suivis: list[Mouvement], annees: tuple[str, str]) -> str:
    """The finding on gaps since the start."""
    verbes = {"se réduit": "se réduit", "se creuse": "se creuse", "stable": "reste stable"}
    comptes = {mot: sum(m.texte == mot for m in suivis) for mot in verbes}
    dits = [f"{verbes[mot]} pour {n}" for mot, n in comptes.items() if n]
    return (
        f"De {annees[0]} à {annees[1]}, l'écart {formats.enumeration(dits)} (sur {len(suivis)} quartiers)"
        if dits
        else "Écarts dans le temps"
    )


def lignes(suivis: list[Mouvement], annees: tuple[str, str]) -> pd.DataFrame:
    """Gaps at the two dates as the dumbbell chart takes them."""
    return pd.DataFrame(
        {
            "libelle": [m.nom for m in suivis],
            annees[1]: [m.apres for m in suivis],
            annees[0]: [m.avant for m in suivis],
            "texte": [m.texte for m in suivis],
        }
    )


def tableau(suivis: list[Mouvement], annees: tuple[str, str], indicateur: Indicateur) -> pd.DataFrame:
    """Gaps at the two dates, in words."""

    def dit(valeur: float) -> str:
        return formats.ecart(valeur, unite_ecart(indicateur), max(1, indicateur.decimales))

    return pd.DataFrame(
        {
            "Quartier": [m.nom for m in suivis],
            f"Écart en {annees[0]}": [dit(m.avant) for m in suivis],
            f"Écart en {annees[1]}": [dit(m.apres) for m in suivis],
            "Mouvement": [m.texte for m in suivis],
        }
    )
