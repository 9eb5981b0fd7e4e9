"""What the attacker knows of an indicator and what he looks for: told from its declaration alone."""

import re
from dataclasses import dataclass, replace
from functools import cache

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.modele import AXES_PERSONNE
from etl.secrecy.denominateurs import denominators

# How the answers of one unit hold together.
LIBRE, UNE_FOIS, EXACTEMENT_UNE = "libre", "une_fois", "exactement_une"
# How long an answer holds: always; since a day that no period tells; in the periods that hold its day, a day unknown
# or that of the base; at the end of one period alone.
TRAIT, ACQUIS, EVENEMENT, DATE, PAR_PERIODE = "trait", "acquis", "evenement", "date", "par_periode"

# What the attacker knows of everybody: an indicator that counts these alone teaches him nothing.
_CONNUS = {"qpv", "commune", *AXES_PERSONNE, "identifie", "mature", "accompagne", "TRUE", "AND", "NOT", "OR", "IN"}
# What was not reached, or not known, when last read may be since, whatever the period it is told of.
_ACQUIS = ("rang", "droit_commun", "solution", "positive_4_semaines", "repondu_4_semaines", "repondu_6_mois",
           "repondu_12_mois", "en_emploi_6_mois", "en_emploi_12_mois")  # fmt: skip
# Asked again at the end of each period: one answer says nothing of the next.
_PAR_PERIODE = ("sans_contact",)
# What happens once, whatever is asked of it later: a project becomes an activity.
_DATES = ("cree",)
# Facts that last: who is concerned for long may answer any day of it. The others have the day of their base, known.
_DURABLES = ("fait_inscription", "fait_frein", "fait_projet", "fait_suivi")


@dataclass(frozen=True)
class Lien:
    """What the attacker does not know of an indicator; `appartenance`: nothing but the answer its breakdown tells."""

    mode: str
    duree: str
    appartenance: bool


def link(i: Indicateur) -> Lien:
    """Tell from its declaration how the answers of one unit hold together over periods."""
    mots = _words(i.compte)
    if i.classe == "population" or i.compte == i.base or mots <= _CONNUS:
        return Lien(EXACTEMENT_UNE, TRAIT, appartenance=True)
    if mots.intersection(_PAR_PERIODE):
        return Lien(LIBRE, PAR_PERIODE, appartenance=False)
    if mots.intersection(_ACQUIS):
        return Lien(LIBRE, ACQUIS, appartenance=False)
    datee = not i.ratio or i.fait == "fait_reperage" or bool(mots.union(_words(i.base)).intersection(_DATES))
    # A fact (a barrier) has one date; a person may be counted several times.
    mode = UNE_FOIS if datee and i.unite_comptee != "personne" else LIBRE
    if not datee:
        return Lien(mode, TRAIT, appartenance=False)
    return Lien(mode, EVENEMENT if i.fait in _DURABLES else DATE, appartenance=False)


def _words(condition: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", re.sub(r"'[^']*'", "", condition)))


@dataclass(frozen=True)
class Sujet:
    """One thing to prove: the numbers that ask one answer of the same persons.

    `nombres` are the names of these published numbers, its own first, with that of the base of each.
    """

    nom: str
    lien: Lien
    nombres: tuple[tuple[str, str], ...]
    axes_reponse: tuple[str, ...] = ()

    @property
    def noms(self) -> tuple[str, ...]:
        """Names of its numbers."""
        return tuple(nom for nom, _ in self.nombres)


@cache
def subjects() -> dict[str, Sujet]:
    """Return all that is proven one by one: counts of the catalogue, and the denominators that tell an answer.

    A denominator that asks the same answer as a count is read with it, and alone where that count is not shown.
    """
    trouves = {}
    for i in CATALOGUE.values():
        if is_audited(i):
            avec = tuple((d.nom, d.nom) for d in denominators() if d.taux.base_avec == i.id)
            trouves[i.id] = Sujet(i.id, link(i), ((i.id, base_read(i)), *avec), i.axes_reponse)
    for d in denominators():
        # What it tells is who is in the base of the rate.
        lien = link(replace(d.taux, base="TRUE", compte=d.taux.base))
        trouves[d.nom] = Sujet(d.nom, replace(lien, mode=LIBRE), ((d.nom, d.nom),))
    return trouves


def is_audited(i: Indicateur) -> bool:
    """Return True when the counts of an indicator could teach the attacker somebody's answer."""
    return (
        i.sur_personnes
        and not i.derive
        and i.calcul == "decompte"
        and (not link(i).appartenance or bool(i.axes_reponse))
    )


def base_read(i: Indicateur) -> str:
    """Name of the base whose members may count: those who do count, when only their answer is not known."""
    return f"{i.id}#comptes" if link(i).appartenance else i.nom_base
