"""Territories of a contract: perimeters, base map, attachment of points; the base reads what `write` leaves."""

from etl.territories.perimetres import Territoires, load

__all__ = ["Territoires", "load"]
