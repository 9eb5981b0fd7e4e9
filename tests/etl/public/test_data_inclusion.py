"""data·inclusion: both formats give the same tables, bad lines are counted, the rest is the contract's."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pydantic
import pytest
from data_inclusion.schema import v1

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
    ('dora', 'dora--s1', 'dora--1', 'Permis solidaire', 'Une aide.', DATE '2026-02-01',
        ['inventee--autre', 'mobilite--preparer-un-permis', 'inventee--chose'], ['tous-publics'], NULL, NULL, NULL),
    ('dora', 'dora--s2', 'dora--1', 'Atelier numérique', 'Un atelier.', DATE '2026-02-01',
        ['numerique--acquerir-un-equipement'], NULL, '99001', 47.2, 2.2),
    ('dora', 'dora--s3', 'dora--2', 'Loin', NULL, DATE '2026-02-01', NULL, NULL, NULL, NULL, NULL),
    ('dora', 'dora--s1', 'dora--1', 'Permis solidaire', 'Une aide.', DATE '2025-02-01', NULL, NULL, NULL, NULL, NULL),
    ('dora', 'dora--s4', 'dora--1', 'Non décrit', NULL, DATE '2026-02-01', NULL, NULL, NULL, NULL, NULL),
    ('dora', 'dora--s5', 'dora--2', 'Ici, structure ailleurs', 'Une aide.', DATE '2026-02-01',
        NULL, ['inventé', 'tous-publics', 'jeunes'], '99001', NULL, NULL),
    ('dora', 'dora--s6', 'dora--1', 'Loin, structure ici', NULL, DATE '2026-02-01', NULL, NULL, '75001', NULL, NULL)
"""


def write(dossier: Path, genre: str, format: str) -> None:
    lieu = "code_insee, code_postal, adresse, latitude, longitude"
    colonnes = {
        "structures": f"source, id, nom, date_maj, siret, {lieu}",
        "services": "source, id, structure_id, nom, description, date_maj, thematiques, publics, code_insee, latitude, "
        "longitude",
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
        # "All publics" goes with no other: the package refuses the whole list.
        ("dora--s5", "Ailleurs", [], [], "99001", None, None),
    ]
    assert structures == [("dora--1", "12345678901234", "99000", 47.1), ("dora--6", None, None, None)]
    # Each line and each value the package refuses is counted with its reason, for the contract alone (neither dora--s3
    # nor dora--s6).
    assert remarque == (
        "lignes laissées de côté (services : description absente, trop courte ou trop longue, 1 cas ; "
        "services : identifiant en double, 1 cas ; "
        "structures : date de mise à jour absente, future ou d'avant 2000, 1 cas ; "
        "structures : identifiant absent ou sans sa source, 1 cas ; "
        "structures : nom absent, trop court ou trop long, 1 cas), "
        "valeurs vidées (services : publics, 1 cas ; services : thématiques, 1 cas ; structures : SIRET, 1 cas ; "
        "structures : code postal, 1 cas ; structures : coordonnées, 1 cas)."
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


LISTES = ("thematiques", "publics", "modes_accueil", "reseaux_porteurs")
MODELES = {"structures": v1.Structure, "services": v1.Service}
PARTOUT = SimpleNamespace(communes=tuple(SimpleNamespace(code=code) for code in ("99001", "37261", "2A004")))
STRUCTURE = {
    "source": "dora",
    "id": "dora--1",
    "nom": "Mission locale",
    "date_maj": "2026-01-05",
    "code_insee": "99001",
}
SERVICE = {**STRUCTURE, "id": "dora--s0", "structure_id": "dora--1", "description": "Une aide pour le permis."}
LIGNES = {"structures": STRUCTURE, "services": SERVICE}
# field: (values accepted, values refused)
COMMUNS = {
    "source": ([], [None]),
    "id": ([], [None]),
    "nom": (["XYZ", "n" * 150], [None, "X", "XY", "n" * 151]),
    "date_maj": (["2000-01-01"], [None, "1999-12-31", "2999-01-01", "hier"]),
    "code_postal": (["37000"], ["3700", "37 000"]),
    "code_insee": (["37261", "2A004"], ["372610"]),
    "courriel": (["contact@exemple.fr"], ["pas un courriel", "deux@exemple.fr; trois@exemple.fr"]),
    "lien_source": (["https://exemple.fr/fiche"], ["exemple.fr", "javascript:alert(1)"]),
    "longitude": ([0.69], ["est"]),
}
PROPRES = {
    "structures": {
        "siret": (["12345678901234"], ["123456789", "123 456 789 01234"]),
        "site_web": (["http://exemple.fr"], ["www.exemple.fr"]),
        "reseaux_porteurs": ([["mission-locale"]], [["inconnu"]]),
    },
    "services": {
        "structure_id": ([], [None]),
        "description": (["Court"], [None, "abcd"]),
        "thematiques": ([["mobilite--preparer-un-permis"]], [["mobilite--inventee"], ["numerique"]]),
        "publics": ([["residents-qpv-frr", "jeunes"]], [["adultes"], ["tous-publics", "jeunes"]]),
        "type": (["atelier"], ["cours"]),
        "frais": (["gratuit"], ["adhesion"]),
        "modes_accueil": ([["a-distance"]], [["sur-place"]]),
    },
}
CAS = [
    (genre, champ, valeur, bonne)
    for genre, propres in PROPRES.items()
    for champ, listes in (COMMUNS | propres).items()
    for bonne, valeurs in zip((True, False), listes, strict=True)
    for valeur in valeurs
]


def judge(dossier: Path, genre: str, ligne: dict) -> tuple[list[dict], str | None]:
    """What our reading keeps of this line, and says of it."""
    for autre, bonne in LIGNES.items():
        (dossier / f"{autre}.json").write_text(json.dumps([ligne if autre == genre else bonne]), encoding="utf-8")
        lues = f"SELECT * FROM read_json('{dossier}/{autre}.json')"
        duckdb.execute(f"COPY ({lues}) TO '{dossier}/data_inclusion_{autre}.parquet' (FORMAT parquet)")
    table = "data_inclusion_structure" if genre == "structures" else "data_inclusion"
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA public")
        remarque = data_inclusion.write(con, PARTOUT, dossier)  # type: ignore[arg-type]
        lues = con.execute(f"SELECT * FROM public.{table}")
        colonnes = [nom for nom, *_ in lues.description]
        return [dict(zip(colonnes, ligne, strict=True)) for ligne in lues.fetchall()], remarque


@pytest.mark.parametrize(("genre", "champ", "valeur", "bonne"), CAS)
def test_our_reading_follows_the_producer_s_package(
    tmp_path: Path, genre: str, champ: str, valeur: object, bonne: bool
) -> None:
    """A required field at fault leaves the line out; another one at fault is emptied; nothing good is touched."""
    ligne = LIGNES[genre] | {"latitude": 47.39, "longitude": 0.69} | {champ: valeur}
    fautifs = set()
    try:
        MODELES[genre].model_validate(ligne)
    except pydantic.ValidationError as erreur:
        fautifs = {faute["loc"][0] for faute in erreur.errors()}
    assert fautifs == (set() if bonne else {champ})
    lues, remarque = judge(tmp_path, genre, ligne)
    if bonne:
        assert remarque is None
    elif MODELES[genre].model_fields[champ].is_required():
        assert lues == []
        assert remarque.startswith(f"lignes laissées de côté ({genre} : ")
        return
    elif (genre, champ) == ("structures", "code_insee"):
        # Without its commune nothing says that the structure is one of the contract.
        assert lues == []
        return
    [lue] = lues
    attendue = ligne | {"date_maj": date.fromisoformat(ligne["date_maj"])}
    if not bonne:
        assert remarque.startswith(f"valeurs vidées ({genre} : ")
        attendue[champ] = [] if champ in LISTES else None
    if champ == "longitude" and not bonne:
        # Half a place is no place: the structure's, which has none here.
        attendue["latitude"] = None
    if genre == "services" and attendue["code_insee"] is None:
        attendue["code_insee"] = STRUCTURE["code_insee"]
    assert {c: lue[c] for c in attendue if c in lue} == {c: v for c, v in attendue.items() if c in lue}
    assert champ in lue or champ == "description"


@pytest.mark.parametrize("lieu", [(0.0, 0.0), (147.39, 0.69), (47.39, 200.0), (47.39, None)])
def test_a_place_not_on_earth_is_emptied_though_the_package_lets_it_pass(tmp_path: Path, lieu: tuple) -> None:
    ligne = STRUCTURE | dict(zip(("latitude", "longitude"), lieu, strict=True))
    v1.Structure.model_validate(ligne)
    [lue], remarque = judge(tmp_path, "structures", ligne)
    assert (lue["latitude"], lue["longitude"]) == (None, None)
    assert remarque == "valeurs vidées (structures : coordonnées, 1 cas)."
