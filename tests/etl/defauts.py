"""The defect each check must report, and rows of the same kind it must leave alone: tables, then rows to plant."""

from datetime import date

from tests.etl.monde import Q1, Q2


def _mois(colonne: str, comptes: list[int]) -> list[dict]:
    """So many lines of one partner each month of 2025, from January on."""
    return [{"partenaire": "a", colonne: date(2025, m, 1)} for m, n in enumerate(comptes, 1) for _ in range(n)]


def _livraisons(partenaire: str, *lignes: int) -> list[dict]:
    """Quarterly deliveries from 2025-T1 on; the seventh ends after the data date."""
    fins = (date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31),
            date(2026, 6, 30), date(2026, 9, 30))  # fmt: skip
    recues = zip(fins, lignes, strict=False)
    return [_livraison(partenaire, f"{fin.year}-T{(fin.month + 2) // 3}", fin, nombre) for fin, nombre in recues]


def _livraison(partenaire: str, periode: str, fin: date, lignes: int) -> dict:
    return {"partenaire": partenaire, "schema": "participants", "periode": periode, "periode_fin": fin,
            "etat": "charge", "acceptees": lignes}  # fmt: skip


def _reprise(partenaire: str, *lignes: int) -> list[dict]:
    """Past years sent whole, ever fewer lines, then quarterly deliveries from 2026-T1 on."""
    annees = [_livraison(partenaire, str(an), date(an, 12, 31), nombre) for an, nombre in ((2024, 900), (2025, 400))]
    fins = (date(2026, 3, 31), date(2026, 6, 30))
    return annees + [_livraison(partenaire, f"2026-T{t}", fins[t - 1], n) for t, n in enumerate(lignes, 1)]


Cas = dict[str, tuple[dict[str, list[dict]], int, dict[str, list[dict]]]]


def case(indicateur="entrees", territoire=Q1, type_territoire="qpv", axe="", modalite="", **comptes):
    cle = {"indicateur": indicateur, "maille": "annee", "periode": "2099", "axe": axe, "modalite": modalite}
    return cle | {"territoire": territoire, "type_territoire": type_territoire} | comptes


A, B = {"acteur_id": "A"}, {"acteur_id": "B"}
REF = A | {"participant_ref": "1"}
JAN, FEV, MARS = date(2025, 1, 10), date(2025, 2, 10), date(2025, 3, 10)
TOUS = {"territoire": "total", "type_territoire": "total"}
# Check → (bad rows, number of findings), then rows of the same kind that are in order.
BLOQUANTS: Cas = {
    "une_mesure_n_a_qu_une_valeur": (
        {"mart.mesure": [case(numerateur=1), case(numerateur=2)]},
        1,
        {"mart.mesure": [case(numerateur=1), case(indicateur="sorties", numerateur=2)]},
    ),
    "les_taux_sont_entre_0_et_100": (
        {"mart.mesure": [case("part_femmes", numerateur=5, denominateur=4)]},
        1,
        {
            "mart.mesure": [
                case("part_femmes", numerateur=4, denominateur=4),
                case("frequentation_moyenne", numerateur=5, denominateur=4),
            ]
        },
    ),
    "un_compte_ne_depasse_pas_sa_base": ({"mart.mesure": [case(x=5, n=4)]}, 1, {"mart.mesure": [case(x=4, n=4)]}),
    "les_territoires_font_le_total": (
        {
            "mart.mesure": [
                case(x=5),
                case(x=6, **TOUS),
                case("interventions", numerateur=3),
                case("interventions", numerateur=2, **TOUS),
            ]
        },
        2,
        {
            "mart.mesure": [
                case(x=5),
                case(x=2, territoire="hors_qpv", type_territoire="hors_qpv"),
                case(x=5, territoire="37", type_territoire="commune"),
                case(x=7, **TOUS),
                # Companies are distinct: they do not add up.
                case("acteurs_mobilises", numerateur=3),
                case("acteurs_mobilises", numerateur=2, **TOUS),
            ]
        },
    ),
    "les_modalites_font_le_total": (
        {"mart.mesure": [case(x=5), case(x=2, axe="sexe", modalite="femme"), case(x=2, axe="sexe", modalite="homme")]},
        1,
        {
            "mart.mesure": [
                case(x=5),
                case(x=3, axe="sexe", modalite="femme"),
                case(x=2, axe="sexe", modalite="homme"),
                case(x=9, axe="acteur", modalite="A"),
            ]
        },
    ),
    "chaque_intervention_a_un_acteur_connu": (
        {"staging.acteurs": [A], "staging.interventions": [B]},
        1,
        {"staging.acteurs": [A], "staging.interventions": [A]},
    ),
    "chaque_suivi_a_un_acteur_connu": (
        {"staging.acteurs": [A], "staging.participants": [B]},
        1,
        {"staging.acteurs": [A], "staging.participants": [A]},
    ),
    "chaque_orientation_a_des_acteurs_connus": (
        {
            "staging.acteurs": [A],
            "staging.orientations": [
                {"acteur_source": "A", "acteur_cible": "B"},
                {"acteur_source": "B", "acteur_cible": "A"},
            ],
        },
        2,
        {"staging.acteurs": [A, B], "staging.orientations": [{"acteur_source": "A", "acteur_cible": "B"}]},
    ),
    "chaque_fait_a_son_suivi": (
        {
            "core.suivi": [A | {"participant_ref": "2"}],
            "staging.etapes": [REF],
            "staging.freins": [REF],
            "staging.orientations": [{"acteur_source": "A", "participant_ref": "1"}],
            "staging.sorties": [REF],
            "staging.confiance": [REF],
        },
        5,
        {"core.suivi": [REF], "staging.etapes": [REF], "staging.freins": [REF]},
    ),
    "chaque_ligne_acceptee_se_retrouve_une_fois": (
        {"staging.sorties": [REF, REF], "core.sortie": [REF], "staging.acteurs": [A], "core.acteur": [A, A]},
        2,
        {"staging.sorties": [REF], "core.sortie": [REF]},
    ),
    "chaque_personne_a_un_etat": (
        {"core.suivi": [REF | {"personne": 1}], "core.personne_etat": [{"personne": 2}]},
        1,
        {"core.suivi": [REF | {"personne": 1}], "core.personne_etat": [{"personne": 1}]},
    ),
    "chaque_quartier_est_du_contrat": (
        {"staging.participants": [{"code_qpv": "QN99999Z"}], "core.intervention": [{"qpv": None}]},
        2,
        {
            "staging.participants": [{"code_qpv": Q1}, {"code_qpv": "hors_qpv"}],
            "core.intervention": [{"qpv": "inconnu"}],
        },
    ),
    "un_frein_est_leve_apres_son_identification": (
        {"core.frein": [{"date_identification": FEV, "date_levee": JAN}]},
        1,
        {"core.frein": [{"date_identification": FEV, "date_levee": FEV}, {"date_identification": FEV}]},
    ),
}
SUIVI = REF | {"personne": 1, "suivi": 1, "code_qpv": Q1, "ouvert_le": JAN}
AUTRE_SUIVI = B | {"participant_ref": "9", "personne": 1, "suivi": 2, "code_qpv": Q2, "ouvert_le": FEV}
PRESENT = REF | {"partenaire": "a", "lot": 1, "ligne": 2}
POINT = {"latitude": 47.0, "longitude": 1.0}
CENTRE = {"type": "commune", "latitude": 47.0, "longitude": 1.0}
AVERTISSEMENTS: Cas = {
    "une_etape_precede_le_reperage": (
        {"core.suivi": [REF | {"date_reperage": FEV}], "staging.etapes": [REF | {"date": JAN}]},
        1,
        {"core.suivi": [REF | {"date_reperage": FEV}], "staging.etapes": [REF | {"date": FEV}]},
    ),
    "une_etape_suit_la_sortie": (
        {"core.suivi": [REF | {"date_sortie": FEV}], "staging.etapes": [REF | {"date": MARS, "type_etape": "emploi"}]},
        1,
        {"core.suivi": [REF | {"date_sortie": FEV}], "staging.etapes": [REF | {"date": MARS, "type_etape": "reprise"}]},
    ),
    "une_sortie_precede_l_entree": (
        {"core.suivi": [REF | {"date_entree": FEV, "date_sortie": JAN}]},
        1,
        {"core.suivi": [REF | {"date_entree": JAN, "date_sortie": FEV}, REF | {"date_sortie": FEV}]},
    ),
    "une_sortie_n_a_pas_d_entree": (
        {"core.suivi": [REF | {"date_sortie": JAN}]},
        1,
        {"core.suivi": [REF | {"date_entree": JAN, "date_sortie": FEV}, REF]},
    ),
    "un_accompagnement_dure_un_jour": (
        {"core.suivi": [REF | {"date_entree": JAN, "date_sortie": date(2025, 1, 11)}]},
        1,
        {"core.suivi": [REF | {"date_entree": JAN, "date_sortie": date(2025, 1, 12)}]},
    ),
    "un_suivi_est_sans_nouvelles_depuis_un_an": (
        {"core.suivi": [REF | {"abandon_presume": True}]},
        1,
        {"core.suivi": [REF | {"abandon_presume": False}]},
    ),
    "deux_suivis_dans_deux_quartiers": (
        {"core.suivi": [SUIVI, AUTRE_SUIVI]},
        1,
        {"core.suivi": [SUIVI | {"date_fin": JAN}, AUTRE_SUIVI, AUTRE_SUIVI | {"suivi": 3, "code_qpv": "inconnu"}]},
    ),
    "le_meme_fait_a_deux_dates": (
        {"staging.participants": [REF | {"date_entree": JAN, "date_reperage": JAN}],
         "staging.etapes": [REF | {"date": FEV, "type_etape": "accompagnement"},
                            REF | {"date": FEV, "type_etape": "reperage"}]},
        2,
        {"staging.participants": [REF | {"date_entree": JAN}],
         "staging.etapes": [REF | {"date": date(2025, 1, 17), "type_etape": "accompagnement"},
                            REF | {"date": FEV, "type_etape": "accompagnement"},
                            REF | {"date": FEV, "type_etape": "diagnostic"}]},
    ),
    "une_personne_a_deux_reponses_contraires": (
        {"core.suivi": [SUIVI | {"sexe": "femme"}, AUTRE_SUIVI | {"sexe": "homme"},
                        {"personne": 2, "annee_naissance": 1990}, {"personne": 2, "annee_naissance": 1991}]},
        2,
        {"core.suivi": [SUIVI | {"sexe": "femme"}, AUTRE_SUIVI | {"sexe": "non_renseigne"},
                        {"personne": 2, "annee_naissance": 1990}, {"personne": 2}]},
    ),
    "un_participant_a_un_quartier_inconnu": (
        {"staging.participants": [{"code_qpv": "inconnu"}]},
        1,
        {"staging.participants": [{"code_qpv": "hors_qpv"}]},
    ),
    "une_intervention_a_un_quartier_inconnu": (
        {"core.intervention": [{"qpv": "inconnu"}]},
        1,
        {"core.intervention": [{"qpv": "hors_qpv"}]},
    ),
    "le_point_contredit_le_quartier_declare": (
        {"territoire.point": [POINT | {"code_qpv": Q2}], "staging.interventions": [POINT | {"code_qpv": Q1}]},
        1,
        {"territoire.point": [POINT | {"code_qpv": "inconnu"}], "staging.interventions": [POINT | {"code_qpv": Q1}]},
    ),
    "un_point_est_loin_du_contrat": (
        {"territoire.territoire": [CENTRE], "staging.acteurs": [{"latitude": 1.0, "longitude": 47.0}]},
        1,
        # A quarter of a degree of longitude at this latitude is 19 km.
        {"territoire.territoire": [CENTRE], "staging.acteurs": [{"latitude": 47.0, "longitude": 1.25}, A]},
    ),
    "un_acteur_ferme_agit_encore": (
        {"staging.acteurs": [A | {"date_fin": JAN}], "staging.interventions": [A | {"date": FEV}],
         "staging.participants": [A | {"date_entree": FEV}]},
        2,
        {"staging.acteurs": [A | {"date_fin": JAN}, B],
         "staging.interventions": [A | {"date": JAN}, B | {"date": FEV}]},
    ),
    "une_orientation_revient_a_son_auteur": (
        {"staging.orientations": [{"acteur_source": "A", "acteur_cible": "A"}]},
        1,
        {"staging.orientations": [{"acteur_source": "A", "acteur_cible": "B"}]},
    ),
    "une_permanence_n_a_pas_d_heure_de_fin": (
        {"staging.permanences": [A]},
        1,
        {"staging.permanences": [A | {"heure_fin": "12:00"}]},
    ),
    "une_livraison_perd_des_lignes": (
        {"journal.lot": [*_livraisons("a", 100, 90, 100, 40), *_livraisons("liste", 100, 100, 100, 79),
                         *_reprise("e", 100, 49)],
         "contrat.livraison": [{"dossier": "liste", "schema": "participants", "mode": "complet"}]},
        3,
        # A summer like the last one; a fall seen in its time; too few lines to tell from chance; a running quarter;
        # a fall by less than half in a season that nobody knows.
        {"journal.lot": [*_livraisons("a", 40, 90, 100, 95, 41), *_livraisons("b", 100, 90, 10, 60, 90),
                         *_livraisons("c", 9, 9, 9, 5), *_livraisons("d", 100, 100, 100, 100, 100, 100, 3),
                         *_livraisons("liste", 100, 50, 60, 61, 50), *_reprise("e", 100, 51)],
         "contrat.livraison": [{"dossier": "liste", "schema": "participants", "mode": "complet"}]},
    ),
    "un_mois_sort_de_l_ordinaire": (
        # Of any dated contract; a partner who always sends as much has no median deviation at all.
        {"staging.interventions": _mois("date", [3, 4, 5, 3, 30, 3, 4, 5, 3, 4]),
         "staging.freins": _mois("date_identification", [4, 4, 4, 4, 4, 4, 4, 4, 40, 4])},
        2,
        # An ordinary variation; one line more than always; too few months to tell.
        {"staging.interventions": _mois("date", [3, 4, 5, 3, 4, 5, 3, 4, 5, 3]),
         "staging.freins": _mois("date_identification", [4, 4, 4, 4, 4, 4, 4, 4, 5, 4]),
         "staging.etapes": _mois("date", [4, 4, 4, 4, 4, 4, 90])},
    ),
}  # fmt: skip
