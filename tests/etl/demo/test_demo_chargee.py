"""The demonstration goes through the intake: every file is loaded but the one made to be refused."""

from datetime import date

import duckdb
import pytest

from etl import demo, validate


@pytest.mark.parametrize("facteur", [0.3, 1])
def test_only_the_file_made_for_it_is_refused(petit, tmp_path, facteur):
    demo.write(petit, tmp_path / "depot", facteur=facteur)
    con = duckdb.connect()
    fichiers = validate.load_depot(con, petit, tmp_path / "depot", b"k" * 32, date(2026, 11, 1), tmp_path / "sortie")
    refuses = [fichier["fichier"] for fichier in fichiers if fichier["etat"] != "charge"]
    assert [nom.split("/")[1].split("_")[0] for nom in refuses] == ["confiance"]
    charges = [fichier for fichier in fichiers if fichier["etat"] == "charge"]
    refusees, lues = (sum(fichier[compte] for fichier in charges) for compte in ("refusees", "lues"))
    assert 0.005 <= refusees / lues <= 0.05
    parts = {f["fichier"]: f["refusees"] / max(1, f["acceptees"] + f["refusees"]) for f in charges}
    assert max(parts.values()) <= 0.16
    ((personnes, supports),) = con.execute(
        "SELECT count(DISTINCT personne), count(*) FROM valide.participants"
    ).fetchall()
    assert personnes < supports
    assert con.execute("SELECT count(*) FROM valide.etapes").fetchall()[0][0] > 8_000 * facteur
