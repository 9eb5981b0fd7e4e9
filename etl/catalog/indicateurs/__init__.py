"""The catalogue: every indicator, in the order readers meet them."""

from etl.catalog.indicateurs import (
    accompagnement,
    contexte,
    delais,
    entreprises,
    financements,
    freins,
    impact,
    parcours,
    projets,
    realisation,
    resultat,
)
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
        *financements.INDICATEURS,
        *entreprises.INDICATEURS,
        *resultat.INDICATEURS,
        *accompagnement.INDICATEURS,
        *freins.INDICATEURS,
        *delais.INDICATEURS,
        *parcours.INDICATEURS,
        *impact.INDICATEURS,
        *projets.INDICATEURS,
        *contexte.INDICATEURS,
    )
}

__all__ = ["CATALOGUE", "CINQ_DE_LA_FICHE", "Indicateur"]
