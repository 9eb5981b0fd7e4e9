"""The commands that change or question the private base: load, undo, preview, history of a row."""

import argparse
import contextlib
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from etl import pannes
from etl.catalog import contrat as contrats
from etl.catalog import schemas as catalogue
from etl.commands import Echec, UsageInvalide, bar, known_schema
from etl.parent import die_with
from etl.progress import Progress
from etl.validate.journal import Demande

# Libraries a build imports where it uses them: they need not wait for the files.
_LOURDES = ("geopandas", "etl.validate", "etl.territories")
_JOUR = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


def build(options: argparse.Namespace) -> int:
    """Load, compute, publish. 0 when a version was published, even with refused lines, else 1."""
    if options.inventer:
        _invent(options)
    forcer, confirmer = (_in_depot(noms, options.depot) for noms in (options.forcer, options.confirmer))
    return _publish(options, Demande(options.par, forcer, confirmer))


def _invent(options: argparse.Namespace) -> None:
    """Write the invented depot in a process of its own, and load meanwhile the libraries this one will need."""
    die_with(os.getppid())  # the server that shows it
    contrats.load(options.contrat)
    commande = [sys.executable, "-m", "etl", "demo", "--vers", str(options.depot), "--contrat", str(options.contrat)]
    with subprocess.Popen(commande, stdout=subprocess.DEVNULL) as enfant:
        from etl import build as construction

        for bibliotheque in (*_LOURDES, *construction.DERNIERES):
            importlib.import_module(bibliotheque)
    if enfant.returncode:
        raise Echec("Les fichiers de démonstration n'ont pas pu être écrits.")


def annuler(options: argparse.Namespace) -> int:
    """Take the last load back, then compute and publish without it."""
    return _publish(options, Demande(options.par, annuler=True))


def _in_depot(noms: Sequence[str], depot: Path) -> list[str]:
    """Files named by an option, as the journal knows them: relative to the depot."""
    relatifs = []
    for nom in noms:
        chemin = Path(nom).resolve() if Path(nom).is_file() else (depot / nom).resolve()
        if not chemin.is_file() or not chemin.is_relative_to(depot.resolve()):
            raise UsageInvalide(f"Le fichier « {nom} » n'est pas dans le dépôt « {depot} ».")
        relatifs.append(chemin.relative_to(depot.resolve()).as_posix())
    return relatifs


def _publish(options: argparse.Namespace, demande: Demande) -> int:
    from etl import build as construction
    from etl import checks, publish, runner
    from etl.intake import cle as cles

    echecs = (
        construction.BuildImpossible,
        publish.PublicationRefusee,
        runner.ErreurModele,
        checks.ErreurControle,
        cles.CleInvalide,
    )
    contrat = contrats.load(options.contrat)
    chemins = construction.Chemins(options.depot, options.public, options.sortie, options.miroir)
    try:
        with _steps() if options.suivi else bar(options.json) as progress:
            rapport = construction.build(
                contrat, chemins, cles.load(), options.date, progress, options.audit == "differe", demande
            )
    except echecs as erreur:
        raise Echec(str(erreur)) from erreur
    if options.json:
        print(json.dumps(rapport, ensure_ascii=False))
    else:
        _summary(rapport)
    return 0


@contextlib.contextmanager
def _steps() -> Iterator[Progress]:
    """Tell each step on standard error, one JSON list a line."""

    def tell(etape: str, rang: int, total: int) -> None:
        print(json.dumps([etape, rang, total], ensure_ascii=False), file=sys.stderr, flush=True)

    yield tell


def _summary(rapport: dict[str, Any]) -> None:
    """Print one line per file, then what was published."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Version {rapport['version']}, données au {rapport['date_donnees']}")
    for titre in ("Fichier", "État", "Lues", "Acceptées", "Refusées", "Ignorées"):
        table.add_column(titre, justify="left" if titre in ("Fichier", "État") else "right")
    for f in rapport["fichiers"]:
        comptes = (str(f[c]) for c in ("lues", "acceptees", "refusees", "ignorees"))
        table.add_row(f["fichier"], f["etat"], *comptes)
    console = Console()
    console.print(table)
    for f in rapport["fichiers"]:
        if f["motif"] and f["etat"] in ("refuse", "annule"):
            console.print(f"{f['fichier']} : {f['motif']}", markup=False)
    for alerte in rapport["alertes"]:
        console.print(alerte, markup=False)
    console.print(f"{rapport['mesures']} mesures publiées en {rapport['duree_s']} s.")


def apercu(options: argparse.Namespace) -> int:
    """Tell what a build would do with one file. 0 it would be loaded (or is already), 2 refused."""
    from etl.intake import cle as cles
    from etl.validate import apercu as apercus

    if not options.fichier.is_file():
        raise UsageInvalide(f"Le fichier « {options.fichier} » n'existe pas.")
    depose = apercus.Depose(options.fichier, options.partenaire, options.schema, options.periode)
    try:
        rapport = apercus.preview(
            options.sortie, options.depot, contrats.load(options.contrat), depose, cles.load(), date.today()
        )
    except apercus.EnvoiInvalide as erreur:
        raise UsageInvalide(str(erreur)) from erreur
    except (cles.CleInvalide, duckdb.IOException) as erreur:
        raise Echec(_locked(erreur)) from erreur
    if options.json:
        print(json.dumps(rapport, ensure_ascii=False))
    else:
        _tell(rapport)
    return 2 if rapport["etat"] == "refuse" else 0


def _locked(erreur: Exception) -> str:
    occupee = isinstance(erreur, duckdb.IOException) and "lock" in str(erreur).lower()
    return pannes.OCCUPEE if occupee else pannes.explain(erreur) or str(erreur)


def _tell(rapport: dict[str, Any]) -> None:
    """The preview in sentences: counts, faults, what would change, what must be confirmed."""
    print(f"{rapport['fichier']} : {rapport['motif'] or 'serait chargé.'}")
    print(
        f"{rapport['lues']} lignes lues : {rapport['acceptees']} acceptées, {rapport['refusees']} refusées, "
        f"{rapport['ignorees']} ignorées."
    )
    for defaut in rapport["defauts"]:
        print(defaut["message"])
    for d in rapport["differences"]:
        print(
            f"{d['schema']} : {d['ajoutees']} nouvelles lignes, {d['corrigees']} corrigées, {d['retirees']} retirées, "
            f"{d['revenues']} revenues, {d['identiques']} sans changement."
        )
    for reserve in rapport["reserves"]:
        print(f"À confirmer (--{reserve['genre']}) : {reserve['phrase']}")


def historique(options: argparse.Namespace) -> int:
    """Tell what happened to one row, known by the values of its key in the order of its contract."""
    known_schema(options.schema)
    schema = catalogue.load(options.schema)
    if len(options.cle) != len(schema.primary_key):
        raise UsageInvalide(f"La clé de « {schema.name} » est : {', '.join(schema.primary_key)}.")
    fichier = options.sortie / "prive" / "prive.duckdb"
    if not fichier.is_file():
        raise Echec(f"Aucun chargement dans {options.sortie}.")
    faits = _history(fichier, schema, [_JOUR.sub(r"\3-\2-\1", valeur) for valeur in options.cle])
    if options.json:
        print(json.dumps({"schema": schema.name, "cle": options.cle, "faits": faits}, ensure_ascii=False))
        return 0
    for fait in faits:
        valeurs = [f"{v['colonne']} : {v['avant'] or 'vide'} → {v['apres'] or 'vide'}" for v in fait["valeurs"]]
        source = fait["fichier"] or "sans fichier"
        print(" · ".join([f"{fait['quand']} {fait['genre']} ({source}, {fait['qui']})", *valeurs]))
    if not faits:
        print("Aucune ligne n'a cette clé.")
    return 0


def _history(fichier: Path, schema: catalogue.Schema, cle: Sequence[str]) -> list[dict[str, Any]]:
    from etl.validate.historique import history

    try:
        with duckdb.connect(str(fichier), read_only=True) as con:
            faits = history(con, schema, cle)
    except duckdb.IOException as erreur:
        raise Echec(_locked(erreur)) from erreur
    moments = (fait | {"quand": fait["quand"].isoformat(" ")} for fait in faits if isinstance(fait["quand"], datetime))
    return list(moments)
