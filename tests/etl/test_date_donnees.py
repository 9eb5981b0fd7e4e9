"""A build dated in the past knows nothing of what came after: the same figures as if the files had stopped that day."""

from datetime import date

from etl.derivation import exact
from tests.etl import monde

JOUR = date(2025, 6, 30)
PERSONNE = {"acteur_id": "ML", "participant_ref": "1"}
AVANT = {
    "acteurs": [{"acteur_id": "ML", "nom": "Mission", "type_acteur": "mission_locale"}],
    "participants": [
        {**PERSONNE, "personne": "p1", "code_qpv": monde.Q1, "date_reperage": date(2025, 1, 5),
         "date_entree": date(2025, 2, 1), "sexe": "femme", "situation_entree": "inactif"},
    ],
    "freins": [{**PERSONNE, "type_frein": "mobilite", "date_identification": date(2025, 2, 3)}],
    "orientations": [{"participant_ref": "1", "acteur_source": "ML", "acteur_cible": "ML", "dispositif": "plie",
                      "date": date(2025, 3, 1), "nature": "droit_commun", "statut": "prescrite"}],
}  # fmt: skip
# The same files as delivered later: dates filled since, and facts that came after the day asked for.
APRES = {
    **AVANT,
    "participants": [
        *AVANT["participants"],
        {"acteur_id": "ML", "participant_ref": "2", "personne": "p2", "code_qpv": monde.Q2,
         "date_reperage": date(2025, 7, 2), "sexe": "homme", "situation_entree": "inactif"},
    ],
    "freins": [{**AVANT["freins"][0], "date_levee": date(2025, 8, 1)}],
    "orientations": [{**AVANT["orientations"][0], "statut": "inscrite", "date_statut": date(2025, 7, 15)}],
    "etapes": [{**PERSONNE, "date": date(2025, 9, 1), "type_etape": "diagnostic"}],
    "sorties": [{**PERSONNE, "date_sortie": date(2025, 9, 30), "type_sortie": "cdi"}],
    "interventions": [{"intervention_id": "I", "date": date(2025, 7, 7), "acteur_id": "ML", "code_qpv": monde.Q1,
                       "personnes_rencontrees": 3, "type_intervention": "maraude", "lieu": "Place"}],
}  # fmt: skip
TABLES = ("gestion.mesure", "mart.flux", "mart.cohorte", "mart.delai_etape", "core.avancee", "core.intervention",
          "core.frein", "core.orientation", "core.sortie")  # fmt: skip


def figures(contenu):
    with monde.empty(JOUR) as con:
        for nom, lignes in contenu.items():
            monde.add(con, nom, *lignes)
        monde.compute(con)
        exact(con)
        return {table: con.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in TABLES}


def test_what_is_dated_after_the_day_of_the_data_is_seen_nowhere():
    assert figures(APRES) == figures(AVANT)


def test_the_flags_of_how_far_a_person_has_gone_wait_for_the_day():
    con = monde.empty(date(2025, 12, 31))
    for nom, lignes in APRES.items():
        monde.add(con, nom, *lignes)
    monde.compute(con)
    assert con.execute("SELECT rang, solution IS NOT NULL FROM core.avancee WHERE personne = 1").fetchall() == [
        (3, True)
    ]
