"""How long people wait: until a barrier is lifted, an orientation is answered, a diagnosis is made."""

from etl.catalog.indicateurs.modele import AXES_PERSONNE, Indicateur

_MEDIANE = (
    "Médiane de Kaplan-Meier : ceux qui attendent encore comptent pour le temps déjà attendu. Aucune valeur tant que "
    "plus de la moitié attend ni, en profil diffusion, sous 11 personnes."
)


def _delai(
    ident: str,
    libelle: str,
    question: str,
    definition: str,
    sources: tuple[str, ...],
    limites: str,
    methode: str = _MEDIANE,
    **comptage,
) -> Indicateur:
    """A median of days, read like a rate: one period's value says nothing of another's."""
    return Indicateur(
        id=ident,
        libelle=libelle,
        question=question,
        famille="resultat",
        definition=f"{definition} {methode}",
        unite="jours",
        sens="baisse",
        nature="ratio",
        classe="resultat",
        sources=sources,
        limites=limites,
        calcul="mediane",
        mailles=("trimestre", "annee", "depuis_debut"),
        **comptage,
    )


INDICATEURS = (
    _delai(
        "delai_levee",
        "Délai pour lever un frein",
        "Combien de temps faut-il pour lever un frein ?",
        "Jours entre l'identification d'un frein, dans la période, et sa levée.",
        ("freins",),
        "Un frein levé mais non déclaré tel compte comme en attente.",
        fait="fait_frein",
        axes=(*AXES_PERSONNE, "type_frein", "intensite"),
        unite_comptee="frein",
        compte="jours_levee IS NOT NULL",
        duree="coalesce(jours_levee, jours_attente)",
        base="identifie",
        base_id="freins_identifies_periode",
    ),
    _delai(
        "delai_freins_leves",
        "Délai de levée, parmi les freins levés",
        "Quand un frein est levé, combien de temps a-t-il fallu ?",
        "Jours entre l'identification et la levée des freins levés dans la période.",
        ("freins",),
        "Parmi les freins levés seulement : ceux qui durent n'y sont pas, le délai réel est plus long.",
        "Médiane. Aucune valeur, en profil diffusion, sous 11 personnes.",
        fait="fait_frein",
        axes=(*AXES_PERSONNE, "type_frein", "intensite"),
        unite_comptee="frein",
        duree="jours_levee",
        base="leve",
        base_id="freins_connus",
        base_connue="TRUE",
        base_publiee=("personnes_frein_leve", "freins_leves"),
    ),
    _delai(
        "delai_orientation",
        "Délai d'accueil après une orientation",
        "Combien de temps attend une personne orientée ?",
        "Jours entre l'orientation, datée dans la période, et l'accueil ou l'inscription.",
        ("orientations",),
        "Une orientation refusée ou sans suite compte pour le temps attendu jusque-là. Une réponse sans date n'est pas "
        "comptée.",
        fait="fait_orientation",
        axes=AXES_PERSONNE,
        unite_comptee="orientation",
        compte="aboutie",
        duree="jours_reponse",
        base="jours_reponse IS NOT NULL",
        base_id="orientations_datees",
    ),
    _delai(
        "delai_reperage_diagnostic",
        "Délai entre repérage et diagnostic",
        "Combien de temps entre la première rencontre et un diagnostic ?",
        "Jours entre le repérage d'une personne, dans la période, et le premier diagnostic de sa situation.",
        ("participants", "etapes"),
        "Une personne déjà diagnostiquée avant ce repérage n'est pas comptée.",
        fait="fait_reperage",
        axes=AXES_PERSONNE,
        compte="diagnostic IS NOT NULL",
        duree="coalesce(diagnostic, date_donnees) - date_reperage",
        base="coalesce(diagnostic, date_donnees) >= date_reperage",
        base_id="reperes_datables",
    ),
)
