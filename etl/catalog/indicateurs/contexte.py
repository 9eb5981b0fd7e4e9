"""Public context figures (population, employment, poverty…): declared with their public source."""

from etl.catalog.indicateurs.modele import Indicateur

INDICATEURS: tuple[Indicateur, ...] = ()
