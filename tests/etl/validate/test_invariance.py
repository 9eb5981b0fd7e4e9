"""The same data in other clothes give the same accepted rows; a damaged file is never loaded as something else."""

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.validate.stock import Stock
from tests.etl.validate.cas_classeurs import ods
from tests.etl.validate.depot_essai import PERSONNE, Depot, csv_text, persons, table, write_xlsx
from tests.etl.validate.ecrire_xls import xls
from tests.etl.validate.mutations import load_damaged, loaded, mutate

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
    texte = accepted(plain(lignes))
    assert texte
    for autre in (classeur, ods({"Données": table(lignes)}), xls({"Données": table(lignes)})):
        assert accepted(autre) == texte


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


def test_a_damaged_file_is_never_loaded_as_something_else():
    """The first of the ten thousand that `python -m tests.bench mutations` loads."""
    comptes = load_damaged(range(300))
    assert comptes.total() == 300 and min(comptes["charge"], comptes["refuse"]) > 50


def test_the_search_for_broken_promises_finds_one(monkeypatch):
    """A loader that loses a row in silence is caught."""
    add = Stock.add_rows
    monkeypatch.setattr(
        Stock, "add_rows", lambda self, schema, lot, bloc: add(self, schema, lot, [c[1:] for c in bloc])
    )
    with pytest.raises(AssertionError):
        load_damaged(range(12))


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
