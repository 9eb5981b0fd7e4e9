"""Where the application reads: published base, drop folder, contract; from the environment, else data/."""

import os
from pathlib import Path

from etl import read

RACINE = Path(__file__).resolve().parents[2]


def principale() -> Path:
    """Folder of the real base: QPV_SORTIE, else data/base."""
    return Path(os.environ.get("QPV_SORTIE") or RACINE / "data" / "base")


def sortie() -> Path:
    """Folder of the base to read: the real one; the demonstration's while nothing was ever received."""
    if read.current(principale()) is None and not fichiers_recus():
        inventee = demonstration() / "base"
        return inventee if read.current(inventee) else principale()
    return principale()


def fichiers_recus() -> bool:
    """Whether the drop folder holds a file (a preview's does not count): then nothing invented is shown."""
    racine = depot()
    recus = (f for f in racine.rglob("*") if f.is_file()) if racine.is_dir() else ()
    return any(not any(mot.startswith(".") for mot in f.relative_to(racine).parts) for f in recus)


def depot() -> Path:
    """Folder where partners' files are dropped: QPV_DEPOT, else data/depot."""
    return Path(os.environ.get("QPV_DEPOT") or RACINE / "data" / "depot")


def contrat() -> Path:
    """Folder of the contract: QPV_CONTRAT, else data/contrat."""
    return Path(os.environ.get("QPV_CONTRAT") or RACINE / "data" / "contrat")


def public() -> Path:
    """Folder of the public files: QPV_PUBLIC, else data/public."""
    return Path(os.environ.get("QPV_PUBLIC") or RACINE / "data" / "public")


def demonstration() -> Path:
    """Where the invented data live: beside the real base, so that the two can never mix."""
    return principale().parent / "demonstration"
