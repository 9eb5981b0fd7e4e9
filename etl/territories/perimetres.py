"""Gathers the perimeters of one contract from the public folder, and draws discs where none can be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from etl.public.content import FichierFautif

if TYPE_CHECKING:
    import duckdb
    import geopandas
    import pandas
    from shapely.geometry.base import BaseGeometry

    from etl.catalog.contrat import Contrat, Quartier

SCHEMATIQUE = "schematique"
CONTOUR = "contour"
# What surrounds the EPCI and helps to find one's way: stops and rivers this far from its edge.
ABORDS_DEGRES = 0.03
_Lu = TypeVar("_Lu")


@dataclass
class Territoires:
    """Perimeters of one contract, all in WGS84 with valid geometries.

    `qpv`: code, nom, commune (INSEE code), latitude, longitude, superficie_ha, population, methode
    ('contour' or 'schematique'), geometry (None when not even a disc can be drawn).
    `communes`: code, nom, geometry. `fleuves`: nom, geometry. `arrets`: nom, mode, geometry.
    `methode` is 'contour' only when every neighbourhood has its contour. `alertes`: French sentences.
    """

    contrat: Contrat
    dossier: Path
    qpv: geopandas.GeoDataFrame
    communes: geopandas.GeoDataFrame
    fleuves: geopandas.GeoDataFrame
    arrets: geopandas.GeoDataFrame
    alertes: list[str] = field(default_factory=list)

    @property
    def methode(self) -> str:
        """'contour', or 'schematique' as soon as one neighbourhood of the contract has no contour."""
        return CONTOUR if len(self.qpv) and (self.qpv["methode"] == CONTOUR).all() else SCHEMATIQUE

    def attach(self, points: pandas.DataFrame, tolerance: float | None = None) -> pandas.DataFrame:
        """See `rattachement.attach`."""
        from etl.territories.rattachement import attach

        return attach(self, points, tolerance)

    def write(self, con: duckdb.DuckDBPyConnection) -> None:
        """See `ecriture.write`."""
        from etl.territories.ecriture import write

        write(self, con)


def load(contrat: Contrat, dossier_public: Path) -> Territoires:
    """Perimeters and base map of the contract; whatever is missing or faulty is replaced and said in `alertes`."""
    from etl.public import arrets_transport, communes, fleuves

    alertes: list[str] = []
    qpv = _load_qpv(contrat, dossier_public, alertes)
    codes = {commune.code for commune in contrat.communes}
    fond = _attempt("communes", lambda: communes.load(dossier_public, codes), alertes, _empty("code", "nom"))
    cadre = _surroundings(qpv, fond)
    lignes = _attempt("fleuves", lambda: fleuves.load(dossier_public), alertes, _empty("nom"))
    lignes = lignes.clip(cadre, keep_geom_type=True).reset_index(drop=True)
    sans_arret = _empty("nom", "mode")
    arrets = _attempt("arrets_transport", lambda: arrets_transport.load(dossier_public, cadre), alertes, sans_arret)
    return Territoires(contrat, dossier_public, qpv, fond, lignes, arrets, alertes)


def _empty(*colonnes: str) -> geopandas.GeoDataFrame:
    import geopandas

    return geopandas.GeoDataFrame(columns=[*colonnes, "geometry"], geometry="geometry", crs=4326)


def _attempt(id: str, lire: Callable[[], _Lu], alertes: list[str], sinon: _Lu) -> _Lu:
    """Result of a reading, else `sinon` with a sentence: one source failing never stops the others."""
    from etl.catalog import sources

    titre = sources.get(id).titre
    try:
        return lire()
    except FileNotFoundError:
        alertes.append(f"{titre} : fichier absent du dossier public.")
    except FichierFautif as erreur:
        alertes.append(f"{titre} : {erreur}")
    except (KeyError, ValueError, TypeError) as erreur:
        alertes.append(f"{titre} : contenu inattendu ({type(erreur).__name__} : {erreur}).")
    return sinon


def _load_qpv(contrat: Contrat, dossier: Path, alertes: list[str]) -> geopandas.GeoDataFrame:
    import geopandas

    from etl.public import qpv_2024

    codes = {quartier.code for quartier in contrat.qpv}
    officiels = _attempt(qpv_2024.ID, lambda: qpv_2024.load(dossier, codes), alertes, _empty("code"))
    contours = dict(zip(officiels["code"], officiels.geometry, strict=True))
    faits = _facts(contrat, dossier, alertes)
    manquants = sorted(codes - set(contours))
    if manquants:
        alertes.append(
            f"Périmètres schématiques pour {len(manquants)} quartier(s) sur {len(codes)} : "
            "les points sans code de quartier restent « inconnu »."
        )
    faits["methode"] = [CONTOUR if code in contours else SCHEMATIQUE for code in faits["code"]]
    formes = [contours.get(quartier.code) or _schema(quartier) for quartier in _ordered(contrat)]
    frame = geopandas.GeoDataFrame(faits, geometry=geopandas.GeoSeries(formes, crs=4326))
    return _fill_areas(frame)


def _ordered(contrat: Contrat) -> list[Quartier]:
    return sorted(contrat.qpv, key=lambda quartier: quartier.code)


def _facts(contrat: Contrat, dossier: Path, alertes: list[str]) -> pandas.DataFrame:
    """What the contract says of its neighbourhoods; the population it leaves out comes from the statistics."""
    import pandas

    from etl.public import qpv_2024_stat

    lignes = [
        {
            "code": quartier.code,
            "nom": quartier.nom,
            "commune": quartier.commune,
            "latitude": quartier.latitude,
            "longitude": quartier.longitude,
            "superficie_ha": quartier.superficie_ha,
            "population": quartier.population,
        }
        for quartier in _ordered(contrat)
    ]
    faits = pandas.DataFrame(lignes)
    nombres = ["latitude", "longitude", "superficie_ha", "population"]
    faits[nombres] = faits[nombres].astype("Float64")
    if faits["population"].isna().any():
        rien = pandas.DataFrame({"code": [], "population": []})
        statistiques = _attempt(qpv_2024_stat.ID, lambda: qpv_2024_stat.load(dossier), alertes, rien)
        publiee = faits["code"].map(dict(zip(statistiques["code"], statistiques["population"], strict=True)))
        faits["population"] = faits["population"].fillna(publiee.astype("Float64"))
    return faits


def _schema(quartier: Quartier) -> BaseGeometry | None:
    """Disc of the known area, or None: an area that nobody published is not invented."""
    from etl.territories.geometrie import disc

    if quartier.superficie_ha is None:
        return None
    return disc(quartier.latitude, quartier.longitude, quartier.superficie_ha)


def _fill_areas(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Area measured on the contour where the contract does not give it."""
    from etl.territories.geometrie import metric_crs

    connus = frame[frame["methode"] == CONTOUR]
    if len(connus):
        hectares = (connus.geometry.to_crs(metric_crs(connus)).area / 10_000).round(1)
        frame["superficie_ha"] = frame["superficie_ha"].fillna(hectares.astype("Float64"))
    return frame


def _surroundings(*couches: geopandas.GeoDataFrame) -> tuple[float, float, float, float]:
    """Rectangle (west, south, east, north) around perimeters, centres and communes, widened by the surroundings."""
    import numpy

    quartiers = couches[0]
    sud_ouest, nord_est = (getattr(quartiers[["longitude", "latitude"]], sens)() for sens in ("min", "max"))
    bornes = [numpy.array([*sud_ouest, *nord_est], dtype=float)]
    bornes += [couche.geometry.dropna().total_bounds for couche in couches]
    ouest, sud, _, _ = numpy.nanmin(bornes, axis=0)
    _, _, est, nord = numpy.nanmax(bornes, axis=0)
    return (
        float(ouest) - ABORDS_DEGRES,
        float(sud) - ABORDS_DEGRES,
        float(est) + ABORDS_DEGRES,
        float(nord) + ABORDS_DEGRES,
    )
