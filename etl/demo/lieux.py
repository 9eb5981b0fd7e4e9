"""Invented points: inside the neighbourhoods' contours when they are known, else around their centres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from etl.demo.monde import Monde
from etl.demo.table import Table, Vecteur

if TYPE_CHECKING:
    from etl.catalog.contrat import Quartier

_METRES_PAR_DEGRE = 111_320.0
_REPRISES = 8
# How a place is given: by its point alone, by its code, by its name, by both point and code.
_FORMES_CONTOUR = (0.62, 0.18, 0.10, 0.10)
_FORMES_SCHEMA = (0.12, 0.18, 0.10, 0.60)


def near(rng: np.random.Generator, qpv: Quartier, rayon: float) -> tuple[str, str]:
    """One point around a neighbourhood's centre, rounded to about ten metres."""
    latitude, longitude = _disc(rng, qpv, np.full(1, rayon))
    return f"{latitude[0]:.4f}", f"{longitude[0]:.4f}"


def place(monde: Monde, rng: np.random.Generator, ou: Vecteur) -> Table:
    """Columns latitude, longitude, code_qpv of rows happening in neighbourhoods `ou` (positions; ≥ QPV count: outside).

    Each row is given in one of the ways partners give it; at least one of the two ways is always filled.
    """
    nombre = len(ou)
    latitude, longitude = np.empty(nombre), np.empty(nombre)
    dehors = rng.random(nombre) < 0.04
    for rang, qpv in enumerate(monde.contrat.qpv):
        choix = np.flatnonzero(ou == rang)
        if len(choix):
            latitude[choix], longitude[choix] = _points(monde, rng, qpv, dehors[choix])
    ailleurs = np.flatnonzero(ou >= len(monde.contrat.qpv))
    latitude[ailleurs], longitude[ailleurs] = _elsewhere(monde, rng, len(ailleurs))
    formes = rng.choice(4, nombre, p=_FORMES_CONTOUR if monde.perimetres else _FORMES_SCHEMA)
    formes[dehors & (ou < len(monde.contrat.qpv))] = 0
    noms = np.array([qpv.nom for qpv in monde.contrat.qpv] + ["Hors QPV", ""], dtype=object)
    codes = np.where(formes == 2, noms[ou], np.where(formes == 0, "", monde.codes[ou])).astype(object)
    avec = np.isin(formes, (0, 3))
    return {
        "code_qpv": codes,
        "latitude": _write(latitude, avec),
        "longitude": _write(longitude, avec),
    }


def _write(valeurs: Vecteur, avec: Vecteur) -> Vecteur:
    """Coordinates as text with five decimals (about one metre), empty where not given."""
    return np.array(
        [f"{v:.5f}" if a else "" for v, a in zip(valeurs.tolist(), avec.tolist(), strict=True)], dtype=object
    )


def _points(monde: Monde, rng: np.random.Generator, qpv: Quartier, dehors: Vecteur) -> tuple[Vecteur, Vecteur]:
    """Points of one neighbourhood: inside, except those asked just outside."""
    contour = monde.perimetres.get(qpv.code)
    if contour is None:
        rayon = np.sqrt((qpv.superficie_ha or 20) * 10_000 / np.pi)
        return _disc(rng, qpv, np.where(dehors, 1.5 * rayon, 0.85 * rayon))
    latitude, longitude = _inside(rng, contour, len(dehors))
    if dehors.any():
        latitude[dehors], longitude[dehors] = _beside(monde, rng, contour, int(dehors.sum()))
    return latitude, longitude


def _disc(rng: np.random.Generator, qpv: Quartier, rayons: Vecteur) -> tuple[Vecteur, Vecteur]:
    """Points uniformly drawn in discs around the centre; radii in metres."""
    angle = rng.random(len(rayons)) * 2 * np.pi
    distance = np.sqrt(rng.random(len(rayons))) * rayons / _METRES_PAR_DEGRE
    largeur = np.cos(np.radians(qpv.latitude))
    return qpv.latitude + distance * np.sin(angle), qpv.longitude + distance * np.cos(angle) / largeur


def _inside(rng: np.random.Generator, contour: Any, nombre: int) -> tuple[Vecteur, Vecteur]:
    """Points drawn in the contour's box until enough fall inside."""
    from shapely import contains_xy

    ouest, sud, est, nord = contour.bounds
    xs, ys = np.empty(0), np.empty(0)
    while len(xs) < nombre:
        x = ouest + rng.random(4 * nombre + 16) * (est - ouest)
        y = sud + rng.random(4 * nombre + 16) * (nord - sud)
        dedans = contains_xy(contour, x, y)
        xs, ys = np.append(xs, x[dedans]), np.append(ys, y[dedans])
    return ys[:nombre], xs[:nombre]


def _beside(monde: Monde, rng: np.random.Generator, contour: Any, nombre: int) -> tuple[Vecteur, Vecteur]:
    """Points a few tens of metres outside the contour, and outside the others."""
    from shapely import union_all

    voisins = union_all([autre for autre in monde.perimetres.values() if autre is not contour])
    anneau = contour.buffer(0.001).difference(contour.buffer(0.0002))
    reste = anneau.difference(voisins)
    return _inside(rng, anneau if reste.is_empty else reste, nombre)


def _elsewhere(monde: Monde, rng: np.random.Generator, nombre: int) -> tuple[Vecteur, Vecteur]:
    """Points around the towns' centres, for outings out of the neighbourhoods; drawn again when they fall in one."""
    from shapely import contains_xy, union_all

    lieux = monde.contrat.communes or monde.contrat.qpv
    contours = union_all(list(monde.perimetres.values()))
    centres = np.array([(lieu.latitude, lieu.longitude) for lieu in lieux])[rng.integers(0, len(lieux), nombre)]
    points = centres + rng.normal(0, 0.003, (nombre, 2))
    for _ in range(_REPRISES):
        dedans = contains_xy(contours, points[:, 1], points[:, 0])
        points[dedans] = centres[dedans] + rng.normal(0, 0.01, (int(dedans.sum()), 2))
    return points[:, 0], points[:, 1]
