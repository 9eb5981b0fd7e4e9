"""Cross tables: worked by hand on the small world, then protected like any other cell."""

import pytest

from etl.catalog.contrat import Secret
from etl.secrecy import protect
from etl.secrecy.matrices import MATRICES
from tests.attendus import monde as rows
from tests.etl import monde, population

CLE = bytes(range(32))


@pytest.fixture(scope="module")
def con():
    base = monde.empty()
    for nom, lignes in rows.TABLES.items():
        monde.add(base, nom, *lignes)
    return monde.compute(base)


@pytest.fixture(scope="module")
def protegee():
    base = monde.empty()
    for acteur in ("ML", "PLIE", "ASSO"):
        monde.add(base, "acteurs", {"acteur_id": acteur, "nom": acteur, "type_acteur": "association"})
    population.fill(base, 300)
    base.execute("""INSERT INTO valide.orientations (participant_ref, acteur_source, acteur_cible, dispositif, date,
        nature, statut) SELECT participant_ref, acteur_id, 'ASSO', 'autre', date_entree, 'droit_commun', 'prescrite'
        FROM valide.participants WHERE acteur_id = 'ML' OR CAST(participant_ref AS INTEGER) < 20""")
    monde.compute(base)
    protect(base, Secret(5, 11, 30, 5, 10, 50, 100), CLE)
    return base


def test_cohorts_count_what_mature_entrants_reached(con):
    # a and b entered in 2024-T1. Three months later both are followed and a is registered; at nine months a is out,
    # employed since September 2024. b is never registered nor employed.
    lus = con.execute("""SELECT mois, etape, x, n, immatures FROM mart.cohorte
        WHERE periode = '2024-T1' AND mois IN (3, 9) ORDER BY ALL""").fetchall()
    assert lus == [
        (3, "droit_commun", 1, 2, 0), (3, "en_suivi", 2, 2, 0), (3, "solution", 0, 2, 0),
        (9, "droit_commun", 1, 2, 0), (9, "en_suivi", 1, 2, 0), (9, "solution", 1, 2, 0),
    ]  # fmt: skip


def test_entrants_too_recent_are_counted_apart(con):
    # e entered on 15 June 2025: twelve months later is past, eighteen are not.
    lus = con.execute("""SELECT mois, n, immatures FROM mart.cohorte
        WHERE periode = '2025-T2' AND etape = 'solution' AND mois >= 12 ORDER BY ALL""").fetchall()
    assert lus == [(12, 1, 0), (18, 0, 1), (24, 0, 1)]


def test_orientations_from_one_actor_to_each_other_one(con):
    lus = con.execute("FROM mart.matrice_orientation ORDER BY ALL").fetchall()
    assert lus == [
        ("annee", "2024", "ML", "ASSO", 0, 3, 2), ("annee", "2024", "ML", "PLIE", 3, 3, 2),
        ("annee", "2025", "ML", "ASSO", 0, 1, 1), ("annee", "2025", "ML", "PLIE", 1, 1, 1),
        ("annee", "2026", "PLIE", "ASSO", 0, 1, 1), ("annee", "2026", "PLIE", "ML", 1, 1, 1),
    ]  # fmt: skip


def test_barriers_met_together(protegee):
    attendu = protegee.execute("""
    SELECT count(*) FROM (SELECT personne FROM core.frein WHERE year(date_identification) = 2024
        AND type_frein IN ('mobilite', 'sante') GROUP BY personne HAVING count(DISTINCT type_frein) = 2)""").fetchall()
    lu = protegee.execute("""SELECT x FROM mart.combinaisons_freins
        WHERE periode = '2024' AND type_frein = 'mobilite' AND avec = 'sante'""").fetchall()
    assert lu == attendu
    paires = protegee.execute("SELECT count(*) FROM mart.combinaisons_freins WHERE periode = '2024'").fetchall()
    assert paires == [(6,)]


@pytest.mark.parametrize("matrice", MATRICES, ids=[m.nom for m in MATRICES])
def test_a_cross_table_follows_the_rules_of_secrecy(protegee, matrice):
    seuil, b = (30, 10) if matrice.sensible else (11, 5)
    cellules = protegee.execute(f"""
    SELECT d.valeur, d.base, d.etat, d.arrondi, m.x, m.n, m.personnes
    FROM diffusion.{matrice.nom} AS d INNER JOIN mart.{matrice.nom} AS m
    USING (maille, periode, {", ".join(matrice.case)})""").fetchall()
    assert len(cellules) == protegee.execute(f"SELECT count(*) FROM mart.{matrice.nom}").fetchall()[0][0]
    assert any(etat == "valeur" for _, _, etat, *_ in cellules)
    for valeur, base, etat, arrondi, x, n, personnes in cellules:
        assert (etat == "valeur") is (personnes >= seuil and n >= seuil)
        assert arrondi == b
        assert (etat == "non_applicable") is (n == 0)
        if etat != "valeur":
            assert valeur is None and base is None
        else:
            assert valeur % b == base % b == 0
            assert valeur <= b * (n // b) and (valeur == b * (n // b) or abs(valeur - x) < b)
            assert abs(base - n) < b


def test_a_whole_cohort_is_one_number_whatever_the_month(protegee):
    bases = protegee.execute("""SELECT periode, count(DISTINCT base) FROM diffusion.cohorte
        WHERE immatures = 0 GROUP BY periode""").fetchall()
    assert bases and all(nombre <= 1 for _, nombre in bases)
