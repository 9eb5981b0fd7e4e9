"""Projections: the textbook interval, the bounds of a rate, and nothing from a series too short."""

from datetime import date
from math import sqrt

import pytest

from etl import derivation, projection
from tests.etl import monde

# Student, 9 degrees of freedom, two-sided 80 %: 1.3830 (printed tables).
STUDENT_9 = 1.3830


def test_interval_is_the_textbook_one():
    rangs = tuple(range(11))
    valeurs = (10.0, 13.0, 11.0, 15.0, 16.0, 15.0, 19.0, 18.0, 22.0, 21.0, 24.0)
    centre, hauteur = 5.0, sum(valeurs) / 11
    ecarts = sum((x - centre) ** 2 for x in rangs)
    pente = sum((x - centre) * (y - hauteur) for x, y in zip(rangs, valeurs, strict=True)) / ecarts
    residus = sum((y - hauteur - pente * (x - centre)) ** 2 for x, y in zip(rangs, valeurs, strict=True))
    for suite, (milieu, bas, haut) in enumerate(projection.extend(rangs, valeurs, 8), start=11):
        attendu = hauteur + pente * (suite - centre)
        demi = STUDENT_9 * sqrt(residus / 9 * (1 + 1 / 11 + (suite - centre) ** 2 / ecarts))
        assert milieu == pytest.approx(attendu)
        assert (bas, haut) == (pytest.approx(attendu - demi, rel=1e-4), pytest.approx(attendu + demi, rel=1e-4))


@pytest.fixture(scope="module")
def con():
    base = monde.empty(date(2026, 6, 30))
    monde.add(base, "acteurs", {"acteur_id": "ML", "nom": "Mission", "type_acteur": "mission_locale"})
    # One outing more each quarter from 2024-T1 to 2026-T2: 1, 2 … 10.
    numero = 0
    for rang in range(10):
        for _ in range(rang + 1):
            numero += 1
            jour = date(2024 + rang // 4, rang % 4 * 3 + 2, 3)
            ligne = {"intervention_id": f"I{numero}", "date": jour, "acteur_id": "ML", "personnes_rencontrees": 1}
            monde.add(base, "interventions", {**ligne, "type_intervention": "forum", "lieu": "Salle"})
    monde.compute(base)
    derivation.exact(base)
    derivation.add(base, "gestion", 1)
    base.execute("CREATE SCHEMA diffusion; CREATE TABLE diffusion.mesure AS FROM gestion.mesure LIMIT 0")
    projection.project(base)
    return base


def test_a_straight_series_goes_on_straight_to_the_contract_s_end(con):
    lus = con.execute("""SELECT periode, valeur, haut - bas, methode LIKE 'Projection%' FROM gestion.projection
        WHERE indicateur = 'interventions' ORDER BY ALL""").fetchall()
    noms = ["2026-T3", "2026-T4", *(f"{annee}-T{t}" for annee in range(2027, 2031) for t in range(1, 5))]
    attendus = zip(noms, range(11, 29), strict=True)
    assert lus == [(nom, pytest.approx(v), pytest.approx(0, abs=1e-6), True) for nom, v in attendus]


def test_a_rate_stays_between_its_bounds(con):
    assert con.execute("""SELECT count(*) FROM gestion.projection INNER JOIN gestion.mesure USING (indicateur)
        WHERE indicateur IN ('qpv_visites_90j') AND NOT (bas >= 0 AND haut <= 100)""").fetchall() == [(0,)]


def test_when_the_contract_has_ended_the_trend_goes_on_a_year():
    lignes = projection._rows("interventions", [*range(8116, 8124)], [float(v) for v in range(8)], 1, fin=8123)
    assert [(ligne[4], round(ligne[5])) for ligne in lignes] == [(f"2031-T{t}", 7 + t) for t in range(1, 5)]


def test_a_quarter_not_yet_judged_enters_no_trend():
    # Two orientations a quarter, one of them received, up to 2026-T2. On 30 September only those of 1 July, one day of
    # the third quarter, are over 90 days old: the rate of that day is not the quarter's.
    base = monde.empty(date(2026, 9, 30))
    monde.add(base, "acteurs", {"acteur_id": "ML", "nom": "Mission", "type_acteur": "mission_locale"})
    personne = {"acteur_id": "ML", "participant_ref": "1", "personne": "a", "date_entree": date(2024, 1, 2)}
    monde.add(base, "participants", personne)
    prescrite = {"participant_ref": "1", "acteur_source": "ML", "acteur_cible": "ML", "nature": "droit_commun"}
    for rang in range(10):
        jour = date(2024 + rang // 4, rang % 4 * 3 + 2, 3)
        for dispositif, statut in (("cej", "accueillie"), ("plie", "prescrite")):
            ligne = {**prescrite, "date": jour, "dispositif": dispositif, "statut": statut}
            monde.add(base, "orientations", {**ligne, "date_statut": jour if statut == "accueillie" else None})
    dernier = {**prescrite, "date": date(2026, 7, 1), "dispositif": "cej", "statut": "accueillie"}
    monde.add(base, "orientations", {**dernier, "date_statut": date(2026, 7, 2)})
    # A barrier too recent to be judged: by definition there is none in an older quarter, so nothing to carry on.
    frein = {"acteur_id": "ML", "participant_ref": "1", "type_frein": "sante", "date_identification": date(2026, 8, 1)}
    monde.add(base, "freins", frein)
    monde.compute(base)
    derivation.exact(base)
    base.execute("CREATE SCHEMA diffusion; CREATE TABLE diffusion.mesure AS FROM gestion.mesure LIMIT 0")
    projection.project(base)
    lus = base.execute("""SELECT indicateur, min(periode), min(valeur), max(valeur), any_value(motif)
        FROM gestion.projection
        WHERE indicateur IN ('freins_immatures', 'taux_orientation_aboutie', 'orientations_sans_reponse')
        GROUP BY ALL ORDER BY ALL""")
    assert lus.fetchall() == [
        ("freins_immatures", None, None, None, projection.SANS_TENDANCE),
        ("orientations_sans_reponse", "2026-T3", pytest.approx(1), pytest.approx(1), None),
        ("taux_orientation_aboutie", "2026-T3", pytest.approx(50), pytest.approx(50), None),
    ]


def test_a_short_series_says_why_it_has_no_projection(con):
    assert projection._rows("entrees", [8096, 8097], [3.0, 4.0], 1, fin=8123) == [
        ["entrees", "total", "total", "trimestre", None, None, None, None, None, None, projection.TROP_COURT]
    ]
    assert con.execute("SELECT count(*) FROM diffusion.projection").fetchall() == [(0,)]
