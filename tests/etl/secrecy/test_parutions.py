"""Eight releases in a row, read by an adversary who keeps everything: he is certain of nobody."""

from dataclasses import replace
from datetime import date
from importlib import import_module

import numpy as np
import pytest

from etl import measures, registre, runner, steering
from etl.build import SQL
from etl.catalog import contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.modele import TOUTES_MAILLES
from etl.secrecy import audit, gel, parution, protect, protection
from etl.secrecy.audit import certificat, lecture, preuve
from tests.etl import monde, population
from tests.etl.secrecy.monde_protege import CLE, SECRET
from tests.etl.secrecy.parutions import UNE_FOIS, certain_by_lp, differences, read

TRIMESTRES = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31),
              date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]  # fmt: skip
INDICATEURS = ("participants_suivis", "sorties", "sorties_neutres", "taux_reponse_6_mois", *UNE_FOIS)


def populated(personnes=140, graine=11, biais=0.9, par_quartier=False):
    con = monde.empty()
    monde.add(con, "acteurs", *({"acteur_id": a, "nom": a, "type_acteur": "mission_locale"} for a in ("ML", "PLIE")))
    population.fill(con, personnes, graine, biais, par_quartier)
    return con


def count(con, jour, indicateurs=INDICATEURS):
    steering.write(con, contrat.load(monde.CONTRAT), jour)
    registre.number(con)
    runner.run(con, SQL)
    measures.build(con, [CATALOGUE[i] for i in indicateurs])


def gather(con, jours):
    """Publish at each date; return all the adversary has read of each indicator."""
    lus = {i: [] for i in UNE_FOIS}
    for jour in jours:
        count(con, jour)
        protect(con, SECRET, CLE)
        audit.audit(con, jour.isoformat())
        assert unproven(con, jour.isoformat()) == {}
        for indicateur, lignes in lus.items():
            lignes += read(con, indicateur)
        parution.keep(con, jour.isoformat())
        parution.confirm(con, jour.isoformat())
    return lus


def unproven(con, version):
    """What is wrong with the proofs of a release, read against all that is known once cells gave way."""
    fautes = {}
    for indicateur in lecture.audited(con):
        preuve_ = certificat.of(con, indicateur, version)
        if preuve_ is None:  # nothing to attack: its answers are in no cell shown
            assert lecture.read(con, indicateur) is None
            continue
        tableau = lecture.read(con, indicateur, preuve_.cles)
        fautes[indicateur] = certificat.faults(tableau, replace(preuve_, retirees=(), arrondies=()))
    return {i: f for i, f in fautes.items() if f}


@pytest.fixture(scope="module")
def lus():
    with populated() as con:
        yield gather(con, TRIMESTRES)


def test_eight_releases_leave_nobody_certain_by_differences(lus):
    for indicateur, lignes in lus.items():
        assert len(lignes) > 30, indicateur
        assert differences(lignes) == set(), indicateur


def test_eight_releases_leave_nobody_certain_by_linear_programming(lus):
    for indicateur, lignes in lus.items():
        assert certain_by_lp(lignes) == set(), indicateur


@pytest.fixture(scope="module")
def deux():
    """Two releases, the second read before its audit: the proof of the first, and what the second would show."""
    with populated() as con:
        gather(con, TRIMESTRES[:1])
        count(con, TRIMESTRES[1])
        protect(con, SECRET, CLE)
        lecture.audited(con)
        avant = certificat.last(con, "part_rsa")
        yield avant, lecture.read(con, "part_rsa", avant.cles)


def test_what_cannot_hold_with_what_was_read_is_not_shown_and_the_former_proof_still_holds(deux):
    avant, tableau = deux
    nouvelles = ~tableau.fixes
    assert nouvelles.any() and tableau.fixes.any()
    # New totals that no answers make: everybody in one cell, nobody in the next.
    rang = np.arange(len(tableau.valeurs))
    fausses = np.where(nouvelles, np.where(rang % 2, tableau.bases, 0), tableau.valeurs)
    impossible = replace(tableau, valeurs=fausses, marges=np.where(nouvelles, 0, tableau.marges))
    preuve_ = preuve.prove(impossible, avant)
    assert certificat.faults(impossible, preuve_) == []
    assert len(preuve_.retirees) == nouvelles.sum()


def test_a_proof_without_its_second_worlds_is_refused(deux):
    avant, tableau = deux
    preuve_ = preuve.prove(tableau, avant)
    assert certificat.faults(tableau, preuve_) == []
    assert preuve_.temoins
    fautes = certificat.faults(tableau, replace(preuve_, temoins=()))
    assert fautes and all("no partner and no witness" in f for f in fautes)


def test_a_value_already_read_cannot_be_rounded_later(deux):
    avant, tableau = deux
    exactes = tableau.fixes & (tableau.marges == 0)
    assert exactes.any()
    preuve_ = preuve.prove(tableau, avant)
    lues = {tableau.cellules[r] for r in np.flatnonzero(exactes)}
    assert not lues & set(preuve_.arrondies)


def jumps(con, absent):
    """Cells whose value moves when one known person comes in: the adversary then knows that this person counts."""
    participants = con.execute("FROM valide.participants").df()
    con.execute("DELETE FROM valide.participants WHERE participant_ref = ?", [absent])
    lus = []
    for version in ("v1", "v2"):
        count(con, TRIMESTRES[-1])
        protect(con, SECRET, CLE)
        lus.append({ligne.quoi: ligne for ligne in read(con, "part_rsa", nouvelles=False)})
        parution.keep(con, version)
        parution.confirm(con, version)
        con.execute("DELETE FROM valide.participants; INSERT INTO valide.participants BY NAME FROM participants")
    assert len(participants) and any(lus[0][q].membres != lus[1][q].membres for q in lus[0])
    return [q for q, avant in lus[0].items() if avant.bas != lus[1][q].bas]


@pytest.mark.parametrize("gele", [True, False])
def test_a_value_jumps_when_one_person_comes_in_only_with_the_freeze_off(monkeypatch, gele):
    if not gele:
        assert "WHERE (encore OR {montree})" in gel._GELEES
        monkeypatch.setattr(gel, "_GELEES", gel._GELEES.replace("WHERE (encore OR {montree})", "WHERE FALSE"))
    with populated() as con:
        for nom in ("freins", "sorties", "confiance", "orientations"):
            con.execute(f"DELETE FROM valide.{nom}")
        assert bool(jumps(con, "7")) is not gele


def test_exact_months_of_a_stock_attribute_give_somebody_away(monkeypatch):
    for module in ("etl.measures.scan", "etl.measures.lignes"):
        monkeypatch.setattr(import_module(module), "is_allowed", lambda *_: True)
    monkeypatch.setattr(protection, "is_allowed", lambda *_: True)
    monkeypatch.setitem(CATALOGUE, "part_rsa", replace(CATALOGUE["part_rsa"], mailles=TOUTES_MAILLES))
    regle = "AND close AND maille_canonique <> 'mois'"
    assert regle in protection._CELLULES
    monkeypatch.setattr(protection, "_CELLULES", protection._CELLULES.replace(regle, ""))
    with populated() as con:
        count(con, TRIMESTRES[-1])
        protect(con, SECRET, CLE)
        mois = [ligne for ligne in read(con, "part_rsa") if ligne.quoi[0] == "mois" and ligne.quoi[2] == "total"]
        assert differences(mois)


def test_without_the_date_in_the_label_an_open_period_is_drawn_once_for_all(monkeypatch):
    tirages = []
    for date_dans_l_etiquette in (True, False):
        if not date_dans_l_etiquette:
            regle = "CASE WHEN NOT periodes.close THEN parametre.date_donnees END"
            assert regle in protection._CELLULES
            monkeypatch.setattr(protection, "_CELLULES", protection._CELLULES.replace(regle, "NULL"))
        etiquettes = []
        monkeypatch.setattr(
            protection, "register", lambda con, cle, table, sql, vues=etiquettes: _draw(con, sql, vues, cle, table)
        )
        with populated(60) as con:
            for jour in TRIMESTRES[2:4]:
                count(con, jour)
                protect(con, SECRET, CLE)
        tirages.append(
            {e for e in etiquettes[0] if "depuis_debut" in e} & {e for e in etiquettes[1] if "depuis_debut" in e}
        )
    assert tirages[0] == set()
    assert tirages[1]


def _draw(con, sql, vues, cle, table):
    from etl.secrecy.arrondi import register

    vues.append({e for (e,) in con.execute(sql).fetchall()})
    register(con, cle, table, sql)
