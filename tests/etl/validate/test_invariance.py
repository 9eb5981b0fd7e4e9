"""The same data in other clothes give the same accepted rows; a damaged file is never loaded as something else."""

import contextlib
import random
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.catalog import schemas
from etl.intake.depot import list_files
from etl.validate.chargement import entries, settle
from etl.validate.reception import receive
from tests.etl.validate.depot_essai import CLE, JOUR, PERSONNE, Depot, contrat, csv_text, persons, table, write_xlsx

CHOISIS = [schemas.load("participants")]
PRESSE = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
GRAPHIES = {
    "date_entree": ["02/03/2025", "2025-03-02", "2 mars 2025", "02.03.2025"],
    "sexe": ["femme", "F", "Mme", "Féminin"],
    "code_qpv": ["QN99901N", "Les Lilas", "QP999001", "hors QPV", ""],
    "situation_entree": ["inactif", "NEET", "Emploi précaire", "demandeur d'emploi moins de 12 mois"],
    "annee_naissance": ["1990", "2001"],
    "rsa": ["oui", "O", "non", "", "x"],
}
Ligne = dict[str, str]


@contextlib.contextmanager
def loaded(fichiers: dict[str, bytes]) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, dict[str, Any]]]]:
    """A load of participants alone, references aside: the base and the entry of each file."""
    with tempfile.TemporaryDirectory() as dossier, contextlib.closing(duckdb.connect()) as con:
        for nom, contenu in fichiers.items():
            chemin = Path(dossier) / nom
            chemin.parent.mkdir(exist_ok=True)
            chemin.write_bytes(contenu)
        envois = receive(con, contrat(), list_files(Path(dossier)), CHOISIS, CLE, JOUR)
        settle(con, contrat(), CHOISIS, envois, JOUR, sans_references=True)
        entrees = {entree["fichier"]: entree for entree in entries(con, envois)}
        for entree in entrees.values():
            assert entree["lues"] == entree["acceptees"] + entree["refusees"] + entree["ignorees"]
            assert (entree["etat"] != "charge") == (entree["motif"] is not None)
        yield con, entrees


def accepted(contenu: bytes) -> list[tuple]:
    """The accepted rows of one file, without their origin."""
    return latest({f"participants{'.xlsx' if contenu.startswith(b'PK') else '.csv'}": contenu})


def latest(fichiers: dict[str, bytes]) -> list[tuple]:
    """What stays of several deliveries of one partner: the latest version of each key."""
    with loaded({f"p/{nom}": contenu for nom, contenu in fichiers.items()}) as (con, _):
        return con.execute("SELECT * EXCLUDE (lot, ligne, partenaire) FROM valide.participants ORDER BY ALL").fetchall()


@st.composite
def rows(draw: st.DrawFn) -> list[Ligne]:
    """Good rows in the spellings partners use, one in eight at fault."""
    lignes = []
    for rang in range(draw(st.integers(8, 16))):
        ligne = {cle: draw(st.sampled_from(choix)) for cle, choix in GRAPHIES.items()}
        lignes.append({"acteur_id": "A1", "participant_ref": f"P-{rang:03d}"} | ligne)
    if draw(st.booleans()):
        lignes[-1]["sexe"] = "inconnue au bataillon"
    return lignes


def plain(lignes: list[Ligne]) -> bytes:
    return csv_text(table(lignes)).encode()


def same(premier: bytes, second: bytes) -> bool:
    une = accepted(premier)
    return une == accepted(second) and bool(une)


@PRESSE
@given(rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(lignes, hasard):
    colonnes = list(lignes[0])
    hasard.shuffle(colonnes)
    melees = [{colonne: ligne[colonne] for colonne in colonnes} for ligne in lignes]
    hasard.shuffle(melees)
    assert same(plain(melees), plain(lignes))


@PRESSE
@given(rows(), st.sampled_from([";", ",", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]),
       st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]), st.sampled_from(["NFC", "NFD"]))  # fmt: skip
def test_encoding_separator_newline_and_unicode_form_do_not_matter(lignes, separateur, fin, encodage, forme):
    texte = csv_text(table(lignes), separateur, fin)
    if encodage != "cp1252":
        texte = unicodedata.normalize(forme, texte)
    assert same(texte.encode(encodage), plain(lignes))


@settings(PRESSE, max_examples=6)
@given(rows())
def test_a_workbook_gives_what_the_text_file_gives(lignes):
    with tempfile.TemporaryDirectory() as dossier:
        classeur = write_xlsx(Path(dossier) / "participants.xlsx", {"Données": table(lignes)}).read_bytes()
    assert same(classeur, plain(lignes))


@settings(PRESSE, max_examples=8)
@given(rows())
def test_loading_twice_is_loading_once(lignes):
    contenu = plain(lignes)
    une = latest({"participants_a.csv": contenu})
    assert latest({"participants_a.csv": contenu, "participants_b.csv": contenu}) == une
    autre = contenu + b"\n"  # the same rows under another sha256
    assert latest({"participants_a.csv": contenu, "participants_b.csv": autre}) == une


@settings(PRESSE, max_examples=8)
@given(rows(), st.integers(0, 6))
def test_a_file_then_its_correction_is_the_corrected_file(lignes, rang):
    corrigee = lignes[rang] | {"date_entree": "05/05/2025"}
    corrigees = [corrigee if r == rang else ligne for r, ligne in enumerate(lignes)]
    deux = {"participants_2025.csv": plain(lignes), "participants_2026.csv": plain([corrigee])}
    assert latest(deux) == latest({"participants.csv": plain(corrigees)})


BON = csv_text(table([ligne | {"rsa": "oui", "fiche": "3.2.1", "mode_reperage": "spontane"} for ligne in persons(12)]))
MUTATIONS = 300


def mutate(contenu: bytes, rang: int) -> tuple[str, bytes]:
    """A damaged copy: a byte changed, added or lost, a piece lost or doubled; always the same for a rank."""
    hasard = random.Random(20261120 + rang)
    i, j = sorted(hasard.sample(range(len(contenu)), 2))
    octet = bytes([hasard.choice(b';,"\n\r\t\x00\xe9\xc3\xff=| 0/.-') if rang % 2 else hasard.randrange(256)])
    genre = ("change", "ajoute", "perd", "coupe", "tronque", "double")[rang % 6]
    return f"{rang}-{genre}", {
        "change": contenu[:i] + octet + contenu[i + 1 :],
        "ajoute": contenu[:i] + octet + contenu[i:],
        "perd": contenu[:i] + contenu[i + 1 :],
        "coupe": contenu[:i] + contenu[min(j, i + 30) :],
        "tronque": contenu[:j],
        "double": contenu[:j] + contenu[i:j][:120] + contenu[j:],
    }[genre]


def test_a_damaged_file_is_never_loaded_as_something_else():
    # Each copy speaks of its own structure, so that one load can judge them all.
    abimes = dict(mutate(BON.replace("A1;", f"A{rang:03d};").encode(), rang) for rang in range(MUTATIONS))
    champs = "* EXCLUDE (acteur_id, personne, lot, ligne, partenaire)"
    with loaded({"bon/participants.csv": BON.encode()}) as (con, _):
        bonnes = con.execute(f"SELECT {champs} FROM valide.participants").fetchall()
    with loaded({f"{nom}/participants.csv": contenu for nom, contenu in abimes.items()}) as (con, entrees):
        for nom in abimes:
            entree = entrees[f"{nom}/participants.csv"]
            lues = con.execute(f"SELECT {champs} FROM valide.participants WHERE partenaire = ?", [nom]).fetchall()
            if entree["etat"] == "refuse":
                assert lues == [] and entree["motif"].endswith("."), nom
                continue
            changees = [ligne for ligne in lues if ligne not in bonnes]
            perdues = [ligne for ligne in bonnes if ligne not in lues]
            dites = " ".join(message for f in entree["feuilles"] for message in f["avertissements"])
            if "Colonnes inconnues" in dites:  # a damaged title: its column is dropped, and the load says so
                continue
            # One damage may change a row, or the two it joins or parts; every other loss is a refusal that is told.
            assert len(changees) <= 2, (nom, changees)
            if "tronque" not in nom:
                assert len(perdues) <= len(changees) + entree["refusees"] + entree["ignorees"] + 1, (nom, perdues)


def test_a_damaged_workbook_is_refused_or_read_the_same(tmp_path):
    chemin = write_xlsx(tmp_path / "participants.xlsx", {"Données": table(persons(12))})
    depot = Depot(tmp_path / "d")
    for nom, contenu in (mutate(chemin.read_bytes(), rang) for rang in range(60)):
        depot.raw(f"p/participants_{nom}.xlsx", contenu)
    depot.csv("q/participants.csv", [PERSONNE | {"participant_ref": "Q-1"}])
    resultat = depot.load()
    for nom, entree in resultat.fichiers.items():
        if entree["etat"] != "refuse" and nom.startswith("p/"):
            assert entree["acceptees"] == 12 and entree["refusees"] == 0, nom
    assert resultat.counts("q/participants.csv") == ("charge", 1, 1, 0, 0)
    depot.con.close()
