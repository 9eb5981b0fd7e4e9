"""Who can be found: after eight releases, all of them together, and in the demonstration, by linear programming."""

import random
import tempfile
import time
from pathlib import Path

import duckdb

from tests.conftest import etl
from tests.etl.secrecy.parutions import UNE_FOIS, certain_by_lp, differences, read
from tests.etl.secrecy.test_parutions import TRIMESTRES, gather, populated

# Seed, persons, share of good answers, answers that depend on the quarter; small and skewed ones included.
POPULATIONS = (
    (11, 140, 0.9, False), (12, 200, 0.5, False), (13, 200, 0.97, False), (14, 80, 0.7, False),
    (15, 120, 0.05, False), (16, 150, 0.5, True),
)  # fmt: skip
ECHANTILLON = 150  # persons of the demonstration put to the test of all the values together


def measure() -> list[tuple[str, str, str, str]]:
    """For each population and indicator: persons certain, all of them tested; `gather` checks each proof again."""
    mesures = _demonstration()
    for graine, personnes, biais, par_quartier in POPULATIONS:
        debut = time.perf_counter()
        with populated(personnes, graine, biais, par_quartier) as con:
            lus = gather(con, TRIMESTRES)
        construit = time.perf_counter() - debut
        for indicateur, lignes in lus.items():
            surs = differences(lignes) | certain_by_lp(lignes)
            concernees = set().union(*(ligne.membres for ligne in lignes))
            selon = ", selon le quartier" if par_quartier else ""
            mesures.append(
                (
                    f"graine {graine}, {personnes} personnes, biais {biais}{selon}, {indicateur}",
                    f"{len(surs)} certaines",
                    f"{len(concernees)} testées, {len(lignes)} valeurs",
                    f"huit parutions en {construit:.0f} s",
                )
            )
    return mesures


def _demonstration() -> list[tuple[str, str, str, str]]:
    mesures = []
    with tempfile.TemporaryDirectory() as dossier:
        ici = Path(dossier)
        construit = etl(
            "build", "--inventer", "--depot", ici / "depot", "--public", ici / "public", "--sortie", ici / "base"
        )
        assert construit.returncode == 0, construit.stderr
        with duckdb.connect(str(ici / "base" / "prive" / "prive.duckdb"), read_only=True) as con:
            for indicateur in UNE_FOIS:
                lignes = read(con, indicateur, nouvelles=False)
                personnes = sorted(set().union(*(ligne.membres for ligne in lignes)))
                testees = random.Random(1).sample(personnes, min(ECHANTILLON, len(personnes)))
                surs = differences(lignes) | certain_by_lp(lignes, testees)
                mesures.append(
                    (
                        f"démonstration, {indicateur}",
                        f"{len(surs)} certaines",
                        f"{len(personnes)} comparées, {len(testees)} par programme linéaire, {len(lignes)} valeurs",
                        "une parution",
                    )
                )
    return mesures
