"""One line of the published table `avancement`: readings, status, pace and change over a year, for one series."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from etl.targets.formule import SEUILS, Jalons, Seuils, required_pace, status
from etl.targets.lectures import Lecture, is_additive, read
from etl.targets.series import (
    Mesure,
    Serie,
    Valeur,
    closed_months,
    closed_quarter,
    closed_year,
    grain,
    minus,
    read_cell,
    total,
)

EFFECTIF_FAIBLE = "effectif faible"
LIBELLES = {"global": "taux global", "annuel": "taux annuel", "a_date": "taux à date"}


@dataclass(frozen=True)
class Avancement:
    """Progress of one series towards its target; the columns of the same name in the table `avancement`.

    Rates in percent, unbounded. `valeur_actuelle` is the value of the global reading, over `periode_actuelle`;
    `valeur_a_date` is the one to set against `attendu_a_date` (a flux: since 1 January). `evolution_annuelle` is a
    difference in the unit of the indicator (points for a rate). `motif` says in French why something is missing.
    """

    valeur_initiale: float | None
    valeur_actuelle: float | None
    periode_actuelle: str | None
    valeur_cible: float | None
    annee_cible: int | None
    valeur_a_date: float | None
    attendu_a_date: float | None
    taux_global: float | None
    taux_annuel: float | None
    taux_a_date: float | None
    statut: str
    motif: str | None
    rythme_requis: float | None
    evolution_annuelle: float | None


def evaluate(
    mesure: Mesure,
    serie: Serie,
    jalons: Jalons,
    date_donnees: date,
    seuils: Seuils = SEUILS,
    parts: Sequence[float] = (),
) -> Avancement:
    """Evaluate a series against its milestones on the day its data stop.

    `serie` maps the names of periods ('2025', '2025-T1', '2025-01', 'depuis_debut') to published cells; months without
    a fact must be there with 0. `jalons`: (day, value) in order, first the starting point (its value may be None),
    last the target. `parts`: see `etl.targets.read`. Nothing is raised: what cannot be computed is None with a reason.
    """
    jalons = sorted(jalons, key=lambda jalon: jalon[0])
    lectures = read(mesure, serie, jalons, date_donnees, parts)
    entier, a_date = lectures["global"], lectures["a_date"]
    statut, motif = judge(lectures, seuils)
    return Avancement(
        valeur_initiale=entier.initiale,
        valeur_actuelle=entier.actuelle.milieu,
        periode_actuelle=entier.actuelle.periode or None,
        valeur_cible=entier.cible,
        annee_cible=jalons[-1][0].year if jalons else None,
        valeur_a_date=a_date.actuelle.milieu,
        attendu_a_date=a_date.cible,
        taux_global=entier.taux(),
        taux_annuel=lectures["annuel"].taux(),
        taux_a_date=a_date.taux(),
        statut=statut,
        motif=motif,
        rythme_requis=required_pace(mesure.nature, entier.sens, entier.actuelle.milieu, jalons, date_donnees),
        evolution_annuelle=year_on_year(mesure, serie, date_donnees),
    )


def judge(lectures: dict[str, Lecture], seuils: Seuils = SEUILS) -> tuple[str, str | None]:
    """Return the status and the reason to print beside it.

    A status holds when both ends of the rounding interval give it; else it is "à surveiller (effectif faible)".
    """
    entier, a_date = lectures["global"], lectures["a_date"]
    bouts = {status(entier.taux(bout), a_date.taux(bout), seuils) for bout in ("bas", "haut")}
    statut = bouts.pop() if len(bouts) == 1 else None
    if statut is None:
        return "surveiller", EFFECTIF_FAIBLE
    if statut == "non_calcule":
        return statut, a_date.motif
    manques = [f"{LIBELLES[nom]} : {lecture.motif}" for nom, lecture in lectures.items() if lecture.motif]
    return statut, " ; ".join(manques) or None


def year_on_year(mesure: Mesure, serie: Serie, jour: date) -> float | None:
    """Return the change over a year, in the unit of the indicator; None when one of the two values is missing.

    Facts: since 1 January against the same months a year before. Anything else: the last closed quarter against the
    same quarter a year before, or the last closed years of a series that has no quarters.
    """
    maintenant, avant = _two_years(mesure, serie, jour)
    return minus(maintenant, avant).milieu


def _two_years(mesure: Mesure, serie: Serie, jour: date) -> tuple[Valeur, Valeur]:
    if mesure.nature == "flux" and is_additive(mesure) and any(grain(p) == "mois" for p in serie):
        mois = [m for m in closed_months(jour, 12) if m.startswith(f"{jour.year}")] or closed_months(jour, 12)
        an_passe = [f"{int(m[:4]) - 1}{m[4:]}" for m in mois]
        avant = (read_cell(serie, m, mesure) for m in an_passe)
        return total((read_cell(serie, m, mesure) for m in mois), ""), total(avant, "")
    if any(grain(p) == "trimestre" for p in serie):
        annee, rang = closed_quarter(jour)
        noms = (f"{annee}-T{rang}", f"{annee - 1}-T{rang}")
    else:
        annees = sorted(int(p) for p in serie if grain(p) == "annee" and int(p) <= closed_year(jour))
        noms = (f"{annees[-1]}", f"{annees[-1] - 1}") if annees else ("", "")
    return read_cell(serie, noms[0], mesure), read_cell(serie, noms[1], mesure)
