"""A published series as targets read it: periods by their name, values with the interval their rounding leaves."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

DEPUIS_DEBUT = "depuis_debut"
MOTIFS = {
    "secret": "valeur protégée par le secret statistique",
    "non_renseigne": "donnée non renseignée",
    "non_applicable": "indicateur sans objet pour ce territoire",
}


class Mesure(Protocol):
    """What targets need of an indicator; the catalogue's declarations have it."""

    @property
    def sens(self) -> str:
        """Direction wanted: hausse or baisse."""

    @property
    def nature(self) -> str:
        """One of flux, stock, cumul, ratio."""

    @property
    def classe(self) -> str:
        """`hors_personnes` when the indicator counts facts."""

    @property
    def numerateur(self) -> str:
        """SQL aggregate of facts; a distinct count does not add up over months."""

    @property
    def facteur(self) -> float:
        """What a ratio of counts is multiplied by: 100 for percents."""


@dataclass(frozen=True)
class Cellule:
    """One published cell. `arrondi` is the base of its rounding, 0 or None when it is exact.

    A rounded ratio comes with its two rounded terms: they tell how far the true rate may be.
    """

    valeur: float | None
    arrondi: int | None = None
    etat: str = "valeur"
    numerateur: float | None = None
    denominateur: float | None = None


Serie = Mapping[str, Cellule]


@dataclass(frozen=True)
class Valeur:
    """A value of a period and the ends of its rounding interval; without value, the reason in French."""

    milieu: float | None = None
    bas: float | None = None
    haut: float | None = None
    periode: str = ""
    motif: str | None = None

    def end(self, bout: str) -> float | None:
        """Return the value at one place of the interval: "bas", "milieu" or "haut"."""
        return {"bas": self.bas, "milieu": self.milieu, "haut": self.haut}[bout]


def read_cell(serie: Serie, periode: str, mesure: Mesure) -> Valeur:
    """Return the value of a period; its motif says why when there is none."""
    cellule = serie.get(periode)
    if cellule is None:
        return Valeur(periode=periode, motif=f"aucune valeur pour {spell(periode)}")
    if cellule.etat != "valeur" or cellule.valeur is None:
        motif = MOTIFS.get(cellule.etat, "valeur absente")
        return Valeur(periode=periode, motif=f"{motif} ({spell(periode)})")
    return Valeur(cellule.valeur, *_interval(cellule, cellule.valeur, mesure), periode)


def _interval(cellule: Cellule, valeur: float, mesure: Mesure) -> tuple[float, float]:
    """Return the smallest and largest true values behind a published one.

    Rounding to base b moves a count by b - 1 at most; a rate moves with both of its terms, and by its own rounding to
    whole percents.
    """
    marge = max((cellule.arrondi or 0) - 1, 0)
    num, den = cellule.numerateur, cellule.denominateur
    if mesure.classe == "contexte" or num is None or not den:
        return max(valeur - marge, min(valeur, 0)), valeur + marge
    bas = mesure.facteur * max(num - marge, 0) / (den + marge)
    haut = mesure.facteur * (num + marge) / max(den - marge, 1)
    return min(bas, valeur), max(haut, valeur)


def total(valeurs: Iterable[Valeur], periode: str) -> Valeur:
    """Add values; one missing value leaves no sum, and its reason is kept."""
    bas = milieu = haut = 0.0
    for valeur in valeurs:
        if valeur.milieu is None or valeur.bas is None or valeur.haut is None:
            return Valeur(periode=periode, motif=valeur.motif)
        bas, milieu, haut = bas + valeur.bas, milieu + valeur.milieu, haut + valeur.haut
    return Valeur(milieu, bas, haut, periode)


def minus(valeur: Valeur, retrait: Valeur) -> Valeur:
    """Subtract a value from another, intervals included."""
    if retrait.milieu is None or retrait.bas is None or retrait.haut is None:
        return Valeur(periode=valeur.periode, motif=retrait.motif)
    return total((valeur, Valeur(-retrait.milieu, -retrait.haut, -retrait.bas)), valeur.periode)


def spell(periode: str) -> str:
    """Write the name of a period in French, for a reason."""
    return "la période depuis le début" if periode == DEPUIS_DEBUT else periode.replace("-T", " T")


def grain(periode: str) -> str:
    """Return the kind of a period from its name: mois, trimestre, annee or depuis_debut."""
    for motif, nom in ((r"\d{4}", "annee"), (r"\d{4}-T[1-4]", "trimestre"), (r"\d{4}-\d{2}", "mois")):
        if re.fullmatch(motif, periode):
            return nom
    return DEPUIS_DEBUT


def last_day(periode: str) -> date:
    """Return the last day of a month, a quarter or a year."""
    annee, _, reste = periode.partition("-")
    mois = int(reste[1]) * 3 if reste.startswith("T") else int(reste or 12)
    return date(int(annee) + mois // 12, mois % 12 + 1, 1) - timedelta(days=1)


def closed_months(jour: date, nombre: int) -> list[str]:
    """Return the names of the last `nombre` months ended on that day or before, oldest first."""
    demain = jour + timedelta(days=1)
    rang = demain.year * 12 + demain.month - 1
    return [f"{r // 12}-{r % 12 + 1:02}" for r in range(rang - nombre, rang)]


def closed_year(jour: date) -> int:
    """Return the last year ended on that day or before."""
    return (jour + timedelta(days=1)).year - 1


def closed_quarter(jour: date) -> tuple[int, int]:
    """Return year and number of the last quarter ended on that day or before."""
    demain = jour + timedelta(days=1)
    rang = demain.year * 4 + (demain.month - 1) // 3 - 1
    return rang // 4, rang % 4 + 1
