"""The funnel of one cohort: persons spotted in a period and the steps they have reached since."""

from dataclasses import dataclass

from etl.catalog.indicateurs.modele import AXES_PERSONNE, Indicateur


@dataclass(frozen=True)
class Etape:
    """One bar of the funnel: `precedente` is the step its rate is read against, `date` its column in core.avancee."""

    code: str
    libelle: str
    condition: str
    precedente: str
    date: str


ETAPES = (
    Etape("premier_contact", "Premier contact", "rang >= 1", "reperage", "premier_contact"),
    Etape("diagnostic", "Diagnostic posé", "rang >= 2", "premier_contact", "diagnostic"),
    Etape("accompagnement", "Accompagnées", "rang >= 3", "diagnostic", "accompagnement"),
    Etape("droit_commun", "Inscrites en droit commun", "droit_commun IS NOT NULL", "accompagnement", "droit_commun"),
    Etape("solution", "En emploi ou en formation", "solution IS NOT NULL", "accompagnement", "solution"),
)


def _indicateur(etape: Etape) -> Indicateur:
    return Indicateur(
        id=f"parcours_{etape.code}",
        libelle=f"Parcours : {etape.libelle.lower()}",
        question="Jusqu'où vont les personnes repérées ?",
        famille="resultat",
        definition=f"Parmi les personnes repérées dans la période, celles qui ont atteint l'étape "
        f"« {etape.libelle.lower()} » à ce jour. Être accompagné suppose un contact et un diagnostic ; une inscription "
        "ou une solution, un accompagnement.",
        unite="personnes",
        sens="hausse",
        nature="cumul",
        classe="resultat",
        sources=("participants", "etapes", "orientations", "sorties"),
        limites="Les personnes repérées récemment n'ont pas encore eu le temps d'avancer. « En emploi ou en "
        "formation » comprend les autres sorties positives.",
        fait="fait_reperage",
        axes=AXES_PERSONNE,
        compte=etape.condition,
        base_id="reperes",
        mailles=("annee", "depuis_debut"),
    )


INDICATEURS = tuple(_indicateur(etape) for etape in ETAPES)
