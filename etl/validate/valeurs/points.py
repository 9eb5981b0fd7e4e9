"""Reads the coordinates of a place: degrees, swapped or in Lambert-93, inside the contract's territory or refused."""

from __future__ import annotations

import math

from etl.validate.valeurs.defaut import Defaut
from etl.validate.valeurs.nombres import read_decimal

Cadre = tuple[float, float, float, float]  # south, north, west, east, in degrees
# Lambert-93 (EPSG:2154): cone constants of the IGN on the GRS80 ellipsoid.
_N, _C, _XS, _YS = 0.7256077650532670, 11754255.4260960, 700000.0, 12655612.0498760
_LON0, _E = math.radians(3), 0.08181919104281579
_CORRECTION = "Écrivez la latitude et la longitude en degrés décimaux, avec au moins trois décimales : 48,853."


def read_point(latitude: str, longitude: str, cadre: Cadre) -> tuple[float, float]:
    """The point (latitude, longitude) in WGS84 degrees of two filled cells; raises Defaut."""
    lat, lon = float(read_decimal(latitude)), float(read_decimal(longitude))
    if lat == 0 and lon == 0:
        raise _fault("coordonnees_nulles", "et 0 ne désignent pas un lieu.", "Laissez vide un lieu inconnu.")
    if max(abs(lat), abs(lon)) > 1000:
        lat, lon = _projected(lat, lon, cadre)
    elif not inside(lat, lon, cadre) and inside(lon, lat, cadre):
        lat, lon = lon, lat
    elif lat == int(lat) and lon == int(lon):
        raise _fault("coordonnee_tronquee", "a perdu ses décimales.", _CORRECTION)
    if not inside(lat, lon, cadre):
        raise _fault(
            "hors_territoire",
            f"est hors du territoire (latitude de {_fr(cadre[0])} à {_fr(cadre[1])}, "
            f"longitude de {_fr(cadre[2])} à {_fr(cadre[3])}).",
            _CORRECTION,
        )
    return round(lat, 7), round(lon, 7)


def inside(lat: float, lon: float, cadre: Cadre) -> bool:
    """Whether a point is inside a box."""
    return cadre[0] <= lat <= cadre[1] and cadre[2] <= lon <= cadre[3]


def _fault(code: str, texte: str, correction: str) -> Defaut:
    return Defaut(code, texte, correction)


def _fr(valeur: float) -> str:
    return f"{valeur:.2f}".replace(".", ",")


def _projected(x: float, y: float, cadre: Cadre) -> tuple[float, float]:
    for abscisse, ordonnee in ((x, y), (y, x)):
        lat, lon = from_lambert93(abscisse, ordonnee)
        if inside(lat, lon, cadre):
            return lat, lon
    raise _fault("projection_inconnue", "n'est ni en degrés ni en Lambert-93 sur ce territoire.", _CORRECTION)


def from_lambert93(x: float, y: float) -> tuple[float, float]:
    """Metres in EPSG:2154 to (latitude, longitude) in degrees."""
    rayon = math.hypot(x - _XS, y - _YS)
    if rayon == 0:
        return 90.0, 0.0
    longitude = _LON0 + math.atan((x - _XS) / (_YS - y)) / _N
    isometrique = -math.log(rayon / _C) / _N
    latitude = 2 * math.atan(math.exp(isometrique)) - math.pi / 2
    for _ in range(12):
        sinus = _E * math.sin(latitude)
        facteur = ((1 + sinus) / (1 - sinus)) ** (_E / 2) * math.exp(isometrique)
        latitude = 2 * math.atan(facteur) - math.pi / 2
    return math.degrees(latitude), math.degrees(longitude)
