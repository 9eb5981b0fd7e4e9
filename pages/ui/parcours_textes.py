"""What the page Parcours says: the finding of each figure, and how to read the page."""

import pandas as pd

from pages.ui import formats
from pages.ui.parcours import Cohorte, nombre
from pages.ui.toponymes import nuplets

A_SAVOIR = (
    "**Parcours récents** : les personnes repérées il y a peu n'ont pas eu le temps d'avancer. Une année récente "
    "montre donc des parcours moins longs sans que l'accompagnement soit moins bon.",
    "**Droit commun, emploi, formation** : ce sont des suites possibles de l'accompagnement, pas des marches à gravir "
    "l'une après l'autre. Dans le schéma, chaque personne n'est comptée qu'à la première suite atteinte.",
    "**Secret** : un passage qui concerne trop peu de personnes n'est pas publié. Il manque au schéma, pas au tableau, "
    "où il est écrit « secret ».",
    "**Arrondis** : les effectifs sont arrondis à 5 ; les sommes peuvent différer de quelques unités.",
    "**Délais** : depuis le premier repérage de la période, médiane parmi les personnes qui ont atteint l'étape ; la "
    "moitié a mis moins longtemps, l'autre moitié davantage.",
)


def titre_flux(etapes: pd.DataFrame, c: Cohorte) -> str:
    """The finding of the Sankey: how many go how far."""
    par_etape = {e.etape: e for e in nuplets(etapes)}
    if not {"reperage", "accompagnement", "solution"} <= set(par_etape):
        return f"Le chemin des personnes repérées {c.quand}"
    depart, suivies, solution = (par_etape[e] for e in ("reperage", "accompagnement", "solution"))
    if any(e.etat != "valeur" for e in (depart, suivies, solution)):
        return f"Le chemin des personnes repérées {c.quand}"
    return (
        f"{formats.accord(depart.valeur, 'personne repérée', 'personnes repérées')} {c.quand} : "
        f"{nombre(suivies)} accompagnées, {nombre(solution)} en emploi ou en formation"
    )


def titre_entonnoir(etapes: pd.DataFrame) -> str:
    """The finding of the funnel: where most people stop; none while a step is hidden, it could be there."""
    marches = [e for e in nuplets(etapes) if e.rang in (1, 2, 3)]
    if not marches or any(formats.est_absent(e.taux_precedent) for e in marches):
        return "Jusqu'où vont les parcours"
    pire = min(marches, key=lambda e: e.taux_precedent)
    perdus = 100 - round(pire.taux_precedent)
    if perdus <= 0:
        return "Aucune étape ne perd de monde"
    return f"C'est avant « {pire.libelle.lower()} » que l'on perd le plus de monde : {perdus} personnes sur 100"


def titre_public(question: str, public: pd.DataFrame) -> str:
    """The answer given most often, and its share: `Âge à l'entrée : d'abord « De 26 à 49 ans », 43 %`."""
    connues = [r for r in nuplets(public) if "(" in r.texte]  # the unknown has no share
    if not connues:
        return question
    premiere = max(connues, key=lambda r: r.valeur)
    part = premiere.texte.partition("(")[2].removesuffix(")")
    return f"{question} : d'abord « {premiere.libelle} », {part}"


def titre_sexes(comptes: pd.DataFrame) -> str:
    """The finding about women and men: their share at the start and at the end."""
    parts = [100 * e.Femmes / (e.Femmes + e.Hommes) for e in nuplets(comptes) if e.Femmes + e.Hommes]
    if len(parts) < 2:
        return "Femmes et hommes à chaque étape"
    debut, fin = (formats.pourcentage(p) for p in (parts[0], parts[-1]))
    dernier = str(comptes["libelle"].iloc[-1]).lower()
    return f"Les femmes : {debut} des repérées, {fin} des personnes « {dernier} »"
