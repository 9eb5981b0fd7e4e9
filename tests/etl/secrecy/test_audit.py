"""The audit: each indicator has one world well inside its roundings, checked here without the code that found it."""

from dataclasses import replace

import numpy as np
import pytest

from etl.secrecy import audit, denominateurs, protect
from etl.secrecy.audit import certificat, lecture, ouvriers, preuve
from etl.secrecy.audit.croisements import CROISEMENTS
from etl.secrecy.lien import subjects
from tests.etl.secrecy.monde_protege import CLE, SECRET, protected


@pytest.fixture(scope="module")
def con():
    return protected()


@pytest.fixture(scope="module")
def tableaux(con):
    lus = (lecture.read(con, indicateur) for indicateur in lecture.audited(con))
    return {t.indicateur: t for t in lus if t is not None}


@pytest.fixture(scope="module")
def preuves(tableaux):
    return {nom: preuve.prove(t) for nom, t in tableaux.items()}


def test_proofs_found_side_by_side_are_the_same(tableaux, preuves):
    memes = list(ouvriers.prove_all([(t, None) for t in list(tableaux.values())[:4]], petit=0))
    for cote_a_cote, seule in zip(memes, preuves.values(), strict=False):
        assert np.array_equal(cote_a_cote.feuilles, seule.feuilles)
        assert (cote_a_cote.indicateur, cote_a_cote.retirees, cote_a_cote.arrondies, cote_a_cote.essais) == (
            seule.indicateur, seule.retirees, seule.arrondies, seule.essais,
        )  # fmt: skip


def test_memberships_are_as_many_as_the_base_of_each_cell(tableaux):
    for nom, tableau in tableaux.items():
        membres = np.bincount(tableau.lignes.ravel(), minlength=len(tableau.cellules) + 1)[:-1]
        if nom != "freins_identifies":  # its base is wider than the barriers identified in the period
            assert membres.tolist() == tableau.bases.tolist(), nom


def test_every_answer_about_persons_is_audited(tableaux):
    assert {"part_rsa", "part_rqth", "freins_leves", "taux_levee", "confiance_reprise", "taux_sortie_emploi"} <= set(
        tableaux
    )


def counts(tableau, feuilles: set[int]) -> list[int]:
    """Counts of each row, one presence at a time: slow, and nothing in common with the audit's own."""
    lignes = [0] * (len(tableau.cellules) + 1)
    vraies = {p for f in feuilles for p in tableau.presences[f].tolist()} - {len(tableau.lignes) - 1}
    for presence in vraies:
        for ligne in tableau.lignes[presence].tolist():
            lignes[ligne] += 1
    return lignes[:-1]


def test_certificates_hold_when_checked_by_other_means(tableaux, preuves):
    for nom, preuve_ in preuves.items():
        tableau = tableaux[nom]
        monde = set(np.flatnonzero(np.isin(tableau.cles, preuve_.feuilles)).tolist())
        for rang, compte in enumerate(counts(tableau, monde)):
            cle = tableau.cellules[rang]
            if cle in preuve_.retirees:
                continue
            arrondie = cle in preuve_.arrondies
            valeur = tableau.replis[rang] if arrondie else tableau.valeurs[rang]
            marge = tableau.marges_repli[rang] if arrondie else tableau.marges[rang]
            assert abs(compte - valeur) <= marge, (nom, cle)


def test_a_certificate_is_refused_when_anything_in_it_is_wrong(tableaux, preuves):
    tableau, bonne = tableaux["part_rsa"], preuves["part_rsa"]
    assert certificat.faults(tableau, bonne) == []
    assert certificat.faults(tableau, replace(bonne, feuilles=bonne.feuilles[: len(bonne.feuilles) // 2]))
    assert certificat.faults(replace(tableau, valeurs=tableau.valeurs + 10), bonne)


def test_what_gives_way_depends_on_published_values_only(con, tableaux):
    autre = replace(tableaux["confiance_reprise"])
    une, deux = preuve.prove(tableaux["confiance_reprise"]), preuve.prove(autre)
    assert (une.feuilles.tolist(), une.retirees, une.arrondies) == (
        deux.feuilles.tolist(),
        deux.retirees,
        deux.arrondies,
    )


def test_an_unprovable_indicator_stops_everything(tableaux, monkeypatch):
    monkeypatch.setattr(preuve, "ESSAIS", 3)
    exact = tableaux["taux_sortie_emploi"]
    impossible = replace(
        exact,
        valeurs=np.where(np.arange(len(exact.valeurs)) % 2, exact.bases, 0),
        marges=np.zeros_like(exact.marges),
        marges_repli=np.zeros_like(exact.marges),
    )
    with pytest.raises(preuve.NonProuve, match="Publication arrêtée"):
        preuve.prove(impossible)


def numbers(con):
    """All that is protected: counts and denominators of the catalogue, and the cross tables but what is in both."""
    case = "maille, periode, territoire, axe, modalite"
    requetes = {c.table: f"FROM diffusion.{c.table} WHERE NOT ({c.hors})" for c in CROISEMENTS} | {
        "mesure": f"SELECT indicateur, {case}, numerateur, arrondi FROM diffusion.mesure",
        "denominateur": f"SELECT nom, {case}, valeur, arrondi FROM diffusion.denominateur",
    }
    return {(table, *ligne) for table, requete in requetes.items() for ligne in con.execute(requete).fetchall()}


def test_the_report_says_what_was_proven_and_an_unchanged_indicator_is_not_searched_again(con, tableaux, monkeypatch):
    avant, nombres = con.execute("FROM diffusion.mesure ORDER BY ALL").fetchall(), numbers(con)
    rapport = audit.audit(con, "v1")
    assert rapport["etat"] == "prouve"
    assert rapport["indicateurs"] > 10
    assert rapport["reconduits"] == 0
    apres = con.execute("FROM diffusion.mesure ORDER BY ALL").fetchall()
    changees = len(nombres - numbers(con))
    assert changees == rapport["cellules_retirees"] + rapport["totaux_arrondis"]
    protect(con, SECRET, CLE)
    assert con.execute("FROM diffusion.mesure ORDER BY ALL").fetchall() == avant
    monkeypatch.setattr(preuve, "prove", lambda *_: pytest.fail("searched again"))
    suite = audit.audit(con, "v2")
    assert suite["reconduits"] == suite["indicateurs"] == rapport["indicateurs"]
    assert con.execute("FROM diffusion.mesure ORDER BY ALL").fetchall() == apres
    assert con.execute("SELECT version, count(*) FROM audit.certificat GROUP BY 1 ORDER BY 1").fetchall() == [
        ("v1", rapport["indicateurs"]),
        ("v2", rapport["indicateurs"]),
    ]


def shown(con, indicateur, periode, axe="", modalite=""):
    """(value, numerator, denominator, state) of a cell of the contract."""
    return con.execute(
        """SELECT valeur, numerateur, denominateur, etat FROM diffusion.mesure
        WHERE indicateur = ? AND periode = ? AND territoire = 'total' AND axe = ? AND modalite = ?""",
        [indicateur, periode, axe, modalite],
    ).fetchall()


def test_a_denominator_that_tells_an_answer_gives_way_when_it_is_not_proven():
    """All the men who left found a job, says the base of those asked six months later; one in two, says the count."""
    with protected(graine=2) as con:
        ici = """nom = 'sorties_emploi_mures_6' AND territoire = 'total' AND periode = 'depuis_debut'
            AND axe = 'sexe' AND modalite = 'homme'"""
        ((tous,),) = con.execute(f"SELECT n FROM mart.denominateur WHERE {ici}").fetchall()
        con.execute(f"UPDATE diffusion.denominateur SET valeur = {tous - tous % 5} WHERE {ici}")
        denominateurs.share(con)
        ((taux, compte, base, etat),) = shown(con, "taux_reponse_6_mois", "depuis_debut", "sexe", "homme")
        assert (base, etat) == (tous - tous % 5, "valeur")
        assert taux is not None
        rapport = audit.audit(con, "v1")
        assert shown(con, "taux_reponse_6_mois", "depuis_debut", "sexe", "homme") == [(None, compte, None, "secret")]
        assert rapport["cellules_retirees"] > 0
        assert con.execute("FROM audit.certificat SEMI JOIN diffusion.denominateur ON indicateur = nom").fetchall()


def test_every_number_that_tells_an_answer_is_in_some_proof():
    lus = {nom for sujet in subjects().values() for nom in sujet.noms}
    for i in denominateurs.answering():
        termes = {terme.removeprefix("-") for terme in i.base_publiee} or {i.nom_base}
        termes |= {i.totale_publiee or i.id, i.id}
        connus = {"sorties", "sorties_non_neutres"}  # who left is known; the second is made up of published counts
        assert termes - connus <= lus, i.id
