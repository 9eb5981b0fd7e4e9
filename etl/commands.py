"""What each command of `python -m etl` does: call the right module, draw progress, print the summary."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from etl.catalog import contrat as contrats
from etl.progress import Progress, silent

# What stops a command with one French sentence and exit code 1.
ECHECS: tuple[type[Exception], ...] = (OSError, duckdb.Error, contrats.ContratInvalide)


# Not a file to download: the addresses of structures, sent to the geocoding service.
_GEOCODAGE = "geocodage"


class UsageInvalide(Exception):
    """A wrong option; the message is one French sentence, the exit code 64."""


class Echec(OSError):
    """A command that could not do its work; the message is a French sentence."""


def check(options: argparse.Namespace) -> int:
    """Check one file. 0 all accepted, 1 some lines refused, 2 file refused."""
    from etl.validate.check import check_file

    known_schema(options.schema)
    if not options.fichier.is_file():
        raise UsageInvalide(f"Le fichier « {options.fichier} » n'existe pas.")
    rapport = check_file(options.fichier, options.schema, contrats.load(options.contrat), options.base)
    if options.json:
        print(json.dumps(rapport, ensure_ascii=False))
    else:
        for phrase in [rapport.get("motif"), *(d["message"] for d in rapport["defauts"])]:
            if phrase:
                print(phrase)
        print(
            f"{rapport['lues']} lignes lues : {rapport['acceptees']} acceptées, {rapport['refusees']} refusées, "
            f"{rapport['ignorees']} ignorées."
        )
    return 2 if rapport["etat"] == "refuse" else int(rapport["refusees"] > 0)


def template(options: argparse.Namespace) -> int:
    """Write the XLSX templates asked for, or all."""
    from etl import template as gabarits
    from etl.catalog import schemas

    contrat = contrats.load(options.contrat)
    for nom in options.noms:
        known_schema(nom)
    for nom in options.noms or schemas.names():
        print(gabarits.write(nom, options.vers, contrat))
    return 0


def demo(options: argparse.Namespace) -> int:
    """Write invented partner files for the configured contract."""
    from etl import demo as generateur

    if options.facteur <= 0:
        raise UsageInvalide("--facteur doit être un nombre positif.")
    contrat = contrats.load(options.contrat)
    perimetres = _perimeters(contrat, options.public)
    fichiers = generateur.write(contrat, options.vers, options.facteur, options.graine, perimetres)
    print(f"{len(fichiers)} fichiers inventés dans {options.vers}")
    return 0


def _perimeters(contrat: contrats.Contrat, dossier: Path) -> dict[str, Any] | None:
    """Official perimeters by QPV code; None without the public file, and the geometry libraries are not even loaded."""
    from etl.public import manifest

    if not any(e["fichier"] for e in manifest.describe(dossier) if e["id"] == "qpv_2024"):
        return None
    from etl import territories

    lieux = territories.load(contrat, dossier)
    return dict(zip(lieux.qpv["code"], lieux.qpv.geometry, strict=True)) if lieux.methode == "contour" else None


def public(options: argparse.Namespace) -> int:
    """Download (or copy from a mirror) and verify public files. 0 unless a file obtained was faulty."""
    from etl import build as construction
    from etl import public as sources

    departements = construction.departements(contrats.load(options.contrat))
    demandees = [id for id in options.sources if id != _GEOCODAGE]
    etats = []
    try:
        with bar(False) as progress:

            def show(ident: str, fait: int, attendu: int | None) -> None:
                progress(ident, fait, attendu or max(fait, 1))

            if demandees or not options.sources:
                etats = sources.update(demandees, options.public, options.miroir, show, departements)
    except sources.DemandeInvalide as erreur:
        raise UsageInvalide(str(erreur)) from erreur
    for etat in etats:
        print(f"{etat.id} : {etat.etat}. {etat.message}")
    if _GEOCODAGE in options.sources or not options.sources:
        print(_geocode(options))
    return int(any(etat.etat == "fautif" for etat in etats))


def _geocode(options: argparse.Namespace) -> str:
    """Ask for the addresses the last build left; with a mirror nothing goes to the network."""
    from etl.public import geocodage

    if options.miroir:
        return "Géocodage : non fait avec un miroir, les adresses nouvelles restent sans point."
    return geocodage.update(options.public, options.sortie / "prive" / geocodage.QUESTIONS)


def mesure(options: argparse.Namespace) -> int:
    """Print the published cells of an indicator by the axes asked for."""
    from etl import lecture, read
    from etl.catalog.indicateurs import CATALOGUE

    try:
        base = read.connect(options.sortie, options.profil)
        cellules = base.cells(options.indicateur, tuple(options.par))
    except read.AxeInconnu as erreur:
        raise UsageInvalide(str(erreur)) from erreur
    except read.AucuneBase as erreur:
        raise Echec(str(erreur)) from erreur
    rapport: dict[str, Any] = {
        "indicateur": options.indicateur,
        "unite": CATALOGUE[options.indicateur].unite,
        "cellules": cellules,
    }
    if base.secours:
        rapport["secours"] = base.secours
    motif = base.reason(options.indicateur) or lecture.why_empty(options.indicateur, options.par, cellules)
    if motif:
        rapport["motif"] = motif
    rapport |= lecture.comparisons(base, options.indicateur)
    if options.json:
        print(json.dumps(rapport, ensure_ascii=False))
    else:
        _print_cells(rapport, options.par)
    return 0


def _print_cells(rapport: dict[str, Any], par: Sequence[str]) -> None:
    """The cells one a line, between what must be known before reading them and what explains them."""
    from etl import lecture

    if "secours" in rapport:
        print(rapport["secours"])
    for cellule in rapport["cellules"]:
        axes = ", ".join(f"{a} {cellule[a]}" for a in par)
        print(f"{axes + ' : ' if axes else ''}{cellule['valeur'] if cellule['etat'] == 'valeur' else cellule['etat']}")
    if "motif" in rapport:
        print(rapport["motif"])
    for ecart in rapport.get("comparaisons", []):
        print(lecture.sentence(ecart))
    if "sans_comparateur" in rapport:
        print(rapport["sans_comparateur"])


def known_schema(nom: str) -> None:
    """Raise UsageInvalide when no contract has this name."""
    from etl.catalog import schemas

    if nom not in schemas.names():
        raise UsageInvalide(f"Le modèle « {nom} » n'existe pas. Modèles connus : {', '.join(schemas.names())}.")


@contextlib.contextmanager
def bar(muet: bool) -> Iterator[Progress]:
    """Draw a progress bar on standard error; nothing when standard output must hold JSON alone."""
    if muet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Barre

    colonnes = (TextColumn("{task.description:<45}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Barre(*colonnes, console=Console(stderr=True)) as barre:
        tache = barre.add_task("", total=1)

        def show(etape: str, rang: int, total: int) -> None:
            barre.update(tache, description=etape, completed=rang, total=total)

        yield show
