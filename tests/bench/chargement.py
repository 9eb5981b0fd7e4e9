"""Whole build of the demonstration against a raw typed load of the same files into a DuckDB file."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.conftest import etl


def measure() -> list[tuple[str, str, str, str]]:
    """Seconds of the build, of its repetition, and of the raw load, with their ratios."""
    with tempfile.TemporaryDirectory() as dossier:
        depot, sortie = Path(dossier) / "depot", Path(dossier) / "base"
        etl("demo", "--vers", depot)
        brut = _time(lambda: _raw(depot, Path(dossier) / "brut.duckdb"))
        options = ("build", "--depot", depot, "--public", Path(dossier) / "public", "--sortie", sortie, "--json")
        premier = _time(lambda: json.loads(etl(*options).stdout))
        second = _time(lambda: json.loads(etl(*options).stdout))
    return [
        ("build, première fois", f"{premier:.2f} s", f"chargement brut {brut:.2f} s", f"{premier / brut:.1f}"),
        ("build, rien de neuf", f"{second:.2f} s", f"première fois {premier:.2f} s", f"{second / premier:.2f}"),
    ]


def _time(travail: Callable[[], object]) -> float:
    debut = time.perf_counter()
    travail()
    return time.perf_counter() - debut


def _raw(depot: Path, base: Path) -> None:
    """Load each CSV as DuckDB reads it by itself; what it cannot read is left out, so the reference is kind to it."""
    with duckdb.connect(str(base)) as con:
        for rang, fichier in enumerate(sorted(depot.rglob("*.csv"))):
            try:
                con.execute(f"CREATE TABLE t{rang} AS FROM read_csv(?, ignore_errors = true)", [str(fichier)])
            except duckdb.Error:
                continue
