"""Three sentences about one neighbourhood, written from its published cells: presence, support, results."""

from datetime import date
from typing import Any

from pages.ui import donnees, fiche_quartier, filtres, formats, quartier
from pages.ui.fiche_quartier import Fiche
from pages.ui.toponymes import nuplets


def phrases(fiche: Fiche) -> list[str]:
    """Three sentences built from the data."""
    return [_presence(fiche), _accompagnement(fiche), _resultats(fiche)]


def _presence(fiche: Fiche) -> str:
    sorties = quartier.interventions(fiche.periode, code=fiche.code)
    if sorties.empty:
        visite = quartier.dernieres_visites().get(fiche.code)
        suite = "" if visite is None else f" La dernière remonte au {formats.date_longue(visite)}."
        return f"Aucune intervention à la rencontre des habitants n'y a été déclarée {_quand(fiche)}.{suite}"
    combien = formats.accord(len(sorties), "intervention")
    verbe = "ont eu lieu" if len(sorties) > 1 else "a eu lieu"
    texte = f"**{combien}** à la rencontre des habitants y {verbe} {_quand(fiche)}, "
    texte += f"la dernière le {formats.date_longue(sorties['date'].iloc[0])}"
    rencontres = sorties["personnes_rencontrees"].sum(min_count=1)
    if not formats.est_absent(rencontres) and rencontres:
        texte += f", avec {formats.nombre(rencontres)} rencontres comptées"
    return f"{texte}."


def _quand(fiche: Fiche) -> str:
    if fiche.periode == "depuis_debut":
        return "depuis le début du contrat"
    ouverte = formats.fin_periode(fiche.periode, date.max) > filtres.referentiel().date_donnees
    mot = formats.periode(fiche.periode)
    texte = f"au {mot}" if formats.maille(fiche.periode) == "trimestre" else f"en {mot}"
    return f"{texte} (période en cours)" if ouverte else texte


def _accompagnement(fiche: Fiche) -> str:
    cellule = fiche.cellules["participants_suivis"]
    if cellule["etat"] != "valeur":
        return "Le nombre d'habitants accompagnés y est trop faible, ou trop mal connu, pour être publié sans risque."
    texte = f"**{quartier.mots(cellule)}** du quartier {_verbe(cellule)} par un acteur de l'emploi"
    parts = donnees.mesures(("participants_suivis",), ("sexe",), fiche.periode, (fiche.code,))
    par_sexe = {c.sexe: float(c.valeur) for c in nuplets(parts) if c.etat == "valeur"}
    connus = par_sexe.get("femme", 0) + par_sexe.get("homme", 0)
    if connus >= donnees.SEUIL_TAUX and {"femme", "homme"} <= set(par_sexe):
        texte += f", dont {formats.pourcentage(100 * par_sexe['femme'] / connus)} de femmes"
    return f"{texte}."


def _verbe(cellule: dict[str, Any]) -> str:
    moins_de = not cellule.get("exact", True) and not cellule["valeur"]
    pluriel = moins_de or float(cellule["valeur"]) > 1
    return "sont accompagnées" if pluriel else "est accompagnée"


def _resultats(fiche: Fiche) -> str:
    leves, inscrits = fiche.cellules["freins_leves"], fiche.cellules["inscriptions_droit_commun"]
    morceaux = []
    if leves["etat"] == "valeur":
        morceaux.append(f"**{quartier.mots(leves)}** {'levés' if leves['valeur'] != 1 else 'levé'}")
    if inscrits["etat"] == "valeur":
        morceaux.append(f"**{quartier.mots(inscrits)}** {_inscrites(inscrits)} dans un dispositif de droit commun")
    if not morceaux:
        return "Les freins levés et les inscriptions y sont trop peu nombreux pour être publiés."
    texte = f"{_quand(fiche)[0].upper()}{_quand(fiche)[1:]} : {formats.enumeration(morceaux)}"
    principal = fiche_quartier.frein_principal(fiche.code)
    return f"{texte} ; le frein le plus souvent identifié est « {principal} »." if principal else f"{texte}."


def _inscrites(cellule: dict[str, Any]) -> str:
    return "inscrites" if cellule["valeur"] != 1 else "inscrite"
