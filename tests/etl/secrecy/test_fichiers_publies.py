"""Five populations published for good, each attacked through the one file anyone may open: nobody is certain."""

from base64 import b64encode
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from etl import build
from etl.secrecy.audit import preuve
from tests.etl.secrecy.fichiers import BASES, CLE, COMMUNES, Personne, invent, publish, read, read_bases, read_links
from tests.etl.secrecy.parutions import Ligne, certain_by_lp, differences
from tests.etl.traces import traces

# Persons, seed, share of good answers, answers that depend on the quarter.
POPULATIONS = {
    "ordinaire": (220, 1, 0.5, False),
    "petite": (60, 2, 0.5, False),
    "presque personne": (140, 3, 0.04, False),
    "presque tous": (140, 4, 0.96, False),
    "selon le quartier": (160, 5, 0.5, True),
}
# Everybody is put to the test of all the values together, one indicator of each kind and one link.
PAR_PROGRAMME = ("part_rsa", "taux_sortie_emploi", "confiance_reprise", "2|accompagnement>rupture")


@pytest.fixture(scope="module", params=POPULATIONS)
def publiee(request, tmp_path_factory):
    personnes = invent(*POPULATIONS[request.param])
    fichier, rapport = publish(personnes, tmp_path_factory.mktemp("publiee"))
    return personnes, fichier, rapport


def sums(lignes: list[Ligne]) -> set[int]:
    """Persons certain from sums against totals: what the parts published of a whole leave of it.

    Parts are the values of one breakdown, the quarters of the whole, the quarters of a town, the rest; in one period.
    """
    surs: set[int] = set()
    for _, siennes in groupby(sorted(lignes, key=lambda x: x.quoi[0]), key=lambda x: x.quoi[0]):
        ensemble = list(siennes)
        for tout in ensemble:
            for parts in _partitions(tout, ensemble):
                reste = tout.membres.difference(*(p.membres for p in parts))
                au_moins, au_plus = tout.bas - sum(p.haut for p in parts), tout.haut - sum(p.bas for p in parts)
                if reste and (au_moins >= len(reste) or au_plus <= 0):
                    surs |= reste
    return surs


def _partitions(tout: Ligne, ensemble: list[Ligne]) -> list[list[Ligne]]:
    _, territoire, axe, _ = tout.quoi
    if axe:
        return []
    par_axe = [
        [x for x in ensemble if x.quoi[1] == territoire and x.quoi[2] == nom]
        for nom in ("sexe", "tranche_age", "niveau_formation", "situation_entree")
    ]
    codes = {
        "total": [("tous_qpv", "hors_qpv", "inconnu"), (*COMMUNES, "hors_qpv", "inconnu")],
        "tous_qpv": [tuple(COMMUNES), ("99001", "99002")],
    }.get(territoire, [tuple(q for q, c in COMMUNES.items() if c == territoire)])
    return [p for p in par_axe if p] + [
        [x for x in ensemble if x.quoi[1] in lieux and not x.quoi[2]] for lieux in codes if lieux
    ]


def counting(personnes: list[Personne], indicateur: str, membres: frozenset[int]) -> int:
    noms = BASES[indicateur][1].split()
    return sum(all(personnes[rang].reponses[nom] for nom in noms) for rang in membres)


def test_the_adversary_s_bases_are_right(publiee):
    """Else he would look in the wrong place: the true answers stand between his bounds, in every published cell."""
    personnes, fichier, _ = publiee
    lues = 0
    for indicateur in BASES:
        for ligne in read(fichier, personnes, indicateur):
            lues += 1
            assert ligne.bas <= counting(personnes, indicateur, ligne.membres) <= ligne.haut, (indicateur, ligne.quoi)
    assert lues > 40


def test_nobody_is_certain_of_an_answer(publiee):
    personnes, fichier, rapport = publiee
    assert rapport["audit"]["etat"] == "prouve"
    for indicateur in BASES:
        lignes = read(fichier, personnes, indicateur)
        assert differences(lignes) == set(), indicateur
        assert sums(lignes) == set(), indicateur
        if lignes and indicateur in PAR_PROGRAMME:
            assert certain_by_lp(lignes) == set(), indicateur


def test_nobody_is_certain_from_the_bases_that_tell_an_answer(publiee):
    """Who found a job is the count of one rate and the base of another; who answered too."""
    personnes, fichier, _ = publiee
    emploi = read(fichier, personnes, "taux_sortie_emploi") + read_bases(fichier, personnes, "taux_reponse_6_mois")
    repondues = read(fichier, personnes, "taux_reponse_6_mois") + read_bases(fichier, personnes, "maintien_6_mois")
    assert len(emploi) > len(read(fichier, personnes, "taux_sortie_emploi")) > 0 or len(personnes) < 100
    for lignes in (emploi, repondues):
        assert differences(lignes) == set()
        assert not lignes or certain_by_lp(lignes) == set()


def test_a_base_is_the_published_number_it_is_made_of(publiee):
    _, fichier, _ = publiee
    cellule = "maille, periode, territoire, axe, modalite"
    with duckdb.connect(str(fichier), read_only=True) as con:
        for taux, somme in (
            ("maintien_6_mois", {"taux_reponse_6_mois": 1}),
            ("taux_sortie_emploi", {"sorties": 1, "sorties_neutres": -1}),
            ("taux_sortie_locale", {"sorties": 1, "sorties_neutres": -1}),
            ("taux_reprise", {"taux_rupture": 1, "taux_reprise": 1}),
        ):
            lus = con.execute(f"""SELECT {cellule}, denominateur FROM mesure
                WHERE indicateur = '{taux}' AND numerateur IS NOT NULL""").fetchall()  # fmt: skip
            comptes = [
                {tuple(c): x for *c, x in con.execute(f"""SELECT {cellule}, numerateur FROM mesure
                    WHERE indicateur = '{terme}' AND numerateur IS NOT NULL""").fetchall()}
                for terme in somme
            ]  # fmt: skip
            for *ici, bas in lus:
                parts = [c.get(tuple(ici)) for c in comptes]
                attendu = (
                    None if None in parts else max(0, sum(s * p for s, p in zip(somme.values(), parts, strict=True)))
                )
                assert bas == attendu, (taux, ici)


def test_nobody_is_certain_of_a_way_nor_of_an_orientation(publiee):
    personnes, fichier, _ = publiee
    lus = read_links(fichier, personnes)
    assert len(lus) >= 28
    for nom, lignes in lus.items():
        assert differences(lignes) == set(), nom
        if nom in PAR_PROGRAMME:
            assert certain_by_lp(lignes) == set(), nom


def test_no_rate_says_more_than_the_rounded_numbers_it_comes_from(publiee):
    _, fichier, _ = publiee
    with duckdb.connect(str(fichier), read_only=True) as con:
        taux = con.execute("""SELECT valeur, numerateur, denominateur, borne FROM mesure
            WHERE indicateur LIKE 'taux_sortie%' OR indicateur LIKE 'part_r%' AND valeur IS NOT NULL""").fetchall()
    for valeur, numerateur, denominateur, _ in taux:
        if valeur is not None:
            assert denominateur >= 50
            assert valeur == max(5, min(95, int(100 * numerateur / denominateur + 0.5)))


def test_no_zero_is_exact_and_none_but_the_contract_s_totals(publiee):
    personnes, fichier, _ = publiee
    for indicateur in BASES:
        for ligne in read(fichier, personnes, indicateur):
            if ligne.bas == ligne.haut:
                assert ligne.quoi[1:] == ("total", "", ""), ligne.quoi
                assert 0 < ligne.haut < len(ligne.membres)


def key_found(dossier: Path) -> list[tuple[str, str]]:
    return traces(dossier, [CLE, CLE.hex(), CLE.hex().upper(), b64encode(CLE).decode()])


def test_the_key_is_in_no_file(publiee, tmp_path):
    _, fichier, _ = publiee
    assert key_found(fichier.parents[1]) == []
    with duckdb.connect(str(tmp_path / "x.duckdb")) as con:  # the search does find it
        con.execute("CREATE TABLE version AS SELECT ? AS cle FROM range(100)", [CLE.hex()])
    assert key_found(tmp_path)


def test_nothing_is_published_when_an_indicator_is_not_proven(tmp_path, monkeypatch):
    monkeypatch.setattr(preuve, "ESSAIS", 0)
    with pytest.raises(build.BuildImpossible, match="n'est pas prouvé"):
        publish(invent(60, 2), tmp_path)
    assert not list((tmp_path / "base").rglob("diffusion-*")) and not list((tmp_path / "base").rglob("COURANT"))
