"""The axes cells are read by: kinds of period and of territory, breakdowns, and the column each one is."""

from collections.abc import Sequence

from etl.catalog.indicateurs import CATALOGUE, Indicateur

MAILLES = ("mois", "trimestre", "annee")
TERRITOIRES = {
    "qpv": ("qpv", "qpv_2015", "hors_qpv", "inconnu", "tous_qpv", "total"),
    "commune": ("commune",),
    "epci": ("epci",),
    "zone_emploi": ("zone_emploi",),
}
# Where no territory is asked for: the contract as a whole, or the one zone an indicator speaks of.
SANS_TERRITOIRE = "type_territoire IN ('total', 'zone_emploi')"


class HorsCatalogue(Exception):
    """A combination of axes that exists but is not part of the published catalogue."""


class AxeInconnu(ValueError):
    """An axis or an indicator that does not exist; the message is a French sentence."""


def indicateur_de(nom: str) -> Indicateur:
    """Return the indicator of that name. Raises AxeInconnu."""
    if nom not in CATALOGUE:
        raise AxeInconnu(f"L'indicateur « {nom} » n'existe pas. Indicateurs connus : {', '.join(CATALOGUE)}.")
    return CATALOGUE[nom]


def maille_lue(par: Sequence[str], periode: str | None) -> str:
    """Return the kind of period read: the axis asked for, else that of `periode`. Raises AxeInconnu."""
    choisies = [a for a in par if a in MAILLES]
    if len(choisies) > 1:
        raise AxeInconnu("Une seule période à la fois : mois, trimestre ou annee.")
    if choisies:
        return choisies[0]
    return maille_de(periode or "depuis_debut")


def maille_de(periode: str) -> str:
    """Return the period kind of a period's name: "2025-T1" is a trimestre."""
    if periode == "depuis_debut":
        return periode
    return "annee" if len(periode) == 4 else "trimestre" if "T" in periode else "mois"


def types_lus(par: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of territory of the axis asked for, none without one. Raises AxeInconnu."""
    choisis = [a for a in par if a in TERRITOIRES]
    if len(choisis) > 1:
        raise AxeInconnu("Un seul territoire à la fois : qpv, commune, epci ou zone_emploi.")
    return TERRITOIRES[choisis[0]] if choisis else ()


def axe_lu(indicateurs: Sequence[str], par: Sequence[str]) -> str | None:
    """Return the one breakdown asked for, or None. Raises AxeInconnu, HorsCatalogue when there are two."""
    autres = [a for a in par if a not in MAILLES and a not in TERRITOIRES]
    connus = {axe for i in CATALOGUE.values() for axe in i.axes}
    for nom in indicateurs:
        indicateur_de(nom)
    for axe in autres:
        if axe not in connus:
            liste = ", ".join(sorted({*connus, *MAILLES, *TERRITOIRES}))
            raise AxeInconnu(f"L'axe « {axe} » n'existe pas. Axes connus : {liste}.")
    if len(autres) > 1:
        raise HorsCatalogue
    return autres[0] if autres else None


def colonne(axe: str, maille: str, modalite: str | None) -> str:
    """Return the SQL that gives an axis its column."""
    if axe == "annee":
        return "CAST(periode AS INTEGER) AS annee"
    if axe == maille:
        return f"periode AS {axe}"
    if axe in TERRITOIRES:
        return f"territoire AS {axe}"
    return f"modalite AS {modalite}"
