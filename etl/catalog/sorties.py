"""Says which exits count as what: durable, transition, positive, neutral, and the definitions built on them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DURABLES = ("cdi", "cdd_6_mois_et_plus", "fonction_publique", "creation_activite")
TRANSITION = ("cdd_moins_6_mois", "interim", "contrat_aide")
POSITIVES = ("formation_qualifiante", "alternance", "autre_siae", "service_civique", "autre_positive")
# Shown apart, and left out of the denominator of every rate.
NEUTRES = ("demenagement", "sante", "decede_ou_autre")
# Neither positive nor neutral: they stay in the denominator.
AUTRES = ("abandon", "sans_nouvelles")

EMPLOI = DURABLES + TRANSITION

CATEGORIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"durable": DURABLES, "transition": TRANSITION, "positive": POSITIVES, "neutre": NEUTRES, "autre": AUTRES}
)

# The definition `fse` is not a list of exits: it reads situation_4_semaines, and needs that column answered.
SITUATIONS_FSE = ("emploi_durable", "emploi_court", "formation", "creation_activite")

DEFINITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "iae": DURABLES + TRANSITION + POSITIVES,
        "durable_ou_formation": (*DURABLES, "formation_qualifiante", "alternance"),
    }
)
