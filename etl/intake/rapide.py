"""Large clean text files: says whether DuckDB may read one directly, without any row passing through Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from etl.catalog.schemas import Field, Schema
from etl.intake.cellules import A_REGARDER, DOUTEUX, LONGUEUR_CELLULE, REFERENCE
from etl.intake.entete import JETON, Entete
from etl.intake.guichet import Guichet
from etl.intake.refus import FichierRefuse
from etl.intake.suspicion import EXEMPTES
from etl.intake.texte import Texte

TAILLE = 2**20  # bytes from which the trouble is worth it
_TETE = 256 * 1024
_BLOC = 256 * 1024  # what the processor keeps at hand


@dataclass(frozen=True)
class Direct:
    """A file to read in SQL: `attendues` data lines after `saut` lines, each an ordinary one."""

    chemin: Path
    entete: Entete
    separateur: str
    saut: int
    attendues: int
    guichet: Guichet  # counts the lines and says what was dropped, as for any other file

    @property
    def source(self) -> str:
        """SQL reading the file as text columns c0, c1…; $chemin and $separateur are to be bound.

        A line that does not split as the header, or is no UTF-8, is dropped: it is missed in the count of lines.
        """
        colonnes = ", ".join(f"'c{rang}': 'VARCHAR'" for rang in range(len(self.entete.titres)))
        return (
            f"read_csv($chemin, delim = $separateur, quote = '\"', escape = '\"', header = false, skip = {self.saut}, "
            f"auto_detect = false, ignore_errors = true, columns = {{{colonnes}}})"
        )

    def look(
        self, con: duckdb.DuckDBPyConnection, table: str, questions: Mapping[int, Sequence[str]],
        sources: Mapping[int, str],
    ) -> dict[int, list[bool]] | None:  # fmt: skip
        """Of each column, whether all its texts meet each of the SQL `questions` asked of it; empty cells meet all.

        None when the lines laid in `table` are not all there, all data, with nothing that calls for a closer look (a
        total, a note, an e-mail where none may be…): the file goes to the careful reader. What may be told by a value
        alone is asked of each distinct value, far fewer than the lines; `sources`: where those of a column are.
        """
        schema, positions = self.entete.schema, self.entete.positions
        requises = [positions[c.name] for c in schema.fields if c.required and c.name in positions]
        pleines = " + ".join(f"count(*) - count(c{rang})" for rang in requises) or "0"
        if con.execute(f"SELECT count(*), {pleines} FROM {table}").fetchall()[0] != (self.attendues, 0):
            return None
        champs = {positions[c.name]: c for c in schema.stored_fields if c.name in positions}
        reponses = {}
        for rang in range(len(self.entete.titres)):
            posees = (*self._rules(rang, champs.get(rang)), *questions.get(rang, ()))
            if posees:
                lus = con.execute(
                    f"SELECT {', '.join(f'coalesce(bool_and({x}), true)' for x in posees)} "
                    f"FROM (SELECT DISTINCT c{rang} FROM {sources.get(rang, table)} WHERE c{rang} IS NOT NULL)"
                ).fetchall()[0]
                suite = len(posees) - len(questions.get(rang, ()))
                if not all(lus[:suite]):
                    return None
                reponses[rang] = list(lus[suite:])
        return reponses

    def _rules(self, rang: int, champ: Field | None) -> list[str]:
        """What SQL asks of each value of a column."""
        x, regles = f"c{rang}", []
        if champ is not None:
            motif = A_REGARDER if champ.nature in EXEMPTES else DOUTEUX
            regles += [f"length({x}) <= {LONGUEUR_CELLULE}", f"NOT regexp_matches({x}, '{motif}')"]
            if champ.name == REFERENCE:
                regles.append(f"regexp_matches({x}, '[0-9]')")
        if rang == 0:
            premiere = self.entete.titres[0].replace("'", "''")
            regles.append(f"{x} <> '{premiere}' AND NOT regexp_matches({x}, '^[-_=*.~]')")
        return regles


def plan(chemin: Path, schemas: Sequence[Schema], nom: str, cle: bytes, aujourd_hui: date) -> Direct | None:
    """How to read a large file directly; None when it is small, holds identities, or is not plain UTF-8 text."""
    if chemin.stat().st_size < TAILLE:
        return None
    with chemin.open("rb") as flux:
        tete = flux.read(_TETE)
    try:
        texte = Texte(tete[: tete.rfind(b"\n")], schemas, nom)
    except FichierRefuse:  # the careful reader will say why
        return None
    entete = texte.entete
    identites = {*entete.schema.identite, JETON} & set(entete.positions)
    if identites or texte.encodage != "utf-8" or texte.sep_annonce or texte.has_multiline_head():
        return None
    lignes = _count_lines(chemin)
    if lignes is None:
        return None
    guichet = Guichet(entete, cle, aujourd_hui)
    bilan = guichet.bilan
    for rang in range(entete.rang - entete.hauteur + 1):
        bilan.lues += 1
        bilan.ignorees["titre" if texte.is_filled(rang) else "ligne vide"] += 1
    return Direct(chemin, entete, texte.separateur, entete.rang + 1, lignes - entete.rang - 1, guichet)


def _count_lines(chemin: Path) -> int | None:
    """The number of lines of a file, None when its newlines are of several kinds or a byte is null."""
    sauts = retours = 0
    fin = b"\n"
    with chemin.open("rb") as flux:
        while bloc := flux.read(_BLOC):
            if b"\x00" in bloc:
                return None
            sauts += bloc.count(b"\n")
            retours += bloc.count(b"\r")
            fin = bloc[-1:]
    return sauts + (fin != b"\n") if retours in (0, sauts) else None
