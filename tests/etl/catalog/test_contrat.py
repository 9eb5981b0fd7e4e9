"""The contract's folder loads; each defect is refused with the file, the key, and what is wrong."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from etl.catalog import contrat as contrats
from etl.catalog import nomenclatures, schemas, sorties
from etl.catalog.contrat import ContratInvalide

RACINE = Path(__file__).parents[3]
TOURS = RACINE / "data" / "contrat"

MINIMAL = """
nom = "Contrat de ville d'essai"
nom_court = "Essai"
epci = "200000001"
epci_nom = "Agglomération d'essai"
departement = "99"
debut = 2024-01-01
fin = 2030-12-31

[territoire]
communes = [{ code = "99001", nom = "Ville-Essai", latitude = 46.6, longitude = 1.9 }]

[[qpv]]
code = "QN99901N"
nom = "Le Moulin"
commune = "99001"
contour = "nouveau"
latitude = 46.6
longitude = 1.9

[[partenaires]]
dossier = "mission_locale"
nom = "Mission locale"
livraisons = [{ schema = "participants", periodicite = "trimestre", delai_jours = 30, mode = "incremental" }]

[definitions_sortie]
locale = ["cdi", "alternance"]

[secret]
base = 5

[statuts]
dans_trajectoire = 90
surveiller = 70
"""


def test_the_contract_of_the_project_loads():
    contrat = contrats.load(TOURS)
    assert contrat.dossier == TOURS
    assert (contrat.debut, contrat.fin) == (date(2024, 1, 1), date(2030, 12, 31))
    assert (contrat.demonstration_debut, contrat.demonstration_fin) == (date(2024, 1, 1), date(2026, 9, 30))
    assert (contrat.code_anct, contrat.zone_emploi, contrat.bassin_emploi) == ("CV121", "2413", "2415")
    assert len(contrat.communes) == 22
    assert len(contrat.qpv) == 13
    assert sum(quartier.population or 0 for quartier in contrat.qpv) == 38_919
    assert "non précisés" in contrat.faits_qpv_remarque
    assert contrat.faits_qpv_source
    assert set(vars(contrat.secret).values()) == {5, 10, 11, 30, 50, 100}
    assert (contrat.statuts.dans_trajectoire, contrat.statuts.surveiller) == (95, 75)
    assert (contrat.seuil_refus, contrat.tolerance_qpv_m) == (0.20, 0)
    assert set(contrat.definitions_sortie) == {"iae", "durable_ou_formation", "locale"}
    assert set(vars(contrat.responsable).values()) == {"à compléter"}


def test_the_suffix_of_a_code_says_how_its_contour_changed():
    mots = {"I": "identique", "M": "modifie", "N": "nouveau"}
    for quartier in contrats.load(TOURS).qpv:
        assert quartier.contour == mots[quartier.code[-1]]
        assert (quartier.code_2015 is None) == (quartier.contour == "nouveau")


def test_demonstration_partners_say_so_and_cover_every_contract():
    partenaires = contrats.load(TOURS).partenaires
    assert len(partenaires) == 10
    assert all("(démonstration)" in partenaire.nom for partenaire in partenaires)
    assert {livraison.schema for p in partenaires for livraison in p.livraisons} == set(schemas.names())


def test_no_alias_repeats_another_neighbourhood():
    contrat = contrats.load(TOURS)
    vus = {nomenclatures.canonical(quartier.nom): quartier.code for quartier in contrat.qpv}
    for code, graphie in contrat.alias_qpv:
        assert vus.setdefault(nomenclatures.canonical(graphie), code) == code, graphie


def test_every_type_of_exit_has_one_category():
    types = [type_sortie for groupe in sorties.CATEGORIES.values() for type_sortie in groupe]
    assert sorted(types) == sorted(nomenclatures.load("type_sortie").codes)
    assert set(sorties.SITUATIONS_FSE) <= set(nomenclatures.load("situation_sortie").codes)


def test_a_minimal_contract_loads_with_defaults(tmp_path: Path):
    contrat = contrats.load(_folder(tmp_path, MINIMAL))
    (quartier,) = contrat.qpv
    assert (quartier.population, quartier.taux_emploi, quartier.code_2015, quartier.superficie_ha) == (None,) * 4
    assert (contrat.zone_emploi, contrat.carte.tuiles, contrat.alias_qpv) == ("", "", ())
    assert (contrat.secret.seuil_resultat, contrat.seuil_refus, contrat.conservation_jours) == (11, 0.20, 90)
    assert (contrat.demonstration_debut, contrat.demonstration_fin) == (contrat.debut, contrat.fin)
    assert contrat.definitions_sortie["locale"] == ("cdi", "alternance")
    assert contrat.responsable.base_legale == "à compléter"


def _folder(tmp_path: Path, texte: str, alias: str | None = None) -> Path:
    (tmp_path / "contrat.toml").write_text(texte, encoding="utf-8")
    if alias is not None:
        (tmp_path / "nomenclatures").mkdir()
        (tmp_path / "nomenclatures" / "qpv.csv").write_text(alias, encoding="utf-8")
    return tmp_path


# (what to replace in the minimal contract, by what, the key named, how the sentence goes on)
LIVRAISON = "partenaires[1].livraisons[1]."
DEFAUTS = [
    ('nom_court = "Essai"', "", "nom_court", "cette valeur est obligatoire (un texte)."),
    ('nom_court = "Essai"', 'nom_court = " "', "nom_court", "le texte est vide."),
    ("debut = 2024-01-01", 'debut = "2024"', "debut", "« 2024 » n'est pas une date AAAA-MM-JJ sans guillemets."),
    ("debut = 2024-01-01", "debut = 2024-01-01T00:00:00", "debut", "« 2024-01-01 00:00:00 » n'est pas une date"),
    ("base = 5", "base = true", "secret.base", "« true » n'est pas un nombre."),
    ("base = 5", "base = 5.5", "secret.base", "5.5 n'est pas un nombre entier."),
    ("base = 5", "base = 0", "secret.base", "0 est hors de l'intervalle de 1 à 1000."),
    ("fin = 2030-12-31", "fin = 2023-12-31", "fin", "2023-12-31 est avant le début, 2024-01-01."),
    ("base = 5", "bass = 5", "secret.bass", "cette clé est inconnue ; vérifiez son orthographe."),
    ("debut =", "seuil_refu = 0.1\ndebut =", "seuil_refu", "cette clé est inconnue ; vérifiez son orthographe."),
    ("debut =", "seuil_refus = 20\ndebut =", "seuil_refus", "20 est hors de l'intervalle de 0 à 1."),
    ('code = "99001"', 'code = "9900"', "territoire.communes[1].code", "« 9900 » n'a pas la forme attendue"),
    ("latitude = 46.6, ", "latitude = 460, ", "territoire.communes[1].latitude", "460 est hors de l'intervalle"),
    ('"QN99901N"', '"QP999001"', "qpv[1].code", "« QP999001 » n'a pas la forme attendue (exemple : QN99901N)."),
    ("[[partenaires]]", '[[qpv]]\ncode = "QN99901N"\n', "qpv[2].code", "« QN99901N » est déclaré deux fois."),
    ('commune = "99001"', 'commune = "99002"', "qpv[1].commune", "« 99002 » n'est pas une commune de ce contrat."),
    ('"nouveau"', '"neuf"', "qpv[1].contour", "« neuf » n'est pas une valeur connue (attendu : identique, modifie,"),
    ('"nouveau"', '"nouveau"\ncode_2015 = "QP1"', "qpv[1].code_2015", "« QP1 » n'a pas la forme attendue"),
    ('"nouveau"', '"nouveau"\ntaux_emploi = 148', "qpv[1].taux_emploi", "148 est hors de l'intervalle de 0 à 100."),
    ('"mission_locale"', '"Mission locale"', "partenaires[1].dossier", "« Mission locale » n'a pas la forme attendue"),
    ('"participants"', '"participant"', LIVRAISON + "schema", "« participant » n'est pas une valeur connue"),
    ('"trimestre"', '"bimestre"', LIVRAISON + "periodicite", "« bimestre » n'est pas une valeur connue"),
    ("delai_jours = 30", "delai_jours = -1", LIVRAISON + "delai_jours", "-1 est hors de l'intervalle de 0 à 366."),
    ('"incremental"', '"total"', LIVRAISON + "mode", "« total » n'est pas une valeur connue (attendu : incremental,"),
    ('"alternance"', '"cdi_long"', "definitions_sortie.locale", "« cdi_long » n'est pas un type de sortie."),
    ('["cdi", "alternance"]', '"cdi"', "definitions_sortie.locale", "« cdi » n'est pas une liste de textes."),
    ('"alternance"', "3", "definitions_sortie.locale", "la liste contient autre chose que des textes."),
    ("locale =", "iae =", "definitions_sortie.iae", "cette définition est celle de l'application"),
    ("locale =", "fse =", "definitions_sortie.fse", "cette définition est celle de l'application"),
    (
        "surveiller = 70",
        "surveiller = 90",
        "statuts.surveiller",
        "ce seuil doit être inférieur à « dans_trajectoire ».",
    ),
]


def test_absent_sections_take_their_defaults(tmp_path: Path):
    texte = MINIMAL.replace("[secret]\nbase = 5", "").replace("[statuts]\ndans_trajectoire = 90\nsurveiller = 70", "")
    contrat = contrats.load(_folder(tmp_path, texte))
    assert list(vars(contrat.secret).values()) == [5, 11, 30, 5, 10, 50, 100, 5, 11]
    assert (contrat.statuts.dans_trajectoire, contrat.statuts.surveiller) == (95, 75)


@pytest.mark.parametrize(("ancien", "nouveau", "cle", "reproche"), DEFAUTS, ids=[defaut[1] for defaut in DEFAUTS])
def test_a_defect_is_named(tmp_path: Path, ancien: str, nouveau: str, cle: str, reproche: str):
    assert ancien in MINIMAL
    with pytest.raises(ContratInvalide) as faute:
        contrats.load(_folder(tmp_path, MINIMAL.replace(ancien, nouveau, 1)))
    assert str(faute.value).startswith(f"contrat.toml, « {cle} » : {reproche}")
    assert str(faute.value).endswith(".")


@pytest.mark.parametrize(
    ("texte", "phrase"),
    [
        (MINIMAL.split("[territoire]")[0], "« territoire » : cette valeur est obligatoire"),
        (
            MINIMAL.replace("communes = [{", "communes = [] #"),
            "« territoire.communes » : aucune commune n'est déclarée",
        ),
        (MINIMAL.replace("communes = [{", "communes = [3] #"), "la liste contient autre chose que des sections"),
        ("secret = 3\n" + MINIMAL.replace("[secret]\nbase = 5", ""), "« secret » : « 3 » n'est pas une section"),
    ],
)
def test_a_missing_section_is_named(tmp_path: Path, texte: str, phrase: str):
    with pytest.raises(ContratInvalide) as faute:
        contrats.load(_folder(tmp_path, texte))
    assert phrase in str(faute.value)


def test_without_any_neighbourhood_the_contract_is_refused(tmp_path: Path):
    debut, reste = MINIMAL.split("[[qpv]]")
    texte = "qpv = []\n" + debut + "[[partenaires]]" + reste.split("[[partenaires]]")[1]
    with pytest.raises(ContratInvalide, match="aucun quartier n'est déclaré"):
        contrats.load(_folder(tmp_path, texte))


def test_an_absent_or_badly_encoded_file_is_named(tmp_path: Path):
    with pytest.raises(ContratInvalide, match=r"contrat\.toml : ce fichier est introuvable\.$"):
        contrats.load(tmp_path)
    (tmp_path / "contrat.toml").write_bytes('nom = "métropole"'.encode("cp1252"))
    with pytest.raises(ContratInvalide, match=r"contrat\.toml : ce fichier n'est pas enregistré en UTF-8\.$"):
        contrats.load(tmp_path)


@pytest.mark.parametrize(("texte", "ou"), [("nom = ", "à la fin du fichier"), ('a = 1\nb = "x\nc = 2', "à la ligne 2")])
def test_a_syntax_error_says_where(tmp_path: Path, texte: str, ou: str):
    with pytest.raises(ContratInvalide, match=rf"^contrat\.toml : la syntaxe TOML est fautive {ou} ; vérifiez .*\.$"):
        contrats.load(_folder(tmp_path, texte))


@pytest.mark.parametrize(
    ("alias", "phrase"),
    [
        ("code,graphie\nQN99902N,Moulin\n", "qpv.csv, ligne 2, « code » : « QN99902N » n'est pas un quartier"),
        ("code,graphie\n,Moulin\n", "qpv.csv, ligne 2, « code » : «  » n'est pas un quartier"),
    ],
)
def test_a_faulty_alias_is_named(tmp_path: Path, alias: str, phrase: str):
    with pytest.raises(ContratInvalide) as faute:
        contrats.load(_folder(tmp_path, MINIMAL, alias))
    assert phrase in str(faute.value)


def test_an_alias_of_two_neighbourhoods_is_refused(tmp_path: Path):
    dossier = shutil.copytree(TOURS, tmp_path / "contrat")
    with (dossier / "nomenclatures" / "qpv.csv").open("a", encoding="utf-8") as flux:
        flux.write("QN03702M,niqueux bruere\n")
    with pytest.raises(ContratInvalide, match="mène à deux quartiers, QN03703M et QN03702M"):
        contrats.load(dossier)
