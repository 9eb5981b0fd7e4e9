"""Who can be found after eight releases: all of them together, by differences and by linear programming."""

import time

from tests.etl.secrecy.parutions import certain_by_lp, differences
from tests.etl.secrecy.test_parutions import TRIMESTRES, gather, populated

# Five populations: seed, how many persons, share of good answers; small and skewed ones included.
POPULATIONS = ((11, 140, 0.9), (12, 200, 0.5), (13, 200, 0.97), (14, 80, 0.7), (15, 120, 0.05))


def measure() -> list[tuple[str, str, str, str]]:
    """For each population and indicator: persons certain, all of them tested; `gather` checks each proof again."""
    mesures = []
    for graine, personnes, biais in POPULATIONS:
        debut = time.perf_counter()
        with populated(personnes, graine, biais) as con:
            lus = gather(con, TRIMESTRES)
        construit = time.perf_counter() - debut
        for indicateur, lignes in lus.items():
            surs = differences(lignes) | certain_by_lp(lignes)
            concernees = set().union(*(ligne.membres for ligne in lignes))
            mesures.append(
                (
                    f"graine {graine}, {personnes} personnes, biais {biais}, {indicateur}",
                    f"{len(surs)} certaines",
                    f"{len(concernees)} testées, {len(lignes)} valeurs",
                    f"huit parutions en {construit:.0f} s",
                )
            )
    return mesures
