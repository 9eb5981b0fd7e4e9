"""Runs the SQL models of a folder: one file is one SELECT, which becomes one table of the same name.

`<couche>/<nom>.sql` makes the table `<couche>.<nom>`. The first line of the file, a comment, describes the table.
DuckDB's own parser tells which tables a model reads; from that come the order and the rule of layers.
Tables, never views: a build that ends has computed everything.
A public source may be missing: the model that reads it is then left out, and its table does not exist.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

# Layer → schemas its models may read. `valide`, `public`, `territoire`, `contrat`, `registre` are filled before.
LECTURES = {
    "staging": ("valide", "public", "contrat"),
    "core": ("staging", "core", "territoire", "contrat", "registre"),
    "mart": ("core", "mart", "territoire", "contrat"),
}
# Table functions that read no table and no file; the others would escape the rule of layers.
FONCTIONS_TABLES = {"unnest", "range", "generate_series"}


class ErreurModele(Exception):
    """A model breaks a rule of the folder or fails to run; the message names the model and the remedy."""


@dataclass(frozen=True)
class Modele:
    """One SQL file: `nom` is `couche.table`, `lit` the tables with a schema that its SELECT reads."""

    nom: str
    couche: str
    chemin: Path
    description: str
    sql: str
    lit: tuple[str, ...]

    @property
    def publics(self) -> tuple[str, ...]:
        """The public tables it reads, each of which may be missing."""
        return tuple(table for table in self.lit if table.startswith("public."))


def run(
    con: duckdb.DuckDBPyConnection, dossier: Path, progress: Callable[[str, int, int], None] | None = None
) -> list[Modele]:
    """Build every model of `dossier` on `con`, in order, and return them; `progress(nom, rang, total)` precedes each.

    Raises ErreurModele when a model has no description, skips a layer, closes a cycle or fails.
    """
    ordre = models(dossier)
    for couche in LECTURES:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {couche}")
    for rang, modele in enumerate(ordre, start=1):
        if progress:
            progress(modele.nom, rang, len(ordre))
        _build(con, modele)
    return ordre


def stage_public(con: duckdb.DuckDBPyConnection, dossier: Path) -> None:
    """Build the models of public sources alone."""
    con.execute("CREATE SCHEMA IF NOT EXISTS staging")
    for modele in models(dossier):
        if modele.publics:
            _build(con, modele)


def _build(con: duckdb.DuckDBPyConnection, modele: Modele) -> None:
    con.execute(f"DROP TABLE IF EXISTS {modele.nom}")
    if modele.publics:
        presentes = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'public'").fetchall()
        if not {f"public.{nom}" for (nom,) in presentes}.issuperset(modele.publics):
            return
    try:
        con.execute(f"CREATE TABLE {modele.nom} AS\n{modele.sql}")
    except duckdb.Error as erreur:
        raise ErreurModele(f"{modele.chemin}: {modele.nom} failed: {erreur}") from erreur
    texte = modele.description.replace("'", "''")
    con.execute(f"COMMENT ON TABLE {modele.nom} IS '{texte}'")


def models(dossier: Path) -> list[Modele]:
    """Return the models of `dossier` in the order they can run, after checking the rule of layers."""
    lus = {m.nom: m for m in (read(chemin) for chemin in sorted(dossier.glob("*/*.sql")))}
    for modele in lus.values():
        _check(modele, lus)
    liens = {nom: [table for table in modele.lit if table in lus] for nom, modele in lus.items()}
    try:
        return [lus[nom] for nom in TopologicalSorter(liens).static_order()]
    except CycleError as erreur:
        cercle = " -> ".join(erreur.args[1])
        raise ErreurModele(f"models read each other in a circle: {cercle}; cut one link") from erreur


def read(chemin: Path) -> Modele:
    """Read one file: its description, its SELECT, the tables it reads."""
    couche, sql = chemin.parent.name, chemin.read_text(encoding="utf-8").strip().removesuffix(";")
    if couche not in LECTURES:
        raise ErreurModele(f"{chemin}: unknown layer {couche!r}; expected one of {', '.join(LECTURES)}")
    premiere = sql.partition("\n")[0]
    description = premiere.removeprefix("--").strip()
    if not premiere.startswith("--") or not description:
        raise ErreurModele(f"{chemin}: the first line must be a comment that describes the table")
    arbre = _parse(sql)
    if arbre.get("error", True) or len(arbre["statements"]) != 1:
        raison = arbre.get("error_message") or "several statements"
        raise ErreurModele(f"{chemin}: not one readable SELECT ({raison}); write PIVOT as conditional sums")
    lit = tuple(sorted(set(_tables(arbre, chemin))))
    return Modele(f"{couche}.{chemin.stem}", couche, chemin, description, sql, lit)


@cache
def _parse(sql: str) -> dict[str, Any]:
    """The tree of a statement; a process that builds again reads the same texts."""
    row = _parser().cursor().execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchone()
    return json.loads(row[0]) if row else {}


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _tables(arbre: Any, chemin: Path, ctes: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the tables of a parsed SELECT, common table expressions aside."""
    if isinstance(arbre, list):
        for partie in arbre:
            yield from _tables(partie, chemin, ctes)
    if not isinstance(arbre, dict):
        return
    ctes |= {cte["key"].lower() for cte in (arbre.get("cte_map") or {}).get("map", [])}
    if arbre.get("type") == "BASE_TABLE":
        schema, table = arbre["schema_name"].lower(), arbre["table_name"].lower()
        if schema:
            yield f"{schema}.{table}"
        elif table not in ctes:
            raise ErreurModele(f"{chemin}: reads {table} without its layer; write <layer>.{table}")
    elif arbre.get("type") == "TABLE_FUNCTION":
        fonction = arbre["function"]["function_name"]
        if fonction not in FONCTIONS_TABLES:
            raise ErreurModele(f"{chemin}: reads through {fonction}(); a model reads tables of the base only")
    for partie in arbre.values():
        yield from _tables(partie, chemin, ctes)


def _check(modele: Modele, lus: dict[str, Modele]) -> None:
    for table in modele.lit:
        schema = table.partition(".")[0]
        if schema not in LECTURES[modele.couche]:
            permis = ", ".join(LECTURES[modele.couche])
            raise ErreurModele(
                f"{modele.nom} reads {table}: layer {modele.couche} reads {permis} only; go through them"
            )
        if schema in LECTURES and table not in lus:
            raise ErreurModele(f"{modele.nom} reads {table}, which no model makes; add {table.replace('.', '/')}.sql")
        if table in lus and lus[table].publics:
            raise ErreurModele(f"{modele.nom} reads {table}, a public source that may be missing; read it in Python")
