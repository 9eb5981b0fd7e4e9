"""Fifty builds killed at random moments: the former version is served each time, the last build succeeds."""

import tempfile
import time
from pathlib import Path

from tests.etl.arrets import kill_builds

NOMBRE = 50


def measure() -> list[tuple[str, str, str, str]]:
    """How many builds were killed, and how many of them had published already; stops on a broken promise."""
    debut = time.perf_counter()
    with tempfile.TemporaryDirectory() as dossier:
        publies = kill_builds(Path(dossier), NOMBRE)
    duree = time.perf_counter() - debut
    return [("arrêts brutaux", f"{NOMBRE} en {duree:.0f} s", f"{publies} après publication", f"{publies / NOMBRE:.2f}")]
