"""Words shared by Dépôt and Qualité: partners, contracts, columns, states of files and deliveries."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from etl.catalog import contrat as contrats
from etl.catalog import schemas
from pages.ui import dossiers, formats

ETATS_FICHIER = {
    "charge": "● chargé",
    "deja_charge": "● déjà chargé",
    "refuse": "■ refusé",
    "annule": "○ annulé",
}
GENRES = {"corrigee": "corrigée", "retiree": "retirée", "revenue": "revenue"}


def contrat() -> contrats.Contrat:
    """The configured contract: its partners and what they owe, read again when its file changes."""
    dossier = dossiers.contrat()
    return _contrat(dossier, (dossier / "contrat.toml").stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _contrat(dossier: Path, modifie_le: int) -> contrats.Contrat:
    return contrats.load(dossier)


def noms_partenaires() -> dict[str, str]:
    """Shown name of each partner's folder."""
    return {p.dossier: p.nom.removesuffix(" (démonstration)") for p in contrat().partenaires}


def titre_schema(nom: Any) -> str:
    """`participants` → `Participants`."""
    return schemas.load(str(nom)).title if nom in schemas.names() else "non reconnu"


def titre_colonne(schema: str, colonne: str) -> str:
    """`date_entree` → `Date d'entrée`; a name no contract knows is read as words."""
    if schema in schemas.names():
        champs = {champ.name: champ.title for champ in schemas.load(schema).fields}
        if colonne in champs:
            return champs[colonne]
    return colonne.replace("_", " ").capitalize()


def periodes(periodicite: str, debut: date, jour: date) -> list[str]:
    """Periods begun, from the latest back: `2026-T3`, `2026-09` or `2026`."""
    mois = [(annee, m) for annee in range(debut.year, jour.year + 1) for m in range(1, 13)]
    mois = [(annee, m) for annee, m in mois if (debut.year, debut.month) <= (annee, m) <= (jour.year, jour.month)]
    if periodicite == "mois":
        codes = [f"{annee}-{m:02}" for annee, m in mois]
    elif periodicite == "trimestre":
        codes = [f"{annee}-T{(m + 2) // 3}" for annee, m in mois]
    elif periodicite == "semestre":
        codes = [f"{annee}-T{2 if m <= 6 else 4}" for annee, m in mois]
    else:
        codes = [str(annee) for annee, _ in mois]
    return list(dict.fromkeys(reversed(codes)))


def periode(code: Any) -> str:
    """A period in words; a file may say none."""
    return "sans période" if formats.est_absent(code) or not code else formats.periode(str(code))


def cle(valeurs: Any) -> str:
    """The key of a row, as one reads it."""
    return " · ".join(str(v) for v in valeurs)
