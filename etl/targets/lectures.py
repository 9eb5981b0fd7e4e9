"""The three readings of a target (global, annuel, à date): for each nature, which values the formula is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from etl.targets.formule import Jalons, Sens, expected, progress
from etl.targets.series import (
    DEPUIS_DEBUT,
    Mesure,
    Serie,
    Valeur,
    closed_months,
    closed_year,
    grain,
    last_day,
    minus,
    read_cell,
    total,
)

SANS_CIBLE = "aucune cible fixée pour cette date"
SANS_INITIALE = "valeur initiale non renseignée"
CIBLE_NULLE = "cible et point de départ nuls"


@dataclass(frozen=True)
class Lecture:
    """One reading: where it starts, where it is, where it should be. Its rate, or the reason there is none."""

    sens: Sens
    initiale: float | None
    actuelle: Valeur
    cible: float | None

    @property
    def motif(self) -> str | None:
        """Why there is no rate, in French; None when there is one."""
        if self.cible is None:
            return SANS_CIBLE
        if self.initiale is None:
            return SANS_INITIALE
        if self.sens == "hausse" and self.initiale == self.cible == 0:
            return CIBLE_NULLE
        return self.actuelle.motif

    def taux(self, bout: str = "milieu") -> float | None:
        """Return the unbounded rate in percent, taking the current value at one end of its interval or as published."""
        actuelle = self.actuelle.end(bout)
        if self.motif or self.initiale is None or actuelle is None or self.cible is None:
            return None
        return progress(self.sens, self.initiale, actuelle, self.cible)


def read(mesure: Mesure, serie: Serie, jalons: Jalons, jour: date, parts: Sequence[float] = ()) -> dict[str, Lecture]:
    """Return the readings "global", "annuel" and "a_date" of a series on the day its data stop.

    `parts`: for each complete past year, the share of its total reached on the same day of the year, when known.
    """
    sens: Sens = "baisse" if mesure.sens == "baisse" else "hausse"
    # A lone milestone is a target without a starting point.
    depart, arrivee = jalons[0][1] if len(jalons) > 1 else None, jalons[-1][1] if jalons else None
    veille, fin = date(jour.year - 1, 12, 31), date(jour.year, 12, 31)
    if mesure.nature == "flux":
        depuis_janvier, cible = read_cell(serie, f"{jour.year}", mesure), expected(jalons, fin)
        attendu = None if cible is None else cible * elapsed(mesure, serie, jour, parts)
        return {
            "global": Lecture(sens, depart, last_flux(mesure, serie, jour), arrivee),
            "annuel": Lecture(sens, 0.0, depuis_janvier, cible),
            "a_date": Lecture(sens, 0.0, depuis_janvier, attendu),
        }
    if mesure.nature == "cumul":
        actuelle, avant = cumulated(mesure, serie, jalons, jour)
        vu, debut_annee = jour, avant.milieu
    else:
        actuelle = latest(mesure, serie, jour)
        debut_annee = expected(jalons, veille)
        # A value of a past year (a public series, often) is set against what was expected on its own last day.
        vu = last_day(actuelle.periode) if actuelle.periode and last_day(actuelle.periode) < veille else jour
    return {
        "global": Lecture(sens, depart, actuelle, arrivee),
        "annuel": Lecture(sens, debut_annee, actuelle, expected(jalons, fin)),
        "a_date": Lecture(sens, depart, actuelle, expected(jalons, vu)),
    }


def is_additive(mesure: Mesure) -> bool:
    """Say whether the months of a flux add up: facts do, distinct persons, actors or companies do not."""
    return mesure.classe == "hors_personnes" and "distinct" not in mesure.numerateur.lower()


def last_flux(mesure: Mesure, serie: Serie, jour: date) -> Valeur:
    """Return the last twelve closed months of facts, the last closed year of anything else."""
    if is_additive(mesure) and any(grain(p) == "mois" for p in serie):
        mois = closed_months(jour, 12)
        return total((read_cell(serie, m, mesure) for m in mois), f"{mois[0]}/{mois[-1]}")
    return read_cell(serie, f"{closed_year(jour)}", mesure)


def latest(mesure: Mesure, serie: Serie, jour: date) -> Valeur:
    """Return the last published value of a stock or a ratio.

    A ratio is read by year, the year under way included, since the rate of one month says little; a stock as near the
    day as its periods allow. Missing or protected values are passed over: `periode` tells which one was kept.
    """
    periodes = [p for p in serie if grain(p) != DEPUIS_DEBUT]
    if mesure.nature == "ratio":
        periodes = [p for p in periodes if grain(p) == "annee"] or periodes
    periodes.sort(key=lambda p: (min(last_day(p), jour), ("annee", "trimestre", "mois").index(grain(p))))
    valeurs = [read_cell(serie, p, mesure) for p in periodes]
    connues = [v for v in valeurs if v.motif is None]
    return (connues or valeurs or [Valeur(motif="aucune valeur publiée")])[-1]


def cumulated(mesure: Mesure, serie: Serie, jalons: Jalons, jour: date) -> tuple[Valeur, Valeur]:
    """Return the sum since the start, and what it was on 31 December before."""
    cette_annee = read_cell(serie, f"{jour.year}", mesure)
    if DEPUIS_DEBUT in serie:
        somme = read_cell(serie, DEPUIS_DEBUT, mesure)
        return somme, minus(somme, cette_annee)
    depart = jalons[0][0].year if jalons else closed_year(jour)
    passees = [read_cell(serie, f"{annee}", mesure) for annee in range(depart + 1, jour.year)]
    return total((*passees, cette_annee), DEPUIS_DEBUT), total(passees, DEPUIS_DEBUT)


def elapsed(mesure: Mesure, serie: Serie, jour: date, parts: Sequence[float] = ()) -> float:
    """Return the share of a year's flux expected by that day: past years' own share when two are known, else days."""
    connues = list(parts) or [p for p in (_share(mesure, serie, jour, recul) for recul in (1, 2)) if p is not None]
    if len(connues) >= 2:
        return sum(connues) / len(connues)
    return (jour - date(jour.year - 1, 12, 31)).days / (date(jour.year, 12, 31) - date(jour.year - 1, 12, 31)).days


def _share(mesure: Mesure, serie: Serie, jour: date, recul: int) -> float | None:
    """Return the share of a past year's facts that fell in the months closed by the same day."""
    annee = jour.year - recul
    fermes = [m for m in closed_months(jour, 12) if m.startswith(f"{jour.year}")]
    if not is_additive(mesure) or not fermes:
        return None
    mois = [read_cell(serie, f"{annee}-{rang:02}", mesure) for rang in range(1, 13)]
    entier, debut = total(mois, ""), total(mois[: len(fermes)], "")
    return debut.milieu / entier.milieu if entier.milieu and debut.milieu is not None else None
