"""Unemployment rate of each employment zone, quarter by quarter (INSEE)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources
from etl.public.content import read_json

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "chomage_zone_emploi"
FRANCE = "france"


def load(dossier: Path, zone: str | None = None) -> pandas.DataFrame:
    """Columns zone, nom, trimestre ('2021-T1'), taux (percent, seasonally adjusted): one row per zone and quarter.

    The national series carries the zone 'france'. `zone` keeps that zone and France. Raises FileNotFoundError, or
    FichierFautif.
    """
    import pandas

    contenu = read_json(dossier / sources.get(ID).fichiers[0].nom)
    series = {code: (zone_lue["label"], zone_lue["rate_pct"]) for code, zone_lue in contenu["zes"].items()}
    series[FRANCE] = ("France", contenu["national_rate_pct_series"])
    lignes = [
        (code, nom, trimestre, taux)
        for code, (nom, suite) in series.items()
        if zone is None or code in (zone, FRANCE)
        for trimestre, taux in zip(contenu["quarters"], suite, strict=True)
    ]
    return pandas.DataFrame(lignes, columns=["zone", "nom", "trimestre", "taux"]).astype({"taux": "Float64"})


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The series of the contract's employment zone, and of France."""
    return load(dossier, contrat.zone_emploi)
