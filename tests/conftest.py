"""For the whole suite: one demonstration built once; where nothing is missing, a skipped test is a failure."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A noisy machine is no defect of the product: properties are judged on what they find, never on the clock.
settings.register_profile("projet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("projet")

RACINE = Path(__file__).parents[1]
# The dearest files, dearest first: one that started last would leave a core idle.
CHERS = (
    "pages/test_navigateur.py", "etl/secrecy/test_parutions.py", "etl/secrecy/test_fichiers_publies.py",
    "pages/test_depot_navigateur.py", "etl/test_arrets.py", "pages/test_autre_contrat.py",
    "etl/secrecy/test_croisements.py", "etl/secrecy/test_gel.py", "etl/secrecy/test_attaque.py",
    "etl/secrecy/test_audit.py", "pages/test_carte_navigateur.py", "etl/secrecy/test_membres.py",
    "pages/test_depot.py", "pages/test_xss.py", "etl/test_cli_depot.py", "etl/secrecy/test_demonstration.py",
    "etl/validate/test_cas.py", "etl/secrecy/test_trimestres.py", "etl/test_cli.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the dearest files first; the others keep their order."""
    rangs = {RACINE / "tests" / nom: rang for rang, nom in enumerate(CHERS)}
    assert all(fichier.is_file() for fichier in rangs)
    items.sort(key=lambda item: rangs.get(item.path, len(rangs)))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With QPV_AUCUN_SAUT=1 the run fails when a test was skipped: a green run must have run everything."""
    rapport = session.config.pluginmanager.get_plugin("terminalreporter")
    if rapport is None or not os.environ.get("QPV_AUCUN_SAUT"):
        return
    sautes = rapport.stats.get("skipped", [])
    for saute in sautes:
        rapport.write_line(f"Test sauté alors que rien ne manque : {saute.nodeid} ({saute.longrepr[-1]})", red=True)
    if sautes and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


CLE = "64656d6f" * 8


@dataclass(frozen=True)
class Demonstration:
    """One invented depot, built once for the whole run."""

    depot: Path
    public: Path
    sortie: Path
    rapport: dict


def etl(*arguments: object, **environnement: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m etl …` from the project, as a user would, with the tests' fixed key."""
    return subprocess.run(
        [sys.executable, "-m", "etl", *map(str, arguments)],
        cwd=RACINE, env={**os.environ, "QPV_CLE": CLE, **environnement}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration of the configured contract, on official perimeters when QPV_MIROIR names them."""
    commun = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        commun = commun.parent
    # While working on pages, one build may serve many runs: the folder named here is filled once, then reused.
    dossier = Path(os.environ.get("QPV_DEMONSTRATION_PRETE") or commun / "demonstration")
    faite = Demonstration(dossier / "depot", dossier / "public", dossier / "base", {})
    rapport = dossier / "rapport.json"
    try:
        dossier.mkdir()
    except FileExistsError:
        _wait(rapport)
    else:
        _build(faite, rapport)
    return replace(faite, rapport=json.loads(rapport.read_text(encoding="utf-8")))


def _build(faite: Demonstration, rapport: Path) -> None:
    """Write the depot, build it; the report, written last, tells the other workers all is ready."""
    if os.environ.get("QPV_MIROIR"):
        assert etl("public", "--public", faite.public).returncode == 0
    ecrit = etl("demo", "--vers", faite.depot, "--public", faite.public)
    assert ecrit.returncode == 0, ecrit.stderr
    construit = etl("build", "--depot", faite.depot, "--public", faite.public, "--sortie", faite.sortie, "--json")
    provisoire = rapport.with_suffix(".partiel")
    provisoire.write_text(construit.stdout or json.dumps({"erreur": construit.stderr}), encoding="utf-8")
    provisoire.replace(rapport)
    assert construit.returncode == 0, construit.stderr


def _wait(rapport: Path, secondes: int = 900) -> None:
    fin = time.monotonic() + secondes
    while not rapport.exists():
        assert time.monotonic() < fin, "la démonstration n'a pas été construite"
        time.sleep(0.2)
