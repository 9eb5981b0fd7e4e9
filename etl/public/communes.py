"""Outlines of the communes and their EPCI: base map drawn without any tile server."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.catalog import sources
from etl.public.content import FichierFautif, read_geojson
from etl.public.formes import to_frame

if TYPE_CHECKING:
    import geopandas
    import pandas

ID = "communes"


def departement(code_commune: str) -> str:
    """Department of an INSEE commune code: two characters, three overseas."""
    return code_commune[:3] if code_commune.startswith(("97", "98")) else code_commune[:2]


def load(dossier: Path, codes: Collection[str]) -> geopandas.GeoDataFrame:
    """Columns code, nom, geometry (valid, WGS84) of the communes named by `codes`, ordered by code.

    Reads one file per department concerned; a department whose file is absent or faulty is left out.
    Raises FileNotFoundError when no file at all could be read, or the FichierFautif met.
    """
    modele = sources.get(ID).fichiers[0].nom
    retenus: list[dict[str, Any]] = []
    erreurs: list[Exception] = []
    for numero in sorted({departement(code) for code in codes}):
        try:
            objets = read_geojson(dossier / modele.format(departement=numero))["features"]
        except (FileNotFoundError, FichierFautif) as erreur:
            erreurs.append(erreur)
            continue
        retenus += [objet for objet in objets if objet["properties"].get("code") in codes]
    if not retenus and erreurs:
        raise erreurs[0]
    return to_frame(retenus, {"code": "code", "nom": "nom"}).sort_values("code").reset_index(drop=True)


def load_epci(dossier: Path) -> pandas.DataFrame:
    """Columns code, nom, epci, epci_nom: the EPCI of every commune of France. Raises FileNotFoundError."""
    import pandas

    frame = pandas.read_csv(dossier / sources.get(ID).fichiers[1].nom, dtype="string")
    noms = {"codgeo": "code", "libgeo": "nom", "epci": "epci", "libepci": "epci_nom"}
    return frame[list(noms)].rename(columns=noms)
