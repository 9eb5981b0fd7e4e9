"""What the page Sources alone needs: the state of each public source in words, and its rows as a file."""

import json
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import donnees, figures, formats

# State of the last collection: word, Material icon, what it means.
ETATS = {
    "obtenu": ("obtenue", "Le fichier a été obtenu et vérifié."),
    "conserve": ("ancienne copie", "La dernière collecte a échoué : la copie précédente reste utilisée."),
    "absent": ("absente", "Le fichier n'est pas là : les chiffres qui en dépendent disent « non renseigné »."),
    "fautif": ("fautive", "Le fichier reçu n'est pas celui attendu : il n'est pas utilisé."),
}
# Months between two editions, by the first word of the rhythm; 0 for a week.
_MOIS = {"hebdomadaire": 0, "mensuelle": 1, "trimestrielle": 3, "annuelle": 12}
# Perimeters and base map are read from tables of their own.
_FONDS = {"qpv_2024": ("territoire", "qpv"), "communes": ("fond", "commune"), "fleuves": ("fond", "fleuve")}
_FONDS |= {"arrets_transport": ("fond", "arret")}


def lire() -> list[dict[str, Any]]:
    """The sources in the order of the catalogue."""
    return formats.lignes(donnees.table("source"))


def constats(toutes: list[dict[str, Any]]) -> list[str]:
    """How many sources stand, which are missing, and the one thing never to do with them."""
    absentes = [str(s["titre"]) for s in toutes if s["etat"] in ("absent", "fautif")]
    presentes = formats.accord(len(toutes) - len(absentes), "source publique", "sources publiques")
    phrases = [f"{presentes} sur {len(toutes)} en service."]
    if absentes:
        phrases.append(f"Sans fichier : {' ; '.join(absentes)}.")
    phrases.append("Les quartiers de 2015 et ceux de 2024 ont des limites différentes : jamais sur une même courbe.")
    return phrases


def etat(source: dict[str, Any]) -> str:
    """State of a source in one word."""
    return ETATS.get(str(source["etat"]), (str(source["etat"]), ""))[0]


def tableau(toutes: list[dict[str, Any]]) -> pd.DataFrame:
    """One line per source, in words."""
    return pd.DataFrame(
        {
            "Source": [s["titre"] for s in toutes],
            "État": [etat(s) for s in toutes],
            "Obtenue le": [formats.date_courte(s["date_obtention"]) for s in toutes],
            "À reprendre": [prochaine(s, date.today()) for s in toutes],
            "Millésime": [s["millesime"] for s in toutes],
            "Producteur": [s["producteur"] for s in toutes],
            "Licence": [s["licence"] for s in toutes],
        }
    )


def prochaine(source: dict[str, Any], jour: date) -> str:
    """When to collect a source again: its last date plus its rhythm, or what its rhythm says."""
    rythme = str(source["periodicite"])
    mois = next((n for mot, n in _MOIS.items() if rythme.startswith(mot)), None)
    if source["etat"] in ("absent", "fautif"):
        return "dès que possible"
    if mois is None or formats.est_absent(source["date_obtention"]):
        return rythme
    obtenue = pd.Timestamp(source["date_obtention"])
    prevue = (obtenue + (pd.DateOffset(months=mois) if mois else pd.DateOffset(days=7))).date()
    return f"depuis le {formats.date_courte(prevue)}" if prevue <= jour else formats.date_courte(prevue)


def etiquette(source: dict[str, Any]) -> str:
    """Label of a source's sheet."""
    return f"{formats.sans_markdown(source['titre'])} — {etat(source)}"


def fiche(source: dict[str, Any]) -> None:
    """All that is known of one source, then its rows as they are used here."""
    mot, sens = ETATS.get(str(source["etat"]), (str(source["etat"]), ""))
    st.markdown(f"**Source {mot}.** {sens} {formats.sans_markdown(source['message'])}")
    faits = {
        "Producteur": source["producteur"],
        "Licence": source["licence"],
        "Millésime": source["millesime"],
        "Territoires": source["geographie"],
        "Mise à jour": source["periodicite"],
        "Obtenue le": formats.date_longue(source["date_obtention"]),
        "À reprendre": prochaine(source, date.today()),
        "Fichier": source["fichier"],
        "Mention à afficher": source["mention"],
    }
    connus = {nom: str(fait) for nom, fait in faits.items() if not formats.est_absent(fait)}
    lignes = pd.DataFrame({"Fait": list(connus), "Valeur": list(connus.values())})
    figures.table(lignes, alt=f"Description de la source {source['titre']}")
    st.markdown("**Ce qu'on ne peut pas lui faire dire**")
    st.markdown("\n".join(f"- {formats.sans_markdown(i)}" for i in str(source["interdits"]).splitlines()))
    st.markdown(f"[Page du producteur]({source['page']})")
    _telecharger(source)


def _telecharger(source: dict[str, Any]) -> None:
    lues = lignes_de(str(source["id"]))
    if lues.empty:
        st.caption("Aucune ligne de cette source n'est utilisée dans cette version.")
        return
    st.caption(f"{formats.accord(len(lues), 'ligne retenue', 'lignes retenues')} pour ce contrat.")
    figures.telecharger(
        lambda: figures.csv(lues, f"{source['titre']} ({source['producteur']})"), f"source-{source['id']}"
    )


def lignes_de(id: str) -> pd.DataFrame:
    """The rows of a source as this version uses them, in the order of its file; empty when it has none."""
    if id in _FONDS:
        table, type_ = _FONDS[id]
        lues = donnees.table(table)
        return lues[lues["type"] == type_].dropna(axis="columns", how="all")
    toutes = donnees.table("donnee_publique")
    siennes = toutes[toutes["source"] == id].sort_values("rang")
    return pd.DataFrame([json.loads(ligne) for ligne in siennes["ligne"]])
