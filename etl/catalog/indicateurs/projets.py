"""Business and social-economy projects: carriers supported, activities created, and whether they last."""

from etl.catalog.indicateurs.modele import Indicateur

_PERSONNES = (
    "Un projet compte pour une personne ; rien ne relie un porteur de projet aux participants suivis par ailleurs."
)


def _survie(mois: int) -> Indicateur:
    return Indicateur(
        id=f"survie_{mois}_mois",
        libelle=f"Activités encore en vie à {mois} mois",
        question="Les activités créées durent-elles ?",
        famille="impact",
        definition=f"Parmi les activités créées dans la période, depuis au moins {mois} mois, et dont le statut à "
        f"{mois} mois est connu, part de celles encore actives.",
        unite="%",
        sens="hausse",
        nature="ratio",
        classe="resultat",
        sources=("projets",),
        limites="Seules les activités dont le statut est connu comptent : aucun taux quand c'est le cas de moins de la "
        "moitié.",
        fait="fait_projet",
        axes=("acteur",),
        maturite_jours=mois * 365 // 12,
        compte=f"statut_{mois}_mois = 'active'",
        base=f"cree AND mur_{mois}_mois AND statut_{mois}_mois IN ('active', 'cessee')",
        base_totale=f"cree AND mur_{mois}_mois",
        base_connue="TRUE",
        base_id=f"activites_connues_{mois}",
        totale_publiee="activites_creees",
        facteur=100.0,
        seuil_connu=0.5,
        mailles=("trimestre", "annee", "depuis_debut"),
    )


INDICATEURS = (
    Indicateur(
        id="porteurs_accompagnes",
        libelle="Porteurs de projet accompagnés",
        question="Combien d'habitants sont accompagnés pour créer leur activité ?",
        famille="resultat",
        definition="Projets de création d'activité dont l'accompagnement a commencé dans la période.",
        unite="personnes",
        sens="hausse",
        nature="flux",
        classe="population",
        sources=("projets",),
        limites=_PERSONNES,
        fait="fait_projet",
        axes=("acteur",),
        compte="accompagne",
        base="accompagne",
        base_id="porteurs_accompagnes",
    ),
    Indicateur(
        id="activites_creees",
        libelle="Activités créées",
        question="Combien d'activités sont nées de ces projets ?",
        famille="impact",
        definition="Projets accompagnés dont l'activité a été créée dans la période.",
        unite="activités",
        sens="hausse",
        nature="flux",
        classe="resultat",
        sources=("projets",),
        limites=f"Une création non déclarée n'est pas vue. {_PERSONNES}",
        fait="fait_projet",
        axes=("acteur",),
        compte="cree",
        base_id="porteurs_connus",
    ),
    _survie(12),
    _survie(36),
)
