"""Fixtures: the invented mirror, the real one when QPV_MIROIR names it, and a server that misbehaves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

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
