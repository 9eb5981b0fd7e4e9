"""Tells what a build would do with one file, by doing it inside a transaction that is then undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from etl.catalog import schemas as catalogue
from etl.catalog.contrat import Contrat
from etl.intake import depot as depots
from etl.intake.depot import Recu
from etl.validate.chargement import Charge, take_in
from etl.validate.constat import entries
from etl.validate.journal import Demande
from etl.validate.reception import Envoi
from etl.validate.stock import quoted

FAUTES_MAX, CHANGEMENTS_MAX = 500, 200  # lines shown; the counts beside them are complete
_NOMS_DIFFERENCE = ("schema", "ajoutees", "corrigees", "retirees", "revenues", "identiques")


class EnvoiInvalide(Exception):
    """The partner, the contract or the period of a file is unknown; the message is one French sentence."""


@dataclass(frozen=True)
class Depose:
    """A file somebody is about to drop: where it waits, from whom, of which contract and period (empty: read in it)."""

    chemin: Path
    partenaire: str
    schema: str = ""
    periode: str = ""


def preview(
    base: Path, depot: Path, contrat: Contrat, depose: Depose, cle: bytes, date_du_jour: date
) -> dict[str, Any]:
    """What a build would answer about one file and change in the base, all confirmations given; nothing is kept.

    `reserves` lists what the build would refuse or hold back unless somebody confirms it.
    """
    with _undone(base) as con, _received(con, depot, contrat, depose) as recu:
        choisis = [catalogue.load(nom) for nom in catalogue.names()]
        accord = Demande(forcer=[recu.fichier], confirmer=[recu.fichier])
        charge = take_in(con, contrat, [recu], choisis, cle, date_du_jour, None, accord)
        entree = entries(con, charge.envois)[0]
        return entree | {
            "periode": recu.periode.texte if recu.periode else None,
            "reserves": _reserves(charge, charge.envois[0]),
            "defauts": _faults(con, charge.envois[0].lots),
            "differences": _differences(con, charge.chargement),
            "changements": _changes(con, charge.chargement),
            "perimees": _outdated(con, charge.envois[0]),
            "en_attente": _waiting(con, depot, recu),
        }


@contextmanager
def _received(con: duckdb.DuckDBPyConnection, depot: Path, contrat: Contrat, depose: Depose) -> Iterator[Recu]:
    """The file as the depot would hold it: lent for a moment the name it will be dropped, and read, under."""
    if depose.partenaire not in {partenaire.dossier for partenaire in contrat.partenaires}:
        raise EnvoiInvalide(f"Le partenaire « {depose.partenaire} » n'est pas déclaré dans contrat.toml.")
    if depose.schema and depose.schema not in catalogue.names():
        raise EnvoiInvalide(f"Le contrat « {depose.schema} » n'existe pas. Connus : {', '.join(catalogue.names())}.")
    lue = depots.period(depose.periode)
    if depose.periode and (lue is None or lue.texte != depose.periode):
        raise EnvoiInvalide(f"La période « {depose.periode} » s'écrit 2026, 2026-T3 ou 2026-09.")
    extension = depose.chemin.suffix.lower()
    if extension not in depots.EXTENSIONS:
        raise EnvoiInvalide(f"Ce format n'est pas accepté : envoyez un fichier {', '.join(depots.EXTENSIONS)}.")
    empreinte = depots.sha256(depose.chemin)
    tenus = _to_correct(con, depot, depose)
    relatif = depots.drop_path(depot, depose.partenaire, depose.schema, depose.periode, extension, empreinte, tenus)
    attente = depot / depots.ATTENTE
    attente.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=attente) as dossier:
        prete = Path(dossier) / Path(relatif).name
        prete.symlink_to(depose.chemin.resolve())
        yield Recu(prete, depose.partenaire, relatif, empreinte, lue, 1)


def _to_correct(con: duckdb.DuckDBPyConnection, depot: Path, depose: Depose) -> set[str]:
    """Deliveries of the partner and contract: those loaded, even removed since, and the files nobody has read yet."""
    tables = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'journal' AND table_name = 'lot'"
    ).fetchall()
    lots = con.execute(
        "SELECT fichier, list(schema) FROM journal.lot WHERE partenaire = ? AND etat = 'charge' GROUP BY fichier",
        [depose.partenaire],
    ).fetchall() if tables else []  # fmt: skip
    lus = dict(lots)
    presents = {c.relative_to(depot).as_posix() for c in (depot / depose.partenaire).rglob("*") if c.is_file()}
    siens = {fichier for fichier, schemas in lus.items() if not depose.schema or depose.schema in schemas}
    return siens | (presents - lus.keys())


@contextmanager
def _undone(base: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private base in a transaction that never commits; an empty one in memory while nothing was loaded."""
    fichier = base / "prive" / "prive.duckdb"
    config: dict[str, Any] = {"temp_directory": str(base / "prive" / "temp")} if fichier.is_file() else {}
    con = duckdb.connect(str(fichier) if fichier.is_file() else ":memory:", config=config)
    try:
        con.begin()
        yield con
    finally:
        con.rollback()
        con.close()


def _reserves(charge: Charge, envoi: Envoi) -> list[dict[str, str]]:
    """What must be confirmed: files that would be refused, then withdrawals above 5 %."""
    siens = set(envoi.lots)
    return [{"genre": "forcer", "phrase": phrase} for phrase in envoi.reserves] + [
        {"genre": "confirmer", "phrase": retrait.phrase}
        for retrait in charge.retraits
        if retrait.confirme and siens & set(retrait.complet.lots)
    ]


def _faults(con: duckdb.DuckDBPyConnection, lots: list[int]) -> list[dict[str, Any]]:
    noms = ("schema", "feuille", "ligne", "colonne", "code", "message", "correction")
    lignes = con.execute(
        f"SELECT {', '.join(noms)} FROM refus.ligne WHERE lot IN (SELECT unnest(?)) "
        f"ORDER BY lot, ligne, colonne, code LIMIT {FAUTES_MAX}",
        [lots],
    ).fetchall()
    return [dict(zip(noms, ligne, strict=True)) for ligne in lignes]


def _differences(con: duckdb.DuckDBPyConnection, chargement: int) -> list[dict[str, Any]]:
    lignes = con.execute(
        f"SELECT {', '.join(_NOMS_DIFFERENCE)} FROM journal.difference WHERE chargement = ? ORDER BY schema",
        [chargement],
    ).fetchall()
    return [dict(zip(_NOMS_DIFFERENCE, ligne, strict=True)) for ligne in lignes]


def _changes(con: duckdb.DuckDBPyConnection, chargement: int) -> list[dict[str, Any]]:
    noms = ("schema", "cle", "genre", "valeurs")
    lignes = con.execute(
        f"SELECT {', '.join(noms)} FROM journal.changement WHERE chargement = ? ORDER BY ALL LIMIT {CHANGEMENTS_MAX}",
        [chargement],
    ).fetchall()
    return [dict(zip(noms, ligne, strict=True)) for ligne in lignes]


def _outdated(con: duckdb.DuckDBPyConnection, envoi: Envoi) -> int:
    """Accepted rows of the file that a newer delivery already replaces: they enter the history, not the figures."""
    lots = con.execute(
        "SELECT schema, sum(acceptees)::INTEGER FROM journal.lot WHERE etat = 'charge' AND lot IN (SELECT unnest(?)) "
        "GROUP BY schema",
        [envoi.lots if envoi.etat == "charge" else []],
    ).fetchall()
    retenues = [
        con.execute(
            f"SELECT count(*) FROM valide.{quoted(schema)} WHERE lot IN (SELECT unnest(?))", [envoi.lots]
        ).fetchall()[0][0]
        for schema, _ in lots
    ]
    return sum(acceptees for _, acceptees in lots) - sum(retenues)


def _waiting(con: duckdb.DuckDBPyConnection, depot: Path, recu: Recu) -> list[str]:
    """The other files of the depot that no load holds: a build would read them too."""
    tenus = set(con.execute("SELECT partenaire, sha256 FROM journal.lot WHERE etat IN ('charge', 'annule')").fetchall())
    autres = depots.list_files(depot)
    return [a.fichier for a in autres if a.fichier != recu.fichier and (a.partenaire, a.sha256) not in tenus]
