"""What reading a value may depend on besides the value: today's date, the contract's places, the closed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from etl.catalog import nomenclatures
from etl.catalog.contrat import Contrat

MARGE_DEGRES = 0.2  # around the centres of communes and neighbourhoods: about 20 km


@dataclass(frozen=True)
class Contexte:
    """Shared by all the readers of a load; `listes` replaces the catalogue's lists in tests."""

    contrat: Contrat
    aujourd_hui: date
    listes: Mapping[str, nomenclatures.Nomenclature] = field(default_factory=dict)

    def nomenclature(self, nom: str) -> nomenclatures.Nomenclature:
        """A closed list by its name."""
        return self.listes.get(nom) or nomenclatures.load(nom)

    @cached_property
    def codes_insee(self) -> frozenset[str]:
        """The INSEE codes of the contract's communes."""
        return frozenset(commune.code for commune in self.contrat.communes)

    @cached_property
    def cadre(self) -> tuple[float, float, float, float]:
        """The box (south, north, west, east), in degrees, outside which a point is not the contract's."""
        communes, quartiers = self.contrat.communes, self.contrat.qpv
        latitudes = [c.latitude for c in communes] + [q.latitude for q in quartiers]
        longitudes = [c.longitude for c in communes] + [q.longitude for q in quartiers]
        return (
            min(latitudes) - MARGE_DEGRES,
            max(latitudes) + MARGE_DEGRES,
            min(longitudes) - MARGE_DEGRES,
            max(longitudes) + MARGE_DEGRES,
        )
