"""Territories of a contract: perimeters, base map, attachment of points; the base reads what `write` leaves."""

from etl.territories.ecriture import write
from etl.territories.perimetres import Territoires, load
from etl.territories.rattachement import attach

__all__ = ["Territoires", "attach", "load", "write"]
