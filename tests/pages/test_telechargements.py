"""What the pages let anyone download tells no more than the protected file, which is attacked elsewhere."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import figures
from tests.pages.conftest import CADRE, RACINE
from tests.pages.test_navigateur import PAGES

LIENS: dict[str, dict[str, str]] = {
    "tout": {},
    "une année": {"periode": "2025"},
    "un trimestre, un quartier": {"periode": "2025-T4", "quartiers": "QN03704M"},
}


@pytest.fixture
def sans_exact(demonstration: Path, tmp_path: Path) -> Path:
    """The same version, its exact file made unreadable: whoever opens it fails."""
    shutil.copytree(demonstration / "publie", tmp_path / "publie")
    (exact,) = (tmp_path / "publie").glob("gestion-*.duckdb")
    exact.write_bytes(b"illisible")
    return tmp_path


@pytest.fixture
def telecharger(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, dict[str, str]], dict[str, bytes]]:
    """Open every page on a base and a link; return each file offered, by page and name."""

    def ouvrir(sortie: Path, lien: dict[str, str]) -> dict[str, bytes]:
        offerts: dict[str, bytes] = {}
        page = ""
        monkeypatch.setattr(
            figures, "telecharger", lambda contenu, fichier: offerts.update({f"{page}/{fichier}": contenu()})
        )
        monkeypatch.setenv("QPV_SORTIE", str(sortie))
        app = AppTest.from_file(str(CADRE), default_timeout=60)
        for cle, valeur in lien.items():
            app.query_params[cle] = valeur
        app.run()
        for page in PAGES:
            app.switch_page(str(RACINE / "pages" / f"{page}.py")).run()
            assert not app.exception, page
        return offerts

    return ouvrir


@pytest.mark.parametrize("lien", LIENS.values(), ids=LIENS)
def test_files_offered_come_from_the_protected_file_alone(telecharger, demonstration, sans_exact, lien):
    offerts = telecharger(demonstration, lien)
    assert len(offerts) > 20
    assert telecharger(sans_exact, lien) == offerts


def test_the_exact_profile_offers_no_figure_to_download(ouvrir):
    """A file of the server is reachable by whoever guesses its address, whatever the profile of who made it."""
    for page in PAGES:
        app = ouvrir(page, profil="gestion")
        assert not app.exception, page
        boutons = [b.proto.label for b in app.get("download_button")]
        assert boutons == (["Modèle à remplir : Acteurs"] if page == "depot" else []), page
