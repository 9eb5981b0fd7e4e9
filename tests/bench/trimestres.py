"""The demonstration published quarter after quarter, a year still open: what the audit takes, and what gives way."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl

from tests.conftest import etl

JOURS = (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))
# Lists of actors and of funds are those of the year, whatever the day.
ENTIERS = ("acteurs", "financements")
_DATES = (
    re.compile(r"(?<!\d)(?P<annee>\d{4})-(?P<mois>\d\d)-(?P<jour>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<jour>\d\d?)[/.-](?P<mois>\d\d?)[/.-](?P<annee>\d{4})(?!\d)"),
)


def measure() -> list[tuple[str, str, str, str]]:
    """Build at the end of each quarter from what was known then; each release is audited against all before."""
    mesures = []
    with tempfile.TemporaryDirectory() as dossier:
        ici = Path(dossier)
        invente = etl("demo", "--vers", ici / "tout")
        assert invente.returncode == 0, invente.stderr
        for jour in JOURS:
            cut(ici / "tout", ici / jour.isoformat(), jour)
            construit = etl(
                "build", "--depot", ici / jour.isoformat(), "--public", ici / "public", "--sortie", ici / "base",
                "--date", jour.isoformat(), "--json",
            )  # fmt: skip
            assert construit.returncode == 0, construit.stdout + construit.stderr
            audit = json.loads(construit.stdout)["audit"]
            mesures.append(
                (
                    f"parution du {jour:%d/%m/%Y}",
                    f"audit {audit['secondes']:.0f} s",
                    f"{audit['cellules_retirees']} cellules retirées, {audit['totaux_arrondis']} totaux arrondis",
                    f"fiche {audit['fiche_qpv_annee']} %, contrat {audit['contrat_trimestre']} %",
                )
            )
    return mesures


def cut(source: Path, cible: Path, jour: date) -> None:
    """Copy the files known on that day, without the rows that tell of a later one."""
    for chemin in (c for c in sorted(source.rglob("*")) if c.is_file()):
        if _starts_after(chemin.stem, jour):
            continue
        copie = cible / chemin.relative_to(source)
        copie.parent.mkdir(parents=True, exist_ok=True)
        if chemin.stem.startswith(ENTIERS) or chemin.suffix not in (".csv", ".xlsx"):
            shutil.copy(chemin, copie)
        elif chemin.suffix == ".csv":
            lignes = chemin.read_text("latin-1").splitlines(keepends=True)
            copie.write_text("".join(texte for texte in lignes if not _is_later(texte, jour)), "latin-1")
        else:
            _cut_workbook(chemin, copie, jour)


def _starts_after(nom: str, jour: date) -> bool:
    """True when the period in a file's name begins after the day."""
    lue = re.search(r"(\d{4})(?:-?T(\d)|-(\d\d))?$", nom)
    if not lue:
        return False
    annee, trimestre, mois = lue.groups()
    return date(int(annee), 3 * int(trimestre) - 2 if trimestre else int(mois or 1), 1) > jour


def _cut_workbook(chemin: Path, copie: Path, jour: date) -> None:
    classeur = openpyxl.load_workbook(chemin)
    for feuille in classeur:
        for ligne in range(feuille.max_row, 0, -1):
            valeurs = [c.value.date() if isinstance(c.value, datetime) else c.value for c in feuille[ligne]]
            if _is_later(" ; ".join(str(v) for v in valeurs), jour):
                feuille.delete_rows(ligne)
    classeur.save(copie)


def _is_later(texte: str, jour: date) -> bool:
    return any(lu > jour for lu in _days(texte))


def _days(texte: str) -> Iterator[date]:
    for forme in _DATES:
        for lue in forme.finditer(texte):
            try:
                yield date(int(lue["annee"]), int(lue["mois"]), int(lue["jour"]))
            except ValueError:  # a fault of the invented files
                continue
