"""What changed for persons: regained trust, exits to employment and what became of them."""

from etl.catalog.indicateurs.modele import AXE_DEFINITIONS, AXES_PERSONNE, Indicateur

_NEUTRES = (
    "Les sorties neutres (déménagement, santé, décès ou autre) sont exclues ; les sorties sans nouvelles comptent."
)


# Other ways of saying that an exit is a good one. The European one reads the situation four weeks later.
_DEFINITIONS = (
    ("iae", "taux_sortie_dynamique"),
    ("durable_ou_formation", "taux_sortie_durable_ou_formation"),
    ("fse", "taux_sortie_fse"),
    ("locale", "taux_sortie_locale"),
)


_NON_NEUTRES = ("sorties", "-sorties_neutres")


def _sortie(ident: str, libelle: str, question: str, definition: str, compte: str, **autres) -> Indicateur:
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
        compte=compte,
        base_totale="NOT neutre",
        facteur=100.0,
        base_connue="TRUE",
        **{"axes": AXES_PERSONNE, "base": "NOT neutre", "base_id": "sorties_non_neutres", "base_publiee": _NON_NEUTRES}
        | autres,
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
        maturite_jours=mois * 365 // 12,
        compte=f"emploi AND mur_{mois}_mois AND en_emploi_{mois}_mois",
        base=f"emploi AND mur_{mois}_mois AND repondu_{mois}_mois",
        base_totale=f"emploi AND mur_{mois}_mois",
        base_connue=f"mur_{mois}_mois",
        base_id=f"sorties_emploi_repondues_{mois}",
        base_publiee=(f"taux_reponse_{mois}_mois",),
        totale_publiee=f"sorties_emploi_mures_{mois}",
        facteur=100.0,
        seuil_connu=0.5,
    )


def _reponse(mois: int) -> Indicateur:
    return Indicateur(
        id=f"taux_reponse_{mois}_mois",
        libelle=f"Réponses à l'enquête à {mois} mois",
        question="Sait-on ce que deviennent les personnes sorties vers l'emploi ?",
        famille="impact",
        definition=f"Parmi les personnes sorties vers l'emploi depuis au moins {mois} mois, part de celles dont la "
        f"situation à {mois} mois est connue.",
        unite="%",
        sens="hausse",
        nature="ratio",
        classe="resultat",
        sources=("sorties",),
        limites="À lire avec la part encore en emploi : sous la moitié de réponses, elle n'est pas donnée.",
        fait="fait_sortie",
        axes=AXES_PERSONNE,
        maturite_jours=mois * 365 // 12,
        compte=f"repondu_{mois}_mois",
        base=f"emploi AND mur_{mois}_mois",
        base_connue=f"mur_{mois}_mois",
        base_id=f"sorties_emploi_mures_{mois}",
        base_avec="taux_sortie_emploi",
        facteur=100.0,
    )


INDICATEURS = (
    Indicateur(
        id="confiance_reprise",
        libelle="Participants ayant repris confiance dans les institutions",
        question="Les habitants accompagnés font-ils davantage confiance aux institutions ?",
        famille="impact",
        definition="Personnes interrogées à l'entrée puis à la sortie (à défaut, lors d'un suivi au moins 90 jours "
        "plus tard) dont le score de confiance a gagné 2 points ou plus, ou est passé de moins de 5 à 5 ou plus. "
        "Plusieurs institutions ou structures : la moyenne des scores.",
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
        id="confiance_nette",
        libelle="Confiance : reprises moins reculs",
        question="La confiance progresse-t-elle, tout compte fait ?",
        famille="impact",
        definition="Personnes ayant repris confiance moins personnes dont la confiance a reculé.",
        unite="personnes",
        sens="hausse",
        nature="flux",
        classe="resultat",
        sources=("confiance",),
        limites="Un solde de zéro peut cacher autant de reprises que de reculs.",
        axes=AXES_PERSONNE,
        calcul="difference",
        termes=("confiance_reprise", "confiance_recul"),
    ),
    Indicateur(
        id="part_confiance_mesuree",
        libelle="Part des personnes suivies dont la confiance est mesurée",
        question="La mesure de la confiance porte-t-elle sur assez de personnes ?",
        famille="impact",
        definition="Personnes dont la confiance a été mesurée deux fois, rapportées aux personnes suivies dans la "
        "période.",
        unite="%",
        sens="hausse",
        nature="ratio",
        classe="resultat",
        sources=("confiance", "participants"),
        limites="Une personne entrée récemment n'a pas encore pu répondre deux fois.",
        axes=AXES_PERSONNE,
        calcul="quotient",
        termes=("confiance_mesuree", "participants_suivis"),
        facteur=100.0,
        mailles=("trimestre", "annee", "depuis_debut"),
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
    Indicateur(
        id="sorties_neutres",
        libelle="Sorties neutres",
        question="Combien de personnes sont sorties pour une raison sans rapport avec l'accompagnement ?",
        famille="impact",
        definition="Personnes dont la dernière sortie de la période est un déménagement, une raison de santé, un décès "
        "ou une autre raison neutre. Elles ne comptent dans aucun taux de sortie.",
        unite="personnes",
        sens="baisse",
        nature="flux",
        classe="resultat",
        sources=("sorties",),
        limites="Ne compte que les sorties déclarées.",
        fait="fait_sortie",
        axes=AXES_PERSONNE,
        compte="neutre",
        base_id="sorties",
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
        axes=(*AXES_PERSONNE, AXE_DEFINITIONS),
        definitions=_DEFINITIONS,
    ),
    _sortie(
        "taux_sortie_durable_ou_formation",
        "Sorties en emploi durable ou en formation",
        "Les solutions trouvées sont-elles durables ?",
        "Part des personnes sorties en emploi durable, en création d'activité ou en formation qualifiante.",
        "durable_ou_formation",
    ),
    _sortie(
        "taux_sortie_fse",
        "En emploi ou en formation quatre semaines après",
        "Que deviennent les personnes un mois après leur sortie ?",
        "Part des personnes en emploi, en création d'activité ou en formation quatre semaines après leur sortie "
        "(définition du Fonds social européen), parmi celles dont la situation a été demandée, sans nouvelles "
        "comprises ; non renseigné quand elle l'a été pour moins de la moitié.",
        "positive_4_semaines",
        base="NOT neutre AND repondu_4_semaines",
        base_id="sorties_connues_4_semaines",
        base_publiee=(),
        totale_publiee="sorties_non_neutres",
        seuil_connu=0.5,
    ),
    _sortie(
        "taux_sortie_locale",
        "Sorties positives (définition locale)",
        "Les personnes sortent-elles avec une solution, au sens de ce contrat ?",
        "Part des personnes dont la sortie figure dans la liste arrêtée par le contrat de ville.",
        "locale",
    ),
    _maintien(6),
    _reponse(6),
    _maintien(12),
    _reponse(12),
    Indicateur(
        id="ecart_femmes_hommes",
        libelle="Écart entre femmes et hommes des sorties vers l'emploi",
        question="Les femmes sortent-elles vers l'emploi autant que les hommes ?",
        famille="impact",
        definition="Taux de sortie vers l'emploi des femmes moins celui des hommes, en points, avec son intervalle à "
        "95 % (méthode de Newcombe). La ventilation par sexe donne les deux taux.",
        unite="points",
        sens="hausse",
        nature="ratio",
        classe="resultat",
        sources=("sorties", "participants"),
        limites="Aucune valeur sous 30 sorties de femmes ou d'hommes. Un écart dont l'intervalle contient zéro peut "
        "n'être dû qu'au hasard.",
        axes=("sexe",),
        calcul="ecart",
        termes=("taux_sortie_emploi", "taux_sortie_emploi"),
        mailles=("annee", "depuis_debut"),
        territoires=False,
    ),
)
