"""The adversary finds nobody in what is published, and finds somebody as soon as one rule is switched off."""

import numpy as np
import pytest

from etl.secrecy import audit, protect, protection
from etl.secrecy.arrondi import draw
from etl.secrecy.audit import lecture
from tests.etl.secrecy.attaque import bounds, certain
from tests.etl.secrecy.monde_protege import CLE, SECRET, protected

# Persons, seed, share of good answers, answers that depend on the quarter: small and skewed ones included.
POPULATIONS = {
    "ordinaire": {"graine": 1},
    "petite": {"personnes": 70, "graine": 2},
    "presque personne": {"personnes": 150, "graine": 3, "biais": 0.03},
    "presque tous": {"personnes": 150, "graine": 4, "biais": 0.97},
    "selon le quartier": {"personnes": 150, "graine": 5, "par_quartier": True},
}


def tableaux(con):
    lus = (lecture.read(con, indicateur) for indicateur in lecture.audited(con))
    return [t for t in lus if t is not None]


def steps(tableau) -> np.ndarray:
    return np.where(tableau.marges > 0, tableau.marges + 2, 0)


@pytest.fixture(scope="module", params=POPULATIONS)
def publiee(request):
    con = protected(**POPULATIONS[request.param])
    audit.audit(con, "v1")
    return con


def test_nobody_is_certain_in_what_is_published(publiee):
    lus = tableaux(publiee)
    assert lus
    for tableau in lus:
        assert certain(tableau, tableau.valeurs, steps(tableau)) == set(), tableau.indicateur


def test_rates_say_no_more_than_their_rounded_terms(publiee):
    lignes = publiee.execute(
        """SELECT valeur, numerateur, denominateur FROM diffusion.mesure
        WHERE valeur IS NOT NULL AND denominateur IS NOT NULL
            AND indicateur IN (SELECT indicateur FROM mart.mesure WHERE n IS NOT NULL)"""
    ).fetchall()
    for valeur, numerateur, denominateur in lignes:
        assert valeur == max(5, min(95, int(100 * numerateur / denominateur + 0.5)))


def test_no_published_zero_or_whole_base_is_exact(publiee):
    for tableau in tableaux(publiee):
        surs = (tableau.valeurs == 0) | (tableau.valeurs == tableau.bases)
        if tableau.mode != "exactement_une":
            assert not (surs & tableau.exactes).any(), tableau.indicateur


def found(con, minimum: int = 0, exact: bool = False) -> int:
    """How many (person, period) the adversary is certain of, all indicators together."""
    total = 0
    for tableau in tableaux(con):
        pas = np.zeros_like(tableau.marges) if exact else steps(tableau)
        valeurs = np.maximum(tableau.valeurs, minimum) if minimum else tableau.valeurs
        if minimum:  # he knows that what is shown is at least this
            bas = np.maximum(bounds(tableau, tableau.valeurs, pas)[0], minimum)
            haut = bounds(tableau, tableau.valeurs, pas)[1]
            valeurs, pas = (bas + haut) // 2, (haut - bas + 1) // 2 + 1
        total += len(certain(tableau, valeurs, pas))
    return total


@pytest.fixture(scope="module")
def base():
    """Measures to protect again under each mutation: nearly everybody gave the same answer."""
    return protected(150, 4, 0.93)


def test_without_rounding_somebody_is_found(base, monkeypatch):
    monkeypatch.setattr(protection, "sql_rounded", lambda x, n, b, u: x)
    protect(base, SECRET, CLE)
    assert found(base, exact=True) > 0


def test_with_a_threshold_on_those_counted_somebody_is_found(base, monkeypatch):
    regle = "personnes >= seuil"
    assert regle in protection._CELLULES
    monkeypatch.setattr(protection, "_CELLULES", protection._CELLULES.replace(regle, "x >= 5"))
    protect(base, SECRET, CLE)
    assert found(base, minimum=5) > 0


def test_without_clamp_nor_threshold_somebody_is_found(base, monkeypatch):
    regle = "personnes >= seuil"
    monkeypatch.setattr(protection, "_CELLULES", protection._CELLULES.replace(regle, "n > 0"))
    avec = protection.sql_rounded
    monkeypatch.setattr(protection, "sql_rounded", lambda x, n, b, u: avec(x, "NULL", b, u))
    protect(base, SECRET, CLE)
    assert found(base) > 0


def test_who_knows_the_key_knows_twice_as_well(base):
    protect(base, SECRET, CLE)
    plus_sur = 0
    for tableau in tableaux(base):
        bas, haut = bounds(tableau, tableau.valeurs, steps(tableau))
        for rang, (maille, periode, type_, territoire, axe, modalite, nombre) in enumerate(tableau.cellules):
            if (
                not nombre
                and type_ == "qpv"
                and maille == "trimestre"
                and not tableau.exactes[rang]
                and "2025" in periode
            ):
                b = int(tableau.marges[rang]) + 2
                u = draw(CLE, f"{tableau.indicateur}|{territoire}|{axe}|{modalite}|{periode}")
                plafond = b * (int(tableau.bases[rang]) // b)
                possibles = [
                    x for x in range(int(tableau.bases[rang]) + 1)
                    if min(b * int(x / b + u), plafond) == tableau.valeurs[rang]
                ]  # fmt: skip
                assert possibles
                assert bas[rang] <= possibles[0] <= possibles[-1] <= haut[rang]
                plus_sur += len(possibles) == 1
    assert plus_sur > 0
