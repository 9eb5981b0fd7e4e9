"""Each spelling leads to one code, and what is not listed is not guessed."""

import unicodedata

import pytest
from data_inclusion.schema import v1
from hypothesis import example, given
from hypothesis import strategies as st

from etl.catalog import nomenclatures
from etl.catalog.nomenclatures import NomenclatureInvalide, canonical, load, parse

# The closed lists of the domain, code by code.
ATTENDUS = {
    "sexe": "femme homme non_renseigne",
    "tranche_age": "moins_26 26_49 50_et_plus non_renseigne",
    "niveau_formation": "infra_cap cap_bep bac bac_2 bac_3_et_plus non_renseigne",
    "booleen": "oui non non_renseigne",
    "situation_entree": "demandeur_emploi_moins_12_mois demandeur_emploi_12_23_mois demandeur_emploi_24_mois_et_plus "
    "inactif neet emploi_precaire formation non_renseigne",
    "mode_reperage": "intervention orientation spontane autre non_renseigne",
    "type_frein": "numerique mobilite famille sante lecture_ecriture_calcul logement difficultes_financieres "
    "difficultes_administratives_juridiques confiance_en_soi connaissance_metiers discrimination langue_francaise",
    "type_sortie": "cdi cdd_6_mois_et_plus cdd_moins_6_mois interim creation_activite fonction_publique alternance "
    "formation_qualifiante autre_siae contrat_aide service_civique autre_positive abandon demenagement sante "
    "decede_ou_autre sans_nouvelles",
    "type_acteur": "service_public_emploi mission_locale cap_emploi plie cite_emploi collectivite etat centre_social "
    "association mediation siae organisme_formation bailleur entreprise structure_petite_enfance mobilite autre",
    "type_intervention": "pied_immeuble porte_a_porte maraude stand_marche permanence_itinerante cafe_emploi forum "
    "job_dating evenement_sport_culture atelier autre",
    "type_etape": "reperage premier_contact diagnostic accompagnement formation immersion emploi rupture reprise",
    "dispositif_orientation": "france_travail cej pacea mission_locale plie cap_emploi siae formation_region "
    "rsa_accompagnement creation_activite o2r tzcld association_qpv autre",
    "dispositif_financement": "aap ami_o2r fse_plus droit_commun_valorise adulte_relais fonjep subvention autre",
    "institution": "france_travail mission_locale caf mairie etat ecole police_justice autre ensemble",
    "situation_sortie": "emploi_durable emploi_court formation creation_activite recherche_emploi autre sans_nouvelles",
    "type_engagement": "recrutement maintien parrainage immersion presentation_metier formation_discrimination",
    "statut_projet": "active cessee inconnu",
    "champ": "droit_commun specifique_qpv mixte",
    "nature_orientation": "droit_commun specifique_qpv",
    "statut_orientation": "prescrite accueillie inscrite refusee sans_suite",
    "vague": "entree suivi sortie",
    "frequence": "hebdomadaire bimensuelle mensuelle",
    "intensite": "faible moyen fort",
    "type_rencontre": "coordination parrainage_collectif branche rencontre_emploi formation_aller_vers "
    "formation_discrimination",
}


@pytest.mark.parametrize("nom", ATTENDUS)
def test_codes_are_those_of_the_domain(nom: str):
    assert list(load(nom).codes) == ATTENDUS[nom].split()


@pytest.mark.parametrize("nom", nomenclatures.names())
def test_each_code_label_and_spelling_is_read_back(nom: str):
    liste = load(nom)
    for code, libelle in liste.codes.items():
        for texte in (code, libelle, *liste.autres.get(code, ())):
            for variante in (texte, texte.upper(), f"  {texte} ", texte.replace(" ", "\u00a0")):
                assert liste.code(variante) == code, variante


@pytest.mark.parametrize(
    ("nom", "texte", "code"),
    [
        ("sexe", "F", "femme"),
        ("sexe", "Mme", "femme"),
        ("sexe", "FÉMININ", "femme"),
        ("sexe", "H", "homme"),
        ("sexe", "M.", "homme"),
        ("sexe", "M", None),
        ("sexe", "X", None),
        ("sexe", "F/H", None),
        ("booleen", "O", "oui"),
        ("booleen", "x", "oui"),
        ("booleen", "✔", "oui"),
        ("booleen", "peut-être", None),
        ("tranche_age", "- de 26 ans", "moins_26"),
        ("tranche_age", "+ de 26 ans", None),
        ("tranche_age", "26", None),
        ("tranche_age", "16–25 ans", "moins_26"),
        ("type_sortie", "CDD - de 6 mois", "cdd_moins_6_mois"),
        ("type_sortie", "CDD + de 6 mois", "cdd_6_mois_et_plus"),
        ("type_sortie", "CDD < 6 mois", "cdd_moins_6_mois"),
        ("type_sortie", "CDD ≥ 6 mois", "cdd_6_mois_et_plus"),
        ("type_sortie", "CDD", None),
        ("niveau_formation", "Bac+2", "bac_2"),
        ("niveau_formation", "BAC + 2", "bac_2"),
        ("niveau_formation", "bac-2", None),
        ("situation_entree", "DE > 24 mois", "demandeur_emploi_24_mois_et_plus"),
        ("situation_entree", "DE - de 12 mois", "demandeur_emploi_moins_12_mois"),
        ("dispositif_financement", "FSE+", "fse_plus"),
        ("dispositif_financement", "AMI O2R", "ami_o2r"),
        ("type_intervention", "Pied d’immeuble", "pied_immeuble"),
        ("jour", "Mar.", "mardi"),
    ],
)
def test_real_life_spellings(nom: str, texte: str, code: str | None):
    assert load(nom).code(texte) == code


def test_publics_and_themes_are_those_of_data_inclusion_and_local_ones_say_so():
    publics = {code for code in load("publics").codes if not code.startswith("local--")}
    assert publics == {public.value for public in v1.Public}
    assert set(load("thematiques").codes) == {theme.value for theme in v1.Thematique}


def test_each_frein_is_answered_by_known_themes():
    reponses = nomenclatures.frein_thematiques()
    assert set(reponses) == set(load("type_frein").codes)
    for themes in reponses.values():
        assert len(set(themes)) == len(themes) > 0
        assert set(themes) <= set(load("thematiques").codes)


@pytest.mark.parametrize(
    ("contenu", "reproche"),
    [
        ("a,Un,\nb,Deux,\nb,,un\n", "« un » mène à deux codes, a et b"),
        ("a,Un,\na,Deux,\n", "le code « a » est déclaré deux fois"),
        ("a,Un,\nb,,deux\n", "le code « b » n'a pas de libellé"),
        ("a,Un,\na,,?\n", "la graphie « ? » ne contient rien à lire"),
    ],
)
def test_a_faulty_list_is_refused_with_its_line(contenu: str, reproche: str):
    with pytest.raises(NomenclatureInvalide, match="ligne") as faute:
        parse("essai", "code,libelle,graphie\n" + contenu)
    assert reproche in str(faute.value)


def test_an_unknown_list_is_refused():
    with pytest.raises(NomenclatureInvalide, match="n'existe pas"):
        load("nulle_part")


@given(st.text())
def test_canonical_changes_nothing_the_second_time(texte: str):
    une = canonical(texte)
    assert canonical(une) == une


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Z"])))
@example("Ǣ")  # a ligature under an accent
def test_canonical_does_not_depend_on_case_or_unicode_form(texte: str):
    assert canonical(unicodedata.normalize("NFC", texte)) == canonical(unicodedata.normalize("NFD", texte))
    assert canonical(f" {texte}\u00a0") == canonical(texte)
