"""Which cells about persons may be published at all: the closed catalogue of the secrecy rules."""

from etl.catalog.indicateurs import Indicateur

# Breakdowns whose values are themselves sensitive, whatever the indicator.
AXES_SENSIBLES = ("type_frein", "type_sortie")
_TRIMESTRE_POPULATION = ("sexe", "tranche_age", "niveau_formation")
_QPV_AN_POPULATION = ("sexe", "tranche_age")
_QPV_DEBUT_POPULATION = ("sexe", "tranche_age", "niveau_formation", "acteur", "dispositif")


def is_sensitive(indicateur: Indicateur, axe: str) -> bool:
    """Return True when the cell needs the larger base and the coarser rounding."""
    return indicateur.sensible or axe in AXES_SENSIBLES


def is_allowed(indicateur: Indicateur, maille: str, type_territoire: str, axe: str) -> bool:
    """Return True when the combination is published, before any threshold. "Dimension" leaves the period out."""
    if not indicateur.sur_personnes:
        return True
    total = type_territoire == "total"
    if maille == "mois":
        # Months: contract level, plain flows, rounded.
        return total and not axe and not indicateur.sensible and indicateur.classe != "attribut"
    if axe in AXES_SENSIBLES:
        return total or maille == "depuis_debut"
    if indicateur.sensible:
        return _sensitive(maille, total, axe)
    if indicateur.classe == "population":
        return _population(maille, total, axe)
    if axe and not total:
        return False
    if maille == "trimestre":
        return not axe and (total or indicateur.classe != "attribut")
    return True


def _sensitive(maille: str, total: bool, axe: str) -> bool:
    if maille == "trimestre":
        return total and not axe
    if maille == "annee":
        return total
    return not axe


def _population(maille: str, total: bool, axe: str) -> bool:
    if not axe:
        return True
    if maille == "trimestre":
        return total and axe in _TRIMESTRE_POPULATION
    if total:
        return True
    return axe in (_QPV_AN_POPULATION if maille == "annee" else _QPV_DEBUT_POPULATION)
