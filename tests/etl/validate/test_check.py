"""`check` answers as a load would, keeps nothing, and says when references were not looked at."""

from etl.validate.check import SANS_BASE, check_file
from tests.etl.validate.depot_essai import JOUR, PERSONNE, Depot, contrat, csv_text, persons, table


def _file(tmp_path, lignes):
    chemin = tmp_path / "envoi.csv"
    chemin.write_text(csv_text(table(lignes)), encoding="utf-8")
    return chemin


def test_a_good_file(tmp_path):
    rapport = check_file(_file(tmp_path, persons(3)), "participants", contrat(), date_du_jour=JOUR)
    assert rapport == {
        "etat": "charge", "motif": SANS_BASE, "lues": 3, "acceptees": 3, "refusees": 0, "ignorees": 0, "defauts": [],
    }  # fmt: skip
    assert list(tmp_path.iterdir()) == [tmp_path / "envoi.csv"]


def test_a_faulty_line_is_told_with_its_column_and_code(tmp_path):
    chemin = _file(tmp_path, [*persons(5), PERSONNE | {"participant_ref": "P-9", "date_entree": "31/02/2025"}])
    rapport = check_file(chemin, "participants", contrat(), date_du_jour=JOUR)
    assert (rapport["etat"], rapport["acceptees"], rapport["refusees"]) == ("charge", 5, 1)
    assert rapport["defauts"] == [{
        "ligne": 7, "colonne": "date_entree", "code": "date_invalide",
        "message": 'Ligne 7, colonne "Date d\'entrée" : "31/02/2025" n\'est pas une date du calendrier '
                   "(attendu JJ/MM/AAAA).",
    }]  # fmt: skip


def test_the_contract_asked_for_is_imposed(tmp_path):
    rapport = check_file(_file(tmp_path, persons(3)), "acteurs", contrat(), date_du_jour=JOUR)
    assert rapport["etat"] == "refuse" and "pour le contrat acteurs" in rapport["motif"]
    assert [rapport[cle] for cle in ("lues", "acceptees", "refusees", "ignorees")] == [0, 0, 0, 0]


def test_with_a_base_references_are_checked(depot: Depot, tmp_path):
    base = tmp_path / "base"
    (base / "prive").mkdir(parents=True)
    depot.load()
    depot.con.close()
    (depot.sortie / "prive.duckdb").rename(base / "prive" / "prive.duckdb")
    chemin = _file(tmp_path, [*persons(5), PERSONNE | {"acteur_id": "A9"}])
    rapport = check_file(chemin, "participants", contrat(), base, JOUR)
    assert rapport["motif"] is None
    assert [(d["ligne"], d["code"]) for d in rapport["defauts"]] == [(7, "reference_inconnue")]


def test_an_absent_base_is_said(tmp_path):
    rapport = check_file(_file(tmp_path, persons(1)), "participants", contrat(), tmp_path / "vide", JOUR)
    assert rapport["motif"] == SANS_BASE


def test_an_unreadable_file_has_four_zeros(tmp_path):
    chemin = tmp_path / "x.csv"
    chemin.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    rapport = check_file(chemin, "participants", contrat(), date_du_jour=JOUR)
    assert rapport["etat"] == "refuse" and "image" in rapport["motif"]
    assert [rapport[cle] for cle in ("lues", "acceptees", "refusees", "ignorees")] == [0, 0, 0, 0]
