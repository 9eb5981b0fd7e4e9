"""Writes plausible, invented partner files for any configured contract: the same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.catalog.contrat import Contrat


def write(
    contrat: Contrat,
    vers: Path,
    facteur: float = 1,
    graine: int = 2024,
    perimetres: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Fill the folder `vers` with one folder per partner and return the files written, sorted.

    `facteur` scales the people, their pathways and the outings (1: 2 000 people followed a year on 39 000 residents,
    100 000 steps in all); `perimetres` maps QPV codes to WGS84 polygons, else points fall around the centres.
    """
    from etl.demo.tranches import write_all

    return write_all(contrat, Path(vers), float(facteur), int(graine), dict(perimetres or {}))
