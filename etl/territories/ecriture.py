"""Writes the territories into the private base: perimeters, base map, attached points, state of the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl.territories.perimetres import CONTOUR, Territoires
from etl.territories.rattachement import attach

if TYPE_CHECKING:
    import duckdb
    import pandas

# Metres of simplification for the screen: neighbourhoods are small, communes are a backdrop.
_METRES_QPV, _METRES_COMMUNES, _METRES_FLEUVES = 3, 30, 20
_AVEC_POINTS = ("interventions", "permanences", "acteurs")
_TABLES = {
    "territoire": "code VARCHAR, nom VARCHAR, type VARCHAR, commune VARCHAR, latitude DOUBLE, longitude DOUBLE, "
    "superficie_ha DOUBLE, population INTEGER, methode VARCHAR, contour VARCHAR, source VARCHAR",
    "fond": "type VARCHAR, code VARCHAR, nom VARCHAR, mode VARCHAR, geojson VARCHAR",
    "point": "latitude DOUBLE, longitude DOUBLE, code_qpv VARCHAR, distance_m DOUBLE, methode VARCHAR",
    "source": "id VARCHAR, titre VARCHAR, producteur VARCHAR, licence VARCHAR, millesime VARCHAR, geographie VARCHAR, "
    "etat VARCHAR, message VARCHAR, date_obtention DATE, fichier VARCHAR, periodicite VARCHAR, page VARCHAR, "
    "mention VARCHAR, interdits VARCHAR",
}
_DESCRIPTIONS = {
    "territoire": "Quartiers, communes et intercommunalité du contrat, avec leur contour simplifié pour l'écran",
    "fond": "Fond de carte sans serveur de tuiles : communes, cours d'eau, gares et arrêts",
    "point": "Coordonnées distinctes des partenaires, rattachées à un quartier par son contour",
    "source": "Sources publiques : producteur, licence, millésime et état de la dernière collecte",
}


def write(territoires: Territoires, con: duckdb.DuckDBPyConnection) -> None:
    """Replace the four tables of schema `territoire`; points are those found in the accepted partner rows."""
    import pandas

    from etl.public.manifest import describe

    con.execute("CREATE SCHEMA IF NOT EXISTS territoire")
    _write_table(con, "territoire", pandas.DataFrame(_territory_rows(territoires)))
    _write_table(con, "fond", pandas.DataFrame(_backdrop_rows(territoires)))
    points = _distinct_points(con)
    _write_table(con, "point", points.join(attach(territoires, points)))
    _write_table(con, "source", pandas.DataFrame(describe(territoires.dossier)))


def _write_table(con: duckdb.DuckDBPyConnection, nom: str, lignes: pandas.DataFrame) -> None:
    """Replace one table, its columns in the declared order."""
    colonnes = [colonne.split()[0] for colonne in _TABLES[nom].split(", ")]
    con.execute(f"CREATE OR REPLACE TABLE territoire.{nom} ({_TABLES[nom]})")
    con.execute(f"COMMENT ON TABLE territoire.{nom} IS '{_DESCRIPTIONS[nom].replace(chr(39), chr(39) * 2)}'")
    tableau = lignes.reindex(columns=colonnes)
    for colonne in (nom for nom, type_ in tableau.dtypes.items() if type_.kind == "O"):
        # In an object column DuckDB would read pandas' NaN as a value.
        tableau[colonne] = tableau[colonne].astype(object).where(tableau[colonne].notna(), None)
    con.register("lignes_territoire", tableau)
    try:
        con.execute(f"INSERT INTO territoire.{nom} SELECT * FROM lignes_territoire")
    finally:
        con.unregister("lignes_territoire")


def _territory_rows(territoires: Territoires) -> list[dict[str, Any]]:
    """Neighbourhoods with their contour, communes with their centre, the EPCI with its outline."""
    return [*_neighbourhood_rows(territoires), *_commune_rows(territoires), _epci_row(territoires)]


def _neighbourhood_rows(territoires: Territoires) -> list[dict[str, Any]]:
    from etl.catalog import sources
    from etl.territories.geometrie import simplify, to_geojson

    source = sources.get("qpv_2024")
    dessins = simplify(territoires.qpv, _METRES_QPV)
    colonnes = ["code", "nom", "commune", "latitude", "longitude", "superficie_ha", "population", "methode"]
    lignes = _plain(territoires.qpv[colonnes])
    for ligne, dessin in zip(lignes, dessins, strict=True):
        connu = ligne["methode"] == CONTOUR
        ligne |= {
            "type": "qpv",
            "contour": to_geojson(dessin),
            "source": f"{source.producteur}, {source.millesime}" if connu else "Périmètre schématique (surface connue)",
        }
    return lignes


def _commune_rows(territoires: Territoires) -> list[dict[str, Any]]:
    """Their outline is in `fond`, drawn once; here their centre, given by the contract or read on the outline."""
    centres = dict(zip(territoires.communes["code"], territoires.communes.geometry, strict=True))
    connues = {commune.code: commune for commune in territoires.contrat.communes}
    noms = dict(zip(territoires.communes["code"], territoires.communes["nom"], strict=True))
    lignes = []
    for code in sorted({*connues, *centres}):
        commune, forme = connues.get(code), centres.get(code)
        point = None if forme is None else forme.representative_point()
        lignes.append(
            {
                "code": code,
                "nom": noms.get(code) if commune is None else commune.nom,
                "type": "commune",
                "commune": code,
                "latitude": _first(getattr(commune, "latitude", None), None if point is None else round(point.y, 5)),
                "longitude": _first(getattr(commune, "longitude", None), None if point is None else round(point.x, 5)),
                "methode": None if forme is None else CONTOUR,
                "source": None if forme is None else "IGN, contours simplifiés",
            }
        )
    return lignes


def _epci_row(territoires: Territoires) -> dict[str, Any]:
    from etl.territories.geometrie import simplify, to_geojson

    ligne: dict[str, Any] = {
        "code": str(territoires.contrat.epci),
        "nom": territoires.contrat.epci_nom,
        "type": "epci",
    }
    if territoires.communes.empty:
        return ligne
    dessin = simplify(territoires.communes.dissolve(), _METRES_COMMUNES).iloc[0]
    centre = dessin.representative_point()
    return ligne | {
        "latitude": round(centre.y, 5),
        "longitude": round(centre.x, 5),
        "methode": CONTOUR,
        "contour": to_geojson(dessin),
        "source": "IGN, contours simplifiés",
    }


def _backdrop_rows(territoires: Territoires) -> list[dict[str, Any]]:
    from etl.territories.geometrie import simplify, to_geojson

    communes = simplify(territoires.communes, _METRES_COMMUNES, mosaique=True)
    fleuves = simplify(territoires.fleuves, _METRES_FLEUVES)
    lignes: list[dict[str, Any]] = []
    for commune, dessin in zip(_plain(territoires.communes[["code", "nom"]]), communes, strict=True):
        lignes.append({"type": "commune", **commune, "geojson": to_geojson(dessin)})
    for nom, dessin in zip(territoires.fleuves["nom"], fleuves, strict=True):
        lignes.append({"type": "fleuve", "nom": nom, "geojson": to_geojson(dessin)})
    for arret, dessin in zip(_plain(territoires.arrets[["nom", "mode"]]), territoires.arrets.geometry, strict=True):
        lignes.append({"type": "arret", **arret, "geojson": to_geojson(dessin)})
    return [ligne for ligne in lignes if ligne["geojson"] is not None]


def _plain(frame: pandas.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dictionaries, missing values as None."""
    return [
        {str(nom): None if vide else valeur for nom, valeur, vide in zip(frame, ligne, vides, strict=True)}
        for ligne, vides in zip(frame.itertuples(index=False), frame.isna().to_numpy(), strict=True)
    ]


def _first(*valeurs: Any) -> Any:
    return next((valeur for valeur in valeurs if valeur is not None), None)


def _distinct_points(con: duckdb.DuckDBPyConnection) -> pandas.DataFrame:
    """Distinct coordinates of the accepted partner rows (columns latitude, longitude), ordered."""
    existantes = {
        nom
        for (nom,) in con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'valide'"
        ).fetchall()
    }
    requetes = [
        f"SELECT latitude, longitude FROM valide.{nom} WHERE latitude IS NOT NULL AND longitude IS NOT NULL"
        for nom in _AVEC_POINTS
        if nom in existantes
    ]
    union = " UNION ".join(requetes) or "SELECT NULL::DOUBLE latitude, NULL::DOUBLE longitude WHERE false"
    return con.execute(f"SELECT latitude, longitude FROM ({union}) ORDER BY ALL").df()
