"""One million steps: validated load with every reason and quarantine against a raw typed load of the same files."""

import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import duckdb

from etl.catalog import contrat as contrats
from etl.validate import load_depot
from tests.etl.arrets import CONTRAT
from tests.etl.validate.depot_essai import ACTEUR, csv_text, many, persons, table

PERSONNES = 50_000
FOIS = 5  # each load, in turn: the machine may be shared
ETAPES = ("premier_contact", "diagnostic", "accompagnement", "formation")
TYPES = {"DATE": ("date", "date_entree"), "INTEGER": ("annee_naissance",)}
# One line in a hundred at fault, in the second measure: no such date, no such person, no such code, a future date.
FAUTES = (
    "P-{0};30/02/20{1:02d};{2}",
    "Q-{0};01/03/20{1:02d};{2}",
    "P-{0};01/03/20{1:02d};{2}x",
    "P-{0};1/1/21{1:02d};{2}",
)

Mesure = tuple[float, float]  # seconds of the clock, seconds of processor


def measure() -> list[tuple[str, str, str, str]]:
    """Clock and processor seconds of both loads into a file, and their ratios."""
    return [*compare(20, fautives=False), *compare(20, fautives=True)]


def compare(mois: int, fautives: bool, fois: int = FOIS) -> list[tuple[str, str, str, str]]:
    """The same for `mois` times fifty thousand steps, one in a hundred at fault or none."""
    titre = f"{mois * PERSONNES:,} étapes validées".replace(",", " ") + (", 1 % en faute" if fautives else "")
    with tempfile.TemporaryDirectory() as dossier:
        depot = Path(dossier) / "depot" / "p"
        depot.mkdir(parents=True)
        (depot / "acteurs.csv").write_text(csv_text(table([ACTEUR])), encoding="utf-8")
        personnes = many(persons(1)[0], PERSONNES, participant_ref="P-{:06d}")
        (depot / "participants_2025.csv").write_text(csv_text(table(personnes)), encoding="utf-8")
        refusees = _write_steps(depot / "etapes_2025.csv", mois, fautives)
        bruts, valides = [], []
        for rang in range(fois):
            base = Path(dossier) / f"base{rang}"
            base.mkdir()
            bruts.append(_time(lambda base=base: _raw(depot, base / "brut.duckdb")))
            valides.append(_time(lambda base=base: _load(depot.parent, base, mois, refusees)))
            shutil.rmtree(base)
    lignes = []
    for rang, horloge in enumerate(("", ", processeur")):
        valide, brut = median(v[rang] for v in valides), median(b[rang] for b in bruts)
        lignes.append((titre + horloge, f"{valide:.2f} s", f"chargement brut {brut:.2f} s", f"{valide / brut:.2f}"))
    return lignes


def _write_steps(chemin: Path, mois: int, fautives: bool) -> int:
    """Write the steps of every person, month after month; returns how many are at fault."""
    refusees = 0
    with chemin.open("w", encoding="utf-8") as flux:
        flux.write("acteur_id;participant_ref;date;type_etape\n")
        for un_mois in range(mois):
            etape = ETAPES[un_mois % len(ETAPES)]
            suite = f";{1 + un_mois % 28:02d}/06/{2025 - un_mois // 28};{etape}\n"
            for rang in range(1, PERSONNES + 1):
                if fautives and rang % 100 == 0:
                    refusees += 1
                    flux.write(f"A1;{FAUTES[rang // 100 % len(FAUTES)].format(f'{rang:06d}', un_mois, etape)}\n")
                else:
                    flux.write(f"A1;P-{rang:06d}{suite}")
    return refusees


def _time(travail: Callable[[], object]) -> Mesure:
    debut, processeur = time.perf_counter(), time.process_time()
    travail()
    return time.perf_counter() - debut, time.process_time() - processeur


def _raw(depot: Path, base: Path) -> None:
    """Each file into a table, its columns typed as ours are, as fast as DuckDB does it; the file is closed, complete.

    Lines it cannot read are left out without a word.
    """
    with duckdb.connect(str(base)) as con:
        for fichier in depot.glob("*.csv"):
            noms = fichier.open(encoding="utf-8").readline().strip().split(";")
            types = {nom: next((t for t, siens in TYPES.items() if nom in siens), "VARCHAR") for nom in noms}
            con.execute(
                f"CREATE TABLE {fichier.stem} AS FROM read_csv(?, delim = ';', header = true, columns = {types}, "
                "dateformat = '%d/%m/%Y', auto_detect = false, ignore_errors = true)",
                [str(fichier)],
            )


def _load(depot: Path, base: Path, mois: int, refusees: int) -> None:
    (base / "prive").mkdir(parents=True)
    with duckdb.connect(str(base / "prive" / "prive.duckdb")) as con:
        entrees = load_depot(con, contrats.load(CONTRAT), depot, bytes(32), date(2026, 9, 30), base)
    acceptees, ecartees = (sum(entree[etat] for entree in entrees) for etat in ("acceptees", "refusees"))
    assert (acceptees, ecartees) == (1 + PERSONNES * (1 + mois) - refusees, refusees), entrees
