"""The funnel of one cohort: persons spotted in a period and the steps they have reached since."""

from etl.catalog.indicateurs.modele import AXES_PERSONNE, Indicateur

ETAPES = (
    ("reperage", "Repérées"),
    ("premier_contact", "Premier contact"),
    ("diagnostic", "Diagnostic posé"),
    ("accompagnement", "Accompagnées"),
    ("droit_commun", "Inscrites en droit commun"),
    ("emploi_formation", "En emploi ou en formation"),
)


def _etape(rang: int, code: str, libelle: str) -> Indicateur:
    return Indicateur(
        id=f"parcours_{code}",
        libelle=f"Parcours : {libelle.lower()}",
        question="Jusqu'où vont les personnes repérées ?",
        famille="resultat",
        definition=f"Parmi les personnes repérées dans la période, celles qui ont atteint l'étape "
        f"« {libelle.lower()} » à ce jour. Une étape atteinte suppose les précédentes.",
        unite="personnes",
        sens="hausse",
        nature="cumul",
        classe="resultat",
        sources=("participants", "etapes", "orientations", "sorties"),
        limites="Les personnes repérées récemment n'ont pas encore eu le temps d'avancer.",
        fait="fait_reperage",
        axes=AXES_PERSONNE,
        compte=f"rang >= {rang}",
        base_id="reperes",
        mailles=("annee", "depuis_debut"),
    )


INDICATEURS = tuple(_etape(rang, code, libelle) for rang, (code, libelle) in enumerate(ETAPES) if rang > 0)
