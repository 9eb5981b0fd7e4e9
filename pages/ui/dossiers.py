"""Where the application reads: published base, drop folder, contract; from the environment, else data/."""

import os
from pathlib import Path

from etl import read

RACINE = Path(__file__).resolve().parents[2]


def sortie() -> Path:
    """Folder of the published base: QPV_SORTIE, else data/base; the demonstration's while nothing was ever received."""
    principale = Path(os.environ.get("QPV_SORTIE") or RACINE / "data" / "base")
    if read.current(principale) is None and not fichiers_recus():
        demonstration = demonstration_de(principale) / "base"
        return demonstration if read.current(demonstration) else principale
    return principale


def fichiers_recus() -> bool:
    """Whether the drop folder holds a file: then nothing invented is shown."""
    return depot().is_dir() and any(f.is_file() and not f.name.startswith(".") for f in depot().rglob("*"))


def depot() -> Path:
    """Folder where partners' files are dropped: QPV_DEPOT, else data/depot."""
    return Path(os.environ.get("QPV_DEPOT") or RACINE / "data" / "depot")


def contrat() -> Path:
    """Folder of the contract: QPV_CONTRAT, else data/contrat."""
    return Path(os.environ.get("QPV_CONTRAT") or RACINE / "data" / "contrat")


def demonstration_de(principale: Path) -> Path:
    """Where the invented data live: beside the real base, so that the two can never mix."""
    return principale.parent / "demonstration"
