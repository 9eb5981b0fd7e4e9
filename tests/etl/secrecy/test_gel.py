"""The freeze, release after release: one person who comes, leaves or comes back moves nothing anybody may read."""

from datetime import date

import pytest

from etl import measures, registre, runner, steering
from etl.build import SQL
from etl.catalog import contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import mouvements, parution, protect
from tests.etl import monde, population
from tests.etl.secrecy.monde_protege import CLE, SECRET

# One indicator of each kind: population, attribute, sensitive, result over persons and over facts, median.
SUIVIS = ("entrees", "participants_suivis", "reperes", "part_rsa", "part_rqth", "sorties", "taux_sortie_emploi",
          "freins_leves", "delai_levee", "parcours_solution")  # fmt: skip
JUIN, SEPTEMBRE, MARS = date(2026, 6, 30), date(2026, 9, 30), date(2027, 3, 31)
TABLES = tuple(o.table for o in parution.OBJETS)
FAITS = ("participants", "freins", "sorties", "confiance", "orientations")


def release(con, version, jour=JUIN, published=True):
    """Count, protect and publish what `valide.*` now holds; return every number about persons anyone may read."""
    steering.write(con, contrat.load(monde.CONTRAT), jour)
    registre.number(con)
    runner.run(con, SQL)
    measures.build(con, [CATALOGUE[i] for i in SUIVIS])
    protect(con, SECRET, CLE)
    parution.keep(con, version)
    if published:
        parution.confirm(con, version)
    return {table: con.execute(f"FROM diffusion.{table} ORDER BY ALL").fetchall() for table in TABLES}


def remove(con, *refs):
    """Take persons out of every file; return what puts them back."""
    retirees = {}
    for nom in FAITS:
        qui = f"participant_ref IN ({', '.join(repr(r) for r in refs)})"
        retirees[nom] = con.execute(f"FROM valide.{nom} WHERE {qui}").df()
        con.execute(f"DELETE FROM valide.{nom} WHERE {qui}")
    return retirees


def put_back(con, retirees):
    for nom, lignes in retirees.items():
        con.register("_lignes", lignes)
        con.execute(f"INSERT INTO valide.{nom} BY NAME FROM _lignes")
        con.unregister("_lignes")


@pytest.fixture
def con():
    with monde.empty(JUIN) as vide:
        monde.add(
            vide, "acteurs", *({"acteur_id": a, "nom": a, "type_acteur": "mission_locale"} for a in ("ML", "PLIE"))
        )
        population.fill(vide, 160, graine=7)
        yield vide


def cell(lignes, indicateur, periode="depuis_debut", territoire="total", axe="", modalite=""):
    """(value, numerator, denominator, state) of one cell."""
    (trouvee,) = [
        ligne for ligne in lignes["mesure"] if (ligne[0], ligne[2], ligne[4], ligne[5], ligne[6])
        == (indicateur, periode, territoire, axe, modalite)
    ]  # fmt: skip
    return trouvee[7], trouvee[8], trouvee[9], trouvee[12]


def test_a_person_who_leaves_and_comes_back_moves_no_number(con):
    premiere = release(con, "v1")
    assert len(premiere["mesure"]) > 500
    un = remove(con, "3")
    assert release(con, "v2") == premiere
    put_back(con, un)
    assert release(con, "v3") == premiere


def test_rows_in_another_order_give_the_same_numbers(con):
    premiere = release(con, "v1")
    with monde.empty(JUIN) as autre:
        for nom in ("acteurs", *FAITS):
            lignes = con.execute(f"FROM valide.{nom} ORDER BY hash(COLUMNS(*)) DESC").df()
            autre.register("_lignes", lignes)
            autre.execute(f"INSERT INTO valide.{nom} BY NAME FROM _lignes")
        assert release(autre, "v1") == premiere


def kept(con, indicateur, periode="depuis_debut", axe=""):
    """True when the contract's cells of an indicator keep the value of a former release, False when all are new."""
    total = "territoire = 'total' AND axe = ? AND indicateur = ? AND periode = ?"
    toutes = con.execute(f"SELECT count(*) FROM diffusion.mesure WHERE {total}", [axe, indicateur, periode]).fetchall()
    gelees = con.execute(f"SELECT count(*) FROM diffusion.gel_mesure WHERE {total}", [axe, indicateur, periode])
    assert (nombre := gelees.fetchall()) in (toutes, [(0,)])
    return nombre == toutes


def test_at_a_new_quarter_five_persons_refresh_a_cell_and_four_do_not(con):
    cinq = remove(con, *(str(n) for n in range(5)))
    release(con, "v1")
    put_back(con, cinq)
    quatre = remove(con, "0")
    release(con, "v2", SEPTEMBRE)
    assert kept(con, "reperes")
    put_back(con, quatre)
    release(con, "v3", SEPTEMBRE)
    assert not kept(con, "reperes"), "the fifth came while the value shown was still that of June"
    assert not kept(con, "part_rsa")
    assert kept(con, "part_rqth"), "eleven persons when sensitive"
    assert kept(con, "reperes", axe="sexe"), "breakdowns wait for the year"


def test_within_a_quarter_only_a_large_delivery_is_shown(con):
    douze = remove(con, *(str(n) for n in range(12)))
    release(con, "v1")
    put_back(con, douze)
    release(con, "v2")
    assert kept(con, "reperes"), "twelve of 148 wait for the next quarter"
    grande = remove(con, *(str(n) for n in range(100, 160)))
    sans = release(con, "v3")
    assert not kept(con, "reperes")
    assert not kept(con, "reperes", axe="sexe")
    put_back(con, grande)
    assert cell(release(con, "v4"), "reperes")[1] > cell(sans, "reperes")[1] + 40


def test_at_a_new_year_answers_corrected_are_told_though_nobody_came(con):
    release(con, "v1")
    con.execute("UPDATE valide.participants SET rsa = 'oui'")
    juin = release(con, "v2", SEPTEMBRE)
    assert kept(con, "part_rsa", "2025")
    mars = release(con, "v3", MARS)
    assert cell(mars, "part_rsa", "2025")[1] > cell(juin, "part_rsa", "2025")[1]


def test_undoing_a_load_gives_back_the_numbers_of_before(con):
    chargee = remove(con, *(str(n) for n in range(90, 160)))
    avant = release(con, "v1")
    put_back(con, chargee)
    apres = release(con, "v2", SEPTEMBRE)
    assert apres != avant
    remove(con, *(str(n) for n in range(90, 160)))
    assert whole(release(con, "v3")) == whole(avant)


def whole(lignes):
    """The cells of no breakdown: one shown for the first time by the load stays shown when too few leave it."""
    return [ligne for ligne in lignes["mesure"] if not ligne[5]] + lignes["flux"] + lignes["cohorte"]


def test_a_release_nobody_read_does_not_count(con):
    chargee = remove(con, *(str(n) for n in range(90, 160)))
    avant = release(con, "v1")
    put_back(con, chargee)
    release(con, "v2", published=False)
    parution.settle(con, "v1")
    assert con.execute("SELECT version, publiee FROM secret.parution").fetchall() == [("v1", True)]
    assert con.execute("SELECT max(parution) FROM secret.mesure").fetchall() == [(1,)]
    remove(con, *(str(n) for n in range(90, 160)))
    assert release(con, "v2") == avant
    # Killed after the pointer moved: it was read, so it counts.
    release(con, "v3", published=False)
    parution.settle(con, "v3")
    assert parution.last(con) == 3


def test_who_is_purged_leaves_no_number_and_counts_as_one_departure(con):
    release(con, "v1")
    numero = con.execute("SELECT numero FROM registre.personne WHERE pseudonyme = 'p3'").fetchall()[0][0]
    remove(con, "3")
    parution.forget(con, "p3")
    release(con, "v2")
    assert con.execute("SELECT count(*) FROM secret.profil WHERE personne = ?", [numero]).fetchall() == [(0,)]
    assert departures(con, 1) == [(1,)]
    assert kept(con, "reperes")
    release(con, "v3")
    assert (departures(con, 1), departures(con, 2)) == ([(1,)], []), "who had left by then leaves no more"


def departures(con, depuis):
    """How many persons left the cells of `reperes` since a release, each number once."""
    mouvements.changes(con, {depuis: con.execute("SELECT maille, periode FROM core.periode").fetchall()})
    return con.execute("SELECT DISTINCT personnes FROM _ecart WHERE fonds = 'reperes' AND axe = ''").fetchall()


def test_with_the_freeze_off_one_person_is_enough_to_move_a_number(con, monkeypatch):
    premiere = release(con, "v1")
    monkeypatch.setattr("etl.secrecy.gel._freeze", lambda con, objet, secret, suite: _none(con, objet))
    remove(con, "3")
    assert release(con, "v2") != premiere


def _none(con, objet):
    cle = ", ".join(objet.cle)
    con.execute(f"CREATE OR REPLACE TABLE diffusion.gel_{objet.table} AS SELECT {cle}, 0 AS parution "
                f"FROM diffusion.{objet.table} LIMIT 0")  # fmt: skip
