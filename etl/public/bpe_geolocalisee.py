"""Childcare places of the INSEE equipment base, one by one with their coordinates: counted near each neighbourhood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etl.public.content import FichierFautif
from etl.public.fichiers import present

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "bpe_geolocalisee"
# Codes of the 2024 nomenclature; they change from one edition to the next.
_TYPES = {"D502": "creche"}
# Degrees around the centre of a neighbourhood within which a place may be within reach, whatever its commune.
_ABORDS = 0.05
# What INSEE says of a position: B under 100 m, A under 500 m, M above; 33, drawn at random in the commune.
_LECTURE = """
WITH lus AS (
    SELECT
        {textes}, TRY_CAST(CAST(LATITUDE AS VARCHAR) AS DOUBLE) AS y,
        TRY_CAST(CAST(LONGITUDE AS VARCHAR) AS DOUBLE) AS x
    FROM {lecteur}
),
retenus AS (
    SELECT
        *, coalesce(y BETWEEN -90 AND 90 AND x BETWEEN -180 AND 180 AND coalesce(QUALITE_XY, '') <> 'M'
            AND coalesce(QUALITE_GEOLOC, '') <> '33', FALSE) AS placee
    FROM lus WHERE TYPEQU IN (SELECT unnest(?))
)
SELECT
    'bpe-' || row_number() OVER (ORDER BY DEPCOM, NOMRS, y, x) AS id,
    CASE TYPEQU {types} END AS equipement,
    coalesce(nullif(trim(NOMRS), ''), 'Accueil de jeunes enfants') AS nom,
    CASE WHEN regexp_full_match(SIRET, '\\d{{14}}') THEN SIRET END AS siret,
    DEPCOM AS commune, TRY_CAST(AN AS INTEGER) AS annee,
    CASE QUALITE_XY WHEN 'B' THEN 'moins de 100 m' WHEN 'A' THEN '100 à 500 m' ELSE 'non précisée' END AS precision,
    CASE WHEN placee THEN y END AS latitude, CASE WHEN placee THEN x END AS longitude
FROM retenus
WHERE {ou}
"""
_TEXTES = ("TYPEQU", "NOMRS", "SIRET", "DEPCOM", "AN", "QUALITE_XY", "QUALITE_GEOLOC")


def load(
    dossier: Path, communes: Collection[str] | None = None, centres: Sequence[tuple[float, float]] = ()
) -> pandas.DataFrame:
    """Columns id, equipement, nom, siret, commune, annee, precision, latitude, longitude: one row per place.

    `communes` keeps those of these communes and, wherever they are, those around `centres` (latitude, longitude). A
    position too vague to be measured from (over 500 m, or drawn at random in the commune) is left out, not the place.
    Raises FileNotFoundError, or FichierFautif.
    """
    import duckdb

    chemin = present(dossier, ID)
    parquet = chemin.suffix == ".parquet"
    lecteur = "read_parquet(?)" if parquet else "read_csv(?, delim = ';', header = true, all_varchar = true)"
    types = " ".join(f"WHEN '{code}' THEN '{nom}'" for code, nom in _TYPES.items())
    ou, valeurs = _where(communes, centres)
    with duckdb.connect() as con:
        try:
            textes = ", ".join(f"CAST({nom} AS VARCHAR) AS {nom}" for nom in _TEXTES)
            requete = _LECTURE.format(textes=textes, types=types, lecteur=lecteur, ou=ou)
            return con.execute(requete, [str(chemin), list(_TYPES), *valeurs]).df()
        except duckdb.Error as erreur:
            raise FichierFautif(f"fichier illisible ({chemin.name}).") from erreur


def _where(communes: Collection[str] | None, centres: Sequence[tuple[float, float]]) -> tuple[str, list]:
    if communes is None:
        return "TRUE", []
    autour = [f"(placee AND abs(y - ?) < {_ABORDS} AND abs(x - ?) < {_ABORDS})" for _ in centres]
    return " OR ".join(["DEPCOM IN (SELECT unnest(?))", *autour]), [list(communes), *(x for c in centres for x in c)]


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The childcare places of the contract's communes, and those just outside that its neighbourhoods may reach."""
    centres = [(quartier.latitude, quartier.longitude) for quartier in contrat.qpv]
    return load(dossier, [commune.code for commune in contrat.communes], centres)
