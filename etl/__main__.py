"""The command line, `python -m etl COMMANDE`: names, options and defaults of every command."""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

USAGE = 64


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one French sentence and exits 64."""

    def error(self, message: str) -> NoReturn:
        for anglais, francais in _FRANCAIS.items():
            message = message.replace(anglais, francais)
        print(f"Commande incomprise : {message}. Aide : python -m etl --help", file=sys.stderr)
        raise SystemExit(USAGE)


_FRANCAIS = {
    "the following arguments are required": "il manque",
    "invalid choice": "choix inconnu",
    "choose from": "possibles :",
    "unrecognized arguments": "option inconnue",
    "expected one argument": "une valeur est attendue",
    "expected at least one argument": "au moins une valeur est attendue",
    "argument ": "",
    "invalid int value": "nombre entier attendu au lieu de",
    "invalid float value": "nombre attendu au lieu de",
}


def _day(texte: str) -> date:
    try:
        return date.fromisoformat(texte)
    except ValueError as erreur:
        raise argparse.ArgumentTypeError(f"« {texte} » n'est pas une date AAAA-MM-JJ") from erreur


def parser() -> argparse.ArgumentParser:
    """Build the parser: commands, options and their defaults are a stable interface."""
    principal = _Parser(
        prog="python -m etl", description="Charge, contrôle et publie les données d'un contrat de ville."
    )
    commandes = principal.add_subparsers(dest="commande", required=True, metavar="COMMANDE")
    for nom, (aide, options) in _COMMANDES.items():
        commande = commandes.add_parser(nom, help=aide, description=aide)
        for option in options.split():
            commande.add_argument(f"--{option}", **_OPTIONS[option])
        for argument, reglages in _ARGUMENTS.get(nom, {}).items():
            commande.add_argument(argument, **reglages)
    return principal


_COMMANDES = {
    "build": ("Charge les fichiers, calcule et publie.", "contrat depot public miroir sortie date json"),
    "annuler": ("Annule le dernier chargement et republie.", "contrat depot public miroir sortie date json"),
    "apercu": ("Dit ce qu'un chargement ferait d'un fichier.", "contrat depot sortie json"),
    "historique": ("Raconte une ligne : quand, de quel fichier, quelles valeurs.", "sortie json"),
    "check": ("Vérifie un fichier sans le charger.", "contrat base json"),
    "template": ("Écrit les modèles XLSX à remplir.", "contrat"),
    "demo": ("Écrit des fichiers de partenaires inventés.", "contrat public"),
    "public": ("Télécharge et vérifie les fichiers publics.", "miroir public contrat sortie"),
    "mesure": ("Donne les valeurs publiées d'un indicateur.", "sortie json"),
}
_SUR_LA_BASE = ("build", "annuler", "apercu", "historique")  # they are written in commands_depot
_PUBLIER: dict[str, dict[str, Any]] = {
    # Hidden: the first start on invented persons shows its figures before the audit is over.
    "--audit": {"choices": ("complet", "differe"), "default": "complet", "help": argparse.SUPPRESS},
    # Hidden: steps told one by one on standard error, for the page that draws them.
    "--suivi": {"action": "store_true", "help": argparse.SUPPRESS},
    "--par": {"default": "", "metavar": "QUI", "help": "nom écrit au journal (par défaut l'utilisateur du poste)"},
}
_CONFIRMER = {"action": "append", "default": [], "metavar": "FICHIER"}
_ARGUMENTS: dict[str, dict[str, dict[str, Any]]] = {
    "build": {
        **_PUBLIER,
        # Hidden: the first start writes its invented depot on the way.
        "--inventer": {"action": "store_true", "help": argparse.SUPPRESS},
        "--forcer": _CONFIRMER | {"help": "charge ce fichier bien qu'il soit plus ancien, ou annulé"},
        "--confirmer": _CONFIRMER | {"help": "accepte les suppressions de cet envoi complet"},
    },
    "annuler": _PUBLIER,
    "apercu": {
        "fichier": {"type": Path},
        "--partenaire": {"required": True, "metavar": "DOSSIER"},
        "--schema": {"default": "", "metavar": "NOM"},
        "--periode": {"default": "", "metavar": "PERIODE"},
    },
    "historique": {"schema": {}, "cle": {"nargs": "+", "metavar": "VALEUR"}},
    "check": {"fichier": {"type": Path}, "--schema": {"required": True}},
    "template": {"noms": {"nargs": "*", "metavar": "NOM"}, "--vers": {"type": Path, "default": Path("modeles")}},
    "demo": {
        "--facteur": {"type": float, "default": 1.0},
        "--graine": {"type": int, "default": 2024},
        "--vers": {"type": Path, "required": True},
    },
    "public": {"sources": {"nargs": "*", "metavar": "SOURCE"}},
    "mesure": {
        "indicateur": {},
        "--par": {"action": "append", "default": [], "metavar": "AXE"},
        "--profil": {"choices": ("gestion", "diffusion"), "default": "diffusion"},
    },
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "contrat": {"type": Path, "default": Path("data/contrat"), "help": "dossier du contrat"},
    "depot": {"type": Path, "default": Path("data/depot"), "help": "dossier des fichiers reçus"},
    "public": {"type": Path, "default": Path("data/public"), "help": "dossier des fichiers publics"},
    "sortie": {"type": Path, "default": Path("data/base"), "help": "dossier des bases"},
    "base": {"type": Path, "default": None, "help": "dossier des bases, pour vérifier les références"},
    "miroir": {
        "type": Path,
        "default": Path(os.environ["QPV_MIROIR"]) if os.environ.get("QPV_MIROIR") else None,
        "help": "dossier de copies des fichiers publics",
    },
    "date": {"type": _day, "default": None, "metavar": "AAAA-MM-JJ", "help": "date des données"},
    "json": {"action": "store_true", "help": "n'écrit qu'un objet JSON"},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    from etl import commands

    options = parser().parse_args(arguments)
    try:
        module = importlib.import_module("etl.commands_depot") if options.commande in _SUR_LA_BASE else commands
        return getattr(module, options.commande)(options)
    except BrokenPipeError:
        # The reader of our output has left (`| head`): nothing more to say, and nobody to say it to.
        sys.stdout = None  # type: ignore[assignment]
        return 1
    except commands.UsageInvalide as erreur:
        print(erreur, file=sys.stderr)
        return USAGE
    except commands.ECHECS as erreur:
        _fail(options, _sentence(erreur))
        return 1


def _sentence(erreur: Exception) -> str:
    """The French sentence of a failure: our own words, or those of what the disk or the base answered."""
    from etl import pannes
    from etl.catalog.contrat import ContratInvalide

    dite = str(erreur)
    if isinstance(erreur, ContratInvalide) or pannes.EN_PLACE in dite:
        return dite
    return pannes.explain(erreur) or dite


def _fail(options: argparse.Namespace, phrase: str) -> None:
    if getattr(options, "json", False):
        print(json.dumps({"erreur": phrase}, ensure_ascii=False))
    print(phrase, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
