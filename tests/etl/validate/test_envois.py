"""Several deliveries: repetitions, corrections, references between files, what a load keeps and what it forgets."""

from datetime import date

import pytest

from etl import validate
from etl.intake.guichet import Guichet
from etl.validate.journal import Demande
from tests.etl.validate.depot_essai import ACTEUR, INTERVENTION, PERSONNE, Depot, many, persons

ETAPE = {"acteur_id": "A1", "participant_ref": "P-001", "date": "05/04/2025", "type_etape": "diagnostic"}


def test_the_same_key_with_two_contents_refuses_both_rows(depot):
    depot.csv("p/participants.csv", [*persons(10), PERSONNE | {"participant_ref": "p-003", "sexe": "homme"}])
    resultat = depot.load()
    assert resultat.counts("p/participants.csv") == ("charge", 11, 9, 2, 0)
    assert resultat.faults() == [
        (4, "participant_ref", "cle_contradictoire"), (12, "participant_ref", "cle_contradictoire"),
    ]  # fmt: skip
    assert "a la même clé que la ligne 12, avec d'autres valeurs" in resultat.messages()[0]


def test_a_faulty_row_contradicts_a_good_one_of_the_same_key(depot):
    depot.csv("p/participants.csv", [*persons(10), PERSONNE | {"date_entree": "31/02/2025"}])
    assert depot.load().counts("p/participants.csv") == ("charge", 11, 9, 2, 0)


def test_the_same_file_twice_counts_once(depot):
    depot.csv("p/participants_2025.csv", persons())
    depot.csv("p/participants_2025_copie.csv", persons())
    depot.csv("q/participants_2025.csv", persons())  # another partner's: not the same delivery
    resultat = depot.load()
    assert resultat.counts("p/participants_2025.csv") == ("charge", 10, 10, 0, 0)
    assert resultat.counts("p/participants_2025_copie.csv") == ("deja_charge", 10, 10, 0, 0)
    assert resultat.fichiers["p/participants_2025_copie.csv"]["motif"].endswith("(p/participants_2025.csv).")
    assert resultat.counts("q/participants_2025.csv") == ("charge", 10, 10, 0, 0)
    assert resultat.rows("SELECT count(*) FROM valide.participants") == [10]


def test_a_second_load_changes_nothing(depot):
    depot.csv("p/participants_2025.csv", [*persons(10), PERSONNE | {"participant_ref": "P-011", "sexe": "X"}])
    avant = depot.load()
    lignes, fautes = avant.rows("FROM valide.participants ORDER BY ALL"), avant.messages()
    apres = depot.load()
    assert {e["etat"] for e in apres.fichiers.values()} == {"deja_charge"}
    assert apres.counts("p/participants_2025.csv") == ("deja_charge", 11, 10, 1, 0)
    assert (apres.rows("FROM valide.participants ORDER BY ALL"), apres.messages()) == (lignes, fautes)


def test_rows_stay_when_their_file_is_gone(depot):
    chemin = depot.csv("p/participants_2025.csv", persons())
    depot.load()
    chemin.unlink()
    assert depot.load().rows("SELECT count(*) FROM valide.participants") == [10]


def test_a_later_delivery_corrects_an_earlier_one(depot):
    depot.csv("p/participants_2026-T1.csv", persons(10))
    depot.csv("p/participants_2025.csv", persons(10, sexe="homme"))
    resultat = depot.load()
    assert resultat.rows("SELECT DISTINCT sexe FROM valide.participants") == ["femme"]
    depot.csv("p/participants_2026-T2.csv", [PERSONNE | {"participant_ref": "P-002", "sexe": "homme"}])
    resultat = depot.load()
    assert resultat.rows("SELECT participant_ref FROM valide.participants WHERE sexe = 'homme'") == ["P-002"]
    assert resultat.rows("SELECT count(*) FROM raw.participants WHERE participant_ref = 'P-002'") == [3]


def test_a_correction_that_is_itself_faulty_leaves_the_old_version(depot):
    depot.csv("p/participants_2025.csv", persons(10))
    depot.csv("p/participants_2026.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "sexe": "X"}])
    resultat = depot.load()
    assert resultat.rows("SELECT sexe FROM valide.participants WHERE participant_ref = 'P-010'") == ["femme"]


def test_an_older_delivery_after_a_newer_one_is_refused_unless_forced(depot):
    depot.csv("p/participants_2026-T2.csv", persons(10))
    depot.load()
    depot.csv("p/participants_2026-T1.csv", persons(10, sexe="homme"))
    depot.csv("p/participants_2025-T4.csv", persons(9, sexe="homme"))
    depot.csv("q/participants_2026-T1.csv", many(PERSONNE, 3, participant_ref="Q-{}"))
    resultat = depot.load()
    entree = resultat.fichiers["p/participants_2026-T1.csv"]
    assert entree["etat"] == "refuse" and "plus ancien qu'un envoi déjà chargé" in entree["motif"]
    assert resultat.counts("q/participants_2026-T1.csv")[0] == "charge"
    forcee = depot.load(demande=Demande(forcer=["p/participants_2026-T1.csv"]))
    assert forcee.counts("p/participants_2026-T1.csv")[0] == "charge"
    assert forcee.counts("p/participants_2025-T4.csv")[0] == "refuse"  # one confirmation is not another's
    assert forcee.rows("SELECT DISTINCT sexe FROM valide.participants") == ["femme"]


def test_keys_of_interventions_belong_to_their_folder(depot):
    depot.csv("p/interventions.csv", many(INTERVENTION, 2, intervention_id="I-{}"))
    depot.csv("q/interventions.csv", many(INTERVENTION | {"lieu": "Gare"}, 2, intervention_id="I-{}"))
    depot.csv("p/participants.csv", persons(5, intervention_id="I-1"))
    depot.csv("r/participants.csv", many(PERSONNE | {"intervention_id": "I-1"}, 1, participant_ref="R-{}"))
    resultat = depot.load()
    assert resultat.rows("SELECT count(*) FROM valide.interventions") == [4]
    assert resultat.counts("p/participants.csv") == ("charge", 5, 5, 0, 0)
    assert resultat.counts("r/participants.csv") == ("refuse", 1, 0, 1, 0)


def test_references_are_checked_once_every_file_is_read(depot):
    depot.csv("a/etapes.csv", many(ETAPE, 10, participant_ref="P-{:03d}"))  # read before the participants of z
    depot.csv("z/participants.csv", persons(10))
    assert depot.load().counts("a/etapes.csv") == ("charge", 10, 10, 0, 0)


def test_a_row_that_refers_to_a_refused_row_is_refused(depot):
    depot.csv("p/participants.csv", [*persons(9), PERSONNE | {"participant_ref": "P-010", "sexe": "X"}])
    depot.csv("p/etapes.csv", many(ETAPE, 10, participant_ref="P-{:03d}"))
    resultat = depot.load()
    assert resultat.counts("p/etapes.csv") == ("charge", 10, 9, 1, 0)
    (message,) = resultat.rows("SELECT message FROM refus.ligne WHERE schema = 'etapes'")
    assert message == (
        'Ligne 11, colonne "Référence du participant" : "A1, P-010" désigne une ligne refusée : '
        "ligne 11 de p/participants.csv."
    )


def test_a_refused_file_takes_away_what_refers_to_it(depot):
    depot.csv("p/participants.csv", persons(3) + many(PERSONNE | {"sexe": "X"}, 1, participant_ref="X-{}"))
    depot.csv("p/etapes.csv", many(ETAPE, 3, participant_ref="P-{:03d}"))
    resultat = depot.load()
    assert resultat.counts("p/participants.csv") == ("refuse", 4, 0, 4, 0)
    assert resultat.counts("p/etapes.csv") == ("refuse", 3, 0, 3, 0)
    assert resultat.rows("SELECT count(*) FROM raw.participants") == [0]  # refused files are not kept


def test_a_refused_file_is_judged_anew_at_each_load(depot):
    depot.csv("p/etapes.csv", many(ETAPE, 3, participant_ref="P-{:03d}"))
    assert depot.load().counts("p/etapes.csv")[0] == "refuse"
    depot.csv("p/participants.csv", persons(3))
    resultat = depot.load()
    assert resultat.counts("p/etapes.csv") == ("charge", 3, 3, 0, 0)
    assert resultat.rows("SELECT count(*) FROM journal.lot WHERE etat = 'refuse'") == [0]


def test_every_table_exists_even_without_a_file(tmp_path):
    depot = Depot(tmp_path, acteurs=())
    resultat = depot.load()
    assert resultat.fichiers == {}
    from etl.catalog import schemas

    for nom in schemas.names():
        assert resultat.rows(f"SELECT count(*) FROM valide.{nom}") == [0]
    assert validate.data_date(depot.con) is None


def test_the_data_date_is_the_end_of_the_last_month_with_a_row(depot):
    depot.csv("p/participants.csv", persons(3))
    depot.csv("p/etapes.csv", many(ETAPE | {"date": "05/02/2026"}, 3, participant_ref="P-{:03d}"))
    depot.load()
    assert validate.data_date(depot.con) == date(2026, 2, 28)
    assert validate.data_date(depot.con, date(2026, 2, 10)) == date(2026, 2, 10)


def test_a_person_is_known_by_structure_and_reference_without_identity(depot):
    depot.csv("p/participants.csv", persons(2))
    resultat = depot.load()
    assert resultat.rows("SELECT personne, identite FROM valide.participants ORDER BY ALL") == [
        ("A1/P-001", False), ("A1/P-002", False),
    ]  # fmt: skip


def test_an_actor_declared_by_two_partners_is_one(depot):
    depot.csv("zone/acteurs_2026.csv", [ACTEUR | {"nom": "Maison du quartier nord"}])
    assert depot.load().rows("SELECT nom FROM valide.acteurs") == ["Maison du quartier nord"]


def test_warnings_name_their_file(depot):
    depot.csv("p/participants.csv", [ligne | {"Observations": "x"} for ligne in persons(2)])
    depot.load()
    dites = validate.alerts(depot.con)
    assert 'p/participants.csv : Colonne "Observations" ignorée : 2 cellules non conservées.' in dites
    assert "p/ : Dossier non déclaré dans contrat.toml ; ses fichiers sont chargés." in dites


def test_a_load_that_fails_leaves_the_base_as_it_was(depot, monkeypatch):
    depot.csv("p/participants_2025.csv", persons(3))
    depot.load()
    depot.csv("p/participants_2026.csv", persons(3, sexe="homme"))
    with monkeypatch.context() as m:
        m.setattr("etl.validate.rejets.write_all", lambda *_: (_ for _ in ()).throw(OSError("disque plein")))
        with pytest.raises(OSError, match="disque plein"):
            depot.load()
    assert depot.con.execute("SELECT DISTINCT sexe FROM valide.participants").fetchall() == [("femme",)]
    assert depot.load().rows("SELECT DISTINCT sexe FROM valide.participants") == ["homme"]


def test_a_fault_of_ours_refuses_one_file_without_quoting_it(depot, monkeypatch):
    depot.csv("p/participants_2025.csv", persons(3))
    depot.csv("q/participants_2025.csv", many(PERSONNE, 3, participant_ref="Q-{}"))
    admit = Guichet.admit

    def fail(self, premiere, rangees, ecarts=True):
        if any("Q-2" in rangee for rangee in rangees):
            raise ValueError("Durand")
        return admit(self, premiere, rangees, ecarts)

    monkeypatch.setattr(Guichet, "admit", fail)
    resultat = depot.load()
    entree = resultat.fichiers["q/participants_2025.csv"]
    assert entree["etat"] == "refuse" and entree["motif"].endswith("(ValueError).") and "Durand" not in entree["motif"]
    assert resultat.counts("p/participants_2025.csv") == ("charge", 3, 3, 0, 0)
    assert resultat.rows("SELECT count(*) FROM raw.participants") == [3]


def test_every_fault_of_a_row_is_told_at_once(depot):
    fautive = PERSONNE | {"participant_ref": "P-011", "date_entree": "31/02/2025", "sexe": "X", "code_qpv": "Centre"}
    depot.csv("p/participants.csv", [*many(PERSONNE, 10, participant_ref="P-{:03d}"), fautive])
    resultat = depot.load()
    assert resultat.faults() == [
        (12, "code_qpv", "qpv_ambigu"), (12, "date_entree", "date_invalide"), (12, "sexe", "code_inconnu"),
    ]  # fmt: skip


def test_a_file_without_a_period_comes_after_what_was_received_before_it(depot):
    depot.csv("p/participants_2025.csv", persons(10))
    depot.csv("p/participants.csv", persons(10, rsa="oui"))  # received together: what is dated comes after
    assert depot.load().rows("SELECT DISTINCT rsa FROM valide.participants") == ["non_renseigne"]
    depot.csv("p/participants corrigés.csv", persons(3, sexe="homme"))
    hommes = "SELECT count(*) FROM valide.participants WHERE sexe = 'homme'"
    assert depot.load().rows(hommes) == [3]
    depot.csv("p/participants bis.csv", persons(2, rsa="oui"))  # the later of two without a period
    assert depot.load().rows(hommes) == [1]
    depot.csv("p/participants_2026.csv", persons(5))
    assert depot.load().rows(hommes) == [0]
