"""The demonstration: same bytes for the same seed, plausible volumes, faults within bounds, any contract."""

import re
import zipfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from shapely import Point

from etl import demo
from etl.catalog import nomenclatures
from etl.demo import noms
from etl.demo.dialectes import DIALECTES

MOIS = ("janvier", "février", "mars", "avril", "mai", "juin")
MOIS += ("juillet", "août", "septembre", "octobre", "novembre", "décembre")
FAUTES = re.compile(
    r"31/02/|-02-31|31\.02\.|31 février|QN99999X|Quartier de la Lune|QN0000|à voir|\?\?\?|voir dossier|env\. 30"
    r"|une dizaine|ZZ99-999999|INCONNU-01|12345678901234|4,40E\+13"
)


def content(dossier: Path) -> dict[str, bytes]:
    return {str(c.relative_to(dossier)): c.read_bytes() for c in sorted(dossier.rglob("*")) if c.is_file()}


def day(texte: str) -> date | None:
    if m := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d).*", texte):
        parties = (int(m[1]), int(m[2]), int(m[3]))
    elif m := re.fullmatch(r"(\d\d)[/.](\d\d)[/.](\d{4})", texte):
        parties = (int(m[3]), int(m[2]), int(m[1]))
    elif m := re.fullmatch(r"(\d+)(?:er)? (\w+) (\d{4})", texte):
        parties = (int(m[3]), MOIS.index(m[2]) + 1, int(m[1]))
    else:
        return None
    try:
        return date(*parties)
    except ValueError:
        return None


def of(lus, nom):
    choisis = ((dossier, lignes) for (dossier, fichier), lignes in lus.items() if fichier.split("_")[0] == nom)
    return [(dossier, ligne) for dossier, lignes in choisis for ligne in lignes]


def latest(lus, nom, *cle):
    return {tuple(ligne[colonne] for colonne in cle): ligne for _, ligne in of(lus, nom)}


def followed(lus, annee):
    """(acteur, ref) of supports entered before the year's end with an exit or a step in the year."""
    participants = latest(lus, "participants", "acteur_id", "participant_ref")
    entrees = {cle: day(ligne["date_entree"]) for cle, ligne in participants.items()}
    faits = {
        (ligne["acteur_id"], ligne["participant_ref"])
        for nom, colonne in (("etapes", "date"), ("sorties", "date_sortie"))
        for _, ligne in of(lus, nom)
        if (jour := day(ligne[colonne])) and jour.year == annee
    }
    return {cle: participants[cle] for cle, jour in entrees.items() if jour and jour.year <= annee and cle in faits}


def person(cle, ligne):
    if not ligne.get("nom"):
        return cle
    nom = nomenclatures.canonical(ligne["nom"])
    return nom, nomenclatures.canonical(ligne["prenom"]), day(ligne["date_naissance"])


def place(contrat, texte):
    """The QPV a cell designates, by code, 2015 code or name."""
    graphies = {nomenclatures.canonical(g): q.code for q in contrat.qpv for g in (q.code, q.nom, q.code_2015 or q.code)}
    return graphies.get(re.sub("^quartier ", "", nomenclatures.canonical(texte)))


def test_two_runs_give_the_same_bytes(contrat, depot, tmp_path):
    ecrits = demo.write(contrat, tmp_path)
    assert content(tmp_path) == content(depot)
    assert ecrits == sorted(c for c in tmp_path.rglob("*") if c.suffix in (".csv", ".xlsx"))


def test_another_seed_gives_other_people(petit, tmp_path):
    for graine in (1, 2):
        demo.write(petit, tmp_path / str(graine), facteur=0.1, graine=graine)
    un, deux = content(tmp_path / "1"), content(tmp_path / "2")
    assert un.keys() & deux.keys()
    assert un["france_travail/participants_2024.csv"] != deux["france_travail/participants_2024.csv"]


def test_about_a_hundred_thousand_steps(lus):
    assert 90_000 <= len(of(lus, "etapes")) <= 115_000


@pytest.mark.parametrize("annee", [2024, 2025, 2026])
def test_enough_people_followed_each_year_everywhere(contrat, lus, annee):
    suivis = followed(lus, annee)
    personnes = {person(cle, ligne) for cle, ligne in suivis.items()}
    assert 1_800 <= len(personnes) <= 2_800
    par_quartier = Counter(place(contrat, ligne["code_qpv"]) for ligne in suivis.values())
    assert {q.code: par_quartier[q.code] for q in contrat.qpv if par_quartier[q.code] < 40} == {}
    ailleurs = par_quartier.pop(None, 0)
    assert 0.06 <= ailleurs / (ailleurs + par_quartier.total()) <= 0.14


def test_some_people_are_followed_by_two_partners(lus):
    supports = latest(lus, "participants", "acteur_id", "participant_ref")
    identifies = {cle: person(cle, ligne) for cle, ligne in supports.items() if ligne.get("nom")}
    assert 0.4 <= len(identifies) / len(supports) <= 0.6
    dossiers = defaultdict(set)
    for cle, qui in identifies.items():
        dossiers[qui].add(cle[1][:4])
    assert 90 <= sum(len(partenaires) > 1 for partenaires in dossiers.values()) <= 140


def test_faults_stay_between_one_and_five_percent(lus):
    lignes = [tuple(ligne.values()) for lignes in lus.values() for ligne in lignes]
    fautives = sum(bool(FAUTES.search(" ".join(ligne))) for ligne in lignes)
    doublons = sum(len(lignes) - len({tuple(ligne.values()) for ligne in lignes}) for lignes in lus.values())
    assert 0.01 <= (fautives + doublons) / len(lignes) <= 0.05


def test_no_file_is_full_of_faults_but_one(lus):
    noms_propres = {prenom for prenom in (*noms.PRENOMS_FEMME, *noms.PRENOMS_HOMME)}
    pleins = [
        cle
        for cle, lignes in lus.items()
        if any(ligne.get("participant_ref", "").split(" ")[-1] in noms_propres for ligne in lignes)
    ]
    assert len(pleins) == 1
    charges = {
        cle: sum(bool(FAUTES.search(" ".join(ligne.values()))) for ligne in lignes) / len(lignes)
        for cle, lignes in lus.items()
    }
    assert max(charges.values()) <= 0.15


def test_every_dress_is_worn(depot):
    debuts = Counter(c.read_bytes()[:2] for c in depot.rglob("*.csv"))
    assert debuts[b"\xff\xfe"] and debuts[b"\xef\xbb"]
    assert {d.encodage for d in DIALECTES} == {"utf-8", "utf-8-sig", "cp1252", "utf-16"}
    textes = b"".join(c.read_bytes() for c in depot.rglob("*.csv"))
    assert b"sep=;" in textes and b"TOTAL;" in textes and b"* Donn" in textes and b"Observations" in textes
    assert 5 <= len(list(depot.rglob("*.xlsx"))) <= 40


def test_workbooks_say_nothing_of_when_they_were_written(depot):
    for chemin in depot.rglob("*.xlsx"):
        with zipfile.ZipFile(chemin) as archive:
            assert {membre.date_time[0] for membre in archive.infolist()} == {1980}
            assert b"2024-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_delivery_corrects_an_earlier_one(lus):
    """At least one partner sends again, right, rows it had sent wrong the quarter before."""
    corriges = [
        ligne
        for nom in ("mission_locale", "france_travail")
        for periode, suivante in (("2026-T1", "2026-T2"),)
        for ligne in lus[nom, f"participants_{periode}.csv"]
        if any(
            ligne["participant_ref"] == autre["participant_ref"] and ligne != autre
            for autre in lus[nom, f"participants_{suivante}.csv"]
        )
        and FAUTES.search(ligne["date_reperage"])
    ]
    assert corriges


def test_nothing_happens_after_the_end(contrat, lus):
    colonnes = {("etapes", "date"), ("interventions", "date"), ("sorties", "date_sortie"), ("freins", "date_levee")}
    jours = {jour for nom, colonne in colonnes for _, ligne in of(lus, nom) if (jour := day(ligne[colonne]))}
    assert max(jours) <= contrat.demonstration_fin
    assert contrat.demonstration_fin.month == max(jours).month


def test_pathways_follow_one_another(lus):
    """Dates of each support's steps come in the order of the pathway."""
    premieres = defaultdict(dict)
    types = nomenclatures.load("type_etape")
    for _, ligne in of(lus, "etapes"):
        genre, jour = types.code(ligne["type_etape"]), day(ligne["date"])
        if genre and jour:
            etapes = premieres[ligne["acteur_id"], ligne["participant_ref"]]
            etapes[genre] = min(jour, etapes.get(genre, jour))
    ordre = ("reperage", "premier_contact", "diagnostic", "accompagnement")
    entonnoir = [sum(genre in etapes for etapes in premieres.values()) for genre in ordre]
    assert entonnoir == sorted(entonnoir, reverse=True)
    assert 0.6 <= entonnoir[-1] / entonnoir[0] <= 0.85
    desordre = sum(
        [etapes[g] for g in ordre if g in etapes] != sorted(etapes[g] for g in ordre if g in etapes)
        for etapes in premieres.values()
    )
    assert desordre / len(premieres) < 0.01


def test_women_and_men_alike_in_number_not_in_outcome(lus):
    participants = latest(lus, "participants", "acteur_id", "participant_ref")
    sexes, types = nomenclatures.load("sexe"), nomenclatures.load("type_sortie")
    emploi = {"cdi", "cdd_6_mois_et_plus", "fonction_publique", "creation_activite", "cdd_moins_6_mois", "interim"}
    emploi |= {"contrat_aide"}
    neutres = {"demenagement", "sante", "decede_ou_autre", None}
    issues = defaultdict(list)
    for cle, ligne in latest(lus, "sorties", "acteur_id", "participant_ref").items():
        if cle in participants and (code := types.code(ligne["type_sortie"])) not in neutres:
            issues[sexes.code(participants[cle]["sexe"])].append(code in emploi)
    parts = Counter(sexes.code(ligne["sexe"]) for ligne in participants.values())
    assert 0.9 <= parts["femme"] / parts["homme"] <= 1.1
    taux = {sexe: 100 * sum(reponses) / len(reponses) for sexe, reponses in issues.items()}
    assert 60 <= taux["femme"] < taux["homme"] - 3 <= 75


def test_points_fall_in_the_contours_given(petit, tmp_path, read_all):
    contours = {q.code: Point(q.longitude, q.latitude).buffer(0.002, cap_style="square") for q in petit.qpv}
    demo.write(petit, tmp_path, facteur=0.3, perimetres=contours)
    lignes = [ligne for _, ligne in of(read_all(petit, tmp_path), "interventions") if ligne["latitude"]]
    points = [Point(float(x["longitude"].replace(",", ".")), float(x["latitude"].replace(",", "."))) for x in lignes]
    dedans = [any(contour.contains(point) for contour in contours.values()) for point in points]
    assert 0.85 <= sum(dedans) / len(dedans) < 1
    assert any(not ligne["code_qpv"] for ligne in lignes)


def test_one_neighbourhood_was_left_without_visit(contrat, lus):
    fin = contrat.demonstration_fin
    visites = {
        place(contrat, x["code_qpv"]) for _, x in of(lus, "interventions") if (fin - (day(x["date"]) or fin)).days < 90
    }
    petit = min(contrat.qpv, key=lambda qpv: qpv.population)
    assert {qpv.code for qpv in contrat.qpv} - visites == {petit.code}


def test_any_contract_works_from_its_configuration_alone(petit, tmp_path, read_all):
    demo.write(petit, tmp_path)
    lus = read_all(petit, tmp_path)
    noms_servis = {fichier.split("_")[0] for _, fichier in lus}
    assert len(noms_servis) == 15
    codes = {place(petit, ligne["code_qpv"]) for _, ligne in of(lus, "participants")}
    assert {qpv.code for qpv in petit.qpv} <= codes
    par_quartier = Counter(place(petit, ligne["code_qpv"]) for ligne in followed(lus, 2025).values())
    assert min(par_quartier[qpv.code] for qpv in petit.qpv) >= 40
    assert max(day(ligne["date"]) or date.min for _, ligne in of(lus, "etapes")) <= date(2026, 9, 30)


def test_the_factor_scales_people_and_keeps_keys_unique(petit, tmp_path, read_all):
    lus = {}
    for facteur in (0.5, 2.5):
        demo.write(petit, tmp_path / str(facteur), facteur=facteur)
        lus[facteur] = read_all(petit, tmp_path / str(facteur))
    tailles = {facteur: len(of(lecture, "etapes")) for facteur, lecture in lus.items()}
    assert 4 <= tailles[2.5] / tailles[0.5] <= 6
    cles = defaultdict(set)
    for _, ligne in of(lus[2.5], "participants"):
        cles[ligne["acteur_id"], ligne["participant_ref"]].add(ligne["sexe"])
    assert all(len(sexes) == 1 for sexes in cles.values())


def test_a_tiny_last_slice_keeps_the_columns_of_the_first(petit, tmp_path, read_all):
    """Every row has as many cells as the heading (`rows` zips them strictly)."""
    demo.write(petit, tmp_path, facteur=1.03)
    assert of(read_all(petit, tmp_path), "participants")


def test_a_factor_must_be_positive(petit, tmp_path):
    with pytest.raises(ValueError, match="facteur"):
        demo.write(petit, tmp_path, facteur=0)


def test_sirets_pass_luhn():
    import numpy as np

    for siret in noms.make_siret(np.random.default_rng(1), 200):
        chiffres = [int(c) * (1 + rang % 2) for rang, c in enumerate(reversed(siret))]
        assert len(siret) == 14 and sum(c - 9 if c > 9 else c for c in chiffres) % 10 == 0
