"""The command `mesure` says of every indicator the value worked by hand, once the small world is published for good."""

import json
from datetime import date

import pytest

from etl import __main__ as commande
from etl import build
from etl.catalog import contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.territories.perimetres import Territoires
from tests.attendus import monde as rows
from tests.etl import monde


@pytest.fixture(scope="module")
def sortie(tmp_path_factory):
    """A real build whose accepted rows are those of the small world, with the public figures of two quarters."""
    dossier = tmp_path_factory.mktemp("mesure")
    chemins = build.Chemins(dossier / "depot", dossier / "public", dossier / "base")
    chemins.depot.mkdir()
    charger, ecrire, contextuer = build._load, Territoires.write, build.contexte.build

    def load(con, *lus):
        fichiers = charger(con, *lus)
        for nom, lignes in rows.TABLES.items():
            monde.add(con, nom, *({"partenaire": "essai", **ligne} for ligne in lignes))
        return fichiers

    def write(territoires, con):
        ecrire(territoires, con)
        # No perimeter file draws the quarters of the small world.
        con.executemany(
            "DELETE FROM territoire.point WHERE latitude = ? AND longitude = ?", [p[:2] for p in rows.POINTS]
        )
        con.executemany("INSERT INTO territoire.point VALUES (?, ?, ?, ?, ?)", rows.POINTS)

    def compare(con, lu):
        contextuer(con, lu)
        rows.inform(con)

    with pytest.MonkeyPatch.context() as remplace:
        remplace.setattr(build, "_load", load)
        remplace.setattr(Territoires, "write", write)
        remplace.setattr(build.contexte, "build", compare)
        build.build(contrat.load(monde.CONTRAT), chemins, bytes(32), date(2026, 6, 30))
    return chemins.sortie


def axes(attendu):
    """The axes to ask for, and the value each takes in the cell looked for."""
    maille = "annee" if len(attendu["periode"]) == 4 else "trimestre" if "T" in attendu["periode"] else "mois"
    par = {} if attendu["periode"] == "depuis_debut" else {maille: attendu["periode"]}
    if attendu["territoire"] != "total":
        par["commune" if attendu["territoire"].isdigit() else "qpv"] = attendu["territoire"]
    if attendu["axe"]:
        par[attendu["axe"]] = attendu["modalite"]
    return par


@pytest.mark.parametrize("attendu", rows.ATTENDUS, ids=rows.NOMS)
def test_the_command_gives_the_value_worked_by_hand(sortie, capsys, attendu):
    par = axes(attendu)
    demandes = [mot for axe in par for mot in ("--par", axe)]
    options = ["--sortie", str(sortie), "--profil", "gestion", "--json"]
    assert commande.main(["mesure", attendu["indicateur"], *demandes, *options]) == 0
    cellules = json.loads(capsys.readouterr().out)["cellules"]
    (cellule,) = [c for c in cellules if all(str(c[axe]) == voulue for axe, voulue in par.items())]
    nombre = 2 if CATALOGUE[attendu["indicateur"]].calcul == "decompte" else 3
    for nom in ("numerateur", "denominateur", "valeur")[:nombre]:
        voulu = float(attendu[nom]) if attendu[nom] else None
        assert cellule[nom] == (voulu if voulu is None else pytest.approx(voulu, rel=1e-6)), cellule
