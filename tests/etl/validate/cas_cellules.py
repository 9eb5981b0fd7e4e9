"""Bad cells, one at a time in a good file: the value each is read as, or the fault that refuses its row."""

from itertools import count

from tests.etl.validate.cas import Cas
from tests.etl.validate.depot_essai import ACTEUR, INTERVENTION, PERSONNE, Ligne, csv_text, many, table

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
    (20, "participants", "date_entree", "45718,604", "2025-03-02"),
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
    (61, "participants", "acteur_id", " a1", "A1"),
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
    (21, "participants", "date_entree", "21/11/2060", "date_future", "dans le futur (après le "),
    (21, "sorties", "date_sortie", "01/01/2098", "date_future", "futur"),
    (22, "acteurs", ("date_debut", "date_fin"), ("02/03/2025", "01/03/2025"), "fin_avant_debut",
     'Début d\'activité" : "02/03/2025" : la date de fin est avant la date de début (Fin d\'activité : "01/03/2025")'),
    (23, "participants", "date_entree", "31/12/9999", "valeur_manquante", "la valeur manque"),
    (24, "participants", "annee_naissance", "2024", "age_hors_limites", "14 à 99 ans"),
    (24, "participants", "annee_naissance", "0", "annee_invalide", "année"),
    (25, "participants", "annee_naissance", "26", "annee_invalide", "quatre chiffres"),
    (26, "participants", "sexe", "X", "code_inconnu", "pas dans la liste (attendu : Femme, Homme, Non renseigné)"),
    (26, "participants", "sexe", "M", "code_inconnu", '"M"'),
    (45, "acteurs", "code_postal", "1000", "code_postal_invalide", "5 chiffres"),
    (46, "acteurs", "siret", "7,32829E+13", "chiffres_perdus", "perdu des chiffres"),
    (46, "participants", "participant_ref", "4.4E+13", "chiffres_perdus", "perdu des chiffres"),
    (0, "acteurs", "siret", "٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "siret_invalide", "14 chiffres"),
    (0, "acteurs", "code_postal", "٣٧٠٠٠", "code_postal_invalide", "5 chiffres"),
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
    (0, "participants", "situation_entree", "inactiv", "code_inconnu", "le plus proche : Inactif"),
    (0, "interventions", "type_intervention", "pied d'imeuble", "code_inconnu", "le plus proche : Pied d'immeuble"),
    (0, "participants", "situation_entree", "neets", "code_inconnu",
     "le plus proche : Jeune ni en emploi, ni en études, ni en formation (NEET)"),
    (0, "sorties", "type_sortie", "", "valeur_manquante", "la valeur manque (colonne obligatoire)"),
    (0, "interventions", "personnes_rencontrees", "12,5", "entier_attendu", '"12,5"'),
    (0, "interventions", "personnes_rencontrees", "99999999999", "entier_trop_grand", '"99999999999" est trop grand'),
    (0, "interventions", "personnes_rencontrees", "-3", "hors_bornes", '"-3" est hors des bornes (de 0 à 10000)'),
    (0, "permanences", "heure_debut", "25:00", "heure_invalide", "HH:MM"),
    (0, "acteurs", "courriel", "accueil chez nous", "courriel_invalide", "courriel"),
    (0, "acteurs", "thematiques", "jardinage spatial", "code_inconnu", "pas dans la liste"),
    (12, "interventions", "personnes_rencontrees", "45 %", "entier_attendu", '"45 %"'),
    (12, "interventions", "personnes_rencontrees", "0,45", "entier_attendu", '"0,45"'),
    (24, "participants", "annee_naissance", "-5", "annee_invalide", '"-5"'),
    (24, "participants", "annee_naissance", "1820", "annee_invalide", '"1820"'),
    (24, "participants", "annee_naissance", "26 ans", "annee_invalide", '"26 ans"'),
    (61, "participants", "acteur_id", "Maison du quartier", "reference_inconnue", "MAISON DU QUARTIER"),
    (79, "interventions", "personnes_rencontrees", "s", "entier_attendu", '"s"'),
    (79, "interventions", "personnes_rencontrees", "<5", "entier_attendu", '"<5"'),
    (80, "participants", "date_entree", "T1 2025", "date_invalide", '"T1 2025"'),
    (82, "interventions", "personnes_rencontrees", "120 %", "entier_attendu", '"120 %"'),
]  # fmt: skip


_RANGS = count(1)


def cas() -> list[Cas]:
    """Ten good rows, then the one in question."""
    return [
        *(_cas(n, schema, colonne, texte, valeur=valeur) for n, schema, colonne, texte, valeur in LUES),
        *(_cas(n, schema, colonne, texte, code, mots) for n, schema, colonne, texte, code, mots in REFUSEES),
    ]


def _cas(
    numero: int, schema: str, colonne: str | tuple[str, ...], texte: str | tuple[str, ...],
    code: str | None = None, mots: str = "", valeur: object = None,
) -> Cas:  # fmt: skip
    modele, cle = MODELES[schema]
    rang = next(_RANGS)  # keys are unique in a whole contract: each case has its own
    bonne, question = f"G{rang}-{{}}", f"C{rang}"
    colonnes, textes = (colonne, texte) if isinstance(colonne, tuple) else ((colonne,), (texte,))
    avec = {}
    if schema == "sorties":
        personnes = [*many(PERSONNE, 10, participant_ref=bonne), PERSONNE | {"participant_ref": question}]
        avec["participants.csv"] = csv_text(table(personnes)).encode()
    ligne = modele | {cle: question} | dict(zip(colonnes, textes, strict=True))
    ligne |= {"annee_naissance": ""} if "tranche_age" in colonnes else {}
    ligne |= {"code_qpv": ""} if schema == "interventions" and "latitude" in colonnes else {}
    contenu = csv_text(table([*many(modele, 10, **{cle: bonne}), ligne])).encode()
    attendu = ("charge", 11, 10, 1, 0) if code else ("charge", 11, 11, 0, 0)
    bons = {nom: (modele | {"code_qpv": modele.get("code_qpv", "")}).get(nom, "") for nom in colonnes}
    if cle in colonnes:
        bons[cle] = question
    return Cas(
        numero, f"{schema}.csv", contenu, attendu, (mots,) if mots else (), (code,) if code else (), avec,
        None if code else (colonnes, valeur), bons,
    )  # fmt: skip
