"""Runs the checks: each file is one SELECT that returns the bad rows, its name and first line say what is wrong.

`blocking/` forbids publication, `warning/` is shown on the quality page. A check reads staging, core, mart and the
tables given to the models, and one temporary table, `catalogue`, with what the indicators declare. It never returns
a person's pseudonym.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.catalog.indicateurs import CATALOGUE
from etl.targets import is_additive

DOSSIER = Path(__file__).parent
GRAVITES = ("blocking", "warning")


class ErreurControle(Exception):
    """A check cannot run; the message names its file."""


@dataclass(frozen=True)
class Resultat:
    """What one check found: number of bad rows, and the first of them in words."""

    nom: str
    gravite: str
    description: str
    nombre: int
    exemple: str | None

    @property
    def bloquant(self) -> bool:
        """True when these rows forbid publication."""
        return self.gravite == "blocking" and self.nombre > 0


def run(con: duckdb.DuckDBPyConnection, dossier: Path = DOSSIER) -> list[Resultat]:
    """Run every check on the private base, blocking ones first. Raises ErreurControle when one cannot run."""
    _declare_catalogue(con)
    return [run_one(con, chemin) for gravite in GRAVITES for chemin in sorted((dossier / gravite).glob("*.sql"))]


def run_one(con: duckdb.DuckDBPyConnection, chemin: Path) -> Resultat:
    """Run the check of one file; `run` has declared the temporary table `catalogue` before."""
    sql = chemin.read_text(encoding="utf-8")
    description = sql.partition("\n")[0].removeprefix("--").strip()
    try:
        # Counted in full, read once: a check may find a row per person of the base.
        reponse = con.execute(f"WITH faute AS (\n{sql}\n) SELECT count(*) OVER () AS nombre, * FROM faute LIMIT 1")
        colonnes = [colonne[0] for colonne in reponse.description or ()]
        ligne = reponse.fetchone()
    except duckdb.Error as erreur:
        raise ErreurControle(f"{chemin}: the check cannot run: {erreur}") from erreur
    if ligne is None:
        return Resultat(chemin.stem, chemin.parent.name, description, 0, None)
    exemple = ", ".join(f"{nom} : {valeur}" for nom, valeur in zip(colonnes[1:], ligne[1:], strict=True))
    return Resultat(chemin.stem, chemin.parent.name, description, ligne[0], exemple)


def _declare_catalogue(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE catalogue (id VARCHAR, unite VARCHAR, ratio BOOLEAN, additif BOOLEAN)")
    con.executemany(
        "INSERT INTO catalogue VALUES (?, ?, ?, ?)",
        [(i.id, i.unite, i.nature == "ratio", i.nature == "flux" and is_additive(i)) for i in CATALOGUE.values()],
    )
