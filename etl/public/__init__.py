"""Public sources: one module per source (load), one collector (update), one manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.public.collect import DemandeInvalide, Etat, update

__all__ = ["DemandeInvalide", "Etat", "update"]


def __getattr__(nom: str) -> Any:
    # Reading a source must not cost the import of the HTTP client: the collector is loaded when it is asked for.
    if nom not in __all__:
        raise AttributeError(nom)
    from etl.public import collect

    return getattr(collect, nom)
