"""Equipment of each commune (INSEE): childcare places nearby, post offices, schools."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import FichierFautif, read_json
from etl.public.fichiers import present

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "bpe"
# The producer's codes that each kind adds up, as in the file a mirror holds: both must give the same counts.
_TYPES = {
    "creche": ("D502", "D504"),
    "ecole_primaire": ("C107", "C108"),
    "college": ("C201",),
    "lycee": ("C301", "C302"),
    "poste": ("A206", "A208"),
    "gare": ("E107", "E108", "E109"),
    "grande_surface": ("B104", "B105"),
    "superette": ("B201",),
    "boulangerie": ("B207",),
    "medecin_generaliste": ("D265",),
    "infirmier": ("D281",),
    "pharmacie": ("D307",),
    "structure_sante": ("D106", "D108", "D113"),
    "sport_piscine": ("F101",),
    "sport_salle": ("F121",),
    "sport_terrain": ("F103",),
}
_LECTURE = """
SELECT GEO, equipement, CAST(sum(CAST(OBS_VALUE AS DOUBLE)) AS BIGINT)
FROM read_csv(?, delim = ';', header = true, all_varchar = true)
INNER JOIN (SELECT unnest(?) AS code, unnest(?) AS equipement) AS types ON FACILITY_TYPE = code
WHERE GEO_OBJECT = 'COM' AND TIME_PERIOD = ?
GROUP BY ALL ORDER BY ALL
"""


def load(dossier: Path, codes: Collection[str] | None = None) -> pandas.DataFrame:
    """Columns commune, equipement, nombre: one row per kind of equipment counted in a commune.

    A kind that is not listed is not known to be absent: no zero is written. Raises FileNotFoundError, or
    FichierFautif.
    """
    import pandas

    chemin = present(dossier, ID)
    lignes = _official(chemin) if chemin.suffix == ".csv" else _extract(chemin)
    retenues = [ligne for ligne in lignes if codes is None or ligne[0] in codes]
    return pandas.DataFrame(retenues, columns=["commune", "equipement", "nombre"])


def _extract(chemin: Path) -> list[tuple[str, str, int]]:
    communes = read_json(chemin)["communes"].items()
    return sorted((code, equipement, nombre) for code, comptes in communes for equipement, nombre in comptes.items())


def _official(chemin: Path) -> list[tuple[str, str, int]]:
    """The producer's own table: one line per commune and code, among other territories and years."""
    import duckdb

    types = [(code, equipement) for equipement, suite in _TYPES.items() for code in suite]
    annee = sources.get(ID).millesime
    with duckdb.connect() as con:
        try:
            lignes = con.execute(_LECTURE, [str(chemin), *map(list, zip(*types, strict=True)), annee]).fetchall()
        except duckdb.Error as erreur:
            raise FichierFautif(f"fichier illisible ({chemin.name}).") from erreur
    if not lignes:
        raise FichierFautif(f"aucun équipement compté par commune en {annee} dans ce fichier.")
    return lignes


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The equipment of the contract's communes."""
    return load(dossier, {commune.code for commune in contrat.communes})
