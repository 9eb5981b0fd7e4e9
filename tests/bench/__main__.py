"""Run every measurement of this folder, or those named: `python -m tests.bench [chargement commandes …]`."""

import importlib
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table


def main(noms: list[str]) -> None:
    """Each module of the folder has `measure() -> list[(what, value, reference, ratio)]`, all as text."""
    connus = sorted(f.stem for f in Path(__file__).parent.glob("*.py") if not f.stem.startswith("_"))
    for nom in noms or connus:
        module = importlib.import_module(f"tests.bench.{nom}")
        table = Table(title=(module.__doc__ or nom).splitlines()[0])
        for titre in ("Mesure", "Valeur", "Référence", "Rapport"):
            table.add_column(titre)
        for ligne in module.measure():
            table.add_row(*map(str, ligne))
        Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
