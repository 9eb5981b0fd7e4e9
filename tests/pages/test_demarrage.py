"""First start: one demonstration whoever asks, never in the real folders, and a French sentence when it fails."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from etl import read, verrou
from pages.ui import demarrage, dossiers, lancement

# Another server, which says that it holds the folder and waits to be killed.
TIENT = """
import sys, time
from pathlib import Path
from etl import verrou
with verrou.held(Path(sys.argv[1])) as seul:
    print("seul" if seul else "pris", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def vierge(tmp_path, monkeypatch):
    """A machine where nothing was loaded yet."""
    monkeypatch.setenv("QPV_SORTIE", str(tmp_path / "data" / "base"))
    monkeypatch.setenv("QPV_DEPOT", str(tmp_path / "data" / "depot"))
    lancement.oublier()
    yield tmp_path / "data"
    lancement.oublier()


def attendre(travail: lancement.Travail, secondes: float = 60) -> lancement.Travail:
    fin = time.monotonic() + secondes
    while not travail.fini and not travail.echec and time.monotonic() < fin:
        time.sleep(0.05)
    return travail


def test_two_visitors_start_one_build(vierge, monkeypatch):
    lancees = []
    monkeypatch.setattr(
        lancement, "_executer", lambda commande, travail: (lancees.append(commande[0]), time.sleep(0.2))
    )
    travaux = []
    fils = [threading.Thread(target=lambda: travaux.append(lancement.lancer(vierge / "demo"))) for _ in range(8)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len({id(t) for t in travaux}) == 1
    assert attendre(travaux[0]).fini
    assert lancees == ["build"]


def test_the_server_starts_it_before_the_first_visitor(vierge, monkeypatch):
    lancees = []
    monkeypatch.setattr(lancement, "_executer", lambda quoi, _: lancees.append(quoi[0]))
    travail = lancement.anticiper()
    assert travail is not None and attendre(travail).fini
    assert lancees == ["build"]


def test_the_server_starts_nothing_when_files_arrived_or_a_base_is_there(vierge, demonstration, monkeypatch):
    monkeypatch.setattr(lancement, "lancer", lambda dossier: pytest.fail("nothing was to be started"))
    recu = vierge / "depot" / "mission_locale" / "acteurs.csv"
    recu.parent.mkdir(parents=True)
    recu.write_text("acteur_id;nom\n")
    lancement.anticiper()
    recu.unlink()
    monkeypatch.setenv("QPV_SORTIE", str(demonstration))
    lancement.anticiper()


def test_a_second_server_waits_for_the_first(vierge, demonstration):
    dossier = vierge / "demonstration"
    with verrou.held(dossier) as seul:
        assert seul
        travail = lancement.lancer(dossier)
        time.sleep(0.5)
        assert not travail.fini and not travail.echec
        (dossier / "base").symlink_to(demonstration)
        (dossier / lancement.PRETE).touch()
    assert attendre(travail).fini


def test_a_second_server_does_again_what_was_shown_but_not_audited(vierge, demonstration, monkeypatch):
    lancees = []
    monkeypatch.setattr(lancement, "_executer", lambda commande, travail: lancees.append(commande[0]))
    dossier = vierge / "demonstration"
    with verrou.held(dossier):
        travail = lancement.lancer(dossier)
        time.sleep(0.5)
        # The first server has shown figures, then was killed during their audit.
        shutil.copytree(demonstration, dossier / "base")
    assert attendre(travail).fini
    assert lancees == ["build"]
    assert (dossier / lancement.PRETE).exists()


def test_a_second_server_takes_over_from_one_that_was_killed(vierge, monkeypatch):
    lancees = []
    monkeypatch.setattr(lancement, "_executer", lambda commande, travail: lancees.append(commande[0]))
    with subprocess.Popen(
        [sys.executable, "-c", TIENT, str(vierge / "demo")], stdout=subprocess.PIPE, cwd=dossiers.RACINE
    ) as premier:
        assert premier.stdout.readline() == b"seul\n"
        travail = lancement.lancer(vierge / "demo")
        time.sleep(0.5)
        assert not travail.fini and lancees == []
        premier.kill()
    assert attendre(travail).fini
    assert lancees == ["build"]


def test_a_failure_is_a_sentence_in_french_and_can_be_tried_again(vierge, monkeypatch):
    monkeypatch.setattr(sys, "executable", sys.executable)
    monkeypatch.setenv("QPV_CONTRAT", str(vierge / "absent"))
    travail = attendre(lancement.lancer(vierge / "demo"))
    assert travail.echec.startswith("La démonstration n'a pas pu être préparée. ")
    assert "Traceback" not in travail.echec
    lancement.oublier()
    monkeypatch.setattr(lancement, "_executer", lambda *_: None)
    assert attendre(lancement.lancer(vierge / "demo")).fini


def test_the_build_ends_with_its_server_and_leaves_the_place_free(vierge):
    travail = lancement.lancer(vierge / "demo")
    while travail.enfant is None:
        time.sleep(0.01)
    with verrou.held(vierge / "demo") as libre:
        assert not libre
    lancement.arreter()
    assert travail.enfant.returncode not in (None, 0)
    with verrou.held(vierge / "demo") as libre:
        assert libre


def test_a_demonstration_of_another_version_is_built_again(vierge, demonstration):
    publie = dossiers.demonstration() / "base" / "publie"
    publie.mkdir(parents=True)
    version = read.current(demonstration)
    for profil in read.PROFILS:
        with duckdb.connect(str(publie / f"{profil}-{version}.duckdb")) as con:
            con.execute("CREATE TABLE version AS SELECT 'ancienne' AS version")
    assert read.current(dossiers.sortie()) == version
    assert not demarrage.lisible(dossiers.sortie())


def test_the_bar_never_ends_before_the_work():
    travail = lancement.Travail(debut=time.monotonic() - 10_000)
    assert demarrage.avance(travail) == (0.97, "Calcul des indicateurs et protection des effectifs…")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux keeps a priority for each thread")
def test_once_figures_are_there_every_thread_of_the_build_gives_way():
    fils = "import threading; [threading.Thread(target=input).start() for _ in range(3)]; print('prêt', flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", fils], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as enfant:
        assert enfant.stdout.readline() == "prêt\n"
        lancement.ceder(lancement.Travail(enfant=enfant))
        taches = [int(t.name) for t in Path(f"/proc/{enfant.pid}/task").iterdir()]
        priorites = [os.getpriority(os.PRIO_PROCESS, fil) for fil in taches]
        enfant.kill()
    assert len(priorites) == 4 and set(priorites) == {10}
