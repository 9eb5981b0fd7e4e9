"""Large clean text files are read in SQL: same verdict, row by row, as the careful reader gives."""

import pytest

from etl.intake import rapide
from etl.validate import stock
from tests.etl.validate.cas_fichiers import BON, LUS, REFUSES
from tests.etl.validate.depot_essai import PERSONNE, Depot, Resultat, contrat, csv_text, many, persons, table
from tests.etl.validate.mutations import mutate

ETAPES = many({"acteur_id": "A1", "participant_ref": "", "date": "05/04/2025", "type_etape": "diagnostic"}, 30,
              participant_ref="P-{:03d}")  # fmt: skip


@pytest.fixture
def direct(monkeypatch) -> list[bool]:
    """Every text file is tried directly; gathers whether each was."""
    essais: list[bool] = []
    lire = stock.Stock.read_directly

    def read_directly(self, plan, lot):
        essais.append(lire(self, plan, lot))
        return essais[-1]

    monkeypatch.setattr(stock.Stock, "read_directly", read_directly)
    monkeypatch.setattr(rapide, "TAILLE", 0)
    return essais


def outcome(resultat: Resultat) -> tuple:
    entrees = [{**e, "feuilles": [f["motifs_ignorees"] for f in e["feuilles"]]} for e in resultat.fichiers.values()]
    return entrees, resultat.messages(), resultat.rows("SELECT * EXCLUDE lot FROM valide.participants ORDER BY ALL")


def both(tmp_path, monkeypatch, contenu: bytes, nom: str = "p/participants_2025.csv") -> tuple[tuple, tuple]:
    """What the direct reader and the careful one make of the same file."""
    issues = []
    for taille in (0, 2**40):
        monkeypatch.setattr(rapide, "TAILLE", taille)
        depot = Depot(tmp_path / str(taille))
        depot.raw(nom, contenu)
        issues.append(outcome(depot.load()))
        depot.con.close()
    return issues[0], issues[1]


CAS = [contenu for _, contenu, _ in (*LUS, *REFUSES)] + [mutate(BON.encode(), rang)[1] for rang in range(40)]


@pytest.mark.parametrize("rang", range(0, len(CAS), 3))
def test_it_agrees_with_the_careful_reader(tmp_path, monkeypatch, rang):
    rapidement, soigneusement = both(tmp_path, monkeypatch, CAS[rang])
    assert rapidement == soigneusement


def test_a_clean_file_is_read_directly_with_its_line_numbers(depot, direct):
    lignes = [*persons(30), PERSONNE | {"participant_ref": "P-031", "date_entree": "31/02/2025"}]
    depot.raw("p/participants_2025.csv", "Participants suivis;;\n\n" + csv_text(table(lignes)))
    depot.csv(
        "p/etapes_2025.csv", [ligne | {"Observations": "mieux" if r < 4 else ""} for r, ligne in enumerate(ETAPES)]
    )
    resultat = depot.load()
    assert direct == [True, True, True]  # the actors too
    assert resultat.counts("p/participants_2025.csv") == ("charge", 33, 30, 1, 2)
    assert resultat.faults() == [(34, "date_entree", "date_invalide")]
    assert resultat.rows("SELECT ligne FROM valide.etapes ORDER BY 1") == list(range(2, 32))
    (feuille,) = resultat.fichiers["p/etapes_2025.csv"]["feuilles"]
    assert feuille["avertissements"] == ['Colonne "Observations" ignorée : 4 cellules non conservées.']


@pytest.mark.parametrize(
    "ligne",
    ["A1;camille.durand@exemple.fr;05/04/2025;diagnostic", "A1;Camille Durand;05/04/2025;diagnostic", "Total;30;;",
     "A1;P-900;05/04/2025;diagnosticÃ©", "A1;P-900;05/04/2025;diag\x07", "A1;05/04/1990;05/04/2025;" + 1001 * "x",
     "A1;P-900;05/04/2025;diagnostic;x", ";;;", "", '"A1;P-900;05/04/2025;diagnostic'],
)  # fmt: skip
def test_one_line_out_of_the_ordinary_calls_the_careful_reader(depot, direct, ligne):
    depot.csv("p/participants.csv", persons(30))
    depot.raw("p/etapes.csv", csv_text(table(ETAPES)) + ligne + "\n")
    depot.load()
    assert direct.count(False) == 1
    assert depot.con.execute("SELECT count(*) FROM raw.etapes WHERE participant_ref LIKE '%amille%'").fetchall() == [
        (0,)
    ]


@pytest.mark.parametrize(
    "contenu",
    [
        csv_text(table([ligne | {"nom": "Durand"} for ligne in persons(3)])).encode(),
        BON.encode("utf-16"),
        BON.encode() + b"\x00",
    ],
    ids=["identites", "utf-16", "octet nul"],
)
def test_identities_and_unusual_bytes_are_never_read_directly(tmp_path, contenu):
    from datetime import date

    from etl.catalog import schemas

    chemin = tmp_path / "participants.csv"
    chemin.write_bytes(contenu + b" " * rapide.TAILLE)
    tous = [schemas.load(nom) for nom in schemas.names()]
    assert contrat().nom and rapide.plan(chemin, tous, "participants", bytes(32), date(2026, 1, 1)) is None
