"""Identities never leave the gate: planted ones are found in no file a load leaves behind, and the search is proven."""

import gzip
import hashlib
import hmac
import json
import zipfile
from pathlib import Path

import duckdb
import pytest

from tests.etl.traces import traces
from tests.etl.validate.depot_essai import CLE, INTERVENTION, PERSONNE, Depot, csv_text, persons, table

NOM, PRENOM, NAISSANCE = "Zwierzyńska-Abélard", "Théoxène", "17/11/1987"
COURRIEL, NIR, TELEPHONE = "theoxene.zw@exemple-invente.fr", "2 87 11 99 123 456 23", "06 98 76 54 32"
LIBRE = "Habite chez sa tante Quasimodette"
PLANTEES = [
    NOM, NOM.upper(), "Zwierzynska", "ZWIERZYNSKA", PRENOM, "Theoxene", "THEOXENE", NAISSANCE, "1987-11-17",
    "17-11-1987", COURRIEL, NIR, NIR.replace(" ", ""), TELEPHONE, TELEPHONE.replace(" ", ""), "Quasimodette",
]  # fmt: skip


def _planted(nombre: int = 10) -> list[dict[str, str]]:
    return [
        ligne | {"nom": NOM, "prenom": PRENOM, "date_naissance": NAISSANCE, "Observations": LIBRE, "E-mail": COURRIEL}
        for ligne in persons(nombre, annee_naissance="", tranche_age="")
    ]


def _loads(depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way in which an identity can arrive: columns, free text, wrong cells, refused rows, refused files."""
    monkeypatch.chdir(tmp_path)  # DuckDB's default temporary folder lies in the current one
    bonnes = _planted(10)
    depot.csv("a/participants_2025.csv", [*bonnes, bonnes[0] | {"participant_ref": "R-1", "sexe": "X"}])
    depot.xlsx("b/participants_2025.xlsx", {"Données": table([*bonnes, bonnes[0] | {"participant_ref": "R-2",
               "date_naissance": "31/02/1987", "sexe": "X"}])})  # fmt: skip
    depot.csv("c/participants_2025.csv", [ligne | {"participant_ref": f"{NOM} {PRENOM}"} for ligne in bonnes])
    depot.csv("d/participants_2025.csv", [ligne | {"sexe": "X"} for ligne in bonnes])  # refused above the threshold
    depot.raw("e/participants_2025.csv", csv_text(table(bonnes)).replace("acteur_id", "couleur"))
    lieux = [INTERVENTION | {"intervention_id": f"I-{rang}"} for rang in range(10)]
    for rang, texte in enumerate((COURRIEL, f"appeler le {TELEPHONE}", f"n° {NIR}")):
        lieux.append(INTERVENTION | {"intervention_id": f"J-{rang}", "lieu": texte, "personnes_rencontrees": texte})
    depot.csv("f/interventions_2025.csv", [*lieux, *[INTERVENTION | {"intervention_id": f"K{n}"} for n in range(10)]])
    depot.csv("g/participants_2025.csv", [*persons(20), PERSONNE | {"participant_ref": f"{PRENOM} {NOM}"}])
    depot.csv("h/participants_2025.csv", [PERSONNE | {"participant_ref": NIR.replace(" ", "")}])


def test_no_planted_identity_is_found_in_what_a_load_leaves(depot, tmp_path, monkeypatch):
    _loads(depot, tmp_path, monkeypatch)
    resultat = depot.load()
    etats = {nom[0]: (e["etat"], e["acceptees"]) for nom, e in resultat.fichiers.items()}
    assert etats == {
        "a": ("charge", 10), "b": ("charge", 10), "c": ("refuse", 0), "d": ("refuse", 0), "e": ("refuse", 0),
        "f": ("charge", 20), "g": ("charge", 20), "h": ("refuse", 0), "s": ("charge", 1),
    }  # fmt: skip
    assert "noms" in resultat.fichiers["c/participants_2025.csv"]["motif"]
    journal = json.dumps(resultat.fichiers, ensure_ascii=False)
    depot.load()
    depot.con.close()
    assert [plantee for plantee in PLANTEES if plantee in journal] == []
    assert traces(depot.sortie, PLANTEES) == []
    ailleurs = [c for c in tmp_path.iterdir() if c.name not in ("depot", "sortie")]
    assert ailleurs == []
    assert traces(depot.dossier, PLANTEES)  # the partner's own files hold them: the search does find


def _workbook(chemin: Path, membre: str, texte: str) -> None:
    with zipfile.ZipFile(chemin, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(membre, f"<t>{texte}</t>" * 50)


def _plant(dossier: Path, lieu: str) -> None:
    """Leave one identity where compression, encoding or nesting hides it from a plain reading of the bytes."""
    if lieu == "base":
        with duckdb.connect(str(dossier / "x.duckdb")) as con:
            con.execute("CREATE SCHEMA s; CREATE TABLE s.t AS SELECT ['a', ?] AS liste FROM range(5000)", [NOM])
    elif lieu == "parquet":
        lignes = f"SELECT '{COURRIEL}' || (i % 3) AS courriel FROM range(5000) AS t (i)"
        duckdb.execute(f"COPY ({lignes}) TO '{dossier / 'x.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
    elif lieu == "xlsx":
        _workbook(dossier / "x.xlsx", "xl/sharedStrings.xml", PRENOM)
    elif lieu == "ods":
        _workbook(dossier / "x.ods", "content.xml", NIR)
    elif lieu == "zip":
        _workbook(dossier / "dedans.xlsx", "xl/sharedStrings.xml", NOM)
        with zipfile.ZipFile(dossier / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(dossier / "dedans.xlsx", "export/dedans.xlsx")
        (dossier / "dedans.xlsx").unlink()
    elif lieu == "gzip":
        (dossier / "x.json.gz").write_bytes(gzip.compress(f'{{"tel": "{TELEPHONE}"}}'.encode()))
    elif lieu == "journal":
        (dossier / "build.log").write_text(f"ligne 3 : né le {NAISSANCE}\n", encoding="utf-8")
    else:
        (dossier / "x.csv").write_bytes(f"nom;{NOM}".encode("utf-16-le"))


@pytest.mark.parametrize("lieu", ["base", "parquet", "xlsx", "ods", "zip", "gzip", "journal", "utf-16"])
def test_the_search_finds_a_planted_identity(tmp_path, lieu):
    _plant(tmp_path, lieu)
    assert len(list(tmp_path.iterdir())) == 1
    assert traces(tmp_path, PLANTEES)
    assert traces(tmp_path, ["Absente"]) == []


def test_the_pseudonym_is_the_declared_one(depot):
    graphies = [
        ("Dupont-L'Hermite", "Jean-Pierre, Marie", "05/09/1990"), ("DUPONT L HERMITE", "Jean", "1990-09-05"),
        ("dupont l’hermite", "JEAN PIERRE", "5 septembre 1990"),
    ]  # fmt: skip
    lignes = [ligne | dict(zip(("nom", "prenom", "date_naissance"), graphie, strict=True))
              for ligne, graphie in zip(persons(3, annee_naissance=""), graphies, strict=True)]  # fmt: skip
    depot.csv("p/participants.csv", lignes)
    resultat = depot.load()
    attendu = hmac.new(CLE, b"DUPONT L HERMITE|JEAN|1990-09-05", hashlib.sha256).hexdigest()
    assert resultat.rows("SELECT DISTINCT personne, identite, tranche_age FROM valide.participants") == [
        (attendu, True, "26_49"),
    ]  # fmt: skip


def test_the_birth_name_is_preferred(depot):
    lignes = [{**ligne, "Nom": "Martin", "Nom de naissance": "Durand", "prenom": "Zoé", "date_naissance": "05/09/1990"}
              for ligne in persons(1)]  # fmt: skip
    depot.csv("p/participants.csv", lignes)
    attendu = hmac.new(CLE, b"DURAND|ZOE|1990-09-05", hashlib.sha256).hexdigest()
    assert depot.load().rows("SELECT personne FROM valide.participants") == [attendu]


@pytest.mark.parametrize(
    ("naissance", "autres", "code"),
    [
        ("31/02/1990", {}, "date_invalide"),
        ("05/09/90", {}, "annee_sur_deux_chiffres"),
        ("05/09/2015", {}, "age_hors_bornes"),
        ("05/09/2027", {}, "date_future"),
        ("05/09/1990", {"annee_naissance": "1991"}, "naissance_contradictoire"),
        ("05/09/1990", {"tranche_age": "moins de 26 ans"}, "naissance_contradictoire"),
    ],
)
def test_a_faulty_birth_date_is_never_quoted(depot, naissance, autres, code):
    base = persons(10, annee_naissance="", tranche_age="", nom="Durand", prenom="Zoé", date_naissance="05/09/1990")
    depot.csv(
        "p/participants.csv", [*base, base[0] | {"participant_ref": "P-011", "date_naissance": naissance} | autres]
    )
    resultat = depot.load()
    assert resultat.counts("p/participants.csv") == ("charge", 11, 10, 1, 0)
    assert [c for _, _, c in resultat.faults()] == [code]
    (message,) = resultat.messages()
    assert message.startswith('Ligne 12, colonne "Date de naissance" : ') and naissance not in message


@pytest.mark.parametrize(
    "reference",
    ["Camille Durand", "DURAND Camille 14/05/1996", "Mme Durand", "camille.durand@exemple.fr", "0612345678",
     "06 12 34 56 78", "+33 6 12 34 56 78", "1850578006084", "1 85 05 78 006 084 36"],
)  # fmt: skip
def test_a_column_of_references_that_names_people_refuses_the_file(depot, reference):
    depot.csv("p/participants.csv", [PERSONNE | {"participant_ref": reference}, *persons(4)])
    entree = depot.load().fichiers["p/participants.csv"]
    assert entree["etat"] == "refuse" and entree["lues"] == entree["refusees"] == 5
    assert reference not in entree["motif"] and "ni chargé ni copié" in entree["motif"]


@pytest.mark.parametrize(
    "reference", ["P-000123", "2025-0017", "ML-TOURAINE-0012", "0370012345", "2024000000123", "D 12 B", "75-2025/00045"]
)
def test_ordinary_references_are_left_alone(depot, reference):
    depot.csv("p/participants.csv", [PERSONNE | {"participant_ref": reference}, *persons(4)])
    assert depot.load().counts("p/participants.csv") == ("charge", 5, 5, 0, 0)
