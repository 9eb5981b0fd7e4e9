"""Large clean text files: says whether DuckDB may read one directly, without any row passing through Python."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.catalog.schemas import Schema
from etl.intake.cellules import DOUBLE_ENCODAGE, REFERENCE
from etl.intake.entete import JETON, Entete
from etl.intake.guichet import Guichet
from etl.intake.refus import FichierRefuse
from etl.intake.suspicion import EXEMPTES, IDENTITE
from etl.intake.texte import Texte

TAILLE = 4 * 2**20  # bytes from which the trouble is worth it
_TETE = 256 * 1024
_BLOC = 8 * 2**20
_CONTROLES = bytes({*range(32), 127} - {9, 10, 13})
_MARQUES = tuple(marque.encode() for marque in DOUBLE_ENCODAGE)


@dataclass(frozen=True)
class Direct:
    """A file to read in SQL: `attendues` data lines after `saut` lines; every one must satisfy `condition`."""

    chemin: Path
    entete: Entete
    separateur: str
    saut: int
    attendues: int
    guichet: Guichet  # counts the lines and says what was dropped, as for any other file

    @property
    def source(self) -> str:
        """SQL reading the file as text columns c0, c1…; $chemin and $separateur are to be bound.

        A line that does not split as the header is dropped, and missed in the count of the lines read.
        """
        colonnes = ", ".join(f"'c{rang}': 'VARCHAR'" for rang in range(len(self.entete.titres)))
        return (
            f"read_csv($chemin, delim = $separateur, quote = '\"', escape = '\"', header = false, skip = {self.saut}, "
            f"auto_detect = false, ignore_errors = true, columns = {{{colonnes}}})"
        )

    @property
    def condition(self) -> str:
        """SQL, over the columns c0, c1…: an ordinary data line, in which nothing calls for a closer look.

        Any line that fails it (a total, a note, an e-mail where none may be…) sends the file to the careful reader.
        """
        schema, positions = self.entete.schema, self.entete.positions
        requises = [f"c{positions[c.name]} IS NOT NULL" for c in schema.fields if c.required and c.name in positions]
        lues = [f"c{positions[c.name]}" for c in schema.stored_fields
                if c.name in positions and c.nature not in EXEMPTES]  # fmt: skip
        ensemble = f"concat_ws(chr(10), {', '.join(lues)})"
        regles = [*requises, f"NOT regexp_matches({ensemble}, '{IDENTITE}|#')", f"length({ensemble}) < 1000"]
        if REFERENCE in positions:
            regles.append(f"regexp_matches(c{positions[REFERENCE]}, '[0-9]')")
        premiere = self.entete.titres[0].replace("'", "''")
        regles.append(f"(c0 IS NULL OR (c0 <> '{premiere}' AND NOT regexp_matches(c0, '^[-_=*.~]')))")
        return " AND ".join(regles)


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
    """The number of lines of a plain UTF-8 file, None when any byte calls for the careful reader."""
    decodeur = codecs.getincrementaldecoder("utf-8")()
    sauts = retours = 0
    fin = b"\n"
    with chemin.open("rb") as flux:
        while bloc := flux.read(_BLOC):
            try:
                decodeur.decode(bloc)
            except UnicodeDecodeError:
                return None
            if len(bloc.translate(None, _CONTROLES)) != len(bloc) or any(marque in bloc for marque in _MARQUES):
                return None
            sauts += bloc.count(b"\n")
            retours += bloc.count(b"\r")
            fin = bloc[-1:]
    if retours not in (0, sauts) or decodeur.getstate()[0]:
        return None
    return sauts + (fin != b"\n")
