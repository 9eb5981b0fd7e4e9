"""The child process that opens workbooks under limits of memory and time; identities never leave it."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from etl.catalog import schemas
from etl.intake import contenu, reader
from etl.intake.lecture import Lecture
from etl.intake.refus import FichierRefuse

MEMOIRE = 2 * 2**30
SECONDES = 60
ILLISIBLE = "Ce classeur n'a pas pu être lu : ouvrez-le, enregistrez-le de nouveau au format XLSX et renvoyez-le."


def limit() -> None:
    """Cap this process's memory once, and its processor time from now on."""
    try:
        import resource
    except ImportError:  # no such limits on this system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, resource.getrlimit(resource.RLIMIT_AS)[1]))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    fin = int(usage.ru_utime + usage.ru_stime) + SECONDES
    resource.setrlimit(resource.RLIMIT_CPU, (fin, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold identities


def answer(demande: dict[str, Any]) -> dict[str, Any]:
    """Read the workbook asked for; its pseudonymised rows as plain lists."""
    choisis = [schemas.load(nom) for nom in demande["schemas"]]
    nom, cle, jour = demande["nom"], bytes.fromhex(demande["cle"]), date.fromisoformat(demande["jour"])
    chemin = Path(demande["chemin"])
    try:
        lecture = reader.read_workbook(chemin, contenu.identify(chemin), choisis, cle, jour, nom)
        return _plain(lecture)
    except FichierRefuse as refus:
        return _plain(reader.refused(refus, nom, choisis))
    except MemoryError:
        return _plain(Lecture("refuse", "Ce classeur demande trop de mémoire : envoyez un fichier CSV."))
    except Exception:  # a hostile workbook must not stop the load; no detail, which could quote a cell
        return _plain(reader.refused(FichierRefuse(ILLISIBLE), nom, choisis))


def _plain(lecture: Lecture) -> dict[str, Any]:
    tableaux = []
    for tableau in lecture.tableaux:
        blocs = list(tableau.blocs)  # before the report, which is complete only now
        bilan, entete, periode = tableau.bilan, tableau.entete, tableau.periode
        tableaux.append({
            "schema": tableau.schema.name, "feuille": tableau.feuille, "blocs": blocs,
            "lues": bilan.lues, "gardees": bilan.gardees, "ignorees": dict(bilan.ignorees),
            "avertissements": bilan.avertissements, "titres": entete.titres, "positions": entete.positions,
            "rang": entete.rang, "periode": periode.texte if periode else None,
        })  # fmt: skip
    return {
        "etat": lecture.etat, "motif": lecture.motif, "schema": lecture.schema, "identites": lecture.identites,
        "tableaux": tableaux, "avertissements": lecture.avertissements,
    }  # fmt: skip


def main() -> None:
    """Answer one JSON request a line, until standard input ends."""
    sortie = sys.stdout
    sys.stdout = sys.stderr  # nothing a library prints may mix with the answers
    for texte in sys.stdin:
        limit()
        sortie.write(json.dumps(answer(json.loads(texte))) + "\n")
        sortie.flush()


if __name__ == "__main__":
    main()
