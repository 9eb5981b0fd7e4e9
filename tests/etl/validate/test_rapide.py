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

    def read_directly(self, *plan):
        attente = lire(self, *plan)
        essais.append(attente is not None)
        return attente

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


def dated(*dates: str) -> bytes:
    """Thirty participants, the last ones with these dates of entry."""
    lignes = persons(30, date_entree="05/04/2025")
    for ligne, jour in zip(lignes[-len(dates) :], dates, strict=True):
        ligne["date_entree"] = jour
    return csv_text(table(lignes)).encode()


@pytest.mark.parametrize(
    "dates",
    [("04/25/2025",), ("04/25/2025", "25/04/2025"), ("2025-04-05", "5/4/2025"), ("31/12/2099",), ("", "05/04/25")],
    ids=["mois d'abord", "un seul mois d'abord", "autres graphies", "future", "vide et deux chiffres"],
)
def test_it_agrees_on_dates(tmp_path, monkeypatch, dates):
    rapidement, soigneusement = both(tmp_path, monkeypatch, dated(*dates))
    assert rapidement == soigneusement


@pytest.mark.parametrize(
    "autres",
    [{"sexe": "Femme"}, {"sexe": "zz"}, {"rsa": "non_renseigne"}, {"rsa": "oui"}, {"participant_ref": "p-é"},
     {"annee_naissance": "1850"}, {"annee_naissance": "0612345678"}, {"date_reperage": "01/01/2026"},
     {"participant_ref": "P-001"}, {"participant_ref": "p-001", "sexe": "homme"}, {"code_qpv": "les lilas"}],
)  # fmt: skip
def test_it_agrees_on_every_kind_of_row(tmp_path, monkeypatch, autres):
    lignes = persons(30, rsa="", date_reperage="")
    lignes[-1] |= autres
    rapidement, soigneusement = both(tmp_path, monkeypatch, csv_text(table(lignes)).encode())
    assert rapidement == soigneusement


def test_it_agrees_when_one_row_is_set_apart_and_another_contradicts_itself(tmp_path, monkeypatch):
    lignes = persons(30, date_reperage="")
    lignes[-1] |= {"date_reperage": "01/01/2026"}
    lignes[-2] |= {"sexe": "Femme"}
    lignes[-3] |= {"acteur_id": "A9"}
    rapidement, soigneusement = both(tmp_path, monkeypatch, csv_text(table(lignes)).encode())
    assert rapidement == soigneusement
    (_, entree), messages, acceptees = rapidement
    assert (entree["lues"], entree["acceptees"], entree["refusees"]) == (30, 28, 2)
    assert (len(messages), len(acceptees)) == (2, 28)


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
