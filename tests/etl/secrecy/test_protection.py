"""What anyone may see: closed catalogue, threshold on the base, keyed rounding and clamp."""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.catalog.contrat import Secret
from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import protect
from etl.secrecy.arrondi import draw, sql_rounded
from etl.secrecy.catalogue import is_allowed
from tests.etl import monde, population

SECRET = Secret(5, 11, 30, 5, 10, 50, 100)
CLE = bytes(range(32))


def protected(biais: float = 0.5, cle: bytes = CLE, jour: date = date(2026, 6, 30), personnes: int = 400):
    con = monde.empty(jour)
    monde.add(con, "acteurs", {"acteur_id": "ML", "nom": "Mission", "type_acteur": "mission_locale"})
    monde.add(
        con,
        "interventions",
        {"intervention_id": "I", "date": date(2025, 1, 7), "acteur_id": "ML", "code_qpv": monde.Q1,
         "personnes_rencontrees": 3, "type_intervention": "maraude", "lieu": "Place"},
    )  # fmt: skip
    population.fill(con, personnes, biais=biais)
    monde.compute(con)
    protect(con, SECRET, cle)
    return con


@pytest.fixture(scope="module")
def con():
    return protected()


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple]:
    return con.execute(sql).fetchall()


JOINTES = """
SELECT d.*, m.x AS vrai_x, m.n AS vrai_n, m.personnes, m.concernes, m.mediane
FROM diffusion.mesure AS d
INNER JOIN mart.mesure AS m USING (indicateur, maille, periode, type_territoire, territoire, axe, modalite)
"""
MEDIANES = tuple(i.id for i in CATALOGUE.values() if i.calcul == "mediane")
MEDIANES_JOINTES, JOINTES = (f"{JOINTES} WHERE d.indicateur {sens} {MEDIANES}" for sens in ("IN", "NOT IN"))
# Their base is an answer itself: the clamp is on who is known to be concerned.
REPONSES = tuple(i.id for i in CATALOGUE.values() if i.base_connue)
SENSIBLE = "(axe IN ('type_frein', 'type_sortie') OR indicateur IN ('part_rqth', 'part_illettrisme'))"


def test_when_who_is_behind_the_cells_cannot_be_written_the_build_stops(monkeypatch):
    def full(con, numero):
        raise duckdb.IOException("No space left on device")

    con = protected(personnes=60)
    monkeypatch.setattr("etl.secrecy.membres.record", full)
    with pytest.raises(duckdb.IOException, match="No space left"):
        protect(con, SECRET, CLE)
    monkeypatch.undo()
    # What had begun beside it is ended, and the next build starts again.
    protect(con, SECRET, CLE)
    assert rows(con, "SELECT DISTINCT depuis, jusque FROM secret.profil") == [(1, None)]


def test_draw_is_the_hmac_of_the_label():
    # First 8 bytes of HMAC-SHA-256(key 00..1f, "entrees|total") over 2^64, computed with another tool (openssl).
    assert draw(CLE, "entrees|total") == 0xF4BD41B658C12ADC / 2**64


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(0, 5000), st.sampled_from([5, 10]), st.floats(0, 1, exclude_max=True))
def test_rounded_value_is_near_and_never_above_its_base(x, reste, b, u):
    n = x + reste
    ((valeur,),) = duckdb.execute(
        f"SELECT {sql_rounded('$x', '$n', '$b', '$u')}", {"x": x, "n": n, "b": b, "u": u}
    ).fetchall()
    assert valeur % b == 0
    assert 0 <= valeur <= b * (n // b)
    assert valeur == b * (n // b) or abs(valeur - x) < b


@pytest.mark.parametrize(
    ("indicateur", "maille", "territoire", "axe", "permis"),
    [
        ("entrees", "trimestre", "qpv", "", True),
        ("entrees", "trimestre", "total", "tranche_age", True),
        ("entrees", "trimestre", "total", "situation_entree", False),
        ("entrees", "annee", "qpv", "sexe", True),
        ("entrees", "annee", "qpv", "niveau_formation", False),
        ("entrees", "depuis_debut", "qpv", "niveau_formation", True),
        ("entrees", "mois", "total", "", True),
        ("entrees", "mois", "qpv", "", False),
        ("confiance_reprise", "trimestre", "qpv", "", True),
        ("confiance_reprise", "annee", "total", "sexe", True),
        ("confiance_reprise", "annee", "qpv", "sexe", False),
        ("confiance_reprise", "trimestre", "total", "sexe", False),
        ("part_femmes", "trimestre", "total", "", True),
        ("part_femmes", "trimestre", "qpv", "", False),
        ("part_femmes", "annee", "qpv", "", True),
        ("part_rqth", "trimestre", "total", "", True),
        ("part_rqth", "annee", "qpv", "", False),
        ("part_rqth", "depuis_debut", "qpv", "", True),
        ("freins_leves", "trimestre", "total", "type_frein", True),
        ("freins_leves", "annee", "qpv", "type_frein", False),
        ("freins_leves", "depuis_debut", "qpv", "type_frein", True),
        ("interventions", "mois", "qpv", "type_intervention", True),
    ],
)
def test_closed_catalogue(indicateur, maille, territoire, axe, permis):
    assert is_allowed(CATALOGUE[indicateur], maille, territoire, axe) is permis


def test_no_cell_outside_the_catalogue_is_published(con):
    for ident, maille, type_, axe in rows(
        con, "SELECT DISTINCT indicateur, maille, type_territoire, axe FROM diffusion.mesure"
    ):
        assert is_allowed(CATALOGUE[ident], maille, type_, axe), (ident, maille, type_, axe)


def test_results_are_published_from_eleven_persons_of_the_base(con):
    populations = tuple(i.id for i in CATALOGUE.values() if i.classe == "population")
    fautes = rows(
        con,
        f"""SELECT * FROM ({JOINTES})
        WHERE numerateur IS NOT NULL AND vrai_x IS NOT NULL
        AND CASE WHEN {SENSIBLE} THEN personnes < 30
            WHEN indicateur IN {populations} THEN vrai_x < 5 ELSE personnes < 11 END""",
    )
    assert fautes == []
    assert rows(con, "SELECT count(*) FROM diffusion.mesure WHERE numerateur IS NOT NULL")[0][0] > 500


def test_what_is_over_the_threshold_is_not_hidden(con):
    populations = tuple(i.id for i in CATALOGUE.values() if i.classe == "population")
    assert (
        rows(
            con,
            f"""SELECT * FROM ({JOINTES}) WHERE numerateur IS NULL AND vrai_x IS NOT NULL
            AND CASE WHEN {SENSIBLE} THEN personnes >= 30
                WHEN indicateur IN {populations} THEN vrai_x >= 5 ELSE personnes >= 11 END""",
        )
        == []
    )


def test_only_contract_totals_of_closed_periods_are_exact(con):
    exacts = rows(
        con,
        f"""SELECT DISTINCT maille, periode, type_territoire, axe FROM ({JOINTES})
        WHERE exact AND vrai_x IS NOT NULL ORDER BY ALL""",
    )
    assert (
        exacts
        == [("annee", "2024", "total", ""), ("annee", "2025", "total", "")]
        + [("trimestre", f"{an}-T{rang}", "total", "") for an in (2024, 2025, 2026) for rang in (1, 2, 3, 4)][:10]
    )
    assert rows(con, f"SELECT * FROM ({JOINTES}) WHERE exact AND numerateur <> vrai_x AND vrai_x IS NOT NULL") == []


def test_everything_else_is_rounded_and_clamped(con):
    fautes = rows(
        con,
        f"""SELECT * FROM ({JOINTES}) WHERE NOT exact AND numerateur IS NOT NULL
        AND (numerateur % arrondi <> 0 OR numerateur > vrai_x + arrondi - 1
            OR (indicateur NOT IN ('entrees', 'participants_suivis', 'reperes', 'sorties', 'confiance_mesuree')
                AND numerateur > arrondi * floor(CASE WHEN indicateur IN {REPONSES} THEN personnes ELSE vrai_n END
                    / arrondi)))""",
    )
    assert fautes == []
    assert rows(con, f"SELECT DISTINCT arrondi FROM ({JOINTES}) WHERE NOT exact ORDER BY ALL") == [(5,), (10,)]


def test_a_median_is_published_from_eleven_persons(con):
    fautes = rows(
        con,
        f"""SELECT * FROM ({MEDIANES_JOINTES} AND d.indicateur <> 'delai_freins_leves')
        WHERE valeur IS DISTINCT FROM
            CASE WHEN personnes >= CASE WHEN {SENSIBLE} THEN 30 ELSE 11 END THEN mediane END
        OR numerateur IS NOT NULL OR denominateur IS NOT NULL OR exact""",
    )
    assert fautes == []
    publiees = f"SELECT count(*) FROM ({MEDIANES_JOINTES}) WHERE valeur IS NOT NULL"
    assert rows(con, publiees)[0][0] > 50


def test_a_median_over_those_who_answered_is_shown_where_a_published_count_says_they_are_enough(con):
    """A barrier lifted is an answer: that eleven were must be read in a count already shown, rounded to 15 at least."""
    cellule = "maille, periode, territoire, axe, modalite"
    montrees = {tuple(c) for c in rows(con, f"""SELECT {cellule} FROM diffusion.mesure
        WHERE indicateur = 'delai_freins_leves' AND valeur IS NOT NULL""")}  # fmt: skip
    compte = "CASE WHEN axe IN ('type_frein', 'intensite') THEN 'freins_leves' ELSE 'personnes_frein_leve' END"
    comptes = rows(con, f"""SELECT {cellule}, numerateur - coalesce(arrondi - 1, 0) FROM diffusion.mesure
        WHERE numerateur IS NOT NULL AND maille <> 'mois' AND indicateur = {compte}""")  # fmt: skip
    assert montrees == {tuple(c) for *c, au_moins in comptes if au_moins >= (30 if c[3] == "type_frein" else 11)}
    assert montrees
    montrees_n = rows(con, f"""SELECT min(vrai_n) FROM ({MEDIANES_JOINTES})
        WHERE indicateur = 'delai_freins_leves' AND valeur IS NOT NULL""")  # fmt: skip
    assert montrees_n[0][0] >= 11


def test_the_protected_table_carries_no_base(con):
    assert rows(con, "SELECT count(*) FROM diffusion.mesure WHERE x IS NOT NULL OR n IS NOT NULL") == [(0,)]


def test_rates_are_whole_bounded_and_need_fifty_persons(con):
    taux = [i.id for i in CATALOGUE.values() if i.sur_personnes and i.ratio]
    publies = rows(
        con,
        f"""SELECT valeur, denominateur FROM diffusion.mesure
        WHERE indicateur IN {tuple(taux)} AND valeur IS NOT NULL""",
    )
    assert publies
    for valeur, denominateur in publies:
        assert denominateur >= 50
        assert 5 <= valeur <= 95
        assert valeur == int(valeur)


PUBLIES = """SELECT indicateur, periode, territoire, axe, modalite, numerateur IS NULL
FROM diffusion.mesure WHERE indicateur IN ('confiance_reprise', 'confiance_mesuree', 'taux_sortie_emploi',
    'part_rsa', 'part_rqth', 'taux_levee', 'freins_leves', 'freins_identifies', 'sorties',
    'inscriptions_droit_commun') ORDER BY ALL"""


@pytest.mark.parametrize("biais", [0.0, 1.0])
def test_what_is_hidden_does_not_depend_on_the_answers(con, biais):
    autre = protected(biais)
    assert rows(autre, PUBLIES) == rows(con, PUBLIES)


def test_a_town_with_one_quarter_shows_the_quarter_s_number(con):
    requete = """SELECT indicateur, periode, axe, modalite, numerateur FROM diffusion.mesure
    WHERE territoire = '{}' AND indicateur IN ('entrees', 'confiance_reprise', 'taux_sortie_emploi') ORDER BY ALL"""
    assert rows(con, requete.format(monde.Q3)) == rows(con, requete.format("99002"))
    assert rows(con, requete.format(monde.Q3)) != rows(con, requete.format(monde.Q1))


def test_a_value_is_drawn_anew_only_while_its_period_is_open(con):
    veille = protected(jour=date(2026, 6, 29))
    requete = """SELECT indicateur, periode, territoire, axe, modalite, numerateur FROM diffusion.mesure
    WHERE periode IN ('2024', '2025') AND indicateur = 'participants_suivis' ORDER BY ALL"""
    assert rows(veille, requete) == rows(con, requete)
    assert rows(veille, requete.replace("IN ('2024', '2025')", "= 'depuis_debut'")) != rows(
        con, requete.replace("IN ('2024', '2025')", "= 'depuis_debut'")
    )


def test_another_key_gives_other_numbers_and_the_same_pattern(con):
    autre = protected(cle=bytes(32))
    assert rows(autre, PUBLIES) == rows(con, PUBLIES)
    valeurs = """SELECT numerateur FROM diffusion.mesure WHERE NOT exact
    ORDER BY indicateur, periode, territoire, axe, modalite"""
    assert rows(autre, valeurs) != rows(con, valeurs)


def test_counts_not_about_persons_stay_exact(con):
    assert rows(
        con,
        f"""SELECT numerateur, exact FROM diffusion.mesure
        WHERE indicateur = 'interventions' AND periode = '2025-01' AND territoire = '{monde.Q1}' AND axe = ''""",
    ) == [(1.0, True)]


def test_links_between_stages_are_protected_on_the_persons_spotted(con):
    fautes = rows(
        con,
        """SELECT * FROM diffusion.flux AS d
        INNER JOIN mart.flux AS m USING (maille, periode, type_territoire, territoire, de, vers, rang_de)
        WHERE (d.etat = 'valeur') <> (m.n >= 11) OR d.valeur % 5 <> 0 OR d.valeur > 5 * floor(m.n / 5)""",
    )
    assert fautes == []
    assert rows(con, "SELECT count(*) FROM diffusion.flux WHERE maille = 'annee' AND type_territoire = 'qpv'") == [(0,)]
    # How far a person went must not be told by which links are there: every place has all of them.
    assert rows(
        con, "SELECT DISTINCT n FROM (SELECT count(*) AS n FROM diffusion.flux GROUP BY periode, territoire)"
    ) == [(28,)]
    reperes = """SELECT * FROM mart.flux AS f INNER JOIN mart.mesure AS m USING (maille, periode, territoire)
        WHERE m.indicateur = 'reperes' AND m.axe = '' AND m.x <> f.n"""
    assert rows(con, reperes) == []
