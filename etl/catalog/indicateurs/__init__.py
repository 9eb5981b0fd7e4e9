"""The catalogue: every indicator, in the order readers meet them."""

from etl.catalog.indicateurs import contexte, freins, impact, parcours, realisation, resultat
from etl.catalog.indicateurs.modele import Indicateur

CINQ_DE_LA_FICHE = (
    "interventions",
    "participants_suivis",
    "freins_leves",
    "inscriptions_droit_commun",
    "confiance_reprise",
)
CATALOGUE: dict[str, Indicateur] = {
    i.id: i
    for i in (
        *realisation.INDICATEURS,
        *resultat.INDICATEURS,
        *freins.INDICATEURS,
        *parcours.INDICATEURS,
        *impact.INDICATEURS,
        *contexte.INDICATEURS,
    )
}

__all__ = ["CATALOGUE", "CINQ_DE_LA_FICHE", "Indicateur"]
