"""Loads and undos one after the other: the same base however files are read, and whether or not rows stand."""

import random
from pathlib import Path

import pytest

from etl.intake import rapide
from etl.validate.annulation import AnnulationImpossible, undo_last
from tests.etl.validate import depot_essai
from tests.etl.validate.depot_essai import JOUR, PERSONNE, Depot, Ligne

ETAT = (
    *(f"SELECT v.* EXCLUDE lot, fichier FROM valide.{nom} v JOIN journal.lot USING (lot)"
      for nom in ("acteurs", "participants", "etapes")),
    "SELECT r.* EXCLUDE lot, fichier FROM refus.ligne r JOIN journal.lot USING (lot)",
    "SELECT fichier, etat, motif, lues, acceptees, refusees, ignorees, chargement FROM journal.lot",
    "SELECT fichier, message FROM journal.avertissement",
    "FROM journal.difference",
    "SELECT chargement, schema, cle, genre, valeurs FROM journal.changement",
)  # fmt: skip
# Every kind of row: whole, at fault, written otherwise, empty.
PARTICULIERS = [
    {"sexe": "zz"}, {"sexe": "Femme"}, {"date_entree": "31/02/2025"}, {"date_entree": "2025-03-01"},
    {"date_entree": "1/3/2025"}, {"annee_naissance": "1850"}, {"code_qpv": "Les Lilas"}, {"code_qpv": ""},
    {"rsa": "non_renseigne"}, {"rsa": "oui"}, {"date_reperage": "01/01/2026"}, {"sexe": "homme"},
]  # fmt: skip


def _participants(hasard: random.Random) -> list[Ligne]:
    lignes = [PERSONNE | {"participant_ref": f"P-{rang:03d}", "rsa": "", "date_reperage": ""}
              for rang in hasard.sample(range(30), 15)]  # fmt: skip
    for ligne in hasard.sample(lignes, 4):
        ligne |= hasard.choice(PARTICULIERS)
    lignes[0]["participant_ref"] = lignes[0]["participant_ref"].lower()
    return [*lignes, *hasard.choices(lignes, k=hasard.randint(0, 2))]


def _etapes(hasard: random.Random) -> list[Ligne]:
    dates, types = ["05/04/2025", "2025-04-06", "07/04/2025", "1/1/2199"], ["diagnostic", "formation", "Diagnostic"]
    return [
        {"acteur_id": "A1", "participant_ref": f"P-{hasard.randint(0, 29):03d}",
         "date": hasard.choices(dates, [9, 9, 9, 1])[0], "type_etape": hasard.choice(types)}
        for _ in range(hasard.randint(10, 40))
    ]  # fmt: skip


def _play(graine: int, racine: Path, relire: bool) -> list[list[list[tuple]]]:
    """Five steps drawn at random, and the whole state after each; `relire`: nothing stands from one to the next."""
    hasard, depot, etats = random.Random(graine), Depot(racine), []
    for pas in range(5):
        if relire and pas:
            depot.con.execute("DROP TABLE IF EXISTS journal.lecture")
        if pas and hasard.random() < 0.3:
            try:
                undo_last(depot.con, depot_essai.contrat(), JOUR, "Anne")
            except AnnulationImpossible:
                continue
        else:
            for nom, lignes in (("p/participants", _participants(hasard)), ("q/etapes", _etapes(hasard))):
                periode = hasard.choice(["", " 2025-T1", " 2025-T3", " 2026-T2"])
                depot.csv(f"{nom}{periode} {pas}.csv", lignes)
            depot.load()
        etats.append([depot.con.execute(f"{sql} ORDER BY ALL").fetchall() for sql in ETAT])
    depot.con.close()
    return etats


@pytest.mark.parametrize("graine", range(3))
def test_the_base_is_the_same_however_rows_were_read_and_kept(tmp_path, monkeypatch, graine):
    monkeypatch.setattr(rapide, "TAILLE", 2**40)
    attendus = _play(graine, tmp_path / "relues", relire=True)
    assert _play(graine, tmp_path / "tenues", relire=False) == attendus
    monkeypatch.setattr(rapide, "TAILLE", 0)
    assert _play(graine, tmp_path / "directes", relire=False) == attendus
