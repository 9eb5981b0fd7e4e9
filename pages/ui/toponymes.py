"""Where the map is framed and which names it writes, most important first. Pure; `cartes` escapes the texts."""

import json
from functools import lru_cache
from typing import Any

import pandas as pd

MARGE_DEGRES = 0.002  # about 200 m around the shapes


def nuplets(frame: pd.DataFrame) -> list[Any]:
    """Rows as named tuples of plain objects, typed loosely: the stubs of pandas give every cell all types at once."""
    return list(frame.astype(object).itertuples(index=False))  # cells of text are three times slower one by one


def emprise(territoires: pd.DataFrame, code: str = "") -> list[list[float]] | None:
    """[[south, west], [north, east]] in degrees of the QPV, or of one of them; None when none could be placed."""
    boites = [
        _boite(q.contour) if isinstance(q.contour, str) else [q.latitude, q.longitude] * 2
        for q in nuplets(territoires[territoires["type"] == "qpv"])
        if code in ("", q.code) and not pd.isna(q.latitude)
    ]
    if not boites:
        return None
    sud, ouest, nord, est = zip(*boites, strict=True)
    return [
        [float(min(sud)) - MARGE_DEGRES, float(min(ouest)) - MARGE_DEGRES],
        [float(max(nord)) + MARGE_DEGRES, float(max(est)) + MARGE_DEGRES],
    ]


def noms(territoires: pd.DataFrame, fond: pd.DataFrame, selection: str = "") -> list[dict[str, Any]]:
    """The chosen QPV, the others from the most to the least inhabited, communes, rivers.

    Each is {texte, lieu, classe} with `lieu` [latitude, longitude]; a QPV adds `boite` [south, west, north, east],
    so that its name is written beside its shape, not over it.
    """
    places = territoires[territoires["latitude"].notna()]
    qpv = places[places["type"] == "qpv"].sort_values("population", ascending=False)
    ranges = [
        *_lieux(qpv[qpv["code"] == selection], "choisi"),
        *_lieux(qpv[qpv["code"] != selection], "quartier"),
        *_lieux(places[places["type"] == "commune"], "commune"),
    ]
    if (bornes := emprise(territoires)) is not None:
        for fleuve in nuplets(fond[fond["type"] == "fleuve"]):
            for lieu in _sur_le_trait(json.loads(fleuve.geojson), bornes):
                ranges.append({"texte": fleuve.nom, "lieu": lieu, "classe": "fleuve"})
    return ranges


def _lieux(frame: pd.DataFrame, classe: str) -> list[dict[str, Any]]:
    noms = []
    for t in nuplets(frame):
        nom = {"texte": t.nom, "lieu": [float(t.latitude), float(t.longitude)], "classe": classe}
        if isinstance(t.contour, str):
            nom["boite"] = _boite(t.contour)
        noms.append(nom)
    return noms


@lru_cache(maxsize=4096)
def _boite(contour: str) -> list[float]:
    """[south, west, north, east] of a GeoJSON geometry, read once."""
    geometrie = json.loads(contour)
    polygones = geometrie["coordinates"] if geometrie["type"] == "MultiPolygon" else [geometrie["coordinates"]]
    x, y = zip(*((x, y) for polygone in polygones for x, y, *_ in polygone[0]), strict=True)
    return [min(y), min(x), max(y), max(x)]


def _sur_le_trait(geometrie: dict[str, Any], bornes: list[list[float]]) -> list[list[float]]:
    """Two places along a river inside the frame where its name may be written."""
    parties = geometrie["coordinates"] if geometrie["type"] == "MultiLineString" else [geometrie["coordinates"]]
    (sud, ouest), (nord, est) = bornes
    dedans = [[y, x] for partie in parties for x, y, *_ in partie if sud <= y <= nord and ouest <= x <= est]
    return [dedans[len(dedans) // 6], dedans[5 * len(dedans) // 6]] if dedans else []
