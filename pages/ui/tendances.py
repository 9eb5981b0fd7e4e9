"""What the page Tendances alone needs: the series it reads, the finding of each chart, the required pace in words."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from pages.ui import chiffres, donnees, formats, synthese
from pages.ui.filtres import Filtres, Referentiel


@dataclass(frozen=True)
class Tendance:
    """One indicator over the life of the contract, for the territories chosen."""

    indicateur: Indicateur
    annees: pd.DataFrame  # annee, valeur, texte, en_cours
    trimestres: pd.DataFrame  # periode, debut, valeur, texte
    jalons: list[tuple[int, float]]
    avancement: dict[str, Any] | None
    evenements: list[tuple[date, str]]


def choisir() -> Indicateur:
    """The indicator followed, bound to the URL; those with a target come first."""
    avec_cible = set(donnees.table("cible")["indicateur"])
    choix = sorted(synthese.indicateurs(), key=lambda i: i.id not in avec_cible)
    identifiant = st.selectbox(
        "Indicateur",
        [i.id for i in choix],
        format_func=lambda i: CATALOGUE[i].libelle + ("" if i in avec_cible else " (sans cible)"),
        key="indicateur",
        bind="query-params",
        persist_state="session",
    )
    return CATALOGUE[identifiant]


def lire(indicateur: Indicateur, filtres: Filtres, ref: Referentiel) -> Tendance:
    """All the series of one indicator; periods after the data date are left out."""
    filtres = replace(filtres, acteur=None, fiche=None)
    return Tendance(
        indicateur,
        _annees(_serie(indicateur, "annee", filtres, ref), ref),
        _dater(_serie(indicateur, "trimestre", filtres, ref), ref),
        _jalons(indicateur, filtres),
        synthese.avancements(filtres).get(indicateur.id),
        _evenements(filtres, ref),
    )


def _serie(indicateur: Indicateur, grain: str, filtres: Filtres, ref: Referentiel) -> pd.DataFrame:
    """One row per period of the grain, in order: periode, valeur, texte; an unpublished one carries its state."""
    cellules = donnees.selon_filtres((indicateur.id,), (grain,), replace(filtres, periode="depuis_debut"))
    connues = {str(c[grain]): c for c in formats.lignes(cellules)}
    periodes = [p for p in reversed(ref.periodes) if formats.maille(p) == grain]
    lues = [connues.get(p, {"etat": donnees.etat_hors_catalogue()}) for p in periodes]
    return pd.DataFrame(
        {
            "periode": periodes,
            "valeur": [formats.reel(c.get("valeur")) if c["etat"] == "valeur" else None for c in lues],
            "texte": [chiffres.texte_valeur(c, indicateur) for c in lues],
            "etat": [c["etat"] for c in lues],
            "exact": [c.get("exact", True) for c in lues],
            "arrondi": [c.get("arrondi") for c in lues],
        }
    )


def _annees(serie: pd.DataFrame, ref: Referentiel) -> pd.DataFrame:
    annees = serie["periode"].astype(int)
    ouverte = ref.date_donnees < date(ref.date_donnees.year, 12, 31)
    return serie.assign(annee=annees, en_cours=(annees == ref.date_donnees.year) & ouverte)


def _dater(serie: pd.DataFrame, ref: Referentiel) -> pd.DataFrame:
    return serie.assign(debut=[formats.debut_periode(p, ref.debut) for p in serie["periode"]])


def _jalons(indicateur: Indicateur, filtres: Filtres) -> list[tuple[int, float]]:
    """Starting point then yearly milestones of the one territory chosen."""
    if len(filtres.territoires) > 1:
        return []
    lieu = filtres.territoires[0] if filtres.territoires else "total"
    cibles = donnees.table("cible")
    lignes = formats.lignes(cibles[(cibles["indicateur"] == indicateur.id) & (cibles["code_qpv"] == lieu)])
    depart = {int(c["annee_initiale"]): formats.reel(c["valeur_initiale"]) for c in lignes[:1]}
    points = depart | {int(c["annee"]): formats.reel(c["valeur_cible"]) for c in lignes}
    return sorted((annee, valeur) for annee, valeur in points.items() if valeur is not None)


def _evenements(filtres: Filtres, ref: Referentiel) -> list[tuple[date, str]]:
    table = donnees.table("evenement")
    concernes = table["code_qpv"].isna() | (table["code_qpv"] == "") | table["code_qpv"].isin(list(filtres.territoires))
    dates = [(pd.Timestamp(e["date"]).date(), str(e["libelle"])) for e in formats.lignes(table[concernes])]
    return sorted((jour, libelle) for jour, libelle in dates if ref.debut <= jour <= ref.date_donnees)


def titre(t: Tendance) -> str:
    """The finding of the yearly chart."""
    connues = t.annees[t.annees["valeur"].notna()]
    if connues.empty:
        return f"{t.indicateur.libelle} : pas encore de chiffre publié"
    derniere = connues.iloc[-1]
    debut = f"{t.indicateur.libelle} : {derniere['texte']} en {derniere['annee']}"
    debut += " (année en cours)" if derniere["en_cours"] else ""
    part = chiffres.part_attendue(t.avancement, t.indicateur)
    return f"{debut}, {part}" if part else debut


def titre_trimestres(t: Tendance, ref: Referentiel) -> str:
    """The finding of the quarterly chart: last closed quarter, and its change over a year."""
    maintenant, avant = synthese.periodes_comparees("depuis_debut", ref)
    cellules = {c["periode"]: c for c in formats.lignes(t.trimestres)}
    if maintenant not in cellules or formats.est_absent(cellules[maintenant]["valeur"]):
        return "Trimestre par trimestre"
    valeur = chiffres.texte_valeur(cellules[maintenant], t.indicateur, complet=True)
    debut = f"{formats.periode(maintenant).capitalize()} : {valeur}"
    change = chiffres.evolution(cellules[maintenant], cellules.get(avant, {}), t.indicateur, "")
    return debut if change.sens is None else f"{debut}, {change.texte}"


def rythme(t: Tendance) -> str:
    """Required pace against the present one, in one sentence; empty without a target."""
    a = t.avancement or {}
    requis, annee = formats.reel(a.get("rythme_requis")), a.get("annee_cible")
    if requis is None or formats.est_absent(annee):
        return "" if formats.est_absent(a.get("motif")) else str(a["motif"])
    i, unite = t.indicateur, t.indicateur.unite
    if i.nature == "flux":
        actuelle = formats.valeur(a.get("valeur_actuelle"), unite, i.decimales)
        quand = formats.periode(str(a.get("periode_actuelle") or ""))
        cible = formats.valeur(requis, unite, i.decimales)
        return f"Il faut **{cible} par an** en {int(annee or 0)} ; dernier total ({quand}) : **{actuelle}**."
    if requis == 0:
        return f"La cible de {int(annee or 0)} est déjà atteinte : il s'agit de tenir."
    gain = formats.ecart(requis, unite, max(1, i.decimales))
    if formats.est_absent(a.get("evolution_annuelle")):
        return f"Il faut **{gain} par an** d'ici {int(annee or 0)}."
    sur_un_an = formats.ecart(a.get("evolution_annuelle"), unite, max(1, i.decimales))
    return f"Il faut **{gain} par an** d'ici {int(annee or 0)} ; évolution sur un an : **{sur_un_an}**."


def sans_cible(t: Tendance) -> str:
    """Why no status is given: the indicator has no target, or this choice of neighbourhoods has none."""
    if t.indicateur.id in set(donnees.table("cible")["indicateur"]):
        return "Pas de cible pour ce choix de quartiers : seule la tendance est montrée."
    return "Le contrat n'a pas fixé de cible pour cet indicateur : seule la tendance est montrée."


def alternative(t: Tendance) -> str:
    """What the yearly chart shows, for who cannot see it."""
    realise = ", ".join(f"{a['annee']} : {a['texte']}" for a in formats.lignes(t.annees))
    attendu = ", ".join(f"{annee} : {formats.nombre(v, t.indicateur.decimales)}" for annee, v in t.jalons)
    return f"Réalisé par année : {realise}." + (f" Trajectoire attendue : {attendu}." if attendu else " Sans cible.")


def tableau(t: Tendance) -> pd.DataFrame:
    """Actual and expected by year."""
    attendus = dict(t.jalons)
    realises = {a["annee"]: a["texte"] for a in formats.lignes(t.annees)}
    annees = sorted({*attendus, *realises})
    return pd.DataFrame(
        {
            "Année": [str(a) for a in annees],
            f"Réalisé ({t.indicateur.unite})": [realises.get(a, "") for a in annees],
            "Jalon": [formats.nombre(attendus[a], t.indicateur.decimales) if a in attendus else "" for a in annees],
        }
    )


def alternative_trimestres(t: Tendance) -> str:
    """What the quarterly chart shows, for who cannot see it."""
    return "Par trimestre : " + ", ".join(
        f"{formats.periode(c['periode'])} : {c['texte']}" for c in formats.lignes(t.trimestres)
    )


def tableau_trimestres(t: Tendance) -> pd.DataFrame:
    """One row per quarter."""
    return pd.DataFrame(
        {
            "Trimestre": t.trimestres["periode"].map(formats.periode),
            f"Valeur ({t.indicateur.unite})": t.trimestres["texte"],
        }
    )
