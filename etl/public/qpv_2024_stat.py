"""Population, employment and poverty of the 2024 neighbourhoods: one unofficial vintage, shown with that word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etl.catalog import sources

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "qpv_2024_stat"
# taux_logements_sociaux is left out on purpose: recomputed by the re-export, above 100 % in places.
_COLONNES = {
    "codeQPV": "code",
    "lib_qp": "nom",
    "siren_epci": "epci",
    "popMuniQPV": "population",
    "nombre_menages": "menages",
    "taux_d_emploi": "taux_emploi",
    "taux_pauvrete_60%": "taux_pauvrete",
    "allocataires_CAF": "allocataires_caf",
    "RSA_socle": "allocataires_rsa",
}


def load(dossier: Path) -> pandas.DataFrame:
    """Columns code, nom, epci, then figures as numbers: counts, rates in percent; empty stays missing.

    Raises FileNotFoundError.
    """
    import pandas

    brut = pandas.read_csv(dossier / sources.get(ID).fichiers[0].nom, dtype="string")
    # One line per commune the neighbourhood touches, with the same figures: kept once.
    frame = brut[list(_COLONNES)].rename(columns=_COLONNES).drop_duplicates("code").reset_index(drop=True)
    for colonne in list(_COLONNES.values())[3:]:
        frame[colonne] = pandas.to_numeric(frame[colonne], errors="coerce")
    return frame


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The figures of the contract's neighbourhoods."""
    frame = load(dossier)
    return frame[frame["code"].isin({quartier.code for quartier in contrat.qpv})].reset_index(drop=True)
