"""What is hidden depends on who is concerned, never on what they answered: indicators and cross tables alike."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import parution, protect
from tests.etl import monde
from tests.etl.secrecy.fichiers import CLE, invent, rows
from tests.etl.secrecy.monde_protege import SECRET

PERSONNES = invent(130, 8)
TYPES = ("mobilite", "numerique", "logement", "famille")
SUITE = {"emploi": "rupture", "rupture": "formation", "formation": "emploi"}


def flipped(p):
    """The same person with every answer changed: dates stay, and who was asked."""
    r = {nom: not x if isinstance(x, bool) else SUITE.get(x, x) for nom, x in p.reponses.items()}
    return replace(p, reponses=r)


def barriers(personnes):
    """Two or three barriers each, known; whether they were lifted is the answer."""
    for rang, p in enumerate(personnes):
        if p.entree:
            cle = {"acteur_id": p.acteur, "participant_ref": p.ref, "date_identification": p.entree}
            levee = p.entree + timedelta(days=60) if p.reponses["rsa"] else None
            for numero in range(2 + rang % 2):
                yield {**cle, "type_frein": TYPES[(numero + rang) % 4], "date_levee": levee}


def shown(personnes):
    """For each protected table, each cell and whether it is hidden."""
    with monde.empty() as con:
        tables = rows(personnes)
        for rang, sortie in enumerate(tables["sorties"]):  # one bad exit in two is a move: it leaves the denominator
            if rang % 2 and sortie["type_sortie"] == "abandon":
                sortie["type_sortie"] = "demenagement"
        for nom, lignes in tables.items():
            monde.add(con, nom, *lignes)
        monde.add(con, "freins", *barriers(personnes))
        # The last dated fact of everybody, so that no answer has one of its own.
        faits = [{"acteur_id": p.acteur, "participant_ref": p.ref, "date": p.entree + timedelta(days=100),
                  "type_etape": "accompagnement"} for p in personnes if p.entree]  # fmt: skip
        monde.add(con, "etapes", *faits)
        con.execute("UPDATE valide.participants SET personne = acteur_id || '/' || participant_ref")
        monde.compute(con)
        protect(con, SECRET, CLE)
        return {cle: secret for objet in parution.OBJETS for cle, secret in hidden(con, objet)}


def hidden(con, objet):
    if objet.table == "delai_etape":  # medians follow the published count of their step
        return
    cache = "numerateur IS NULL" if objet.table == "mesure" else "valeur IS NULL"
    for *cle, secret in con.execute(f"SELECT {', '.join(objet.cle)}, {cache} FROM diffusion.{objet.table}").fetchall():
        i = CATALOGUE.get(cle[0])
        if i is None or (i.sur_personnes and i.calcul == "decompte"):
            yield (objet.table, *cle), secret


@pytest.fixture(scope="module")
def avant():
    return shown(PERSONNES)


@settings(max_examples=4)
@given(st.sets(st.integers(0, len(PERSONNES) - 1), min_size=1))
def test_no_answer_changes_what_is_hidden(avant, changees):
    apres = shown([flipped(p) if rang in changees else p for rang, p in enumerate(PERSONNES)])
    assert {c for c in avant.keys() | apres.keys() if avant.get(c) != apres.get(c)} == set()


def test_a_base_that_tells_an_answer_is_not_the_threshold():
    """Eleven known exits, all to employment: that they are eleven must not be told by a cell that is shown."""
    for i in CATALOGUE.values():
        if i.sur_personnes and not i.derive and i.calcul == "decompte":
            reponses = {"emploi", "neutre", "interrompu", "cree", "repondu_6_mois", "repondu_12_mois", "reprise"}
            assert not reponses & set(re.findall(r"\w+", i.connus)), i.id
