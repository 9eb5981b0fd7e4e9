"""Centre lines of the rivers drawn under the neighbourhoods."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import read_geojson
from etl.public.fichiers import present
from etl.public.formes import to_frame

if TYPE_CHECKING:
    import geopandas

ID = "fleuves"


def load(dossier: Path) -> geopandas.GeoDataFrame:
    """Columns nom, geometry (lines, WGS84). Raises FileNotFoundError, or FichierFautif with a French sentence."""
    chemin = present(dossier, ID)
    attribut = next(
        nom for fichier in sources.get(ID).fichiers for nom in fichier.colonnes if fichier.nom == chemin.name
    )
    frame = to_frame(read_geojson(chemin)["features"], {attribut: "nom"})
    frame["nom"] = frame["nom"].map(_titre)
    return frame


def _titre(nom: str | None) -> str:
    """`le cher` as a map writes it: `le Cher` (capital on the last word, article kept)."""
    mots = (nom or "cours d'eau sans nom").split()
    return " ".join([*mots[:-1], mots[-1][:1].upper() + mots[-1][1:]])
