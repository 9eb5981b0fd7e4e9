"""What changed for persons: regained trust, exits to employment and what became of them."""

from etl.catalog.indicateurs.modele import AXES_PERSONNE, Indicateur

_NEUTRES = (
    "Les sorties neutres (déménagement, santé, décès ou autre) sont exclues ; les sorties sans nouvelles comptent."
)


def _sortie(ident: str, libelle: str, question: str, definition: str, compte: str) -> Indicateur:
    return Indicateur(
        id=ident,
        libelle=libelle,
        question=question,
        famille="impact",
        definition=f"{definition} {_NEUTRES} Une personne sortie deux fois compte pour sa dernière sortie.",
        unite="%",
        sens="hausse",
        nature="ratio",
        classe="resultat",
        sources=("sorties",),
        limites="Situation au moment de la sortie : ne dit pas si l'emploi a duré. Repère : PTCE 2015, définition de "
        "la source non précisée.",
        fait="fait_sortie",
        axes=AXES_PERSONNE,
        compte=compte,
        base="NOT neutre",
        base_id="sorties_non_neutres",
        facteur=100.0,
    )


def _maintien(mois: int) -> Indicateur:
    return Indicateur(
        id=f"maintien_{mois}_mois",
        libelle=f"Encore en emploi à {mois} mois",
        question="L'emploi retrouvé dure-t-il ?",
        famille="impact",
        definition=f"Parmi les personnes sorties vers l'emploi depuis au moins {mois} mois et dont la situation à "
        f"{mois} mois est connue, part de celles encore en emploi.",
        unite="%",
        sens="hausse",
        nature="ratio",
        classe="resultat",
        sources=("sorties",),
        limites="Seules les personnes ayant répondu comptent : aucun taux quand moins de la moitié a répondu.",
        fait="fait_sortie",
        axes=AXES_PERSONNE,
        compte=f"emploi AND mur_{mois}_mois AND en_emploi_{mois}_mois",
        base=f"emploi AND mur_{mois}_mois AND repondu_{mois}_mois",
        base_totale=f"emploi AND mur_{mois}_mois",
        base_id=f"sorties_emploi_repondues_{mois}",
        facteur=100.0,
        seuil_connu=0.5,
    )


INDICATEURS = (
    Indicateur(
        id="confiance_reprise",
        libelle="Participants ayant repris confiance dans les institutions",
        question="Les habitants accompagnés font-ils davantage confiance aux institutions ?",
        famille="impact",
        definition="Personnes interrogées à l'entrée puis à la sortie (à défaut, lors d'un suivi au moins 90 jours "
        "plus tard) dont le score de confiance a gagné 2 points ou plus, ou est passé de moins de 5 à 5 ou plus.",
        unite="personnes",
        sens="hausse",
        nature="flux",
        classe="resultat",
        sources=("confiance",),
        limites="Ne concerne que les personnes ayant répondu deux fois. À lire avec le nombre de personnes dont la "
        "confiance a reculé.",
        fait="fait_confiance",
        axes=AXES_PERSONNE,
        compte="reprise",
        base_id="confiance_mesuree",
    ),
    Indicateur(
        id="confiance_recul",
        libelle="Participants dont la confiance a reculé",
        question="Pour combien d'habitants la confiance a-t-elle reculé ?",
        famille="impact",
        definition="Même mesure que la reprise de confiance, dans l'autre sens : perte de 2 points ou plus, ou passage "
        "de 5 ou plus à moins de 5.",
        unite="personnes",
        sens="baisse",
        nature="flux",
        classe="resultat",
        sources=("confiance",),
        limites="Ne concerne que les personnes ayant répondu deux fois.",
        fait="fait_confiance",
        axes=AXES_PERSONNE,
        compte="recul",
        base_id="confiance_mesuree",
    ),
    Indicateur(
        id="confiance_mesuree",
        libelle="Personnes dont la confiance a été mesurée deux fois",
        question="Sur combien de personnes la confiance est-elle mesurée ?",
        famille="impact",
        definition="Personnes ayant répondu à l'entrée puis à la sortie ou lors d'un suivi, à la date de la dernière "
        "réponse.",
        unite="personnes",
        sens="hausse",
        nature="flux",
        classe="population",
        sources=("confiance",),
        limites="Répondre est libre : les personnes en rupture répondent moins.",
        fait="fait_confiance",
        axes=AXES_PERSONNE,
        base_id="confiance_mesuree",
    ),
    Indicateur(
        id="sorties",
        libelle="Personnes sorties d'accompagnement",
        question="Combien de personnes ont terminé leur accompagnement ?",
        famille="impact",
        definition="Personnes distinctes dont un accompagnement s'est terminé dans la période.",
        unite="personnes",
        sens="hausse",
        nature="flux",
        classe="population",
        sources=("sorties",),
        limites="Ne compte que les sorties déclarées. Repère : 178 sorties au PTCE en 2015 (définition de la source "
        "non précisée).",
        fait="fait_sortie",
        axes=(*AXES_PERSONNE, "type_sortie"),
        base_id="sorties",
        axes_reponse=("type_sortie",),
    ),
    _sortie(
        "taux_sortie_emploi",
        "Sorties vers l'emploi",
        "Les personnes sortent-elles vers l'emploi ?",
        "Part des personnes sorties en emploi durable ou de transition.",
        "durable OR transition",
    ),
    _sortie(
        "taux_sortie_dynamique",
        "Sorties dynamiques",
        "Les personnes sortent-elles avec une solution ?",
        "Part des personnes sorties en emploi durable, de transition ou vers une solution positive (définition de "
        "l'insertion par l'activité économique).",
        "durable OR transition OR positive",
    ),
    _sortie(
        "taux_sortie_durable_ou_formation",
        "Sorties en emploi durable ou en formation",
        "Les solutions trouvées sont-elles durables ?",
        "Part des personnes sorties en emploi durable, en création d'activité ou en formation qualifiante.",
        "durable_ou_formation",
    ),
    _maintien(6),
    _maintien(12),
)
