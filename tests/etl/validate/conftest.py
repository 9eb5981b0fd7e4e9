"""Fixtures of the validation tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.etl.validate.depot_essai import Depot


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    essai = Depot(tmp_path)
    yield essai
    essai.con.close()
