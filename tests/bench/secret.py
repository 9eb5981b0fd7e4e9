"""Who can be found after eight releases: all of them together, by differences and by linear programming."""

import time

from tests.etl.secrecy.parutions import certain_by_lp, differences
from tests.etl.secrecy.test_parutions import TRIMESTRES, gather, populated

GRAINES = {11: 0.9, 12: 0.5, 13: 0.97}
ECHANTILLON = 40


def measure() -> list[tuple[str, str, str, str]]:
    """For each population and indicator: persons certain, of those tested, and the seconds it took to look."""
    mesures = []
    for graine, biais in GRAINES.items():
        with populated(200, graine, biais) as con:
            debut = time.perf_counter()
            lus = gather(con, TRIMESTRES)
            construit = time.perf_counter() - debut
        for indicateur, lignes in lus.items():
            tous = sorted(set().union(*(ligne.membres for ligne in lignes)))
            echantillon = tous[:: max(1, len(tous) // ECHANTILLON)]
            surs = differences(lignes) | certain_by_lp(lignes, echantillon)
            mesures.append(
                (
                    f"graine {graine}, biais {biais}, {indicateur}",
                    f"{len(surs)} certaines",
                    f"{len(echantillon)} testées sur {len(tous)}, {len(lignes)} valeurs",
                    f"huit parutions en {construit:.0f} s",
                )
            )
    return mesures
