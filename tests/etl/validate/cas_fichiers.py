"""Bad text files, one at a time: loaded as if they were clean, or refused whole with a sentence."""

from tests.etl.validate.cas import DIX, Cas
from tests.etl.validate.depot_essai import INTERVENTION, PERSONNE, csv_text, many, persons, table

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
    (3, ACCENTS.encode("utf-32"), DIX),
    (3, b"\x00\x00\xfe\xff" + ACCENTS.encode("utf-32-be"), DIX),
    (44, (BON + "\x1a").encode(), DIX),
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
    (41, _decalee(BON, 3, ";;").encode(), DIX),
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
    (5, BON.replace("inactif", "précaire", 1).encode("mac_roman"), "ligne 2 (encodage Macintosh)"),
    (36, "\n".join(_lines(BON)[1:]).encode(), "Aucune ligne d'en-tête"),
    (33, BON.replace("date_entree", "couleur").encode(), "\"Date d'entrée ou Date de repérage\""),
    (33, BON.replace("sexe;", "sexxe;").encode(), '"sexxe" ressemble à "Sexe"'),
    (32, BON.replace("annee_naissance", "date_entree").encode(),
     "présente plusieurs fois (\"date_entree\", \"date_entree\")"),
    (32, BON.replace("annee_naissance", "Date d'entrée").encode(), "présente plusieurs fois"),
    (42, BON.replace("inactif", '"inactif', 1).encode(), "guillemet"),
    (42, (BON + 'A1;"P-099').encode(), "guillemet"),
    (42, BON.replace("A1;P-002", '"A1;P-002').replace("A1;P-003", 'A1";P-003').encode(), "guillemet"),
    (69, b"", "vide (0 octet)"),
    (69, b"\n\n\n", "aucune ligne"),
    (73, b"<html><table><tr><td>acteur_id</td></tr></table></html>", "page web"),
    (73, b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
    (73, b"%PDF-1.7", "PDF"),
    (73, b"\x00\x01\x02" * 100, "pas un fichier texte"),
    (19, csv_text(table(persons(9) + [PERSONNE | {"participant_ref": "P-010", "date_entree": "12/31/2025"}])).encode(),
     "mois/jour/année"),
]  # fmt: skip
FIN = ";02/03/2025;femme;1990;QN99901N;inactif"
INTERVENTIONS = table(many(INTERVENTION, 10, intervention_id="I-{}"))


def _with_total(annonce: str) -> bytes:
    pied = [""] * len(INTERVENTIONS[0])
    pied[0], pied[INTERVENTIONS[0].index("personnes_rencontrees")] = "Total", annonce
    return csv_text([*INTERVENTIONS, pied]).encode()


def _dates(*textes: str) -> bytes:
    return csv_text(table([ligne | {"date_entree": textes[rang % len(textes)]} for rang, ligne in enumerate(persons())])
                    ).encode()  # fmt: skip


def _people(**identites: str) -> bytes:
    lignes = persons(10, annee_naissance="", tranche_age="")
    entieres = [ligne | {"nom": f"Nom{chr(65 + rang)}", "prenom": "Camille", "date_naissance": "14/05/1996"}
                for rang, ligne in enumerate(lignes)]  # fmt: skip
    return csv_text(table([*entieres, entieres[0] | {"participant_ref": "CAS"} | identites])).encode()


AUTRES = [
    Cas(27, "participants.csv", "\n".join([*_lines(BON)[1:3], BON]).encode(), ("charge", 12, 10, 0, 2),
        ("2 lignes remplies au-dessus de l'en-tête n'ont pas été lues.",)),
    Cas(0, "participants.csv", BON.replace("situation_entree", "situation_entree;").replace("inactif", "inactif;vu")
        .encode(), DIX, ("La colonne 8 n'a pas de titre : 10 cellules non conservées.",)),
    Cas(41, "participants.csv", _decalee(BON, 3, ";en trop").encode(), ("charge", 10, 9, 1, 0),
        ("plus de champs que l'en-tête",), ("champs_en_trop",)),
    Cas(41, "participants.csv", BON.replace(f"P-005{FIN}", "P-005;02/03/2025;femme;1990").encode(),
        ("charge", 10, 9, 1, 0), ("moins de champs que l'en-tête",), ("champs_manquants",)),
    Cas(25, "participants.csv", _people(tranche_age="50 ans et plus"), ("charge", 11, 10, 1, 0),
        ("contredit",), ("naissance_contradictoire",)),
    Cas(37, "interventions.csv", _with_total("1 254"), ("charge", 11, 10, 0, 1),
        ('Colonne "personnes_rencontrees" : total annoncé 1254, total lu 120.',)),
    Cas(37, "interventions.csv", _with_total("120"), ("charge", 11, 10, 0, 1)),
    Cas(48, "participants.csv", csv_text(table(many(PERSONNE, 10, participant_ref="Durand Camille"))).encode(),
        ("refuse", 10, 0, 10, 0), ("ni chargé ni copié",)),
    Cas(48, "participants.csv", csv_text(table([PERSONNE | {"participant_ref": "1 85 05 78 006 084 36"}, *persons(9)])
        ).encode(), ("refuse", 10, 0, 10, 0), ("ni chargé ni copié",)),
    Cas(48, "participants.csv", csv_text(table([PERSONNE | {"participant_ref": "06 12 34 56 78"}, *persons(9)])
        ).encode(), ("refuse", 10, 0, 10, 0), ("ni chargé ni copié",)),
    Cas(49, "participants.csv", csv_text(table([ligne | {"Observations": "va mieux" if rang < 3 else ""}
        for rang, ligne in enumerate(persons())])).encode(), DIX,
        ('Colonne "Observations" ignorée : 3 cellules non conservées.',)),
    Cas(55, "participants.csv", csv_text(table([ligne | {"Adresse": "12 rue des Lilas"} for ligne in persons()])
        ).encode(), DIX, ('"Adresse"', "non conservées")),
    Cas(68, "participants.csv", csv_text(table([*persons(11), PERSONNE | {"participant_ref": "P-003", "sexe": "homme"}])
        ).encode(), ("charge", 12, 10, 2, 0), ("a la même clé que la ligne 13",), ("cle_contradictoire",) * 2),
    Cas(70, "interventions.csv", csv_text([*INTERVENTIONS, ["I-99", *["x" * 1_000_000 if c == "lieu" else v
        for c, v in zip(INTERVENTIONS[0][1:], INTERVENTIONS[1][1:], strict=True)]]]).encode(),
        ("charge", 11, 10, 1, 0), ("dépasse 200 caractères",), ("texte_trop_long",)),
    Cas(81, "participants.csv", _dates("2025-03", "T1 2025"), ("refuse", 10, 0, 10, 0),
        ("10 lignes refusées sur 10",), ("date_invalide",) * 10),
]  # fmt: skip


def cas() -> list[Cas]:
    """Every case of this module."""
    return [
        *(Cas(n, "participants_2025.csv", contenu, attendu) for n, contenu, attendu in LUS),
        *(_refused(n, contenu, mots) for n, contenu, mots in REFUSES),
        *AUTRES,
    ]


def _refused(numero: int, contenu: bytes, mots: str) -> Cas:
    """What could be read before the refusal is counted, so only the state and the reason are compared."""
    return Cas(numero, "participants_2025.csv", contenu, ("refuse", -1, 0, -1, -1), (mots,))
