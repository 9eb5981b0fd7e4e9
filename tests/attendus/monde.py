"""The rows behind tests/attendus/indicateurs.csv: five persons, three actors, three quarters, worked by hand.

Data stop on 30 June 2026. a is followed twice (ML then PLIE); d is spotted, never followed; e says nothing.
"""

import csv
from datetime import date as j
from pathlib import Path

from tests.etl.monde import Q1, Q2, Q3

ATTENDUS = list(csv.DictReader(Path(__file__).with_name("indicateurs.csv").open(encoding="utf-8")))
NOMS = [" ".join(filter(None, list(a.values())[:5])) for a in ATTENDUS]
# Jobseekers that the public source counts, by the quarter's code of before.
DEMANDEURS = {Q1: ("QP999001", 40), Q2: ("QP999002", 80)}

ACTEURS = (
    # Ten criteria out of ten.
    {
        "acteur_id": "ML", "nom": "Mission", "type_acteur": "mission_locale", "champ": "droit_commun",
        "adresse": "1 rue A", "code_postal": "99000", "latitude": 47.401, "longitude": 0.701,
        "telephone": "0200000000", "site_web": "https://ml.example", "thematiques": ["mobilite"],
        "publics": ["jeunes"], "qpv_couverts": [Q1, Q3],
    },
    # Closed at the end of 2024.
    {"acteur_id": "PLIE", "nom": "Plan", "type_acteur": "plie", "champ": "droit_commun", "date_fin": j(2024, 12, 31)},
    # Not open yet on 30 June 2026.
    {"acteur_id": "ASSO", "nom": "Asso", "type_acteur": "association", "champ": "mixte", "date_debut": j(2026, 9, 1)},
)  # fmt: skip
POINTS = ((47.401, 0.701, Q1, 0.0, "contour"),)

INTERVENTIONS = (
    {"intervention_id": "I1", "date": j(2024, 3, 5), "acteur_id": "ML", "type_intervention": "maraude",
     "lieu": "Place", "code_qpv": Q1, "personnes_rencontrees": 10},
    {"intervention_id": "I2", "date": j(2025, 3, 4), "acteur_id": "PLIE", "type_intervention": "forum",
     "lieu": "Salle", "code_qpv": Q2, "personnes_rencontrees": 5},
    # No code, but a point inside Q1.
    {"intervention_id": "I3", "date": j(2025, 3, 4), "acteur_id": "ML", "type_intervention": "maraude",
     "lieu": "Place", "latitude": 47.401, "longitude": 0.701, "personnes_rencontrees": 3},
    {"intervention_id": "I4", "date": j(2026, 6, 1), "acteur_id": "ML", "type_intervention": "autre",
     "lieu": "Ailleurs", "code_qpv": "hors_qpv", "personnes_rencontrees": 7},
)  # fmt: skip
PERMANENCES = (
    # Four Tuesdays of January 2025 x 3 h = 12 h.
    {"acteur_id": "ML", "lieu": "Mairie", "jours": ["mardi"], "frequence": "hebdomadaire", "heure_debut": "09:00",
     "heure_fin": "12:00", "code_qpv": Q3, "date_debut": j(2025, 1, 1), "date_fin": j(2025, 1, 31)},
    # Four Thursdays of February 2025 x 2 h x 12/52, monthly: 1.846 h.
    {"acteur_id": "ML", "lieu": "Centre", "jours": ["jeudi"], "frequence": "mensuelle", "heure_debut": "14:00",
     "heure_fin": "16:00", "code_qpv": Q3, "date_debut": j(2025, 2, 1), "date_fin": j(2025, 2, 28)},
)  # fmt: skip
RENCONTRES = tuple(
    {"rencontre_id": f"R{n}", "date": date, "type_rencontre": type_, "nombre_participants": nombre}
    for n, (date, type_, nombre) in enumerate(
        (
            (j(2025, 2, 1), "coordination", 8),
            (j(2025, 3, 1), "formation_aller_vers", 12),
            (j(2026, 1, 10), "formation_aller_vers", 5),
            (j(2025, 4, 1), "branche", 20),
            (j(2025, 5, 1), "rencontre_emploi", 30),
            (j(2025, 6, 1), "parrainage_collectif", 6),
            (j(2025, 7, 1), "formation_discrimination", 9),
        )
    )
)
FREQUENTATION = (
    {"acteur_id": "ML", "date": j(2025, 1, 6), "passages": 12},
    {"acteur_id": "ML", "date": j(2025, 1, 7), "passages": 0},
    {"acteur_id": "ML", "date": j(2025, 1, 8), "passages": 15},
)
FINANCEMENTS = (
    {"action_id": "A1", "financeur": "Etat", "annee": 2024, "fiche": "3.2.1", "dispositif": "aap",
     "montant_accorde": 10000.0},
    {"action_id": "A1", "financeur": "Agglo", "annee": 2024, "fiche": "3.2.1", "dispositif": "aap",
     "montant_accorde": 5000.0},
    {"action_id": "A2", "financeur": "Etat", "annee": 2025, "fiche": "3.2.1", "dispositif": "aap",
     "montant_accorde": 0.0},
)  # fmt: skip
ENTREPRISES = (
    {"entreprise_id": "E1", "type_engagement": "recrutement", "date": j(2025, 1, 1)},
    {"entreprise_id": "E1", "type_engagement": "immersion", "date": j(2025, 2, 1)},
    {"entreprise_id": "E2", "type_engagement": "recrutement", "date": j(2026, 2, 1)},
)

PARTICIPANTS = (
    {"acteur_id": "ML", "participant_ref": "1", "personne": "a", "code_qpv": Q1, "sexe": "femme",
     "annee_naissance": 2000, "date_reperage": j(2024, 1, 10), "date_entree": j(2024, 2, 1),
     "niveau_formation": "infra_cap", "situation_entree": "demandeur_emploi_24_mois_et_plus", "rsa": "oui",
     "rqth": "non", "allophone": "non", "illettrisme": "non", "invisible": "oui", "mode_reperage": "intervention",
     "fiche": "3.2.1"},
    # The same person, a year later, in another quarter: only the new quarter and opening are told.
    {"acteur_id": "PLIE", "participant_ref": "1", "personne": "a", "code_qpv": Q2, "sexe": "femme",
     "date_entree": j(2025, 5, 1)},
    {"acteur_id": "ML", "participant_ref": "2", "personne": "b", "code_qpv": Q1, "sexe": "homme",
     "annee_naissance": 1990, "date_reperage": j(2024, 2, 20), "date_entree": j(2024, 3, 1),
     "niveau_formation": "bac", "situation_entree": "inactif", "rsa": "non", "rqth": "oui", "allophone": "non",
     "illettrisme": "non", "invisible": "non", "fiche": "3.2.1"},
    {"acteur_id": "ML", "participant_ref": "3", "personne": "c", "code_qpv": Q3, "sexe": "homme",
     "annee_naissance": 1970, "date_reperage": j(2025, 1, 5), "date_entree": j(2025, 1, 20),
     "niveau_formation": "cap_bep", "situation_entree": "demandeur_emploi_moins_12_mois", "rqth": "non",
     "allophone": "oui", "illettrisme": "non", "invisible": "non"},
    {"acteur_id": "PLIE", "participant_ref": "2", "personne": "d", "code_qpv": "hors_qpv", "sexe": "femme",
     "tranche_age": "26_49", "date_reperage": j(2025, 2, 1), "invisible": "oui"},
    {"acteur_id": "PLIE", "participant_ref": "3", "personne": "e", "date_reperage": j(2025, 6, 1),
     "date_entree": j(2025, 6, 15)},
)  # fmt: skip
ETAPES = tuple(
    {"acteur_id": acteur, "participant_ref": ref, "date": date, "type_etape": etape}
    for acteur, ref, date, etape in (
        ("ML", "1", j(2024, 1, 15), "premier_contact"),
        ("ML", "1", j(2024, 1, 25), "diagnostic"),
        ("ML", "1", j(2024, 9, 1), "emploi"),
        ("ML", "2", j(2024, 2, 25), "premier_contact"),
        # Broken after 61 days, back 31 days later: not a rupture.
        ("ML", "2", j(2024, 5, 1), "rupture"),
        # With 1 May and 1 June, the mission's steps cover the 90 days before 30 June 2024.
        ("ML", "2", j(2024, 5, 31), "immersion"),
        ("ML", "2", j(2024, 6, 1), "reprise"),
        ("ML", "3", j(2025, 1, 12), "diagnostic"),
        ("ML", "3", j(2025, 3, 1), "rupture"),
        ("PLIE", "2", j(2025, 2, 10), "premier_contact"),
        ("PLIE", "1", j(2025, 12, 1), "accompagnement"),
    )
)
FREINS = tuple(
    {"acteur_id": acteur, "participant_ref": ref, "type_frein": type_, "date_identification": debut, "date_levee": fin}
    for acteur, ref, type_, debut, fin in (
        # 44 days apart: one episode, 5 February to 1 July 2024, lifted in 147 days.
        ("ML", "1", "mobilite", j(2024, 2, 5), j(2024, 4, 1)),
        ("ML", "1", "mobilite", j(2024, 5, 15), j(2024, 7, 1)),
        ("PLIE", "1", "numerique", j(2025, 6, 1), None),
        # 306 days.
        ("ML", "2", "mobilite", j(2024, 3, 10), j(2025, 1, 10)),
        # Identified two months before the data stop: immature.
        ("ML", "3", "sante", j(2026, 5, 1), None),
    )
)
ORIENTATIONS = tuple(
    {"acteur_source": source, "participant_ref": ref, "acteur_cible": cible, "dispositif": dispositif, "date": date,
     "nature": nature, "statut": statut, "date_statut": date_statut}
    for source, ref, cible, dispositif, date, nature, statut, date_statut in (
        ("ML", "1", "PLIE", "france_travail", j(2024, 3, 1), "droit_commun", "inscrite", j(2024, 4, 15)),
        ("ML", "1", "PLIE", "formation_region", j(2024, 5, 1), "droit_commun", "inscrite", j(2024, 5, 20)),
        ("ML", "2", "PLIE", "siae", j(2024, 6, 1), "specifique_qpv", "accueillie", None),
        ("ML", "3", "PLIE", "cej", j(2025, 2, 1), "droit_commun", "sans_suite", None),
        ("PLIE", "3", "ML", "france_travail", j(2026, 6, 1), "droit_commun", "prescrite", None),
    )
)  # fmt: skip
SORTIES = (
    {"acteur_id": "ML", "participant_ref": "1", "date_sortie": j(2024, 9, 1), "type_sortie": "cdi",
     "situation_4_semaines": "emploi_durable", "situation_6_mois": "emploi_durable",
     "situation_12_mois": "recherche_emploi"},
    {"acteur_id": "ML", "participant_ref": "2", "date_sortie": j(2025, 2, 1), "type_sortie": "abandon"},
    {"acteur_id": "ML", "participant_ref": "3", "date_sortie": j(2025, 7, 20), "type_sortie": "formation_qualifiante"},
)  # fmt: skip
CONFIANCE = tuple(
    {"acteur_id": "ML", "participant_ref": ref, "date": date, "vague": vague, "institution": "ensemble", "score": score}
    for ref, date, vague, score in (
        # 4 then 5: crosses the middle, regained.
        ("1", j(2024, 2, 1), "entree", 4),
        ("1", j(2024, 9, 1), "sortie", 5),
        # 6 then 4, 122 days later: lost.
        ("2", j(2024, 3, 1), "entree", 6),
        ("2", j(2024, 7, 1), "suivi", 4),
        # 30 days later only: no pair.
        ("3", j(2025, 1, 20), "entree", 3),
        ("3", j(2025, 2, 19), "suivi", 8),
    )
)
PARRAINAGES = tuple(
    {"acteur_id": "ML", "participant_ref": ref, "date_debut": date, "entreprise_id": "E1"}
    for ref, date in (("1", j(2024, 3, 15)), ("1", j(2024, 5, 1)), ("2", j(2024, 7, 1)))
)
PROJETS = tuple(
    {"projet_id": ident, "date_accompagnement": debut, "acteur_id": acteur, "code_qpv": qpv, "date_creation": creation,
     "statut_12_mois": statut}
    for ident, debut, acteur, qpv, creation, statut in (
        ("P1", j(2024, 2, 1), "ML", Q1, j(2024, 6, 1), "active"),
        ("P2", j(2024, 5, 1), "ML", Q2, j(2025, 1, 15), "cessee"),
        # Created four months before the data stop: too young to be said alive at a year.
        ("P3", j(2025, 3, 1), "PLIE", "inconnu", j(2026, 3, 1), "inconnu"),
        ("P4", j(2025, 9, 1), "PLIE", Q1, None, "inconnu"),
    )
)  # fmt: skip

TABLES = {
    "acteurs": ACTEURS, "interventions": INTERVENTIONS, "permanences": PERMANENCES, "rencontres": RENCONTRES,
    "frequentation": FREQUENTATION, "financements": FINANCEMENTS, "entreprises": ENTREPRISES,
    "participants": PARTICIPANTS, "etapes": ETAPES, "freins": FREINS, "orientations": ORIENTATIONS,
    "sorties": SORTIES, "confiance": CONFIANCE, "parrainages": PARRAINAGES, "projets": PROJETS,
}  # fmt: skip


def inform(con):
    """Write the public figures that two rates are worked out from."""
    for code, (avant, demandeurs) in DEMANDEURS.items():
        con.execute("UPDATE contrat.qpv SET code_2015 = ? WHERE code = ?", [avant, code])
        con.execute(
            """INSERT INTO mart.contexte (indicateur, maille, axe, territoire, valeur, etat)
            VALUES ('demandeurs_emploi_abc', 'depuis_debut', '', ?, ?, 'valeur')""",
            [avant, demandeurs],
        )
