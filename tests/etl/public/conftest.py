"""Fixtures: the invented mirror, the real one when QPV_MIROIR names it, and a server that misbehaves."""

import dataclasses
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.catalog import sources
from tests.etl.public import miroir_invente
from tests.etl.public.serveur import Serveur


@pytest.fixture
def miroir(tmp_path: Path) -> Path:
    return miroir_invente.build(tmp_path / "miroir")


@pytest.fixture(scope="session")
def vrai_miroir() -> Path:
    """The real public files; the test is skipped when QPV_MIROIR does not name them."""
    chemin = os.environ.get("QPV_MIROIR")
    if not chemin:
        pytest.skip("QPV_MIROIR ne désigne aucun miroir")
    return Path(chemin)


@pytest.fixture
def serveur(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serveur]:
    for nom in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(nom, raising=False)
    instance = Serveur()
    yield instance
    instance.close()


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Point a source at other addresses."""

    def point(*adresses: str, id: str = "qpv_2024") -> None:
        source = sources.get(id)
        fichier = dataclasses.replace(source.fichiers[0], adresses=adresses)
        autre = dataclasses.replace(source, fichiers=(fichier, *source.fichiers[1:]))
        monkeypatch.setitem(sources.PAR_ID, id, autre)

    return point


@pytest.fixture
def partiel(tmp_path: Path) -> Path:
    return tmp_path / "fichier.partiel"
