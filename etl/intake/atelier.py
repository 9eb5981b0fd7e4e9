"""Keeps one limited child process for the workbooks of a load; a workbook that kills it is refused, the next go on."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any

from etl.catalog import schemas as catalogue
from etl.catalog.schemas import Schema
from etl.intake import contenu, reader
from etl.intake.depot import period
from etl.intake.entete import Entete
from etl.intake.guichet import Bilan
from etl.intake.lecture import Lecture, Tableau
from etl.intake.refus import FichierRefuse

if TYPE_CHECKING:
    import subprocess

ATTENTE = 120  # seconds before a child that neither answers nor dies is stopped
RACINE = Path(__file__).parents[2]
MORT = (
    "Ce classeur n'a pas pu être lu dans les limites de mémoire et de temps : supprimez ce qui est écrit loin du "
    "tableau, ou envoyez un fichier CSV."
)


class Atelier:
    """Reads files for a load; use as a context manager so that the child process ends with it."""

    def __init__(self, schemas: Sequence[Schema], cle: bytes, aujourd_hui: date) -> None:
        self.schemas, self.cle, self.aujourd_hui = list(schemas), cle, aujourd_hui
        self._enfant: subprocess.Popen[str] | None = None
        self._a_venir: list[Path] = []
        self._rangs: dict[Path, int] = {}
        self._posee: str | None = None  # the question that the child has not answered yet
        self._servi = False  # whether this child has answered a question

    def __enter__(self) -> Atelier:
        return self

    def __exit__(
        self, genre: type[BaseException] | None, erreur: BaseException | None, t: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the child ahead of the first workbook, so that its imports overlap with other work."""
        import subprocess

        if self._enfant is None or self._enfant.poll() is not None:
            self._enfant = subprocess.Popen(
                [sys.executable, "-m", "etl.intake.ouvrier"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                text=True, encoding="utf-8", cwd=RACINE,
            )  # fmt: skip
            self._servi = False

    def read(self, chemin: Path, nom: str | None = None, schemas: Sequence[Schema] | None = None) -> Lecture:
        """Read one file: text here, workbooks in the child."""
        choisis = list(schemas) if schemas else self.schemas
        nom = nom or chemin.stem
        try:
            classeur = contenu.is_workbook(chemin)
        except OSError as erreur:
            return Lecture("refuse", f"Ce fichier ne peut pas être lu ({erreur.strerror or 'erreur du disque'}).")
        if not classeur:
            return reader.read(chemin, choisis, self.cle, self.aujourd_hui, nom)
        brut = self._ask(chemin, nom, choisis)
        if brut is None:
            return reader.refused(FichierRefuse(MORT), nom, choisis)
        return _rebuilt(brut)

    def expect(self, chemins: Sequence[Path]) -> None:
        """Say which files are about to be read, in order: the child reads the next workbook ahead of its turn."""
        self._a_venir = list(chemins)
        self._rangs = {chemin: rang for rang, chemin in enumerate(chemins)}

    def _ask(self, chemin: Path, nom: str, choisis: Sequence[Schema]) -> dict[str, Any] | None:
        """The child's answer, None when it died on this workbook.

        A child that had served already may have died of something else, before this workbook was its concern:
        only one that is asked nothing else accuses it.
        """
        demande = self._question(chemin, nom, choisis)
        if self._posee != demande:
            if self._posee is not None:
                self._answer()  # to a question that nobody came to ask
            self._put(demande)
        servi, texte = self._servi, self._answer()
        if servi and not texte.endswith("\n"):
            self._put(demande)
            texte = self._answer()
        if chemin in self._rangs:
            self._foresee(self._rangs[chemin] + 1)
        if not texte.endswith("\n"):
            return None
        reponse: dict[str, Any] = json.loads(texte)
        return reponse

    def _question(self, chemin: Path, nom: str, choisis: Sequence[Schema]) -> str:
        return json.dumps({
            "chemin": str(chemin.resolve()), "nom": nom, "schemas": [schema.name for schema in choisis],
            "cle": self.cle.hex(), "jour": self.aujourd_hui.isoformat(),
        })  # fmt: skip

    def _foresee(self, rang: int) -> None:
        """Put the question of the next workbook to come; the child answers while other files are read here."""
        for chemin in self._a_venir[rang:]:
            with suppress(OSError):  # it will be said when its turn comes
                if contenu.is_workbook(chemin):
                    self._put(self._question(chemin, chemin.stem, self.schemas))
                    return

    def _put(self, demande: str) -> None:
        self.start()
        assert self._enfant is not None and self._enfant.stdin is not None
        self._posee = demande
        with suppress(OSError):  # a dead child does not answer either
            self._enfant.stdin.write(demande + "\n")
            self._enfant.stdin.flush()

    def _answer(self) -> str:
        """The line answering the question put; no whole line when the child died of it."""
        enfant, self._posee = self._enfant, None
        assert enfant is not None and enfant.stdout is not None
        garde = Timer(ATTENTE, enfant.kill)
        garde.start()
        try:
            texte = enfant.stdout.readline()
        except OSError:
            texte = ""
        finally:
            garde.cancel()
        self._servi = texte.endswith("\n")
        if not self._servi:
            self.close()
        return texte

    def close(self) -> None:
        """End the child process."""
        enfant, self._enfant, self._posee = self._enfant, None, None
        if enfant is not None:
            enfant.kill()
            enfant.wait()
            for flux in (enfant.stdin, enfant.stdout):
                if flux is not None:
                    with suppress(OSError):  # a request the dead child never read
                        flux.close()


def _rebuilt(brut: dict[str, Any]) -> Lecture:
    tableaux = []
    for un in brut["tableaux"]:
        schema = catalogue.load(un["schema"])
        entete = Entete(schema, un["rang"], tuple(un["titres"]), un["positions"])
        bilan = Bilan(un["lues"], un["gardees"], Counter(un["ignorees"]), un["avertissements"])
        tableaux.append(Tableau(schema, un["feuille"], entete, bilan, iter(un["blocs"]), period(un["periode"] or "")))
    return Lecture(brut["etat"], brut["motif"], brut["schema"], tableaux, brut["avertissements"], brut["identites"])
