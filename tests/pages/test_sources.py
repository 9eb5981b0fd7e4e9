"""Sources: every declared source is there with its state, and its rows are those of the version."""

from datetime import date

import pandas as pd
import pytest

from etl.catalog.sources import SOURCES
from pages.ui import sources


def test_every_source_is_described(ouvrir):
    app = ouvrir("sources")
    assert not app.exception and not app.error
    assert [t.value for t in app.title] == ["Sources"]
    assert [e.label.rsplit(" — ", 1)[0].replace("\\", "") for e in app.expander] == [s.titre for s in SOURCES]
    assert {e.label.rsplit(" — ", 1)[1] for e in app.expander} <= {mot for mot, _ in sources.ETATS.values()}


def test_each_source_says_what_it_may_not_be_used_for(ouvrir):
    textes = " ".join(m.value.replace("\\", "") for m in ouvrir("sources").markdown)
    for source in SOURCES:
        assert source.page in textes
        assert all(interdit in textes for interdit in source.interdits)


def test_a_missing_source_is_said_in_a_sentence():
    absente = {"titre": "Une source", "etat": "absent"}
    assert sources.constats([absente, {"titre": "Autre", "etat": "obtenu"}])[:2] == [
        "1 source publique sur 2 en service.",
        "Sans fichier : Une source.",
    ]


@pytest.mark.parametrize(
    ("rythme", "etat", "obtenue", "dit"),
    [
        ("annuelle", "obtenu", "2026-01-31", "31/01/2027"),
        ("trimestrielle", "obtenu", "2026-01-31", "depuis le 30/04/2026"),
        ("mensuelle", "conserve", "2026-06-01", "depuis le 01/07/2026"),
        ("hebdomadaire", "obtenu", "2026-07-10", "17/07/2026"),
        ("un seul millésime", "obtenu", "2026-01-31", "un seul millésime"),
        ("annuelle", "absent", None, "dès que possible"),
        ("annuelle", "obtenu", None, "annuelle"),
    ],
)
def test_each_source_says_when_to_collect_it_again(rythme, etat, obtenue, dit):
    source = {"periodicite": rythme, "etat": etat, "date_obtention": obtenue and pd.Timestamp(obtenue)}
    assert sources.prochaine(source, date(2026, 7, 15)) == dit


def test_rows_of_a_source_are_those_of_the_version(base, monkeypatch):
    monkeypatch.setattr(sources.donnees, "table", base.table)
    for source in SOURCES:
        lignes = sources.lignes_de(source.id)
        if source.id not in ("qpv_2024", "communes", "fleuves", "arrets_transport"):
            publiees = base.table("donnee_publique")
            assert len(lignes) == (publiees["source"] == source.id).sum()
