"""Railway stations and tram or metro stops of OpenStreetMap, several platforms of one stop made one point."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.public.content import FichierFautif, read_json
from etl.public.fichiers import present

if TYPE_CHECKING:
    import geopandas
    import pandas

ID = "arrets_transport"


def load(dossier: Path, cadre: tuple[float, float, float, float]) -> geopandas.GeoDataFrame:
    """Columns nom, mode (tram, train, metro… as the file says), geometry (point, WGS84), ordered by mode and nom.

    `cadre` (west, south, east, north in degrees) keeps the stops of one conurbation, so that platforms sharing name
    and mode are one stop, drawn at their centre. Raises FileNotFoundError, or FichierFautif with a French sentence.
    """
    import geopandas

    chemin = present(dossier, ID)
    points = (_answer(chemin) if chemin.suffix == ".csv" else _extract(chemin)).dropna(subset=["lat", "lon"])
    ouest, sud, est, nord = cadre
    points = points[points["lon"].between(ouest, est) & points["lat"].between(sud, nord)].copy()
    points["name"] = points["name"].fillna("Arrêt sans nom")
    arrets = points.groupby(["type", "name"], dropna=False)[["lat", "lon"]].mean().round(6).reset_index()
    geometrie = geopandas.points_from_xy(arrets["lon"], arrets["lat"], crs=4326)
    return geopandas.GeoDataFrame({"nom": arrets["name"], "mode": arrets["type"]}, geometry=geometrie)


def _extract(chemin: Path) -> pandas.DataFrame:
    """The file a mirror may hold: one list of stations."""
    import pandas

    contenu = read_json(chemin)
    if not isinstance(contenu, dict) or not isinstance(contenu.get("stations"), list):
        raise FichierFautif("la liste « stations » est absente.")
    return pandas.DataFrame(contenu["stations"], columns=["name", "type", "lat", "lon"])


def _answer(chemin: Path) -> pandas.DataFrame:
    """The answer of the query service: tab-separated, the mode told by the tags `railway` and `station`."""
    import pandas

    lus = pandas.read_csv(
        chemin, sep="\t", quoting=3, dtype={"name": "string", "railway": "string", "station": "string"}
    )
    tram = lus["railway"].eq("tram_stop") | lus["station"].eq("light_rail").fillna(False)
    modes = pandas.Series("train", index=lus.index).mask(lus["station"].eq("subway").fillna(False), "metro")
    return pandas.DataFrame(
        {"name": lus["name"], "type": modes.mask(tram, "tram"), "lat": lus["@lat"], "lon": lus["@lon"]}
    )
