"""Identities never leave the gate: planted ones are found in no file a load leaves behind, and the search is proven."""

import hashlib
import hmac
import json
import zipfile
from pathlib import Path

import duckdb
import pytest

from tests.etl.validate.depot_essai import CLE, INTERVENTION, PERSONNE, Depot, csv_text, persons, table

NOM, PRENOM, NAISSANCE = "Zwierzyńska-Abélard", "Théoxène", "17/11/1987"
COURRIEL, NIR, TELEPHONE = "theoxene.zw@exemple-invente.fr", "2 87 11 99 123 456 23", "06 98 76 54 32"
LIBRE = "Habite chez sa tante Quasimodette"
PLANTEES = [
    NOM, NOM.upper(), "Zwierzynska", "ZWIERZYNSKA", PRENOM, "Theoxene", "THEOXENE", NAISSANCE, "1987-11-17",
    "17-11-1987", COURRIEL, NIR, NIR.replace(" ", ""), TELEPHONE, TELEPHONE.replace(" ", ""), "Quasimodette",
]  # fmt: skip


def traces(dossier: Path) -> list[tuple[str, str]]:
    """(file, planted text) for each planted text found: bytes, members of archives, text columns of DuckDB files."""
    trouvees = []
    for chemin in sorted(c for c in dossier.rglob("*") if c.is_file()):
        contenus = {"": chemin.read_bytes()}
        if zipfile.is_zipfile(chemin):
            with zipfile.ZipFile(chemin) as archive:
                contenus |= {nom: archive.read(nom) for nom in archive.namelist()}
        if chemin.suffix == ".duckdb":
            contenus["colonnes"] = _text_columns(chemin)
        for membre, contenu in contenus.items():
            for plantee in PLANTEES:
                for encodage in ("utf-8", "utf-16-le", "cp1252"):
                    if plantee.encode(encodage, "replace") in contenu:
                        trouvees.append((f"{chemin.name}:{membre}", plantee))
    return trouvees


def _text_columns(chemin: Path) -> bytes:
    con = duckdb.connect(str(chemin), read_only=True)
    try:
        tables = con.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return "\n".join(
            json.dumps(con.execute(f'SELECT * FROM "{s}"."{t}"').fetchall(), default=str, ensure_ascii=False)
            for s, t in tables
        ).encode()
    finally:
        con.close()


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
    assert traces(depot.sortie) == []
    ailleurs = [c for c in tmp_path.iterdir() if c.name not in ("depot", "sortie")]
    assert ailleurs == []
    assert traces(depot.dossier)  # the partner's own files hold them: the search does find


@pytest.mark.parametrize("lieu", ["base", "classeur", "texte"])
def test_the_search_finds_a_planted_identity(tmp_path, lieu):
    if lieu == "base":
        with duckdb.connect(str(tmp_path / "x.duckdb")) as con:
            con.execute("CREATE TABLE t AS SELECT ['a', ?] AS liste", [NOM])
    elif lieu == "classeur":
        with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/sharedStrings.xml", f"<t>{PRENOM}</t>")
    else:
        (tmp_path / "x.txt").write_text(f"né le {NAISSANCE}", encoding="utf-8")
    assert traces(tmp_path)


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
