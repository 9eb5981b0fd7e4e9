"""Bad files, one at a time: each is loaded identically, or refused whole with a sentence its sender understands."""

from collections.abc import Iterator

import pytest

from tests.etl.validate.depot_essai import (
    INTERVENTION,
    PERSONNE,
    Depot,
    Resultat,
    csv_text,
    many,
    persons,
    table,
)

DIX = ("charge", 10, 10, 0, 0)
BON = csv_text(table(persons()))
ACCENTS = csv_text(
    table(persons(situation_entree="demandeur d'emploi moins de 12 mois", code_qpv="Grand-Parc - Étoile"))
)


def _lines(texte: str) -> list[str]:
    return texte.splitlines()


def _decalee(texte: str, rang: int, ajout: str) -> str:
    lignes = _lines(texte)
    lignes[rang] += ajout
    return "\n".join(lignes) + "\n"


# (number in the list of bad inputs, bytes received, verdict and counts)
LUS = [
    (1, b"\xef\xbb\xbf" + ACCENTS.encode(), DIX),
    (2, ACCENTS.encode("cp1252"), DIX),
    (3, ACCENTS.encode("utf-16"), DIX),
    (3, b"\xfe\xff" + ACCENTS.encode("utf-16-be"), DIX),
    (4, ACCENTS.replace("Étoile", "Étoile".encode().decode("cp1252")).encode(), DIX),
    (6, csv_text(table(persons()), ",").encode(), DIX),
    (6, csv_text(table(persons()), "\t").encode(), DIX),
    (6, csv_text(table(persons()), "|").encode(), DIX),
    (7, b"sep=;\r\n" + BON.encode(), ("charge", 11, 10, 0, 1)),
    (27, ("Participants suivis;;;\nÉtat au 1er octobre;;;\n\n" + BON).encode(), ("charge", 13, 10, 0, 3)),
    (28, ("Qui;;Quand;Profil;;;\n" + BON).encode(), ("charge", 11, 10, 0, 1)),
    (30, BON.replace("participant_ref", " REFERENCE  du participant").replace("date_entree", "DATE D’ENTRÉE").encode(),
     DIX),
    (31, BON.replace("annee_naissance", "Année de naissance").encode(), DIX),
    (34, BON.replace("\n", ";x\n").replace("entree;x", "entree;couleur").encode(), DIX),
    (35, csv_text([list(reversed(ligne)) for ligne in table(persons())]).encode(), DIX),
    (37, (BON + "TOTAL;10;;;;;\n").encode(), ("charge", 11, 10, 0, 1)),
    (37, (BON + "Sous-total QPV Les Lilas;;;;;;10\nTotal général;;;;;;10\n").encode(), ("charge", 12, 10, 0, 2)),
    (38, BON.replace("A1;P-005", "\n;;;;;;\n-----;-----;;;;;\nA1;P-005").encode(), ("charge", 13, 10, 0, 3)),
    (39, (BON + "* dont 3 en cours;;;;;;\nSource : logiciel de suivi\n").encode(), ("charge", 12, 10, 0, 2)),
    (40, BON.replace("A1;P-005", _lines(BON)[0] + "\nA1;P-005").encode(), ("charge", 11, 10, 0, 1)),
    (41, _decalee(BON, 3, ";en trop").encode(), ("charge", 10, 9, 1, 0)),
    (41, _decalee(BON, 3, ";;").encode(), DIX),
    (41, BON.replace("A1;P-005;02/03/2025;femme;1990;QN99901N;inactif", "A1;P-005;02/03/2025;femme;1990").encode(),
     ("charge", 10, 9, 1, 0)),
    (42, BON.replace("inactif", '"inac\ntif"', 1).replace("inac\ntif", "inactif\n").encode(), DIX),
    (43, BON.replace("\n", "\r\n", 3).replace("\r\n", "\r", 1).encode(), DIX),
    (43, BON.replace("\n", "\r").encode(), DIX),
    (67, (BON + _lines(BON)[-1] + "\n" + _lines(BON)[-1].replace("P-", "p-") + "\n").encode(),
     ("charge", 12, 10, 0, 2)),
    (69, (_lines(BON)[0] + "\n").encode(), ("charge", 0, 0, 0, 0)),
    (73, BON.encode(), DIX),
]  # fmt: skip
REFUSES = [
    (5, BON.replace("inactif", "précaire", 1).encode() + "A1;P-099;02/03/2025;femme;1990;É;inactif".encode("cp1252"),
     "ligne 12 (deux encodages mélangés)"),
    (5, BON.encode() + b"A1;P-099;\x81\x8d", "illisibles"),
    (36, "\n".join(_lines(BON)[1:]).encode(), "Aucune ligne d'en-tête"),
    (33, BON.replace("date_entree", "couleur").encode(), "\"Date d'entrée ou Date de repérage\""),
    (33, BON.replace("sexe;", "sexxe;").encode(), '"sexxe" ressemble à "Sexe"'),
    (32, BON.replace("annee_naissance", "date_entree").encode(),
     "présente plusieurs fois (\"date_entree\", \"date_entree\")"),
    (32, BON.replace("annee_naissance", "Date d'entrée").encode(), "présente plusieurs fois"),
    (42, BON.replace("inactif", '"inactif', 1).encode(), "guillemet"),
    (42, (BON + 'A1;"P-099').encode(), "guillemet"),
    (69, b"", "vide (0 octet)"),
    (69, b"\n\n\n", "aucune ligne"),
    (73, b"<html><table><tr><td>acteur_id</td></tr></table></html>", "page web"),
    (73, b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
    (73, b"%PDF-1.7", "PDF"),
    (73, b"\x00\x01\x02" * 100, "pas un fichier texte"),
    (19, csv_text(table(persons(9) + [PERSONNE | {"participant_ref": "P-010", "date_entree": "12/31/2025"}])).encode(),
     "mois/jour/année"),
]  # fmt: skip


@pytest.fixture(scope="module")
def fichiers(tmp_path_factory) -> Iterator[Resultat]:
    """Every file in its own partner's folder, all loaded at once."""
    depot = Depot(tmp_path_factory.mktemp("fichiers"))
    for rang, (_, contenu, _) in enumerate([*LUS, *REFUSES]):
        depot.raw(f"c{rang}/participants_2025.csv", contenu)
    yield depot.load()
    depot.con.close()


@pytest.mark.parametrize("rang", range(len(LUS)), ids=[f"{n}-{r}" for r, (n, _, _) in enumerate(LUS)])
def test_a_file_is_read_whatever_its_clothes(fichiers, rang):
    fichier = f"c{rang}/participants_2025.csv"
    assert fichiers.counts(fichier) == LUS[rang][2], fichiers.fichiers[fichier]


@pytest.mark.parametrize("rang", range(len(REFUSES)), ids=[f"{n}-{r}" for r, (n, _, _) in enumerate(REFUSES)])
def test_a_file_is_refused_with_a_sentence(fichiers, rang):
    entree = fichiers.fichiers[f"c{rang + len(LUS)}/participants_2025.csv"]
    assert entree["etat"] == "refuse" and entree["acceptees"] == 0
    assert REFUSES[rang][2] in entree["motif"], entree["motif"]
    assert entree["motif"].endswith(".") and entree["schema"] == "participants"


@pytest.mark.parametrize("encodage", ["utf-8-sig", "cp1252", "utf-16", "mal encodé deux fois"])
def test_accents_come_through(depot, encodage):
    mal = "Étoile".encode().decode("cp1252")
    contenu = ACCENTS.replace("Étoile", mal).encode() if "deux" in encodage else ACCENTS.encode(encodage)
    depot.raw("p/participants_2025.csv", contenu)
    assert depot.load().rows("SELECT DISTINCT code_qpv FROM valide.participants") == ["QN99902M"]


def test_a_dropped_column_of_comments_is_counted(depot):
    lignes = [ligne | {"Observations": "va mieux" if rang < 3 else ""} for rang, ligne in enumerate(persons())]
    depot.csv("p/participants.csv", lignes)
    entree = depot.load().fichiers["p/participants.csv"]
    assert entree["feuilles"][0]["avertissements"] == ['Colonne "Observations" ignorée : 3 cellules non conservées.']


def test_us_dates_need_every_cell_to_agree(depot):
    """One impossible date among dates that can only be French refuses a row, not the file."""
    lignes = persons(9) + [PERSONNE | {"participant_ref": "P-010", "date_entree": "12/31/2025"}]
    lignes[0]["date_entree"] = "25/03/2025"
    depot.csv("p/participants.csv", lignes)
    assert depot.load().counts("p/participants.csv") == ("charge", 10, 9, 1, 0)


def test_the_contract_comes_from_the_name_else_from_the_header(depot):
    depot.csv("p/envoi du trimestre.csv", persons())
    depot.csv("p/Interventions T3 2026.csv", many(INTERVENTION, 3, intervention_id="I-{}"))
    depot.csv("p/inconnu.csv", [{"couleur": "rouge", "taille": "3"}])
    resultat = depot.load()
    schemas = {nom: entree["schema"] for nom, entree in resultat.fichiers.items() if nom.startswith("p/")}
    assert schemas == {
        "p/envoi du trimestre.csv": "participants", "p/Interventions T3 2026.csv": "interventions",
        "p/inconnu.csv": None,
    }  # fmt: skip


def test_every_file_of_the_folder_is_told(depot):
    depot.raw("p/.DS_Store", b"\x00\x01")
    depot.raw("p/sous-dossier/lisez-moi.md", "Bonjour à tous, voici nos fichiers")
    depot.raw("a-la-racine.csv", BON)
    (depot.dossier / "p/lien.csv").symlink_to("/etc/hostname")
    resultat = depot.load()
    etats = {nom: entree["etat"] for nom, entree in resultat.fichiers.items()}
    assert etats == {
        "socle/acteurs.csv": "charge", "p/.DS_Store": "refuse", "p/sous-dossier/lisez-moi.md": "refuse",
        "a-la-racine.csv": "refuse", "p/lien.csv": "refuse",
    }  # fmt: skip
    assert resultat.fichiers["a-la-racine.csv"]["partenaire"] == ""


def test_large_refusals_stay_whole(depot: Depot):
    """Above 20 % the file goes whole; exactly 20 % stands; ignored lines do not count."""
    faux = many(PERSONNE | {"sexe": "X"}, 2, participant_ref="F-{}")
    depot.csv("p/participants_a.csv", persons(8) + faux)
    depot.csv("q/participants_b.csv", many(PERSONNE, 7, participant_ref="B-{}") + faux + faux[:1] * 5)
    resultat = depot.load()
    assert resultat.counts("p/participants_a.csv") == ("charge", 10, 8, 2, 0)
    assert resultat.counts("q/participants_b.csv") == ("refuse", 14, 0, 9, 5)
    assert resultat.fichiers["q/participants_b.csv"]["motif"].startswith(
        "2 lignes refusées sur 9 (22,2 %), au-delà de 20 %"
    )
    assert resultat.rows("SELECT count(*) FROM valide.participants") == [8]


def test_a_total_that_does_not_add_up_is_told(depot):
    bonnes = table(many(INTERVENTION, 10, intervention_id="I-{}"))
    pied = [[""] * len(bonnes[0]), [""] * len(bonnes[0])]
    for ligne, total in zip(pied, ("120", "1 254"), strict=True):
        ligne[0], ligne[bonnes[0].index("personnes_rencontrees")] = "Total", total
    depot.raw("p/interventions.csv", csv_text([*bonnes, *pied]))
    entree = depot.load().fichiers["p/interventions.csv"]
    assert (entree["acceptees"], entree["ignorees"]) == (10, 2)
    assert entree["feuilles"][0]["avertissements"] == [
        'Colonne "personnes_rencontrees" : total annoncé 1254, total lu 120.'
    ]


def test_an_unknown_column_that_resembles_a_missing_one_is_told(depot):
    depot.raw("p/participants.csv", BON.replace("annee_naissance", "tranche_age").replace("1990", "26_49")
              .replace("\n", ";bac\n").replace("entree;bac", "entree;niveau_formatoin"))  # fmt: skip
    (feuille,) = depot.load().fichiers["p/participants.csv"]["feuilles"]
    assert feuille["avertissements"] == [
        'Colonnes inconnues, non conservées : "niveau_formatoin" (ressemble à "Niveau de formation").'
    ]
