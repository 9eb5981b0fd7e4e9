"""France services places: where residents find help with their rights near home (ANCT)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "france_services"
_COLONNES = {
    "id_fs": "id",
    "lib_fs": "nom",
    "adresse": "adresse",
    "code_postal": "code_postal",
    "insee_com": "commune",
    "lib_com": "commune_nom",
    "telephone": "telephone",
    "mail": "courriel",
    "type_fs": "type",
    "format_fs": "format",
    "prise_rdv": "rendez_vous",
}
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")


def load(dossier: Path, communes: Collection[str] | None = None) -> pandas.DataFrame:
    """Columns id, nom, adresse, code_postal, commune, … latitude, longitude, horaires: one row per place.

    `horaires` is one text («lundi 09:00 - 12:00 ; mardi …»), missing when none is given. Raises FileNotFoundError.
    """
    import pandas

    table = pandas.read_csv(dossier / sources.get(ID).fichiers[0].nom, dtype="string")
    if communes is not None:
        table = table[table["insee_com"].isin(communes)]
    frame = table.reindex(columns=list(_COLONNES)).rename(columns=_COLONNES)
    for axe in ("latitude", "longitude"):
        frame[axe] = pandas.to_numeric(table[axe], errors="coerce")
    horaires = table.reindex(columns=[f"h_{jour}" for jour in _JOURS])
    frame["horaires"] = [_hours(ligne) for ligne in horaires.itertuples(index=False)]
    return frame.astype({"horaires": "string"}).reset_index(drop=True)


def _hours(jours: tuple[str, ...]) -> str | None:
    ouverts = [f"{jour} {heures}" for jour, heures in zip(_JOURS, jours, strict=True) if isinstance(heures, str)]
    return " ; ".join(ouverts) or None


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The places of the contract's communes."""
    return load(dossier, {commune.code for commune in contrat.communes})
