"""The pseudonym key: created once for its owner alone, refused when it cannot protect anyone."""

import pytest

from etl.intake import cle


@pytest.fixture
def foyer(tmp_path, monkeypatch):
    monkeypatch.delenv(cle.VARIABLE, raising=False)
    monkeypatch.setattr(cle, "path", lambda: tmp_path / "config" / "cle")
    return tmp_path


def test_it_is_created_once_with_owner_only_rights(foyer):
    premiere = cle.load()
    assert len(premiere) == 32 and cle.load() == premiere
    assert oct((foyer / "config" / "cle").stat().st_mode)[-3:] == "600"


def test_the_environment_comes_first(foyer, monkeypatch):
    monkeypatch.setenv(cle.VARIABLE, "ab" * 32)
    assert cle.load() == bytes.fromhex("ab" * 32)
    assert not (foyer / "config").exists()


@pytest.mark.parametrize(
    ("texte", "mots"), [("", "trop courte"), ("ab" * 31, "62 caractères"), ("zz" * 32, "hexadécimaux")]
)
def test_a_weak_key_stops_with_a_sentence(foyer, monkeypatch, texte, mots):
    monkeypatch.setenv(cle.VARIABLE, texte)
    with pytest.raises(cle.CleInvalide, match=mots):
        cle.load()


def test_a_damaged_file_is_not_replaced(foyer):
    (foyer / "config").mkdir()
    (foyer / "config" / "cle").write_text("abc")
    with pytest.raises(cle.CleInvalide, match="trop courte"):
        cle.load()
    assert (foyer / "config" / "cle").read_text() == "abc"


def test_a_check_creates_no_key(foyer):
    with pytest.raises(cle.CleInvalide, match="absente"):
        cle.load(create=False)
    assert not (foyer / "config").exists()
