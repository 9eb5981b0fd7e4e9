"""A mirror made of the extracts, and the contract that lives in it: places that do not exist."""

import gzip
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace

EXTRAITS = Path(__file__).parent / "extraits"
MEMBRE_QPV = "GEOJSON/QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson"


def build(dossier: Path) -> Path:
    """The extracts, under the names and in the wrappings of the real files."""
    dossier.mkdir(parents=True)
    with zipfile.ZipFile(dossier / "qpv-2024-geojson.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("GEOJSON/QP2024_Guyane.geojson", '{"type": "FeatureCollection", "features": []}')
        archive.write(EXTRAITS / "qpv.geojson", MEMBRE_QPV)
    (dossier / "osm_transit_stations.json.gz").write_bytes(gzip.compress((EXTRAITS / "arrets.json").read_bytes()))
    shutil.copy(EXTRAITS / "communes-99.geojson", dossier)
    shutil.copy(EXTRAITS / "insee_epci_communes.csv", dossier)
    shutil.copy(EXTRAITS / "fleuves.geojson", dossier / "fleuves_loire_cher.geojson")
    shutil.copy(EXTRAITS / "qpv_stat.csv", dossier / "qpv2024_statistiques_reexport.csv")
    return dossier


def contrat(**autres: object) -> SimpleNamespace:
    """Three neighbourhoods in two communes; the first has neither population nor area of its own."""
    quartier = {"population": None, "superficie_ha": None}
    return SimpleNamespace(
        **{
            "epci": "990000001",
            "epci_nom": "Métropole inventée",
            "tolerance_qpv_m": 0,
            "communes": (
                SimpleNamespace(code="99001", nom="Villeneuve", latitude=47.005, longitude=2.01),
                SimpleNamespace(code="99002", nom="Bourg-le-Vieux", latitude=47.005, longitude=2.05),
            ),
            "qpv": (
                _quartier("QN09902M", "Le Nœud", 47.005, 2.028, population=810, superficie_ha=40.0),
                _quartier("QN09901N", "Les Tilleuls", 47.005, 2.005, **quartier),
                _quartier("QN09903I", "L'Épi", 47.005, 2.045, population=2000, superficie_ha=80.0, commune="99002"),
            ),
        }
        | autres
    )


def _quartier(code: str, nom: str, latitude: float, longitude: float, **autres: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{"code": code, "nom": nom, "commune": "99001", "latitude": latitude, "longitude": longitude} | autres
    )
