"""data·inclusion: both formats give the same tables, bad lines are counted, the rest is the contract's."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from etl.public import collect, data_inclusion, tables
from etl.public.content import FichierFautif

CONTRAT = SimpleNamespace(
    communes=(SimpleNamespace(code="99001"),),
    qpv=(),
    **{"epci": "990000001", "zone_emploi": "9901", "bassin_emploi": "9901", "code_anct": "CV999"},
)
STRUCTURES = """
    ('dora', 'dora--1', 'Mission locale', DATE '2026-01-05', '12345678901234', '99001', '99000', '1 rue A', 47.1, 2.1),
    ('dora', 'dora--2', 'Ailleurs', DATE '2026-01-05', NULL, '99002', '99100', NULL, NULL, NULL),
    ('dora', 'dora--3', 'X', DATE '2026-01-05', NULL, '99001', '99000', NULL, NULL, NULL),
    ('mes-aides', 'dora--4', 'Sans sa source', DATE '2026-01-05', NULL, '99001', '99000', NULL, NULL, NULL),
    ('dora', 'dora--5', 'Future', DATE '2999-01-01', NULL, '99001', '99000', NULL, NULL, NULL),
    ('dora', 'dora--6', 'Mal placée', DATE '2026-01-05', '12', '99001', '9900', NULL, 0.0, 0.0)
"""
SERVICES = """
    ('dora', 'dora--s1', 'dora--1', 'Permis solidaire', DATE '2026-02-01',
        ['mobilite--preparer-un-permis', 'inventee--chose'], ['tous-publics'], NULL, NULL, NULL),
    ('dora', 'dora--s2', 'dora--1', 'Atelier numérique', DATE '2026-02-01',
        ['numerique--acquerir-un-equipement'], NULL, '99001', 47.2, 2.2),
    ('dora', 'dora--s3', 'dora--2', 'Loin', DATE '2026-02-01', ['sante--acces-aux-soins'], NULL, NULL, NULL, NULL),
    ('dora', 'dora--s1', 'dora--1', 'Permis solidaire', DATE '2025-02-01', NULL, NULL, NULL, NULL, NULL)
"""


def write(dossier: Path, genre: str, format: str) -> None:
    lieu = "code_insee, code_postal, adresse, latitude, longitude"
    colonnes = {
        "structures": f"source, id, nom, date_maj, siret, {lieu}",
        "services": "source, id, structure_id, nom, date_maj, thematiques, publics, code_insee, latitude, longitude",
    }[genre]
    valeurs = STRUCTURES if genre == "structures" else SERVICES
    duckdb.execute(
        f"COPY (SELECT * FROM (VALUES {valeurs}) AS t ({colonnes})) "
        f"TO '{dossier}/data_inclusion_{genre}.{format}' (FORMAT {format})"
    )


@pytest.fixture(params=["parquet", "csv"])
def dossier(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    for genre in ("structures", "services"):
        write(tmp_path, genre, request.param)
    return tmp_path


def test_both_formats_give_the_same_tables(dossier: Path) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA public")
        remarque = data_inclusion.write(con, CONTRAT, dossier)  # type: ignore[arg-type]
        lues = con.execute(
            "SELECT id, structure, thematiques, publics, code_insee, adresse, latitude "
            "FROM public.data_inclusion ORDER BY id"
        ).fetchall()
        structures = con.execute(
            "SELECT id, siret, code_postal, latitude FROM public.data_inclusion_structure ORDER BY 1"
        ).fetchall()
    assert lues == [
        # No place of its own: where its structure is; a theme outside the schema is not kept.
        ("dora--s1", "Mission locale", ["mobilite--preparer-un-permis"], ["tous-publics"], "99001", "1 rue A", 47.1),
        ("dora--s2", "Mission locale", ["numerique--acquerir-un-equipement"], [], "99001", None, 47.2),
    ]
    assert structures == [("dora--1", "12345678901234", "99000", 47.1), ("dora--6", None, None, None)]
    assert remarque == (
        "lignes laissées de côté (services : identifiant en double, 1 cas ; "
        "structures : date de mise à jour absente, future ou d'avant 2000, 1 cas ; "
        "structures : identifiant absent ou sans sa source, 1 cas ; "
        "structures : nom absent, trop court ou trop long, 1 cas)."
    )


def test_the_remark_is_said_again_when_nothing_changed(dossier: Path) -> None:
    with duckdb.connect() as con:
        premiere = tables.write(con, CONTRAT, dossier)  # type: ignore[arg-type]
        assert tables.write(con, CONTRAT, dossier) == premiere  # type: ignore[arg-type]
        assert premiere[-1].startswith("Structures et services d'insertion : lignes laissées de côté")


def test_a_missing_or_damaged_file_leaves_no_table(tmp_path: Path) -> None:
    write(tmp_path, "structures", "parquet")
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA public; CREATE TABLE public.data_inclusion (a INTEGER)")
        with pytest.raises(FileNotFoundError):
            data_inclusion.write(con, CONTRAT, tmp_path)  # type: ignore[arg-type]
        (tmp_path / "data_inclusion_services.parquet").write_bytes(b"PAR1 tronqu")
        with pytest.raises(FichierFautif, match="fichier illisible"):
            data_inclusion.write(con, CONTRAT, tmp_path)  # type: ignore[arg-type]
        assert con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'public'").fetchall() == []


def test_the_collector_takes_the_csv_when_there_is_no_parquet(dossier: Path, tmp_path: Path) -> None:
    (etat,) = collect.update(["data_inclusion"], tmp_path / "public", miroir=dossier)
    assert etat.etat == "obtenu"
    (vide := tmp_path / "vide").mkdir()
    (absent,) = collect.update(["data_inclusion"], tmp_path / "public2", miroir=vide)
    assert absent.etat == "absent"


# What data-inclusion-schema 1.0.10 says of these lines (its own models), recorded with the fields it finds at fault.
VERDICTS = json.loads((Path(__file__).parent / "extraits" / "data_inclusion_verdicts.json").read_text(encoding="utf-8"))
LISTES = ("thematiques", "publics", "modes_accueil")
REQUIS = {"source", "id", "nom", "date_maj", "structure_id"}


PARTOUT = SimpleNamespace(communes=tuple(SimpleNamespace(code=code) for code in ("99001", "37261", "2A004")))
STRUCTURE = {
    "source": "dora",
    "id": "dora--1",
    "nom": "Mission locale",
    "date_maj": "2026-01-05",
    "code_insee": "99001",
}
SERVICE = {**STRUCTURE, "id": "dora--s0", "structure_id": "dora--1"}


def judge(dossier: Path, cas: dict) -> list[dict]:
    """What our reading keeps of the line of this case."""
    lignes = {"structures": [STRUCTURE], "services": [SERVICE], cas["genre"]: [{"code_insee": "99001"} | cas["ligne"]]}
    for genre, contenu in lignes.items():
        (dossier / f"{genre}.json").write_text(json.dumps(contenu), encoding="utf-8")
        lues = f"SELECT * FROM read_json('{dossier}/{genre}.json')"
        duckdb.execute(f"COPY ({lues}) TO '{dossier}/data_inclusion_{genre}.parquet' (FORMAT parquet)")
    table = "data_inclusion_structure" if cas["genre"] == "structures" else "data_inclusion"
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA public")
        data_inclusion.write(con, PARTOUT, dossier)  # type: ignore[arg-type]
        lues = con.execute(f"SELECT * FROM public.{table}")
        colonnes = [nom for nom, *_ in lues.description]
        return [dict(zip(colonnes, ligne, strict=True)) for ligne in lues.fetchall()]


@pytest.mark.parametrize("cas", VERDICTS["cas"], ids=lambda c: f"{c['genre']}-{'-'.join(c['champs_fautifs']) or 'bon'}")
def test_our_rules_agree_with_the_producer_s_package(tmp_path: Path, cas: dict) -> None:
    """A required field at fault leaves the line out; another one at fault is emptied; nothing good is touched."""
    fautifs, lues = set(cas["champs_fautifs"]), judge(tmp_path, cas)
    if fautifs & REQUIS or (cas["genre"], fautifs) == ("structures", {"code_insee"}):
        assert lues == []
        return
    [lue] = lues
    # A service without a commune of its own takes that of its structure.
    vides = {"code_insee": "99001"} | dict.fromkeys(LISTES, [])
    attendus = {champ: vides.get(champ) if champ in fautifs else valeur for champ, valeur in cas["ligne"].items()}
    attendus["date_maj"] = date.fromisoformat(cas["ligne"]["date_maj"])
    assert {champ: lue[champ] for champ in attendus if champ in lue} == {c: v for c, v in attendus.items() if c in lue}
