"""What survives from one load to the next: the text rows of each accepted delivery, and the journal of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

import duckdb

from etl.catalog.schemas import Schema
from etl.intake.depot import Periode, Recu
from etl.intake.entete import Entete
from etl.intake.guichet import Bilan, Bloc

if TYPE_CHECKING:
    from etl.intake.rapide import Direct
    from etl.validate.directe import Attente
    from etl.validate.valeurs.contexte import Contexte

BEAUCOUP = 2000  # rows from which numpy is worth its import
_TABLES = (
    "CREATE SCHEMA IF NOT EXISTS raw",
    "CREATE SCHEMA IF NOT EXISTS valide",
    "CREATE SCHEMA IF NOT EXISTS refus",
    "CREATE SCHEMA IF NOT EXISTS journal",
    """CREATE TABLE IF NOT EXISTS journal.lot (
        lot INTEGER, fichier VARCHAR, partenaire VARCHAR, schema VARCHAR, feuille VARCHAR, sha256 VARCHAR,
        periode VARCHAR, periode_debut DATE, periode_fin DATE, etat VARCHAR, motif VARCHAR,
        lues INTEGER, acceptees INTEGER, refusees INTEGER, ignorees INTEGER, charge_le TIMESTAMP, retour BOOLEAN,
        chargement INTEGER)""",
    "ALTER TABLE journal.lot ADD COLUMN IF NOT EXISTS retour BOOLEAN",  # whether it is our refused lines, sent back
    "ALTER TABLE journal.lot ADD COLUMN IF NOT EXISTS chargement INTEGER",
    # every load that brought something, every undo: who, when; `annule` is the load an undo took back
    """CREATE TABLE IF NOT EXISTS journal.chargement (
        chargement INTEGER, genre VARCHAR, quand TIMESTAMP, qui VARCHAR, annule INTEGER)""",
    # what each of them did to the accepted rows: how many by contract, then one line per row corrected or gone
    """CREATE TABLE IF NOT EXISTS journal.difference (
        chargement INTEGER, schema VARCHAR, ajoutees BIGINT, corrigees BIGINT, retirees BIGINT, revenues BIGINT,
        identiques BIGINT)""",
    """CREATE TABLE IF NOT EXISTS journal.changement (
        chargement INTEGER, schema VARCHAR, cle VARCHAR[], genre VARCHAR, lot_avant INTEGER, lot_apres INTEGER,
        valeurs STRUCT(colonne VARCHAR, avant VARCHAR, apres VARCHAR)[])""",
    # withdrawals made in the name of a complete delivery, and the load that made them
    """CREATE TABLE IF NOT EXISTS journal.suppression (
        partenaire VARCHAR, schema VARCHAR, periode VARCHAR, chargement INTEGER)""",
    "ALTER TABLE journal.suppression ADD COLUMN IF NOT EXISTS chargement INTEGER",
    # what read the accepted rows of each contract, and the day they were last judged
    "CREATE TABLE IF NOT EXISTS journal.lecture (schema VARCHAR, marque VARCHAR, jour DATE)",
    # refused lines already sent back, so that a file waiting for its correction gets one workbook, not one a build
    """CREATE TABLE IF NOT EXISTS journal.rejet (
        partenaire VARCHAR, sha256 VARCHAR, empreinte VARCHAR, classeur VARCHAR)""",
    # lines ignored when the file was read, by reason (exact duplicates are counted at each build)
    "CREATE TABLE IF NOT EXISTS journal.ignoree (lot INTEGER, motif VARCHAR, nombre INTEGER)",
    "CREATE TABLE IF NOT EXISTS journal.colonne (lot INTEGER, champ VARCHAR, entete VARCHAR, rang INTEGER)",
    "CREATE TABLE IF NOT EXISTS journal.avertissement (lot INTEGER, fichier VARCHAR, message VARCHAR)",
    """CREATE TABLE IF NOT EXISTS refus.ligne (
        lot INTEGER, schema VARCHAR, ligne INTEGER, feuille VARCHAR, colonne VARCHAR, code VARCHAR,
        message VARCHAR, correction VARCHAR)""",
)


def quoted(nom: str) -> str:
    """A SQL identifier."""
    return '"' + nom.replace('"', '""') + '"'


def raw_columns(schema: Schema) -> list[tuple[str, str]]:
    """Names and types of the columns of raw.<schema>, in the order in which the gate gives them."""
    tete = [("lot", "INTEGER"), ("ligne", "INTEGER"), ("constats", "VARCHAR")]
    if schema.identite:
        tete += [("personne", "VARCHAR"), ("identite", "BOOLEAN")]
    return tete + [(champ.name, "VARCHAR") for champ in schema.stored_fields]


def prepare(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema]) -> None:
    """Create what is missing; a column new in a schema is added to the rows already held."""
    for ordre in _TABLES:
        con.execute(ordre)
    for schema in schemas:
        table, colonnes = f"raw.{quoted(schema.name)}", raw_columns(schema)
        liste = ", ".join(f"{quoted(nom)} {genre}" for nom, genre in colonnes)
        con.execute(f"CREATE TABLE IF NOT EXISTS {table} ({liste})")
        presentes = {nom for nom, *_ in con.execute(f"FROM {table} LIMIT 0").description}
        for nom, genre in colonnes:
            if nom not in presentes:
                con.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(nom)} {genre}")


def forget_refusals(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what former loads said of refused files and of the folder: what is still there is judged anew."""
    con.execute("DELETE FROM journal.avertissement WHERE lot = 0")
    for table in ("journal.ignoree", "journal.colonne", "journal.avertissement", "refus.ligne"):
        con.execute(f"DELETE FROM {table} WHERE lot IN (SELECT lot FROM journal.lot WHERE etat = 'refuse')")
    con.execute("DELETE FROM journal.lot WHERE etat = 'refuse'")


class Stock:
    """Writes text rows and journal entries; small tables are gathered and written together."""

    SEUIL = 50_000  # rows kept in memory before they are written

    def __init__(
        self, con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema], maintenant: datetime,
        chargement: int, dernier_lot: int, contexte: Contexte,
    ) -> None:  # fmt: skip
        self.con, self.maintenant, self.contexte = con, maintenant, contexte
        self.chargement, self.dernier_lot = chargement, dernier_lot
        self.schemas = {schema.name: schema for schema in schemas}
        self._blocs: dict[str, list[tuple[int, Bloc]]] = {nom: [] for nom in self.schemas}
        self._en_attente: Counter[str] = Counter()
        self._written: set[tuple[str, int]] = set()  # contract and delivery of the rows already in the base
        self._journal: list[tuple[object, ...]] = []
        self._ignorees: list[tuple[object, ...]] = []
        self._colonnes: list[tuple[object, ...]] = []
        self._avertissements: list[tuple[object, ...]] = []

    def new_lot(self) -> int:
        """The number of a new delivery table."""
        self.dernier_lot += 1
        return self.dernier_lot

    def add_rows(self, schema: Schema, lot: int, bloc: Bloc) -> None:
        """Keep text rows of a delivery. Written a block late: the end of a small file may still refuse it."""
        if self._en_attente[schema.name] >= self.SEUIL:
            self._write_rows(schema)
        self._blocs[schema.name].append((lot, bloc))
        self._en_attente[schema.name] += len(bloc[0])

    def read_directly(self, direct: Direct, lot: int, partenaire: str) -> Attente | None:
        """Read a large clean file in SQL; None, and nothing kept, when one of its lines calls for a closer look."""
        from etl.validate import directe

        return directe.read(self.con, direct, lot, partenaire, self.contexte)

    def add_lot(
        self, lot: int, recu: Recu, schema: str | None, feuille: str, periode: Periode | None, motif: str | None,
        bilan: Bilan, retour: bool = False,
    ) -> None:  # fmt: skip
        """Write down a delivery table as read: charged until judged, refused at once when `motif` says why."""
        ignorees = sum(bilan.ignorees.values())
        bornes = (periode.texte, periode.debut, periode.fin) if periode else (None, None, None)
        etat, refusees = ("refuse", bilan.lues - ignorees) if motif else ("charge", 0)
        self._journal.append((
            lot, recu.fichier, recu.partenaire, schema, feuille, recu.sha256, *bornes, etat, motif,
            bilan.lues, 0, refusees, ignorees, self.maintenant, retour, self.chargement,
        ))  # fmt: skip
        self._ignorees += [(lot, raison, nombre) for raison, nombre in bilan.ignorees.items()]
        self.warn(lot, recu.fichier, bilan.avertissements)

    def add_header(self, lot: int, entete: Entete) -> None:
        """Keep which columns the file has, under which of its own titles."""
        self._colonnes += [(lot, champ, entete.titres[rang], rang) for champ, rang in entete.positions.items()]

    def warn(self, lot: int, fichier: str, messages: Sequence[str]) -> None:
        """Keep warnings about a delivery."""
        self._avertissements += [(lot, fichier, message) for message in messages]

    def flush(self) -> None:
        """Write everything gathered so far."""
        for schema in self.schemas.values():
            self._write_rows(schema)
        for table, lignes in (
            ("journal.lot", self._journal), ("journal.ignoree", self._ignorees),
            ("journal.colonne", self._colonnes), ("journal.avertissement", self._avertissements),
        ):  # fmt: skip
            insert(self.con, table, lignes)
            lignes.clear()

    def _write_rows(self, schema: Schema) -> None:
        blocs = self._blocs[schema.name]
        self._written |= {(schema.name, lot) for lot, _ in blocs}
        lots = [lot for lot, bloc in blocs for _ in bloc[0]]
        if lots:
            colonnes = [list(chain.from_iterable(parts)) for parts in zip(*(bloc for _, bloc in blocs), strict=True)]
            append(self.con, f"raw.{quoted(schema.name)}", [n for n, _ in raw_columns(schema)], [lots, *colonnes])
        self._blocs[schema.name] = []
        self._en_attente[schema.name] = 0

    def discard(self, lots: Sequence[int]) -> None:
        """Forget the text rows of refused deliveries."""
        for schema in self.schemas.values():
            self._blocs[schema.name] = [(lot, bloc) for lot, bloc in self._blocs[schema.name] if lot not in lots]
        for nom, lot in self._written & {(nom, lot) for nom in self.schemas for lot in lots}:
            self.con.execute(f"DELETE FROM raw.{quoted(nom)} WHERE lot = ?", [lot])

    def cancel(self, lots: Sequence[int]) -> None:
        """Forget everything of deliveries just added: rows, journal, headers, warnings."""
        self.discard(lots)
        for lignes in (self._journal, self._ignorees, self._colonnes, self._avertissements):
            lignes[:] = [ligne for ligne in lignes if ligne[0] not in lots]


def insert(
    con: duckdb.DuckDBPyConnection, table: str, lignes: Sequence[tuple[object, ...]], colonnes: Sequence[str] = ()
) -> None:
    """Append rows to a table, column by column in one statement (far faster than one statement a row)."""
    if lignes:
        append(con, table, colonnes, [list(colonne) for colonne in zip(*lignes, strict=True)])


def append(
    con: duckdb.DuckDBPyConnection, table: str, noms: Sequence[str], colonnes: Sequence[Sequence[object]]
) -> None:
    """Append columns of equal lengths (texts, whole numbers, booleans) to a table, in one statement."""
    remplies = [rang for rang, colonne in enumerate(colonnes) if colonne.count(None) < len(colonne)] if noms else []
    if noms:
        noms, colonnes = [noms[rang] for rang in remplies], [colonnes[rang] for rang in remplies]
    liste = f" ({', '.join(quoted(nom) for nom in noms)})" if noms else ""
    if len(colonnes[0]) < BEAUCOUP:
        marques = ", ".join(f"unnest(${rang})" for rang in range(1, len(colonnes) + 1))
        con.execute(f"INSERT INTO {table}{liste} SELECT {marques}", [list(colonne) for colonne in colonnes])
        return
    import numpy as np  # three times faster than lists, but slow to import: `check` of a small file does without

    tableaux = {}
    for rang, colonne in enumerate(colonnes):
        textes = isinstance(next(valeur for valeur in colonne if valeur is not None), str)
        tableaux[f"c{rang}"] = np.array(colonne, dtype=object if textes else None)
    con.execute("SET pandas_analyze_sample = 0")  # texts are texts, whatever they look like
    con.register("colonnes_a_ajouter", tableaux)
    con.execute(f"INSERT INTO {table}{liste} FROM colonnes_a_ajouter")
    con.unregister("colonnes_a_ajouter")
    con.execute("RESET pandas_analyze_sample")
