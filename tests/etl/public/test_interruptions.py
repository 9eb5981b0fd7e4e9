"""A collection stopped by a full disk, by another one, or killed: the good copy stands, and the next run goes on."""

import hashlib
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from etl import verrou
from etl.public import manifest
from tests.etl.public.collecte import GARDE, GEO, NOM, TITRE, collect
from tests.etl.public.serveur import Serveur, send


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="ce système n'a pas de disque toujours plein")
def test_a_full_disk_is_said_and_nothing_is_left(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, GEO)
    at(serveur.adresse + "/qpv")
    collect(dossier)
    (dossier / f"{NOM}.partiel").symlink_to("/dev/full")
    [etat] = collect(dossier)
    phrase = "écriture impossible dans le dossier public (le disque est plein)."
    assert (etat.etat, etat.message) == ("conserve", f"{TITRE} : {phrase}{GARDE}")
    assert (dossier / NOM).read_bytes() == GEO
    assert sorted(chemin.name for chemin in dossier.iterdir()) == [verrou.NOM, "manifeste.json", NOM]


def test_two_collections_at_once_do_not_mix(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, GEO)
    at(serveur.adresse + "/qpv")
    collect(dossier)
    avant = manifest.read(dossier)
    with verrou.held(dossier) as seul:
        assert seul
        [etat] = collect(dossier)
    phrase = "une autre collecte est en cours dans ce dossier, rien n'est repris."
    assert (etat.etat, etat.message) == ("conserve", f"{TITRE} : {phrase}{GARDE}")
    assert (manifest.read(dossier), len(serveur.requetes)) == (avant, 1)
    assert collect(dossier)[0].etat == "obtenu"


ARRET = """
import dataclasses, sys
from pathlib import Path
from etl import public
from etl.catalog import sources
source = sources.get("qpv_2024")
sources.PAR_ID["qpv_2024"] = dataclasses.replace(
    source, fichiers=(dataclasses.replace(source.fichiers[0], adresses=(sys.argv[1],)),)
)
public.update(["qpv_2024"], Path(sys.argv[2]))
"""


def test_a_collection_killed_in_the_middle_is_resumed(serveur: Serveur, dossier: Path, at) -> None:
    gros = GEO + b" " * 400_000
    coupure = threading.Event()

    def half(guichet, rang: int) -> None:  # type: ignore[no-untyped-def]
        if plage := guichet.headers.get("Range"):
            depart = int(plage.removeprefix("bytes=").removesuffix("-"))
            entetes = {"ETag": '"v1"', "Content_Range": f"bytes {depart}-{len(gros) - 1}/{len(gros)}"}
            return send(guichet, gros[depart:], 206, **entetes)
        guichet.send_response(200)
        guichet.send_header("ETag", '"v1"')
        guichet.send_header("Content-Length", str(len(gros)))
        guichet.end_headers()
        guichet.wfile.write(gros[:200_000])
        guichet.wfile.flush()
        coupure.wait(30)

    serveur.routes["/bon"] = lambda g, rang: send(g, GEO)
    serveur.routes["/qpv"] = half
    at(serveur.adresse + "/bon")
    collect(dossier)
    tuee = subprocess.Popen([sys.executable, "-c", ARRET, serveur.adresse + "/qpv", str(dossier)])
    partiel = dossier / f"{NOM}.partiel"
    while not (partiel.exists() and partiel.stat().st_size > 100_000):
        assert tuee.poll() is None
        time.sleep(0.02)
    tuee.kill()
    tuee.wait()
    coupure.set()
    assert (dossier / NOM).read_bytes() == GEO
    at(serveur.adresse + "/qpv")
    [etat] = collect(dossier)
    assert (etat.etat, etat.sha256) == ("obtenu", hashlib.sha256(gros).hexdigest())
    assert [r.entetes.get("Range") is not None for r in serveur.requetes if r.chemin == "/qpv"] == [False, True]
