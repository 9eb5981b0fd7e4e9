"""Ten thousand damaged files, always the same: loaded or refused with a reason, never a crash nor a line lost."""

import time
from collections import Counter

from tests.etl.validate.mutations import load_damaged

NOMBRE, PAQUET = 10_000, 500


def measure() -> list[tuple[str, str, str, str]]:
    """How many files were loaded and refused; stops on the first broken promise, naming the file."""
    debut = time.perf_counter()
    comptes: Counter[str] = Counter()
    for premier in range(0, NOMBRE, PAQUET):
        comptes += load_damaged(range(premier, premier + PAQUET))
    duree = time.perf_counter() - debut
    return [
        ("fichiers abîmés", f"{comptes.total()} en {duree:.0f} s", "aucune promesse rompue", ""),
        *(
            (etat, str(nombre), f"{comptes.total()}", f"{nombre / comptes.total():.2f}")
            for etat, nombre in comptes.items()
        ),
    ]
