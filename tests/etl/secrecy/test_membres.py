"""Who is behind each cell: period by period what the facts say, at every release, however few rows hold it."""

from datetime import date

import pytest

from etl.secrecy import membres, mouvements, parution, protect
from etl.secrecy.audit import lecture
from tests.etl import monde, population
from tests.etl.secrecy.monde_protege import CLE, SECRET

QUI = ", ".join(("fonds", "maille", "periode", *membres.QUI[1:]))
COMPTEE = "SELECT fonds, periode, personnes FROM _ecart WHERE territoire = 'total' AND axe = '' ORDER BY ALL"


def recorded(con, *parutions):
    """Count what `valide.*` now holds and record it as each of these releases."""
    monde.compute(con)
    for numero in parutions:
        membres.record(con, numero)


def held(con, numero, table=membres.PROFILS):
    """Who was in each base at a release, one row per period."""
    valide = f"depuis <= {numero} AND coalesce(jusque > {numero}, TRUE)"
    return con.execute(f"SELECT {QUI} FROM {table} WHERE {valide} ORDER BY ALL").fetchall()


def told(con):
    """The same from the facts as they are now, written the plain way: each base and each period by itself."""
    etats = f"(SELECT *, hash({', '.join(membres.ETAT)}) AS etat FROM core.personne_etat)"
    lignes = []
    for f in membres.bases().values():
        unite, fois = (f.unite, "1") if f.detail else ("personne", f"count(DISTINCT {f.unite})")
        colonnes = ", ".join(c if c in f.axes else f"NULL AS {c}" for c in membres.COLONNES)
        mailles = ", ".join({f"'{m}'" for m, *_ in f.lieux})
        lignes.append(f"""SELECT '{f.nom}' AS fonds, maille, periode, {unite} AS unite, personne, {fois} AS fois, etat,
            {colonnes} FROM (SELECT faits.*, etats.* EXCLUDE (personne, depuis) FROM mart.{f.fait} AS faits
                ASOF JOIN {etats} AS etats ON faits.personne = etats.personne AND faits.fin >= etats.depuis)
            WHERE maille IN ({mailles}) AND ({f.condition}) GROUP BY ALL""")
    return con.execute(f"SELECT {QUI} FROM ({' UNION ALL '.join(lignes)}) ORDER BY ALL").fetchall()


def catalogue(lignes):
    """Without the bases of the cross tables."""
    return [ligne for ligne in lignes if ligne[0] not in ("cohorte", "matrice_orientation", "combinaisons_freins")]


def moved(con, depuis):
    """(base, period, persons) of the whole contract's cells whose base moved since a release."""
    mouvements.changes(con, {depuis: con.execute("SELECT maille, periode FROM core.periode").fetchall()})
    return con.execute(COMPTEE).fetchall()


def add_of_7(con, nom, ligne):
    """One more row of a file, about the person of reference 7."""
    ((acteur,),) = con.execute("SELECT acteur_id FROM valide.participants WHERE participant_ref = '7'").fetchall()
    monde.add(con, nom, {"acteur_id": acteur, "participant_ref": "7", **ligne})


@pytest.fixture
def con():
    with monde.empty() as vide:
        monde.add(
            vide, "acteurs", *({"acteur_id": a, "nom": a, "type_acteur": "mission_locale"} for a in ("ML", "PLIE"))
        )
        population.fill(vide, 60, graine=5)
        # Another support, in another quarter: who is followed twice is in two places, one after the other.
        ailleurs = {"code_qpv": monde.Q2, "date_entree": date(2025, 9, 1), "date_reperage": date(2025, 9, 1)}
        monde.add(vide, "participants", {"acteur_id": "ML", "participant_ref": "60", "personne": "p9", **ailleurs})
        yield vide


def test_at_each_of_three_releases_the_bases_are_those_the_facts_say(con):
    tous = con.execute("FROM valide.participants").df()
    con.execute("DELETE FROM valide.participants WHERE CAST(participant_ref AS INTEGER) >= 50")
    recorded(con, 1)
    dits = [told(con)]
    con.execute("DELETE FROM valide.participants; INSERT INTO valide.participants BY NAME FROM tous")
    con.execute(f"UPDATE valide.participants SET code_qpv = '{monde.Q3}' WHERE participant_ref IN ('4', '8', '15')")
    recorded(con, 2)
    dits.append(told(con))
    con.execute("DELETE FROM valide.participants WHERE participant_ref IN ('16', '23', '42')")
    recorded(con, 3)
    dits.append(told(con))
    assert len(tous) == 61 and len({str(d) for d in dits}) == 3
    for numero, dit in enumerate(dits, start=1):
        assert catalogue(held(con, numero)) == dit
    membres.undo(con, 2)
    assert catalogue(held(con, 2)) == catalogue(held(con, 3)) == dits[1]


def test_a_release_where_nothing_moved_writes_nothing(con):
    recorded(con, 1)
    avant = con.execute("FROM secret.profil ORDER BY ALL").fetchall(), con.execute("FROM secret.quand").fetchall()
    recorded(con, 2)
    assert (
        con.execute("FROM secret.profil ORDER BY ALL").fetchall(),
        con.execute("FROM secret.quand").fetchall(),
    ) == avant
    assert moved(con, 1) == []


def test_who_only_moves_between_periods_counts_in_the_periods_left_and_entered_alone(con):
    con.execute("DELETE FROM valide.confiance")
    add_of_7(con, "confiance", {"date": date(2025, 1, 10), "vague": "entree", "institution": "ensemble", "score": 4})
    add_of_7(con, "confiance", {"date": date(2025, 2, 10), "vague": "sortie", "institution": "ensemble", "score": 8})
    recorded(con, 1)
    con.execute("UPDATE valide.confiance SET date = DATE '2025-05-10' WHERE vague = 'sortie'")
    recorded(con, 2)
    assert moved(con, 1) == [
        ("confiance_mesuree", periode, 1) for periode in ("2025-02", "2025-05", "2025-T1", "2025-T2")
    ]


def test_two_who_exchange_their_periods_are_seen(con):
    """A proof found for other members would prove nothing: they are as many in each period as before."""
    con.execute("DELETE FROM valide.sorties")
    sortie = {"acteur_id": "ML", "type_sortie": "cdi"}
    con.execute("UPDATE valide.participants SET acteur_id = 'ML', date_entree = DATE '2024-01-05'")
    monde.add(con, "sorties", *(
        {**sortie, "participant_ref": str(n), "date_sortie": date(2025, 2 + 3 * (n % 2), 10)} for n in range(40)
    ))  # fmt: skip
    monde.compute(con)
    protect(con, SECRET, CLE)
    lecture.audited(con)
    avant = lecture.fingerprint(con, "taux_sortie_emploi")
    parution.keep(con, "v1")
    parution.confirm(con, "v1")
    con.execute("""UPDATE valide.sorties SET date_sortie = DATE '2025-02-10' + CAST(89 * (1 - CAST(participant_ref AS
        INTEGER) % 2) AS INTEGER) WHERE participant_ref IN ('6', '7')""")
    recorded(con, 2)
    con.execute("UPDATE _connue SET parution = 2")
    assert ("sorties", "2025-02", 2) in moved(con, 1) and ("sorties", "2025-05", 2) in moved(con, 1)
    assert lecture.fingerprint(con, "taux_sortie_emploi") != avant


def test_of_two_bases_of_the_same_facts_the_one_that_did_not_change_is_seen_as_it_was(con):
    con.execute("UPDATE valide.participants SET rsa = 'oui' WHERE participant_ref = '7'")
    monde.compute(con)
    protect(con, SECRET, CLE)
    con.execute("CREATE TABLE avant AS FROM secret.profil")
    lecture.audited(con)
    empreintes = {nom: lecture.fingerprint(con, nom) for nom in ("part_rsa", "part_rqth")}
    parution.keep(con, "v1")
    parution.confirm(con, "v1")
    con.execute("UPDATE valide.participants SET rsa = 'non_renseigne' WHERE participant_ref = '7'")
    recorded(con, 2)
    assert {fonds for fonds, *_ in moved(con, 1)} == {"suivis_rsa_connu"}
    assert {n for *_, n in moved(con, 1)} == {1}
    changes = con.execute("""SELECT DISTINCT fonds FROM (
        (SELECT * EXCLUDE (depuis, jusque) FROM secret.profil WHERE jusque IS NULL EXCEPT ALL
            SELECT * EXCLUDE (depuis, jusque) FROM avant)
        UNION ALL (SELECT * EXCLUDE (depuis, jusque) FROM avant EXCEPT ALL
            SELECT * EXCLUDE (depuis, jusque) FROM secret.profil WHERE jusque IS NULL))""").fetchall()
    assert changes == [("suivis_rsa_connu",)]
    # The same cells, read with those who are in the bases now.
    con.execute("UPDATE _connue SET parution = 2")
    assert lecture.fingerprint(con, "part_rsa") != empreintes["part_rsa"]
    assert lecture.fingerprint(con, "part_rqth") == empreintes["part_rqth"]


def test_who_is_purged_after_two_barriers_met_at_two_releases_leaves_once(con):
    con.execute("DELETE FROM valide.freins WHERE participant_ref = '7'")
    add_of_7(con, "freins", {"type_frein": "sante", "date_identification": date(2025, 12, 1)})
    recorded(con, 1)
    add_of_7(con, "freins", {"type_frein": "mobilite", "date_identification": date(2025, 12, 1)})
    recorded(con, 2)
    numero = con.execute("SELECT numero FROM registre.personne WHERE pseudonyme = 'p7'").fetchall()[0][0]
    mouvements.forget(con, numero, 2)
    assert con.execute("SELECT count(*) FROM secret.profil WHERE personne = ?", [numero]).fetchall() == [(0,)]
    con.execute("DELETE FROM valide.participants WHERE participant_ref = '7'")
    con.execute("DELETE FROM valide.freins WHERE participant_ref = '7'")
    recorded(con, 3)
    for depuis in (1, 2):
        assert ("freins_connus", "2025-T4", 1) in moved(con, depuis)
    recorded(con, 4)
    assert moved(con, 3) == []


def test_a_base_that_held_one_row_per_period_is_read_as_it_was(con):
    recorded(con, 1)
    con.execute("DELETE FROM valide.participants WHERE participant_ref IN ('16', '23', '42')")
    con.execute(f"UPDATE valide.participants SET code_qpv = '{monde.Q3}' WHERE participant_ref = '4'")
    recorded(con, 2)
    avant = [held(con, numero) for numero in (1, 2)]
    con.execute(f"CREATE TABLE secret.ancien AS SELECT {QUI}, cle, depuis, jusque FROM {membres.PROFILS}")
    con.execute("DROP TABLE secret.profil; DROP TABLE secret.quand; ALTER TABLE secret.ancien RENAME TO profil")
    membres.create(con)
    assert [held(con, numero) for numero in (1, 2)] == avant
    add_of_7(con, "freins", {"type_frein": "sante", "date_identification": date(2024, 2, 1)})
    recorded(con, 3)
    assert catalogue(held(con, 3)) == told(con)
    assert [held(con, numero) for numero in (1, 2)] == avant
