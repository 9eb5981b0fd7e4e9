"""The audit of the cross tables: each proven with the cells of the catalogue that count the same persons."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.secrecy import audit, flux, membres, parution, protect
from etl.secrecy.audit import croisements, preuve, reponses
from etl.secrecy.audit.croisements import CROISEMENTS
from tests.etl import monde, population
from tests.etl.secrecy.monde_protege import CLE, SECRET

ACTEURS = ("ML", "PLIE", "ASSO", "CCAS")


def protected(personnes=300, graine=1):
    con = monde.empty()
    monde.add(con, "acteurs", *({"acteur_id": a, "nom": a, "type_acteur": "association"} for a in ACTEURS))
    population.fill(con, personnes, graine)
    lignes = con.execute("""SELECT acteur_id, participant_ref, date_entree FROM valide.participants
        ORDER BY CAST(participant_ref AS INTEGER)""").fetchall()
    for rang, (acteur, ref, entree) in enumerate(lignes):
        cle = {"acteur_id": acteur, "participant_ref": ref}
        # One in four stops at the diagnosis or before; another meets a scheme or a job later.
        if rang % 4 == 0:
            con.execute("UPDATE valide.participants SET date_entree = NULL WHERE participant_ref = ?", [ref])
            for nom in ("sorties", "confiance"):
                con.execute(f"DELETE FROM valide.{nom} WHERE participant_ref = ?", [ref])
            if rang % 8:
                monde.add(con, "etapes", {**cle, "date": entree, "type_etape": "diagnostic"})
        elif rang % 3:
            jour, type_ = entree + timedelta(days=20 + rang % 90), ("formation", "emploi", "rupture")[rang % 5 % 3]
            monde.add(con, "etapes", {**cle, "date": jour, "type_etape": type_})
        cible = next(a for a in ACTEURS[rang % 4 :] + ACTEURS if a != acteur)
        statut = {"statut": "inscrite" if rang % 2 else "prescrite", "date_statut": entree + timedelta(days=30)}
        monde.add(con, "orientations", {
            "participant_ref": ref, "acteur_source": acteur, "acteur_cible": cible, "dispositif": "autre",
            "date": entree, "nature": "droit_commun", **statut,
        })  # fmt: skip
    monde.compute(con)
    protect(con, SECRET, CLE)
    return con


@pytest.fixture(scope="module")
def con():
    with protected() as base:
        yield base


def read(con, table):
    c = next(c for c in CROISEMENTS if c.table == table)
    croisements.fingerprint(con, c)
    return croisements.read(con, c)


@pytest.fixture(scope="module")
def tableaux(con):
    return {c.table: read(con, c.table) for c in CROISEMENTS}


@pytest.mark.parametrize(
    ("table", "cellule"),
    [
        ("flux", "maille, periode, type_territoire, territoire, rang_de || '|' || de, vers"),
        ("cohorte", "maille, periode, 'total', 'total', CAST(mois AS VARCHAR), etape"),
        ("matrice_orientation", "maille, periode, 'total', 'total', source, cible"),
        ("combinaisons_freins", "maille, periode, 'total', 'total', type_frein, avec"),
    ],
)
def test_every_published_cell_is_read_with_all_of_its_base(con, tableaux, table, cellule):
    attendues = {
        tuple(ligne[:6]): ligne[6:]
        for ligne in con.execute(f"""
            SELECT {cellule}, CAST(d.valeur AS INTEGER), m.n FROM diffusion.{table} AS d INNER JOIN mart.{table} AS m
            USING ({", ".join(parution.objet(table).cle)}) WHERE d.valeur IS NOT NULL""").fetchall()
    }  # fmt: skip
    tableau = tableaux[table]
    lues = dict(zip(tableau.cellules, zip(tableau.valeurs.tolist(), tableau.bases.tolist(), strict=True), strict=True))
    assert attendues
    partagees = {c for c in attendues if table == "flux" and (int(c[4][0]), c[4][2:], c[5]) in flux.PARTAGES}
    assert {c: lues.get(c) for c in attendues if c not in partagees} == {
        c: v for c, v in attendues.items() if c not in partagees
    }


def test_a_link_that_the_catalogue_counts_too_is_one_number(con):
    for (_, de, vers), indicateur in flux.PARTAGES.items():
        paires = con.execute(f"""
            SELECT f.valeur, m.numerateur, f.etat FROM diffusion.flux AS f INNER JOIN diffusion.mesure AS m
            USING (maille, periode, type_territoire, territoire)
            WHERE m.indicateur = '{indicateur}' AND m.axe = '' AND f.de = '{de}' AND f.vers = '{vers}'""").fetchall()
        assert len(paires) > 5
        assert all(lien == compte for lien, compte, _ in paires)
        exactes = "SELECT count(*) FROM diffusion.mesure WHERE exact AND indicateur = ?"
        assert con.execute(exactes, [indicateur]).fetchall() == [(0,)]


def test_the_world_that_proves_a_cross_table_is_one_and_stands_inside_every_rounding(tableaux):
    for nom, tableau in tableaux.items():
        trouve = preuve.prove(tableau)
        assert len(trouve.retirees) < 0.1 * len(tableau.cellules), nom
        vraies = np.flatnonzero(np.isin(tableau.cles, trouve.feuilles))
        tenues = np.bincount(tableau.unite_de_feuille[vraies], minlength=tableau.unites)
        assert (tenues == 1).all() if tableau.mode == "exactement_une" else (tenues <= 1).all()
        comptes = [0] * (len(tableau.cellules) + 1)
        for presence in {p for f in vraies.tolist() for p in tableau.presences[f].tolist()}:
            for ligne in tableau.lignes[presence].tolist():
                comptes[ligne] += 1
        for rang, cle in enumerate(tableau.cellules):
            if cle not in trouve.retirees:
                assert abs(comptes[rang] - tableau.valeurs[rang]) <= (8 if nom == "combinaisons_freins" else 3), cle


def test_links_of_one_way_follow_each_other(tableaux):
    # Whoever goes from accompaniment to a job came through the diagnosis: no answer of the tableau says otherwise.
    tableau = tableaux["flux"]
    codes = {}
    for presence in range(len(tableau.lignes) - 1):
        ligne = next(r for r in tableau.lignes[presence].tolist() if r < len(tableau.cellules))
        codes[presence] = tableau.cellules[ligne][4:]
    for feuille in range(0, len(tableau.presences), 7):
        liens = [codes[p] for p in tableau.presences[feuille].tolist() if p in codes]
        departs = {de for de, _ in liens}
        if any(de.startswith("2|") for de in departs):
            assert not {("0|reperage", "sans_diagnostic"), ("1|diagnostic", "attente")} & set(liens)


def test_barriers_are_as_many_in_a_world_as_the_person_met(con, tableaux):
    # 300 persons met 1 to 3 barriers each, all identified the day they entered.
    tableau = tableaux["combinaisons_freins"]
    attendu = con.execute("SELECT count(*) FROM core.frein").fetchall()[0][0]
    trouve = preuve.prove(tableau)
    seuls = [r for r, c in enumerate(tableau.cellules) if c[4] == "freins_identifies"]
    comptes = tableau.count(np.isin(tableau.cles, trouve.feuilles))
    assert seuls and comptes[seuls].sum() == attendu


@pytest.fixture(scope="module")
def ouverte():
    """A year still open, read twice: since the first release many have met barriers more."""
    with protected(400, 5) as con:
        con.execute("""UPDATE valide.freins
            SET date_identification = date_identification + INTERVAL 100 DAY, date_levee = date_levee + INTERVAL 100 DAY
            WHERE type_frein IN ('numerique', 'sante')""")
        rapports = []
        for jour in (date(2025, 6, 30), date(2025, 11, 30)):
            con.execute("UPDATE contrat.parametre SET date_donnees = ?", [jour])
            monde.compute(con)
            protect(con, SECRET, CLE)
            rapports.append(audit.audit(con, jour.isoformat()))
            if jour.month == 6:
                parution.keep(con, jour.isoformat())
                parution.confirm(con, jour.isoformat())
        yield con, rapports


def test_in_a_year_still_open_the_barriers_met_since_are_shown(ouverte):
    con, rapports = ouverte
    assert [r["etat"] for r in rapports] == ["prouve", "prouve"]
    assert con.execute("FROM diffusion.gel_combinaisons_freins WHERE periode = '2025'").fetchall() == []
    shown = """SELECT count(*) > 3, bool_and(d.etat = 'valeur'), bool_or(d.valeur <> s.valeur)
        FROM diffusion.combinaisons_freins AS d INNER JOIN secret.combinaisons_freins AS s
        USING (maille, periode, type_frein, avec) WHERE periode = '2025' AND s.valeur IS NOT NULL"""
    assert con.execute(shown).fetchall() == [(True, True, True)]


def test_barriers_met_before_are_among_those_met_since(ouverte, monkeypatch):
    con, _ = ouverte
    barriers, vus = reponses.barriers, []
    monkeypatch.setattr(reponses, "barriers", lambda *lus: vus.append((lus[1], barriers(*lus))) or vus[-1][1])
    assert read(con, "combinaisons_freins").fixes.any()
    ((membres_lus, candidates),) = vus
    rencontres = con.execute(f"""
        SELECT personne * 10000 + CAST(periode AS BIGINT), parue, count(DISTINCT unite) FROM {membres.PROFILS}
        INNER JOIN (VALUES (1), (2)) AS parues (parue) ON depuis <= parue AND coalesce(jusque > parue, TRUE)
        WHERE fonds = 'freins_identifies#comptes' AND maille = 'annee' GROUP BY ALL""").fetchall()
    attendues = {}
    for unite, _, nombre in sorted(rencontres, key=lambda r: r[:2]):
        attendues.setdefault(unite, []).append(nombre)
    tenus = {}
    for unite, reponse, code in candidates[["unite", "reponse", "code"]].itertuples(index=False):
        moment, frein = code.split("|")
        if ">" not in frein:
            tenus.setdefault((unite, reponse), {}).setdefault(int(moment), set()).add(frein)
    # 2024 reads the same at both releases; 2025 does not, and some have met more since.
    assert len(set(membres_lus["moment"])) == 3
    assert sum(len(set(nombres)) == 2 for nombres in attendues.values()) > 20
    for (unite, _), lus in tenus.items():
        suite = [lus[moment] for moment in sorted(lus)]
        assert sorted({len(s) for s in suite}) == sorted(set(attendues[unite])), unite
        assert all(avant <= depuis for avant, depuis in pairwise(suite))


def test_a_cell_that_cannot_hold_with_the_others_is_withdrawn_and_reported():
    with protected(graine=2) as con:
        ici = "periode = 'depuis_debut' AND territoire = 'total' AND de = 'accompagnement' AND vers = 'rupture'"
        con.execute(f"UPDATE diffusion.flux SET valeur = 200 WHERE {ici}")
        rapport = audit.audit(con, "v1")
        assert rapport["tableaux_croises"] == [c.table for c in CROISEMENTS]
        assert rapport["indicateurs"] > 20
        assert con.execute(f"SELECT valeur, etat FROM diffusion.flux WHERE {ici}").fetchall() == [(None, "secret")]
        preuves = con.execute("SELECT indicateur FROM audit.certificat WHERE version = 'v1'").fetchall()
        assert {c.table for c in CROISEMENTS} <= {nom for (nom,) in preuves}


def test_proofs_of_cross_tables_are_found_again_when_nothing_moved(monkeypatch):
    with protected(120, 3) as con:
        audit.audit(con, "v1")
        avant = {c.table: con.execute(f"FROM diffusion.{c.table} ORDER BY ALL").fetchall() for c in CROISEMENTS}
        parution.keep(con, "v1")
        parution.confirm(con, "v1")
        protect(con, SECRET, CLE)
        monkeypatch.setattr(preuve, "prove", lambda *_: pytest.fail("searched again"))
        rapport = audit.audit(con, "v2")
        assert rapport["reconduits"] == rapport["indicateurs"]
        for table, lignes in avant.items():
            assert con.execute(f"FROM diffusion.{table} ORDER BY ALL").fetchall() == lignes


def test_who_is_asked_by_another_source_is_seen_even_by_twos():
    """A proof found for other members would prove nothing: what tells them apart must not cancel out."""
    croisement = next(c for c in CROISEMENTS if c.table == "matrice_orientation")
    with protected(120, 3) as con:
        avant = croisements.fingerprint(con, croisement)
        cle = f"hash({', '.join(membres.QUI)})"
        assert con.execute(f"SELECT count(*) FROM secret.profil WHERE cle <> {cle}").fetchall() == [(0,)]
        deux = "(SELECT rowid FROM secret.profil WHERE source = (SELECT min(source) FROM secret.profil) LIMIT 2)"
        changes = f"UPDATE secret.profil SET source = 'autre' WHERE rowid IN {deux}"
        assert con.execute(changes).fetchall() == [(2,)]
        con.execute(f"UPDATE secret.profil SET cle = {cle}")
        assert croisements.fingerprint(con, croisement) != avant


def test_when_the_base_is_dated_after_the_releases_their_values_are_read_too():
    with protected(120, 3) as con:
        parution.keep(con, "v1")
        parution.confirm(con, "v1")
        con.execute("UPDATE contrat.parametre SET date_donnees = ?", [date(2027, 3, 31)])
        con.execute("DELETE FROM valide.orientations WHERE CAST(participant_ref AS INTEGER) < 40")
        monde.compute(con)
        protect(con, SECRET, CLE)
        tableau = read(con, "matrice_orientation")
        assert tableau.fixes.any() and not tableau.fixes.all()
        doubles = [c for c in set(tableau.cellules) if tableau.cellules.count(c) == 2]
        assert doubles


def test_when_no_proof_is_found_beside_what_was_read_nothing_new_is_shown(con, tableaux):
    tableau = tableaux["matrice_orientation"]
    avant = preuve.prove(tableau)
    rang = np.arange(len(tableau.cellules))
    # What was read before is made of values that no answers give.
    impossible = replace(
        tableau,
        valeurs=np.where(rang % 2, tableau.bases, 0),
        marges=np.zeros_like(tableau.marges),
        fixes=rang < len(rang) // 2,
    )
    with pytest.raises(preuve.NonProuve):
        croisements.prove(impossible, None)
    gardee = croisements.prove(impossible, avant)
    assert gardee.retirees == tuple(tableau.cellules[len(rang) // 2 :])
    assert gardee.feuilles.tolist() == avant.feuilles.tolist()


@pytest.mark.parametrize("limite", [{"time_limit": 0.0}, {}], ids=["nothing found in time", "found"])
def test_flows_have_a_start_even_when_no_whole_solution_is_found(con, monkeypatch, limite):
    from scipy import optimize

    trouve = []
    milp = optimize.milp

    def presse(*arguments, **options):
        if "integrality" in options:
            options["options"] = {**options["options"], **limite}
        trouve.append(milp(*arguments, **options).x is not None)
        return milp(*arguments, **options)

    monkeypatch.setattr(optimize, "milp", presse)
    tableau = read(con, "flux")
    assert trouve == [True, not limite]
    # Every person goes one way.
    unites = tableau.unite_de_feuille
    assert np.bincount(unites[tableau.depart], minlength=unites.max() + 1).tolist() == [1] * (unites.max() + 1)


@given(st.lists(st.lists(st.integers(0, 7).map(lambda n: n / 3), min_size=3, max_size=3), min_size=1, max_size=5))
def test_shares_made_whole_keep_their_sum_and_move_by_less_than_one(parts):
    parts = np.array(parts)
    tailles = np.rint(parts.sum(axis=1)).astype(int)
    parts[:, 0] += tailles - parts.sum(axis=1)  # sizes are whole
    parts = parts[(parts >= 0).all(axis=1)]
    entiers = reponses._whole(parts, np.rint(parts.sum(axis=1)).astype(int))
    assert (entiers.sum(axis=1) == np.rint(parts.sum(axis=1))).all() and (np.abs(entiers - parts) < 1).all()
