"""Every indicator equals the value worked by hand on the small world of tests/attendus."""

from datetime import date
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import derivation
from etl.catalog.indicateurs import CATALOGUE
from etl.measures import delais
from tests.attendus import monde as rows
from tests.etl import monde


@pytest.fixture(scope="module")
def con():
    base = monde.empty()
    base.executemany("INSERT INTO territoire.point VALUES (?, ?, ?, ?, ?)", rows.POINTS)
    for nom, lignes in rows.TABLES.items():
        monde.add(base, nom, *lignes)
    monde.compute(base)
    rows.inform(base)
    derivation.exact(base)
    derivation.add(base, "gestion", 1)
    return base


@pytest.mark.parametrize("attendu", rows.ATTENDUS, ids=rows.NOMS)
def test_value_worked_by_hand(con, attendu):
    case = [attendu[c] for c in ("indicateur", "periode", "territoire", "axe", "modalite")]
    obtenu = monde.cell(con, *case)
    voulu = [float(attendu[c]) if attendu[c] else None for c in ("numerateur", "denominateur", "valeur")]
    # A counted value follows from its terms: only the others are written down.
    nombre = 2 if CATALOGUE[attendu["indicateur"]].calcul == "decompte" else 3
    for trouve, valeur in list(zip(obtenu, voulu, strict=True))[:nombre]:
        assert trouve == (valeur if valeur is None else pytest.approx(valeur, rel=1e-6)), obtenu


def test_every_indicator_has_a_value_worked_by_hand():
    calcules = {i.id for i in CATALOGUE.values() if i.classe != "contexte"}
    assert calcules == {a["indicateur"] for a in rows.ATTENDUS}


def test_presumed_abandonment_closes_a_support_a_year_after_its_last_fact(con):
    ligne = con.execute(
        "SELECT date_fin, abandon_presume FROM core.suivi WHERE acteur_id = 'PLIE' AND participant_ref = '3'"
    ).fetchall()
    # e's last fact is an orientation of 1 June 2026, so the support is still open on 30 June.
    assert ligne == [(None, False)]


def test_measures_do_not_depend_on_the_order_of_rows(con):
    base = monde.empty()
    base.executemany("INSERT INTO territoire.point VALUES (?, ?, ?, ?, ?)", rows.POINTS)
    for nom, lignes in reversed(rows.TABLES.items()):
        monde.add(base, nom, *reversed(lignes))
    monde.compute(base)
    toutes = "SELECT * FROM mart.mesure ORDER BY ALL"
    assert base.execute(toutes).fetchall() == con.execute(toutes).fetchall()


def test_an_activity_survives_three_years():
    base = monde.empty(date(2028, 6, 30))
    for rang, (creation, statut) in enumerate(
        (
            (date(2024, 2, 1), "active"),
            (date(2025, 3, 1), "cessee"),
            (date(2025, 6, 30), "active"),
            # Unknown, then a day too young.
            (date(2024, 5, 1), "inconnu"),
            (date(2025, 7, 1), "active"),
        )
    ):
        projet = {"projet_id": f"P{rang}", "date_accompagnement": date(2024, 1, 15), "acteur_id": "ML"}
        monde.add(base, "projets", {**projet, "date_creation": creation, "statut_36_mois": statut})
    monde.compute(base)
    derivation.exact(base)
    assert monde.cell(base, "survie_36_mois") == (2, 3, pytest.approx(200 / 3))


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40))
def test_median_is_the_first_day_when_half_are_done(durees):
    jours, finis = [j for j, _ in durees], [f for _, f in durees]
    # The product-limit estimate with whole numbers: what is left after each day, as an exact fraction.
    reste, attendu = Fraction(1), None
    for jour in sorted({j for j, f in durees if f}):
        a_risque = sum(j >= jour for j in jours)
        reste *= 1 - Fraction(sum(f for j, f in durees if j == jour), a_risque)
        if attendu is None and reste <= Fraction(1, 2):
            attendu = jour
    base = duckdb.connect()
    base.execute(
        "CREATE TABLE durees AS SELECT 'a' AS lieu, unnest(?::INTEGER[]) AS jours, unnest(?::BOOLEAN[]) AS fini",
        [jours, finis],
    )
    # Another cell beside it changes nothing.
    base.execute("INSERT INTO durees VALUES ('b', 1, TRUE), ('b', 40, FALSE)")
    assert base.execute(f"{delais.medians('durees', ['lieu'])} ORDER BY lieu").fetchall() == [("a", attendu), ("b", 1)]


def test_the_gap_between_sexes_has_the_interval_of_newcombe():
    # 56/70 against 48/80, method 10 of Newcombe (1998): 0.0524 to 0.3339.
    femmes, hommes = {"taux": 80.0, "x": 56, "n": 70}, {"taux": 60.0, "x": 48, "n": 80}
    attendu = (80.0, 60.0, 20.0, pytest.approx(5.24, abs=0.01), pytest.approx(33.39, abs=0.01), "valeur")
    assert derivation.compare_sexes(femmes, hommes, 1) == attendu


def test_rounded_exits_widen_the_gap_and_few_exits_hide_it():
    femmes, hommes = {"taux": 80.0, "x": 55, "n": 70}, {"taux": 60.0, "x": 50, "n": 80}
    exact, arrondi = (derivation.compare_sexes(femmes, hommes, b) for b in (1, 5))
    assert arrondi[3] < exact[3] and arrondi[4] > exact[4]
    peu = {"taux": 50.0, "x": 10, "n": 29}
    assert derivation.compare_sexes(peu, hommes, 1)[2:] == (None, None, None, "non_applicable")


def test_past_years_tell_what_share_was_reached_by_the_same_day(con):
    parts = con.execute("""
    SELECT periode, a_date.x, annees.x FROM mart.mesure_a_date AS a_date
    INNER JOIN mart.mesure AS annees USING (indicateur, periode, territoire, axe)
    WHERE indicateur = 'participants_suivis' AND annees.maille = 'annee' ORDER BY ALL""").fetchall()
    # By 30 June 2024 a and b; by 30 June 2025 a, b, c and e: everyone of each year.
    assert parts == [("2024", 2, 2), ("2025", 4, 4)]
    assert con.execute("SELECT count(*) FROM mart.mesure WHERE maille = 'a_date'").fetchall() == [(0,)]


def test_what_a_rupture_no_news_and_two_surveys_count_for():
    base = monde.empty(date(2025, 12, 31))
    for acteur in ("ML", "PLIE"):
        monde.add(base, "acteurs", {"acteur_id": acteur, "nom": acteur, "type_acteur": "autre"})
        suivi = {"acteur_id": acteur, "participant_ref": "1", "personne": "a", "date_entree": date(2025, 1, 1)}
        monde.add(base, "participants", suivi)
    # b's last step but the rupture is 151 days old; with a's steps the mission covers the 90 days.
    monde.add(base, "participants", {**suivi, "acteur_id": "ML", "participant_ref": "2", "personne": "b"})
    etapes = (("1", date(2025, 10, 15), "immersion"), ("1", date(2025, 11, 15), "immersion"),
              ("2", date(2025, 8, 2), "accompagnement"), ("2", date(2025, 12, 15), "rupture"))  # fmt: skip
    for ref, jour, etape in etapes:
        monde.add(base, "etapes", {"acteur_id": "ML", "participant_ref": ref, "date": jour, "type_etape": etape})
    # Asked without an answer: known four weeks later, not known six months later.
    reponses = {"situation_4_semaines": "sans_nouvelles", "situation_6_mois": "sans_nouvelles"}
    sortie = {"acteur_id": "PLIE", "participant_ref": "1", "date_sortie": date(2025, 5, 1), "type_sortie": "cdi"}
    monde.add(base, "sorties", {**sortie, **reponses})
    # From 4 to 8 about the mission, from 6 to 4 about the plan: from 5 to 6, no gain of 2 points nor a passage of 5.
    for acteur, avant, apres in (("ML", 4, 8), ("PLIE", 6, 4)):
        reponse = {"acteur_id": acteur, "participant_ref": "1", "institution": "ensemble"}
        monde.add(base, "confiance", {**reponse, "date": date(2025, 1, 2), "vague": "entree", "score": avant})
        monde.add(base, "confiance", {**reponse, "date": date(2025, 4, 2), "vague": "sortie", "score": apres})
    monde.compute(base)
    derivation.exact(base)
    ids = ("sans_contact_90j", "taux_sortie_fse", "maintien_6_mois", "confiance_mesuree", "confiance_reprise")
    assert {i: monde.cell(base, i, "2025", "total", "", "")[:2] for i in ids} == {
        "sans_contact_90j": (1, 2),
        "taux_sortie_fse": (0, 1),
        "maintien_6_mois": (0, 0),
        "confiance_mesuree": (1, None),
        "confiance_reprise": (0, None),
    }


def test_who_is_spotted_twice_waits_since_the_first_time():
    base = monde.empty(date(2025, 12, 31))
    for acteur, jour in (("ML", date(2025, 1, 10)), ("PLIE", date(2025, 3, 1))):
        monde.add(base, "acteurs", {"acteur_id": acteur, "nom": acteur, "type_acteur": "autre"})
        suivi = {"acteur_id": acteur, "participant_ref": "1", "personne": "a", "date_reperage": jour}
        monde.add(base, "participants", suivi)
    etape = {"acteur_id": "PLIE", "participant_ref": "1", "date": date(2025, 4, 1), "type_etape": "diagnostic"}
    monde.add(base, "etapes", etape)
    monde.compute(base)
    derivation.exact(base)
    # 10 January to 1 April: 81 days, in the indicator as in the funnel.
    assert monde.cell(base, "delai_reperage_diagnostic", "2025") == (None, None, 81)
    assert base.execute("""SELECT mediane_jours FROM mart.delai_etape
        WHERE etape = 'diagnostic' AND periode = '2025' AND territoire = 'total'""").fetchall() == [(81,)]


def test_an_actor_who_says_which_quarters_it_covers_is_not_of_an_unknown_one():
    base = monde.empty(date(2025, 12, 31))
    for acteur, couverts in (("ML", [monde.Q1]), ("PLIE", None)):
        ligne = {"acteur_id": acteur, "nom": acteur, "type_acteur": "autre", "qpv_couverts": couverts}
        monde.add(base, "acteurs", ligne)
    monde.compute(base)
    derivation.exact(base)
    territoires = ("total", "tous_qpv", monde.Q1, "inconnu")
    assert [monde.cell(base, "acteurs_actifs", "2025", t)[0] for t in territoires] == [2, 1, 1, 1]


def test_facts_counted_one_by_one_have_one_row_each_and_period(con, demonstration):
    """`etl.measures.scan` sums them by person without telling them apart again."""
    comptes = {(i.fait, i.unite_comptee) for i in CATALOGUE.values() if i.sur_personnes and not i.derive}
    unites = {c for c in comptes if c[1] != "personne"}
    assert unites == {("fait_mois_suivi", "unite"), ("fait_frein", "frein"), ("fait_orientation", "orientation"),
                      ("fait_entree", "suivi")}  # fmt: skip
    with duckdb.connect(str(demonstration.sortie / "prive" / "prive.duckdb"), read_only=True) as grande:
        for base in (con, grande):
            for fait, unite in sorted(unites):
                requete = f"SELECT count(*), count(DISTINCT (maille, periode, {unite})) FROM mart.{fait}"
                faits, differents = base.execute(requete).fetchall()[0]
                assert (fait, faits) == (fait, differents) and faits > 0
