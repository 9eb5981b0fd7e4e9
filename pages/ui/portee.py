"""What is within reach of one neighbourhood: places counted by distance, and whether each frein finds an answer."""

import pandas as pd

from pages.ui import donnees, fiche_quartier, formats, places

TYPES = {
    "acteur": "Acteurs du contrat",
    "france_services": "Espaces France services",
    "service_insertion": "Services d'insertion (data·inclusion)",
    "creche": "Crèches et autres accueils de jeunes enfants",
    "arret_transport": "Gares et arrêts de tramway",
}
SOURCES = {
    "france_services": "france_services",
    "service_insertion": "data_inclusion",
    "creche": "bpe_geolocalisee",
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
    absentes = {str(s["id"]) for s in formats.lignes(donnees.table("source")) if s["etat"] in ("absent", "fautif")}
    rangees, notes = [], []
    for type_, libelle in TYPES.items():
        if SOURCES.get(type_) in absentes:
            notes.append(f"{libelle} : source absente, aucun compte à distance possible.")
            continue
        comptes = siennes[siennes["type_offre"] == type_]["portee"].value_counts()
        cumul = [sum(int(comptes.get(p, 0)) for p in PORTEES[: rang + 1]) for rang in range(len(PORTEES))]
        rangees.append([libelle, *map(formats.nombre, cumul)])
    colonnes = ["Lieux", "Dans le quartier", "À 300 m", "À 1 km"]
    return pd.DataFrame(rangees, columns=colonnes), [*notes, *_petite_enfance(siennes, absentes), *_du_contrat(offres)]


def _petite_enfance(siennes: pd.DataFrame, absentes: set[str]) -> list[str]:
    """Childcare known for the whole commune only, or placed too vaguely: said so, never put at a distance."""
    creches = siennes[(siennes["type_offre"] == "creche") & (siennes["portee"] == "commune")]
    comptes = creches.groupby("source")["nombre"].sum()
    if "bpe_geolocalisee" not in absentes:
        vagues = float(comptes.get("bpe_geolocalisee", 0))
        if not vagues:
            return []
        dits = "accueil de la commune n'y est pas, sa", "accueils de la commune n'y sont pas, leur"
        return [f"Petite enfance : {formats.accord(vagues, *dits)} position est trop vague pour mesurer une distance."]
    if not comptes.get("bpe"):
        return ["Accueil de la petite enfance : non publié pour cette commune."]
    compte = formats.accord(float(comptes["bpe"]), "crèche ou autre accueil", "crèches et autres accueils")
    return [f"Petite enfance : {compte} dans toute la commune ; la source ne dit pas où, donc pas à quelle distance."]


def _du_contrat(offres: pd.DataFrame) -> list[str]:
    """Posts financed for the whole contract, which no source attaches to a neighbourhood."""
    comptes = offres[offres["portee"] == "contrat"]
    return [f"{o['nom']} : {formats.nombre(o['nombre'])}, pour tous les quartiers." for o in formats.lignes(comptes)]


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
