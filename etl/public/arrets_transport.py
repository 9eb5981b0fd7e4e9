"""Railway stations and tram or metro stops of OpenStreetMap, several platforms of one stop made one point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import FichierFautif, read_json

if TYPE_CHECKING:
    import geopandas

ID = "arrets_transport"


def load(dossier: Path, cadre: tuple[float, float, float, float]) -> geopandas.GeoDataFrame:
    """Columns nom, mode (tram, train, metro… as the file says), geometry (point, WGS84), ordered by mode and nom.

    `cadre` (west, south, east, north in degrees) keeps the stops of one conurbation, so that platforms sharing name
    and mode are one stop, drawn at their centre. Raises FileNotFoundError, or FichierFautif with a French sentence.
    """
    import geopandas
    import pandas

    contenu = read_json(dossier / sources.get(ID).fichiers[0].nom)
    if not isinstance(contenu, dict) or not isinstance(contenu.get("stations"), list):
        raise FichierFautif("la liste « stations » est absente.")
    points = pandas.DataFrame(contenu["stations"], columns=["name", "type", "lat", "lon"]).dropna(subset=["lat", "lon"])
    ouest, sud, est, nord = cadre
    points = points[points["lon"].between(ouest, est) & points["lat"].between(sud, nord)].copy()
    points["name"] = points["name"].fillna("Arrêt sans nom")
    arrets = points.groupby(["type", "name"], dropna=False)[["lat", "lon"]].mean().round(6).reset_index()
    geometrie = geopandas.points_from_xy(arrets["lon"], arrets["lat"], crs=4326)
    return geopandas.GeoDataFrame({"nom": arrets["name"], "mode": arrets["type"]}, geometry=geometrie)
