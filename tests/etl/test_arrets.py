"""Killed, out of disk, unable to write, on a damaged base: one French sentence, and the former version is served."""

import resource
import shutil
from pathlib import Path

import pytest

from etl import read
from tests.etl.arrets import Petit, kill_builds


@pytest.fixture(scope="module")
def construit(tmp_path_factory: pytest.TempPathFactory) -> Petit:
    petit = Petit(tmp_path_factory.mktemp("petit"))
    petit.fill()
    code, sortie, erreurs = petit.build()
    assert code == 0, sortie + erreurs
    return petit


@pytest.fixture
def petit(construit: Petit, tmp_path: Path) -> Petit:
    """A copy of the built depot, to be hurt."""
    shutil.copytree(construit.racine, tmp_path / "copie")
    return Petit(tmp_path / "copie")


def failed(petit: Petit, avant=None) -> str:
    """The one sentence of a build that fails; the version served before is served still."""
    servie = petit.served()
    code, _, erreurs = petit.build(avant)
    assert code == 1, erreurs
    assert "Traceback" not in erreurs and erreurs.strip().count("\n") == 0, erreurs
    assert erreurs.strip().endswith(".") and "Errno" not in erreurs and "Error" not in erreurs, erreurs
    assert petit.served() == servie == read.current(petit.sortie)
    return erreurs.strip()


def test_builds_killed_at_random_moments(tmp_path: Path):
    """Fifty in `python -m tests.bench arrets`."""
    kill_builds(tmp_path, 2)


@pytest.mark.parametrize("kilo_octets", [64, 3000])
def test_a_full_disk(petit: Petit, kilo_octets: int):
    """No file may grow beyond a size: writing fails as on a full disk, early or late in the build."""
    petit.add("participants_2025-T2", [{"acteur_id": "A1"}])

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilo_octets * 1024, kilo_octets * 1024))

    assert "disque" in failed(petit, limit)
    if kilo_octets > 64:
        code, sortie, _ = petit.build()
        assert code == 0, sortie


@pytest.mark.parametrize("dossier", ["publie", "prive", "rejets"])
def test_a_folder_that_cannot_be_written(petit: Petit, dossier: str):
    """A file stands where the folder should be: root ignores modes, not this."""
    cible = petit.sortie / dossier
    if dossier == "publie":
        servie = petit.served()
        code, sortie, erreurs = _without(petit, cible)
        assert code == 1 and "Traceback" not in erreurs and erreurs.strip().endswith("."), erreurs
        assert petit.served() == servie
        return
    shutil.rmtree(cible, ignore_errors=True)
    cible.write_text("un fichier à la place du dossier", encoding="utf-8")
    petit.add("participants_2025-T2", [*_faulty()])
    assert "dossier" in failed(petit).lower()
    cible.unlink()
    if dossier == "rejets":
        code, sortie, erreurs = petit.build()
        assert code == 0, sortie + erreurs


def test_a_place_nobody_can_write(tmp_path: Path):
    """Under /sys even root creates nothing, as on a disk mounted read-only."""
    petit = Petit(tmp_path)
    petit.fill()
    petit.sortie.symlink_to("/sys")
    code, _, erreurs = petit.build()
    assert code == 1 and erreurs.startswith("Ce dossier ne peut pas être écrit") and erreurs.count("\n") == 1, erreurs


def _faulty() -> list[dict[str, str]]:
    from tests.etl.validate.depot_essai import PERSONNE, persons

    return [*persons(10), PERSONNE | {"participant_ref": "X-1", "sexe": "X"}]


def _without(petit: Petit, cible: Path) -> tuple[int, str, str]:
    """A build while a file stands in place of a folder, put back after it."""
    cachee = cible.with_name(f"{cible.name}-cache")
    cible.rename(cachee)
    cible.write_text("un fichier à la place du dossier", encoding="utf-8")
    try:
        return petit.build()
    finally:
        cible.unlink()
        cachee.rename(cible)


@pytest.mark.parametrize("degat", ["tronquee", "remplacee", "vide"])
def test_a_damaged_private_base(petit: Petit, degat: str):
    base = petit.sortie / "prive" / "prive.duckdb"
    contenu = base.read_bytes()
    base.write_bytes({"tronquee": contenu[: len(contenu) // 2], "remplacee": b"bonjour" * 999, "vide": b"x"}[degat])
    phrase = failed(petit)
    assert "base privée" in phrase
    if degat != "tronquee":
        return
    base.unlink()  # what the sentence says to do
    code, sortie, erreurs = petit.build()
    assert code == 0, sortie + erreurs
    assert petit.rows() == 10
