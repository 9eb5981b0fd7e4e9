"""Builds a small depot again and again, killed at random moments: what is served stays whole, nothing is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl import read
from tests.conftest import CLE, RACINE
from tests.etl.validate.depot_essai import ACTEUR, INTERVENTION, csv_text, many, persons, table

CONTRAT = RACINE / "tests" / "contrats" / "six_quartiers"


@dataclass(frozen=True)
class Petit:
    """A small depot and the folder its builds write."""

    racine: Path

    @property
    def depot(self) -> Path:
        return self.racine / "depot"

    @property
    def sortie(self) -> Path:
        return self.racine / "base"

    def fill(self) -> None:
        """One structure, thirty persons, ten interventions."""
        self.add("acteurs", [ACTEUR])
        self.add("participants_2025-T1", persons(30))
        self.add("interventions_2025-T1", many(INTERVENTION, 10, intervention_id="I-{}"))

    def add(self, nom: str, lignes: list[dict[str, str]]) -> None:
        (self.depot / "p").mkdir(parents=True, exist_ok=True)
        (self.depot / "p" / f"{nom}.csv").write_text(csv_text(table(lignes)), encoding="utf-8")

    def start(self, avant: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """A build, as a process of its own; `avant` runs in it first."""
        options = ("--depot", self.depot, "--public", self.racine / "public", "--sortie", self.sortie)
        commande = [
            sys.executable,
            "-m",
            "etl",
            "build",
            "--contrat",
            CONTRAT,
            *options,
            "--audit",
            "differe",
            "--json",
        ]
        return subprocess.Popen(
            [*map(str, commande), "--json"], cwd=RACINE, text=True,
            env={**os.environ, "QPV_CLE": CLE, "QPV_MIROIR": ""},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=avant,
        )  # fmt: skip

    def build(self, avant: Callable[[], None] | None = None) -> tuple[int, str, str]:
        """Exit code, standard output and error of a whole build."""
        essai = self.start(avant)
        sortie, erreurs = essai.communicate()
        return essai.returncode, sortie, erreurs

    def served(self) -> str:
        """The version screens read, once its figures were read in both profiles."""
        for profil in read.PROFILS:
            base = read.connect(self.sortie, profil)
            (compte,) = base.cells("interventions", ())
            assert compte["etat"] == "valeur" and compte["valeur"] >= 10, compte
        return base.version.version

    def rows(self) -> int:
        """Interventions held, every delivery together."""
        with duckdb.connect(str(self.sortie / "prive" / "prive.duckdb"), read_only=True) as con:
            return con.execute("SELECT count(*) FROM valide.interventions").fetchall()[0][0]


def kill_builds(racine: Path, nombre: int, graine: int = 7) -> int:
    """Kill `nombre` builds, each with a new delivery to load; how many had published before. Raises AssertionError."""
    petit, hasard, publies = Petit(racine), random.Random(graine), 0
    petit.fill()
    debut = time.monotonic()
    code, sortie, erreurs = petit.build()
    assert code == 0, sortie + erreurs
    duree, servie = time.monotonic() - debut, petit.served()
    for rang in range(nombre):
        lignes = many(INTERVENTION | {"date": "05/03/2025"}, 1, intervention_id=f"K{rang}-{{}}")
        petit.add(f"interventions_2025-T2_{rang:03d}", lignes)
        essai = petit.start()
        time.sleep(hasard.uniform(0.02, 1.05) * duree)
        essai.send_signal(signal.SIGKILL)
        essai.communicate()
        encore = petit.served()
        assert encore == read.current(petit.sortie) and encore >= servie, (rang, encore, servie)
        publies += encore > servie
        servie = encore
    code, sortie, erreurs = petit.build()
    assert code == 0, sortie + erreurs
    assert json.loads(sortie)["version"] == petit.served() > servie
    assert petit.rows() == 10 + nombre
    assert list((petit.sortie / "publie").glob(".*")) == []
    return publies
