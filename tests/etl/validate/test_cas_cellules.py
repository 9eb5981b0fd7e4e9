"""Bad cells, one at a time in a good file: each is read, or refuses its row with one French sentence."""

import re
from collections.abc import Iterator

import pytest

from tests.etl.validate.depot_essai import (
    ACTEUR,
    INTERVENTION,
    PERSONNE,
    Depot,
    Ligne,
    Resultat,
    many,
)

FORME = re.compile(r'Ligne \d+, colonne "[^"]+" : .+[.]')
MODELES: dict[str, tuple[Ligne, str]] = {
    "participants": (PERSONNE, "participant_ref"),
    "interventions": (INTERVENTION, "intervention_id"),
    "acteurs": (ACTEUR | {"siret": "", "telephone": "", "courriel": "", "site_web": "", "code_postal": "",
                          "code_insee": "", "date_debut": "", "date_fin": "", "thematiques": "", "qpv_couverts": "",
                          "latitude": "", "longitude": ""}, "acteur_id"),
    "financements": ({"action_id": "F-1", "financeur": "État", "annee": "2025", "intitule": "Aller vers",
                      "acteur_id": "A1", "fiche": "3.2.1", "dispositif": "aap", "montant_demande": "1000",
                      "montant_accorde": "", "qpv_vises": ""}, "action_id"),
    "permanences": ({"acteur_id": "A1", "lieu": "Mairie", "jours": "lundi", "heure_debut": "09:00",
                     "date_debut": "01/01/2025", "heure_fin": "", "date_fin": ""}, "lieu"),
    "sorties": ({"acteur_id": "A1", "participant_ref": "P-1", "date_sortie": "01/02/2026", "type_sortie": "cdi",
                 "situation_6_mois": ""}, "participant_ref"),
}  # fmt: skip
# (number in the list of bad inputs, contract, column, received text, value kept)
LUES = [
    (8, "interventions", "duree_minutes", "90,0", 90),
    (9, "financements", "montant_demande", "12 500", 12500.0),
    (9, "financements", "montant_demande", "12\u00a0500,50", 12500.5),
    (9, "financements", "montant_demande", "1\u202f234\u202f567", 1234567.0),
    (9, "financements", "montant_demande", "12'500", 12500.0),
    (8, "financements", "montant_demande", "12,5", 12.5),
    (10, "financements", "montant_demande", "1.234,50", 1234.5),
    (11, "financements", "montant_demande", "1 234 €", 1234.0),
    (14, "participants", "date_entree", "02/03/2025", "2025-03-02"),
    (14, "participants", "date_entree", "2/3/2025", "2025-03-02"),
    (15, "participants", "date_entree", "2025-03-02", "2025-03-02"),
    (15, "participants", "date_entree", "02.03.2025", "2025-03-02"),
    (15, "participants", "date_entree", "02-03-2025", "2025-03-02"),
    (15, "participants", "date_entree", "2 mars 2025", "2025-03-02"),
    (15, "participants", "date_entree", "1er mars 2025", "2025-03-01"),
    (15, "participants", "date_entree", "15 août 2025", "2025-08-15"),
    (16, "participants", "date_entree", "03/02/25", "2025-02-03"),
    (17, "participants", "date_entree", "45718", "2025-03-02"),
    (20, "participants", "date_entree", "2025-03-02 14:30:00", "2025-03-02"),
    (20, "participants", "date_entree", "02/03/2025 08:15", "2025-03-02"),
    (20, "participants", "date_entree", "2025-03-02T23:30:00Z", "2025-03-03"),
    (23, "acteurs", "date_fin", "31/12/9999", None),
    (23, "acteurs", "date_fin", "01/01/1900", None),
    (26, "participants", "sexe", "F", "femme"),
    (26, "participants", "sexe", "femme ", "femme"),
    (26, "participants", "sexe", "Mme", "femme"),
    (26, "participants", "sexe", "H", "homme"),
    (26, "participants", "sexe", "1", "homme"),
    (26, "participants", "sexe", "", "non_renseigne"),
    (26, "participants", "tranche_age", "", "non_renseigne"),
    (45, "acteurs", "siret", "732 829 320 00074", "73282932000074"),
    (45, "acteurs", "code_insee", "99001", "99001"),
    (47, "participants", "participant_ref", " p-777 ", "P-777"),
    (47, "participants", "participant_ref", "p\u2011778", "P-778"),
    (50, "participants", "code_qpv", "Les Lilas", "QN99901N"),
    (50, "participants", "code_qpv", "lilas", "QN99901N"),
    (50, "participants", "code_qpv", "QUARTIER DES LILAS", "QN99901N"),
    (50, "participants", "code_qpv", "Cité des lilas", "QN99901N"),
    (50, "participants", "code_qpv", "grand parc, etoile", "QN99902M"),
    (50, "participants", "code_qpv", "Centre (Ville-Basse)", "QN99904I"),
    (50, "participants", "code_qpv", "qn99901n", "QN99901N"),
    (51, "participants", "code_qpv", "QP999001", "QN99901N"),
    (53, "participants", "code_qpv", "Hors QPV", "hors_qpv"),
    (53, "participants", "code_qpv", "HQPV", "hors_qpv"),
    (53, "participants", "code_qpv", "quartier vécu", "hors_qpv"),
    (53, "participants", "code_qpv", "", "inconnu"),
    (53, "interventions", "code_qpv", "", "inconnu"),
    (56, "interventions", ("latitude", "longitude"), ("1,8812", "46,6123"), (46.6123, 1.8812)),
    (57, "interventions", ("latitude", "longitude"), ("614267,87", "6611713,68"), (46.6, 1.88)),
    (58, "interventions", ("latitude", "longitude"), ("46,6123", "1,8812"), (46.6123, 1.8812)),
    (78, "interventions", "lieu", "'; drop table valide.acteurs --", "'; drop table valide.acteurs --"),
    (78, "interventions", "lieu", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    (78, "interventions", "lieu", "<img src=x onerror=alert(1)> `${1}` 🎉", "<img src=x onerror=alert(1)> `${1}` 🎉"),
    (44, "interventions", "lieu", "Place\u200b du  \u00a0marché", "Place du marché"),
    (31, "interventions", "lieu", "Café", "Café"),
    (0, "interventions", "type_intervention", "Pied d'immeuble", "pied_immeuble"),
    (0, "permanences", "heure_debut", "9h30", "09:30"),
    (0, "permanences", "heure_debut", "9 h", "09:00"),
    (0, "permanences", "jours", "Mardi, jeudi", ["mardi", "jeudi"]),
    (0, "acteurs", "telephone", "02.47.00.00.00", "0247000000"),
    (0, "acteurs", "site_web", "www.exemple.fr", "https://www.exemple.fr"),
    (0, "acteurs", "qpv_couverts", "Les Lilas | QN99905M", ["QN99901N", "QN99905M"]),
    (0, "acteurs", "date_fin", "31/12/2030", "2030-12-31"),
]  # fmt: skip
# (number, contract, column, received text, code of the refusal, words of its sentence)
REFUSEES = [
    (45, "acteurs", "siret", "5210050108", "siret_invalide", "14 chiffres"),
    (10, "financements", "montant_demande", "1.234", "nombre_ambigu", "milliers"),
    (11, "financements", "montant_demande", "12k€", "montant_invalide", '"12k€" n\'est pas un montant'),
    (11, "financements", "montant_demande", "env. 300", "montant_invalide", '"env. 300"'),
    (13, "participants", "date_entree", "31/02/2025", "date_invalide",
     'colonne "Date d\'entrée" : "31/02/2025" n\'est pas une date du calendrier (attendu JJ/MM/AAAA).'),
    (13, "participants", "date_entree", "2025-02-30", "date_invalide", "calendrier"),
    (13, "participants", "date_entree", "30 février 2025", "date_invalide", "calendrier"),
    (13, "participants", "date_entree", "bientôt", "date_invalide", '"bientôt"'),
    (15, "participants", "date_entree", "20250302", "date_invalide", "calendrier"),
    (16, "participants", "date_entree", "03/02/99", "annee_sur_deux_chiffres", "deux chiffres"),
    (17, "participants", "date_entree", "12", "date_invalide", "calendrier"),
    (21, "participants", "date_entree", "21/11/2026", "date_future", "dans le futur (après le 20/11/2026)"),
    (21, "sorties", "date_sortie", "01/01/2027", "date_future", "futur"),
    (22, "acteurs", ("date_debut", "date_fin"), ("02/03/2025", "01/03/2025"), "fin_avant_debut",
     'Début d\'activité" : "02/03/2025" : la date de fin est avant la date de début (Fin d\'activité : "01/03/2025")'),
    (23, "participants", "date_entree", "31/12/9999", "valeur_manquante", "la valeur manque"),
    (24, "participants", "annee_naissance", "2024", "age_hors_limites", "14 à 99 ans"),
    (24, "participants", "annee_naissance", "0", "annee_invalide", "année"),
    (25, "participants", "annee_naissance", "26", "annee_invalide", "quatre chiffres"),
    (26, "participants", "sexe", "X", "code_inconnu", "pas dans la liste (attendu : femme, homme, non_renseigne)"),
    (26, "participants", "sexe", "M", "code_inconnu", '"M"'),
    (45, "acteurs", "code_postal", "1000", "code_postal_invalide", "5 chiffres"),
    (46, "acteurs", "siret", "7,32829E+13", "chiffres_perdus", "perdu des chiffres"),
    (46, "participants", "participant_ref", "4.4E+13", "chiffres_perdus", "perdu des chiffres"),
    (0, "acteurs", "siret", "73282932000075", "siret_invalide", "clé"),
    (50, "participants", "code_qpv", "Centre", "qpv_ambigu", "QN99903I Centre, QN99904I Centre"),
    (51, "participants", "code_qpv", "QP999005", "qpv_ambigu", "Bellevue Nord"),
    (52, "participants", "code_qpv", "QN03801N", "qpv_inconnu", "pas un quartier prioritaire de ce contrat"),
    (52, "participants", "code_qpv", "QN999O1N", "qpv_inconnu", "le plus proche : QN99901N Les Lilas"),
    (52, "participants", "code_qpv", "Les Lylas", "qpv_inconnu", "le plus proche : QN99901N Les Lilas"),
    (55, "participants", "code_qpv", "12 rue des Lilas", "qpv_inconnu", "pas un quartier"),
    (58, "interventions", ("latitude", "longitude"), ("0", "0"), "coordonnees_nulles", '"0 ; 0"'),
    (58, "interventions", ("latitude", "longitude"), ("46", "1"), "coordonnee_tronquee", "décimales"),
    (59, "interventions", ("latitude", "longitude"), ("48,8566", "2,3522"), "hors_territoire", "hors du territoire"),
    (57, "interventions", ("latitude", "longitude"), ("1355000", "7200000"), "projection_inconnue", "Lambert"),
    (58, "interventions", ("latitude", "longitude"), ("46,61", ""), "point_incomplet", "une seule des deux"),
    (60, "participants", "acteur_id", "A9", "reference_inconnue", '"A9" n\'existe pas dans le contrat acteurs'),
    (60, "participants", "intervention_id", "I-9", "reference_inconnue", "interventions"),
    (60, "interventions", "partenaires", "A1 | A8", "reference_inconnue", '"A8"'),
    (74, "interventions", "lieu", "#REF!", "erreur_de_formule", "formule"),
    (74, "interventions", "personnes_rencontrees", "#N/A", "erreur_de_formule", "formule"),
    (78, "interventions", "lieu", "x" * 201, "texte_trop_long", "dépasse 200 caractères"),
    (44, "interventions", "lieu", "Place\x00", "caractere_interdit", "contrôle"),
    (44, "interventions", "lieu", "Place \u202egram", "caractere_interdit", "invisible"),
    (48, "interventions", "lieu", "chez Mme Durand 06 12 34 56 78", "identite_suspectee", "ressemble"),
    (48, "interventions", "lieu", "camille.durand@exemple.fr", "identite_suspectee", "ressemble"),
    (0, "participants", "situation_entree", "inactiv", "code_inconnu", "le plus proche : inactif"),
    (0, "sorties", "type_sortie", "", "valeur_manquante", "la valeur manque (colonne obligatoire)"),
    (0, "interventions", "personnes_rencontrees", "12,5", "entier_attendu", '"12,5"'),
    (0, "interventions", "personnes_rencontrees", "-3", "hors_bornes", '"-3" est hors des bornes (de 0 à 10000)'),
    (0, "permanences", "heure_debut", "25:00", "heure_invalide", "HH:MM"),
    (0, "acteurs", "courriel", "accueil chez nous", "courriel_invalide", "courriel"),
    (0, "acteurs", "thematiques", "jardinage spatial", "code_inconnu", "pas dans la liste"),
    (82, "interventions", "personnes_rencontrees", "45 %", "entier_attendu", '"45 %"'),
]  # fmt: skip


@pytest.fixture(scope="module")
def cellules(tmp_path_factory) -> Iterator[Resultat]:
    """Every case in its own partner's folder, ten good rows above it, all loaded at once."""
    depot = Depot(tmp_path_factory.mktemp("cellules"))
    for rang, (_, schema, colonne, texte, *_) in enumerate([*LUES, *REFUSEES]):
        _write(depot, rang, schema, colonne, texte)
    yield depot.load()
    depot.con.close()


def _write(depot: Depot, rang: int, schema: str, colonne, texte) -> None:
    modele, cle = MODELES[schema]
    lignes = many(modele, 10, **{cle: f"G{rang}-{{}}"})
    if schema == "sorties":
        depot.csv(f"c{rang}/participants.csv", [*many(PERSONNE, 10, participant_ref=f"G{rang}-{{}}"),
                  PERSONNE | {"participant_ref": f"C{rang}"}])  # fmt: skip
    colonnes, textes = (colonne, texte) if isinstance(colonne, tuple) else ((colonne,), (texte,))
    cas = modele | {cle: f"C{rang}"} | dict(zip(colonnes, textes, strict=True))
    if "tranche_age" in colonnes:
        cas["annee_naissance"] = ""
    if schema == "interventions" and "latitude" in colonnes:
        cas["code_qpv"] = ""
    depot.csv(f"c{rang}/{schema}.csv", [*lignes, cas])


def _faults(cellules: Resultat, rang: int, schema: str) -> list[tuple[int, str, str]]:
    return cellules.con.execute(
        "SELECT f.ligne, f.code, f.message FROM refus.ligne f JOIN journal.lot j USING (lot) WHERE j.fichier = ?",
        [f"c{rang}/{schema}.csv"],
    ).fetchall()


@pytest.mark.parametrize("rang", range(len(LUES)), ids=[f"{n}-{t}"[:40] for n, _, _, t, _ in LUES])
def test_a_spelling_is_read(cellules, rang):
    _, schema, colonne, _, garde = LUES[rang]
    assert cellules.counts(f"c{rang}/{schema}.csv") == ("charge", 11, 11, 0, 0), _faults(cellules, rang, schema)
    noms = ", ".join(colonne) if isinstance(colonne, tuple) else colonne
    lu = cellules.rows(f"SELECT {noms} FROM valide.{schema} WHERE partenaire = 'c{rang}' ORDER BY ligne DESC LIMIT 1")[
        0
    ]
    if isinstance(garde, tuple):
        assert lu == pytest.approx(garde, abs=2e-4)
    else:
        assert (str(lu) if "date" in noms and lu else lu) == garde


@pytest.mark.parametrize("rang", range(len(REFUSEES)), ids=[f"{n}-{t}"[:40] for n, _, _, t, _, _ in REFUSEES])
def test_a_fault_refuses_its_row_with_one_sentence(cellules, rang):
    _, schema, _, _, code, mots = REFUSEES[rang]
    rang += len(LUES)
    assert cellules.counts(f"c{rang}/{schema}.csv") == ("charge", 11, 10, 1, 0), _faults(cellules, rang, schema)
    ((ligne, vu, message),) = _faults(cellules, rang, schema)
    assert (ligne, vu) == (12, code)
    assert mots in message
    assert FORME.fullmatch(message)


def test_every_fault_of_a_row_is_told_at_once(depot):
    fautive = PERSONNE | {"participant_ref": "P-011", "date_entree": "31/02/2025", "sexe": "X", "code_qpv": "Centre"}
    depot.csv("p/participants.csv", [*many(PERSONNE, 10, participant_ref="P-{:03d}"), fautive])
    resultat = depot.load()
    assert resultat.faults() == [
        (12, "code_qpv", "qpv_ambigu"), (12, "date_entree", "date_invalide"), (12, "sexe", "code_inconnu"),
    ]  # fmt: skip
