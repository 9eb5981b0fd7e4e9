"""Taking a load back: the rows and values of before return, the journal keeps both, the file is not loaded again."""

import pytest

from etl.catalog import schemas
from etl.validate.annulation import AnnulationImpossible, undo_last
from etl.validate.historique import history
from etl.validate.journal import Demande
from tests.etl.validate import depot_essai
from tests.etl.validate.depot_essai import JOUR, PERSONNE, Depot, many, persons

ETAPE = {"acteur_id": "A1", "participant_ref": "P-001", "date": "05/04/2025", "type_etape": "diagnostic"}


def undo(depot: Depot, qui: str = "Bernard") -> list[dict]:
    return undo_last(depot.con, depot_essai.contrat(), JOUR, qui)


def state(depot: Depot) -> dict[str, list]:
    """Every accepted row and every fault, of every contract."""
    lues = {nom: depot.con.execute(f"FROM valide.{nom} ORDER BY ALL").fetchall() for nom in schemas.names()}
    return lues | {"fautes": depot.con.execute("SELECT * EXCLUDE lot FROM refus.ligne ORDER BY ALL").fetchall()}


@pytest.fixture
def corrige(depot: Depot) -> tuple[Depot, dict[str, list]]:
    """A second load that corrects, adds, and carries a refused line; with the rows as they were before it."""
    depot.csv("p/participants_2026-T1.csv", [*persons(10), PERSONNE | {"participant_ref": "P-011", "sexe": "zz"}])
    depot.load(demande=Demande("Anne"))
    avant = state(depot)
    neuves = many(PERSONNE, 5, participant_ref="N-{:03d}")
    depot.csv(
        "p/participants_2026-T2.csv",
        [*persons(3, sexe="homme"), *neuves, PERSONNE | {"participant_ref": "R-1", "sexe": "zz"}],
    )
    depot.csv("p/etapes_2026-T2.csv", many(ETAPE, 2, participant_ref="N-{:03d}"))
    depot.load(demande=Demande("Claire"))
    assert state(depot) != avant
    return depot, avant


def test_an_undo_brings_every_row_back_and_is_written_down(corrige):
    depot, avant = corrige
    annules = undo(depot)
    assert state(depot) == avant
    assert [(f["fichier"], f["etat"], f["lues"], f["acceptees"], f["refusees"]) for f in annules] == [
        ("p/etapes_2026-T2.csv", "annule", 2, 2, 0), ("p/participants_2026-T2.csv", "annule", 9, 8, 1),
    ]  # fmt: skip
    journal = depot.con.execute("SELECT chargement, genre, qui, annule FROM journal.chargement ORDER BY 1").fetchall()
    assert journal == [(1, "chargement", "Anne", None), (2, "chargement", "Claire", None),
                       (3, "annulation", "Bernard", 2)]  # fmt: skip
    traces = depot.con.execute(
        "SELECT fichier, etat, length(sha256), acceptees FROM journal.lot WHERE chargement = 2 ORDER BY lot"
    ).fetchall()
    assert traces == [("p/etapes_2026-T2.csv", "annule", 64, 2), ("p/participants_2026-T2.csv", "annule", 64, 8)]
    assert depot.con.execute("SELECT count(*) FROM raw.etapes").fetchall() == [(0,)]
    tables = depot.con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'valide'").fetchall()
    assert sorted(nom for (nom,) in tables) == sorted(schemas.names()), "no copy of former rows stays"
    assert depot.con.execute("SELECT * FROM journal.difference ORDER BY ALL").fetchall() == [
        (1, "acteurs", 1, 0, 0, 0, 0), (1, "participants", 10, 0, 0, 0, 0),
        (2, "etapes", 2, 0, 0, 0, 0), (2, "participants", 5, 3, 0, 0, 0),
        (3, "etapes", 0, 0, 2, 0, 0), (3, "participants", 0, 3, 5, 0, 0),
    ]  # fmt: skip


def test_each_row_tells_its_history(corrige):
    depot, _ = corrige
    undo(depot)
    faits = history(depot.con, schemas.load("participants"), ["a1", "p-002"])
    homme = {"colonne": "sexe", "avant": "femme", "apres": "homme"}
    femme = {"colonne": "sexe", "avant": "homme", "apres": "femme"}
    assert [(f["genre"], f["fichier"], f["qui"], f["valeurs"]) for f in faits] == [
        ("ajoutee", "p/participants_2026-T1.csv", "Anne", []),
        ("corrigee", "p/participants_2026-T2.csv", "Claire", [homme]),
        ("retablie", "p/participants_2026-T1.csv", "Bernard", [femme]),
    ]
    partie = history(depot.con, schemas.load("participants"), ["A1", "N-001"])
    assert [(f["genre"], f["fichier"], f["qui"]) for f in partie] == [
        ("ajoutee", "p/participants_2026-T2.csv", "Claire"), ("retiree", None, "Bernard"),
    ]  # fmt: skip
    assert history(depot.con, schemas.load("participants"), ["A1", "inconnu"]) == []


def test_an_undone_file_is_loaded_again_only_by_its_name(corrige):
    depot, avant = corrige
    undo(depot)
    resultat = depot.load()
    assert resultat.counts("p/participants_2026-T2.csv") == ("refuse", 0, 0, 0, 0)
    motif = resultat.fichiers["p/participants_2026-T2.csv"]["motif"]
    assert "annulé le" in motif and "par Bernard" in motif and "--forcer" in motif
    assert state(depot) == avant
    resultat = depot.load(demande=Demande(forcer=["p/participants_2026-T2.csv"]))
    assert resultat.counts("p/participants_2026-T2.csv") == ("charge", 9, 8, 1, 0)
    assert resultat.counts("p/etapes_2026-T2.csv")[0] == "refuse"
    undo(depot)
    assert state(depot) == avant


def test_undoing_reads_nothing_and_goes_back_load_by_load(corrige):
    depot, avant = corrige
    depot.csv("p/participants_2026-T3.csv", persons(10, sexe="homme"))
    undo(depot)
    assert state(depot) == avant
    undo(depot)
    assert state(depot)["participants"] == [] and state(depot)["acteurs"] == []
    with pytest.raises(AnnulationImpossible, match="Aucun chargement à annuler"):
        undo(depot)


def test_a_load_that_brings_nothing_is_not_the_last_one(corrige):
    depot, avant = corrige
    depot.load()
    assert len(depot.con.execute("FROM journal.chargement").fetchall()) == 2
    undo(depot)
    assert state(depot) == avant


def test_an_undo_keeps_what_was_said_of_refused_files(depot):
    depot.csv("p/participants_2026-T1.csv", persons(10))
    depot.load()
    depot.csv("p/participants_2026-T2.csv", persons(2, sexe="homme"))
    depot.csv("p/etapes_2026-T2.csv", many(ETAPE | {"type_etape": "zz"}, 2, participant_ref="P-{:03d}"))
    depot.load()
    undo(depot)
    assert depot.con.execute("SELECT ligne, colonne FROM refus.ligne ORDER BY 1").fetchall() == [
        (2, "type_etape"), (3, "type_etape"),
    ]  # fmt: skip
