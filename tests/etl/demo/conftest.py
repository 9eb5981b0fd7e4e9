"""Reads demonstration files the way a careful clerk would, without the intake: strict decoding, declared separator."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from etl import demo
from etl.catalog import contrat as contrats
from etl.catalog import schemas
from etl.catalog.contrat import Contrat
from etl.demo.dialectes import Dialecte, choose

RACINE = Path(__file__).parents[3]
Ligne = dict[str, str]


@pytest.fixture(scope="session")
def contrat() -> Contrat:
    return contrats.load(RACINE / "data" / "contrat")


@pytest.fixture(scope="session")
def petit() -> Contrat:
    return contrats.load(RACINE / "tests" / "contrats" / "trois_quartiers")


@pytest.fixture(scope="session")
def depot(contrat: Contrat, tmp_path_factory: pytest.TempPathFactory) -> Path:
    vers = tmp_path_factory.mktemp("demonstration")
    demo.write(contrat, vers)
    return vers


def partners(contrat: Contrat, depot: Path) -> list[str]:
    declares = [partenaire.dossier for partenaire in contrat.partenaires]
    if declares:
        return declares
    from etl.demo.monde import build_monde

    return [partenaire.dossier for partenaire in build_monde(contrat, 1, None).partenaires]


def grid(chemin: Path, dialecte: Dialecte) -> list[list[str]]:
    if chemin.suffix == ".xlsx":
        lignes = CalamineWorkbook.from_path(chemin).get_sheet_by_index(0).to_python()
        return [[_text(cellule) for cellule in ligne] for ligne in lignes]
    texte = chemin.read_bytes().decode(dialecte.encodage)
    return list(csv.reader(io.StringIO(texte), delimiter=dialecte.separateur))


def _text(cellule: object) -> str:
    if hasattr(cellule, "isoformat"):
        return cellule.isoformat()
    return str(int(cellule)) if isinstance(cellule, float) and cellule.is_integer() else str(cellule)


def rows(chemin: Path, dialecte: Dialecte) -> list[Ligne]:
    schema = schemas.load(chemin.name.split("_")[0])
    noms = {champ.title: champ.name for champ in schema.fields} | {champ.name: champ.name for champ in schema.fields}
    lignes = grid(chemin, dialecte)
    rang = next(r for r, ligne in enumerate(lignes) if sum(cellule in noms for cellule in ligne) >= 3)
    entetes = [noms.get(cellule, cellule) for cellule in lignes[rang]]
    donnees = (dict(zip(entetes, ligne, strict=True)) for ligne in lignes[rang + 1 :])
    return [ligne for ligne in donnees if sum(map(bool, ligne.values())) >= 3]


@pytest.fixture(scope="session")
def read_all() -> Callable[[Contrat, Path], dict[tuple[str, str], list[Ligne]]]:
    """Every row written, by (partner folder, file name), in order of period."""

    def read(contrat: Contrat, depot: Path) -> dict[tuple[str, str], list[Ligne]]:
        dossiers = partners(contrat, depot)
        fichiers = sorted(chemin for chemin in depot.rglob("*") if chemin.suffix in (".csv", ".xlsx"))
        return {
            (chemin.parent.name, chemin.name): rows(chemin, choose(dossiers.index(chemin.parent.name)))
            for chemin in fichiers
        }

    return read


@pytest.fixture(scope="session")
def lus(
    contrat: Contrat, depot: Path, read_all: Callable[[Contrat, Path], dict[tuple[str, str], list[Ligne]]]
) -> dict[tuple[str, str], list[Ligne]]:
    return read_all(contrat, depot)
