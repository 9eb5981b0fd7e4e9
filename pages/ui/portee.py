"""What is within reach of one neighbourhood: places counted by distance, and whether each frein finds an answer."""

import pandas as pd

from pages.ui import donnees, fiche_quartier, formats, places

TYPES = {
    "acteur": "Acteurs du contrat",
    "france_services": "Espaces France services",
    "service_insertion": "Services d'insertion (data·inclusion)",
    "arret_transport": "Gares et arrêts de tramway",
}
SOURCES = {
    "france_services": "france_services",
    "service_insertion": "data_inclusion",
    "arret_transport": "arrets_transport",
}
PORTEES = ("dans", "300m", "1km")
CLASSES = {
    "diverse": "● diverse, dans le quartier",
    "presente": "◐ une seule, dans le quartier",
    "proche": "◔ proche : à moins de 300 m ou par un acteur qui couvre le quartier",
    "eloignee": "○ éloignée : entre 300 m et 1 km",
    "absente": "✕ aucune connue à moins d'un kilomètre",
}
SANS_CONTOUR = "Distances non mesurées : le contour officiel du quartier n'a pas été obtenu."


def lieux(code: str) -> tuple[pd.DataFrame, list[str]]:
    """Places in the neighbourhood, within 300 m, within 1 km (each count includes the former); then what is missing."""
    offres = donnees.table("offre")
    siennes = offres[offres["code_qpv"] == code]
    absentes = {str(s["id"]): str(s["titre"]) for s in formats.lignes(donnees.table("source")) if s["etat"] == "absent"}
    rangees, notes = [], []
    for type_, libelle in TYPES.items():
        if SOURCES.get(type_) in absentes:
            notes.append(f"{libelle} : source absente, aucun compte possible.")
            continue
        comptes = siennes[siennes["type_offre"] == type_]["portee"].value_counts()
        cumul = [sum(int(comptes.get(p, 0)) for p in PORTEES[: rang + 1]) for rang in range(len(PORTEES))]
        rangees.append([libelle, *map(formats.nombre, cumul)])
    colonnes = ["Lieux", "Dans le quartier", "À moins de 300 m", "À moins de 1 km"]
    return pd.DataFrame(rangees, columns=colonnes), [*notes, *_de_la_commune(siennes)]


def _de_la_commune(siennes: pd.DataFrame) -> list[str]:
    """Childcare is published by commune: said so, never placed in the neighbourhood."""
    creches = siennes[siennes["type_offre"] == "creche"]["nombre"].sum()
    if not creches:
        return ["Accueil de la petite enfance : non publié pour cette commune."]
    compte = formats.accord(float(creches), "crèche ou autre accueil", "crèches et autres accueils")
    return [f"Petite enfance : {compte} dans toute la commune ; la source ne dit pas où, donc pas à quelle distance."]


def freins(code: str) -> pd.DataFrame:
    """Each type of frein: how often it was identified there since the start, and the class of its offer."""
    offres = donnees.table("offre_par_frein")
    classes = {str(o["type_frein"]): str(o["classe"]) for o in formats.lignes(offres[offres["code_qpv"] == code])}
    besoins = {str(f["libelle"]): str(f["Identifiés texte"]) for f in formats.lignes(fiche_quartier.freins(code))}
    ordre = {libelle: rang for rang, libelle in enumerate(besoins)}
    rangees = [
        {"Frein": libelle, "Identifiés": besoins.get(libelle, "secret"), "Offre à portée": CLASSES.get(classe, classe)}
        for libelle, classe in ((places.libelle("type_frein", t), c) for t, c in classes.items())
    ]
    rangees.sort(key=lambda r: (ordre.get(r["Frein"], len(ordre)), r["Frein"]))
    return pd.DataFrame(rangees, columns=["Frein", "Identifiés", "Offre à portée"])


def titre(lignes: pd.DataFrame) -> str:
    """The finding: the freins most often identified that meet no offer within a kilometre."""
    sans = lignes[lignes["Offre à portée"] == CLASSES["absente"]]["Frein"].tolist()
    if not sans:
        return "Chaque frein trouve une offre à moins d'un kilomètre"
    noms = formats.enumeration([f"« {nom} »" for nom in sans[:2]])
    reste = f" et {formats.accord(len(sans) - 2, 'autre frein', 'autres freins')}" if len(sans) > 2 else ""
    return f"Aucune offre connue à moins d'un kilomètre pour {noms}{reste}"


def notes(code: str) -> list[str]:
    """What the classes rest on, and whether distances were measured."""
    offres = donnees.table("offre_par_frein")
    siennes = formats.lignes(offres[offres["code_qpv"] == code])
    if not siennes:
        return []
    base = (
        f"Offre d'après : {siennes[0]['sources']}. Une offre proche peut être complète, ou ouverte à d'autres publics."
    )
    return [base] if siennes[0]["distances_mesurees"] else [base, SANS_CONTOUR]
