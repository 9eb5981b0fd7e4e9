"""Each check is proven by rows it must report and by rows of the same kind it must leave alone."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl import checks, measures, runner, steering
from etl.catalog import contrat, schemas
from etl.catalog.indicateurs import CATALOGUE
from tests.etl.defauts import AVERTISSEMENTS, BLOQUANTS

RACINE = Path(__file__).parents[2]
TYPES = {"date": "DATE", "liste": "VARCHAR[]"} | dict.fromkeys(("entier", "annee"), "INTEGER")
TYPES |= dict.fromkeys(("decimal", "montant", "latitude", "longitude"), "DOUBLE")
CAS = {"blocking": BLOQUANTS, "warning": AVERTISSEMENTS}


@pytest.fixture(scope="module")
def maison():
    """The tables of a build that received nothing: every layer exists, with its real columns."""
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA valide; CREATE SCHEMA journal; CREATE SCHEMA territoire")
        for nom in schemas.names():
            colonnes = {c.name: TYPES.get(c.nature, "VARCHAR") for c in schemas.load(nom).stored_fields}
            colonnes |= {"partenaire": "VARCHAR", "lot": "INTEGER", "ligne": "INTEGER"}
            if nom == "participants":
                colonnes |= {"personne": "VARCHAR", "identite": "BOOLEAN"}
            con.execute(f"CREATE TABLE valide.{nom} ({', '.join(f'{c} {t}' for c, t in colonnes.items())})")
        con.execute("""
            CREATE TABLE journal.lot (partenaire VARCHAR, schema VARCHAR, periode VARCHAR, etat VARCHAR, acceptees INT);
            CREATE TABLE territoire.territoire (code VARCHAR, type VARCHAR, latitude DOUBLE, longitude DOUBLE);
            CREATE TABLE territoire.point (
                latitude DOUBLE, longitude DOUBLE, code_qpv VARCHAR, distance_m DOUBLE, methode VARCHAR
            )""")
        steering.write(con, contrat.load(RACINE / "data" / "contrat"), date(2026, 9, 30))
        runner.run(con, RACINE / "etl" / "sql")
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
