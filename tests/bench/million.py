"""One million steps: validated load with every reason and quarantine against a raw typed load of the same file."""

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from etl.catalog import contrat as contrats
from etl.validate import load_depot
from tests.etl.arrets import CONTRAT
from tests.etl.validate.depot_essai import ACTEUR, csv_text, many, persons, table

PERSONNES, MOIS = 50_000, 20
ETAPES = ("premier_contact", "diagnostic", "accompagnement", "formation")


def measure() -> list[tuple[str, str, str, str]]:
    """Wall-clock seconds of both loads into a file, and their ratio."""
    with tempfile.TemporaryDirectory() as dossier:
        depot = Path(dossier) / "depot" / "p"
        depot.mkdir(parents=True)
        (depot / "acteurs.csv").write_text(csv_text(table([ACTEUR])), encoding="utf-8")
        personnes = many(persons(1)[0], PERSONNES, participant_ref="P-{:06d}")
        (depot / "participants_2025.csv").write_text(csv_text(table(personnes)), encoding="utf-8")
        _write_steps(depot / "etapes_2025.csv")
        brut = _time(lambda: _raw(depot, Path(dossier) / "brut.duckdb"))
        valide = _time(lambda: _load(depot.parent, Path(dossier) / "base"))
    return [("1 000 000 d'étapes validées", f"{valide:.2f} s", f"chargement brut {brut:.2f} s", f"{valide / brut:.1f}")]


def _write_steps(chemin: Path) -> None:
    with chemin.open("w", encoding="utf-8") as flux:
        flux.write("acteur_id;participant_ref;date;type_etape\n")
        for mois in range(MOIS):
            suite = f"{1 + mois:02d}/06/2025;{ETAPES[mois % len(ETAPES)]}\n"
            flux.writelines(f"A1;P-{rang:06d};{suite}" for rang in range(1, PERSONNES + 1))


def _time(travail: Callable[[], object]) -> float:
    debut = time.perf_counter()
    travail()
    return time.perf_counter() - debut


def _raw(depot: Path, base: Path) -> None:
    with duckdb.connect(str(base)) as con:
        for fichier in depot.glob("*.csv"):
            con.execute(f"CREATE TABLE {fichier.stem} AS FROM read_csv(?, delim = ';')", [str(fichier)])


def _load(depot: Path, sortie: Path) -> None:
    (sortie / "prive").mkdir(parents=True)
    with duckdb.connect(str(sortie / "prive" / "prive.duckdb")) as con:
        entrees = load_depot(con, contrats.load(CONTRAT), depot, bytes(32), date(2026, 9, 30), sortie)
    assert sum(entree["acceptees"] for entree in entrees) == 1 + PERSONNES * (1 + MOIS), entrees
