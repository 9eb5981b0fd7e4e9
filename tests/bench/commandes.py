"""Start-up of the command line against the import of DuckDB alone."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.conftest import RACINE, etl


def measure() -> list[tuple[str, str, str, str]]:
    """Median seconds over five runs of `check` on a small file and of `import duckdb`."""
    with tempfile.TemporaryDirectory() as dossier:
        fichier = Path(dossier) / "frequentation.csv"
        fichier.write_text("acteur_id;date;passages\nML;02/03/2025;12\n", encoding="utf-8")
        verifier = _median(lambda: etl("check", fichier, "--schema", "frequentation"))
        importer = _median(lambda: subprocess.run([sys.executable, "-c", "import duckdb"], cwd=RACINE, check=True))
    return [
        (
            "check d'un petit fichier",
            f"{verifier:.2f} s",
            f"import duckdb {importer:.2f} s",
            f"{verifier / importer:.1f}",
        )
    ]


def _median(travail) -> float:
    durees = []
    for _ in range(5):
        debut = time.perf_counter()
        travail()
        durees.append(time.perf_counter() - debut)
    return statistics.median(durees)
