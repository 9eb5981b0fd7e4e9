"""From text rows to `valide.<schema>`: every row accepted, refused with all its reasons, or ignored with a reason."""

from __future__ import annotations

from typing import Any

__all__ = ["alerts", "data_date", "load_depot"]


def __getattr__(nom: str) -> Any:
    """The public functions, loaded when first used: the gate imports value readers from here without duckdb."""
    if nom in __all__:
        from etl.validate import chargement

        return getattr(chargement, nom)
    raise AttributeError(nom)
