"""Each check is proven by rows it must report and by rows of the same kind it must leave alone."""

import re

import pytest

from etl import checks, measures, runner
from etl.build import SQL
from etl.catalog import schemas
from etl.catalog.indicateurs import CATALOGUE
from tests.etl import monde
from tests.etl.defauts import AVERTISSEMENTS, BLOQUANTS

CAS = {"blocking": BLOQUANTS, "warning": AVERTISSEMENTS}


@pytest.fixture(scope="module")
def maison():
    """The tables of a build that received nothing: every layer exists, with its real columns."""
    with monde.empty() as con:
        con.execute("""CREATE SCHEMA journal;
            CREATE TABLE journal.lot (partenaire VARCHAR, schema VARCHAR, periode VARCHAR, periode_fin DATE,
                etat VARCHAR, acceptees INT)
        """)
        runner.run(con, SQL)
        measures.build(con, (CATALOGUE[i] for i in ("interventions", "entrees", "part_femmes")))
        checks.run(con)
        yield con


@pytest.fixture
def con(maison):
    maison.execute("BEGIN")
    yield maison
    maison.execute("ROLLBACK")


def plant(con, table, *lignes):
    for ligne in lignes:
        assert ligne, "a planted row fills one column at least"
        con.execute(
            f"INSERT INTO {table} ({', '.join(ligne)}) VALUES ({', '.join('?' * len(ligne))})", list(ligne.values())
        )


def found(con, nom):
    (chemin,) = checks.DOSSIER.glob(f"*/{nom}.sql")
    return checks.run_one(con, chemin)


def test_every_check_has_its_defect():
    for gravite, cas in CAS.items():
        assert sorted(cas) == sorted(p.stem for p in (checks.DOSSIER / gravite).glob("*.sql"))


@pytest.mark.parametrize(("gravite", "nom"), [(g, nom) for g, cas in CAS.items() for nom in cas])
def test_a_check_reports_its_defect_and_no_other(con, gravite, nom):
    fautives, attendu, justes = CAS[gravite][nom]
    for table, lignes in justes.items():
        plant(con, table, *lignes)
    assert (found(con, nom).nombre, found(con, nom).exemple) == (0, None)
    con.execute("ROLLBACK; BEGIN")
    for table, lignes in fautives.items():
        plant(con, table, *lignes)
    resultat = found(con, nom)
    assert (resultat.gravite, resultat.nombre, resultat.bloquant) == (gravite, attendu, gravite == "blocking")
    assert resultat.description.endswith(".")
    assert "personne :" not in (resultat.exemple or ""), "a pseudonym would leave the private base"


def test_nothing_received_breaks_no_check(con):
    resultats = checks.run(con)
    assert [r.nom for r in resultats] == [*sorted(BLOQUANTS), *sorted(AVERTISSEMENTS)]
    assert {r.nom: r.exemple for r in resultats if r.nombre} == {}


def test_a_check_that_cannot_run_is_named(con, tmp_path):
    (tmp_path / "blocking").mkdir()
    (tmp_path / "blocking" / "une_table_existe.sql").write_text("-- Une table manque.\nSELECT * FROM core.absente")
    with pytest.raises(checks.ErreurControle, match="une_table_existe.sql"):
        checks.run(con, tmp_path)


def test_the_months_of_every_dated_contract_are_looked_at():
    sql = (checks.DOSSIER / "warning" / "un_mois_sort_de_l_ordinaire.sql").read_text(encoding="utf-8")
    dates = {nom for nom in schemas.names() if schemas.load(nom).date_principale}
    assert dates == set(re.findall(r"FROM staging\.(\w+)", sql))


@pytest.mark.parametrize("ordre", ["ASC", "DESC"])
def test_the_rows_shown_are_the_first_by_their_values(con, tmp_path, ordre):
    controle = tmp_path / "un_cas.sql"
    controle.write_text(f"-- Un cas\nSELECT range AS rang FROM range(1000) ORDER BY range {ordre}", encoding="utf-8")
    trouve = checks.run_one(con, controle)
    assert trouve.nombre == 1000
    assert trouve.cas == tuple({"rang": str(rang)} for rang in range(checks.MONTRES))
