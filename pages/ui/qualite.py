"""What the page Qualité says of deliveries: the board of each partner, what comes next, the reminder to send."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import donnees, figures, formats, livraisons

ETATS = {
    "recu": "● reçu",
    "recu_en_retard": "◐ reçu tard",
    "en_retard": "■ manquant",
    "attendu": "○ à venir",
}
RYTHMES = (("mois", "Chaque mois", 6), ("trimestre", "Chaque trimestre ou semestre", 5), ("annee", "Chaque année", 3))
TOUS = "Tous les partenaires"


def lire() -> pd.DataFrame:
    """Every delivery due, with the words of its partner, contract and grain."""
    dues = donnees.table("completude").copy()
    noms = livraisons.noms_partenaires()
    dues["partenaire_nom"] = [noms.get(p, n) for p, n in zip(dues["partenaire"], dues["nom"], strict=True)]
    dues["contenu"] = dues["schema"].map(livraisons.titre_schema)
    dues["maille"] = dues["periode"].map(formats.maille)
    return dues


def constats(dues: pd.DataFrame) -> list[str]:
    """How many answered, what is missing, what comes next."""
    version = donnees.version()
    manquants = dues[dues["etat"] == "en_retard"]
    phrases = [
        f"**{formats.accord(version.partenaires_recus, 'partenaire')} sur {version.partenaires_attendus}** "
        f"{'sont' if version.partenaires_recus > 1 else 'est'} à jour de leurs envois."
    ]
    if len(manquants):
        retardataires = manquants["partenaire_nom"].nunique()
        phrases.append(
            f"**{formats.accord(len(manquants), 'fichier manque', 'fichiers manquent')}**, de "
            f"{formats.accord(retardataires, 'partenaire')} : le texte de relance est prêt plus bas."
        )
    else:
        phrases.append("Aucun fichier ne manque.")
    if len(a_venir := dues[dues["etat"] == "attendu"]):
        premiere = a_venir["attendu_le"].min()
        combien = int((a_venir["attendu_le"] == premiere).sum())
        phrases.append(
            f"Prochaine date : {formats.date_longue(premiere)}, "
            f"{formats.accord(combien, 'fichier attendu', 'fichiers attendus')}."
        )
    return phrases


def tableau_de_bord(dues: pd.DataFrame) -> None:
    """One grid per rhythm of delivery: a line per partner and contract, a column per period; what misses first."""
    noms = sorted(dues["partenaire_nom"].unique())
    choisi = st.selectbox("Partenaire", [TOUS, *noms], key="qualite-partenaire")
    vues = dues if choisi == TOUS else dues[dues["partenaire_nom"] == choisi]
    st.caption(
        "● reçu à la date attendue, ou avant le premier chargement de cette base (le délai n'est alors pas connu) · "
        "◐ reçu après la date · ■ manquant, la date est passée · ○ à venir."
    )
    manque = vues.groupby(["partenaire_nom", "contenu", "maille"])["etat"].transform(lambda e: (e == "en_retard").any())
    if choisi != TOUS or not manque.any():
        _grilles(vues)
        return
    _grilles(vues[manque])
    with st.expander("Voir les envois auxquels rien ne manque"):
        _grilles(vues[~manque])


def _grilles(dues: pd.DataFrame) -> None:
    for maille, titre, montrees in RYTHMES:
        siennes = dues[dues["maille"] == maille]
        if len(siennes):
            figures.entete(titre, 3)
            grille = _grille(siennes, montrees)
            figures.table(grille, alt=f"Envois attendus et reçus, {titre.lower()}")


def _grille(dues: pd.DataFrame, montrees: int) -> pd.DataFrame:
    """A line per partner and contract, those who miss a file first."""
    periodes = sorted(set(dues["periode"]))[-montrees:]
    titres = {periode: formats.periode(periode, court=True) for periode in periodes}
    envois: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for due in formats.lignes(dues[["partenaire_nom", "contenu", "periode", "etat", "attendu_le"]]):
        envois.setdefault((due["partenaire_nom"], due["contenu"]), []).append(due)
    lignes = []
    for nom, contenu in sorted(envois, key=lambda cle: (all(d["etat"] != "en_retard" for d in envois[cle]), cle)):
        siens = {d["periode"]: d["etat"] for d in envois[nom, contenu]}
        a_venir = [d["attendu_le"] for d in envois[nom, contenu] if d["etat"] == "attendu"]
        cases = {titres[periode]: ETATS.get(siens.get(periode, ""), "—") for periode in periodes}
        prochaine = formats.date_courte(min(a_venir)) if a_venir else "—"
        lignes.append({"Partenaire": nom, "Contenu": contenu, **cases, "Prochaine date": prochaine})
    return pd.DataFrame(lignes)


def relances(dues: pd.DataFrame) -> None:
    """A message ready to copy for each partner who owes a file."""
    manquants = dues[dues["etat"] == "en_retard"]
    if manquants.empty:
        st.markdown("Personne à relancer.")
        return
    noms = manquants.groupby("partenaire_nom").size().sort_values(ascending=False)
    choisi = st.selectbox(
        "Partenaire à relancer",
        list(noms.index),
        format_func=lambda n: f"{n} ({formats.accord(noms[n], 'fichier')})",
        key="qualite-relance",
    )
    st.code(message(formats.lignes(manquants[manquants["partenaire_nom"] == choisi])), language=None, wrap_lines=True)
    st.caption("Copiez ce texte dans un courriel : le bouton est en haut à droite du cadre.")


def message(manquants: list[dict[str, Any]]) -> str:
    """The reminder of one partner: each missing file, its period and its date."""
    lignes = "\n".join(
        f"- {x['contenu']}, {formats.periode(x['periode'])} (attendu le {formats.date_courte(x['attendu_le'])})"
        for x in sorted(manquants, key=lambda x: (x["attendu_le"], x["contenu"]))
    )
    pluriel = len(manquants) > 1
    return formats.typographie(
        f"Objet : {donnees.version().contrat_nom_court}, "
        f"{'fichiers attendus' if pluriel else 'fichier attendu'} pour le tableau de bord\n\n"
        "Bonjour,\n\n"
        f"Sauf erreur de notre part, nous n'avons pas encore reçu {'ces fichiers' if pluriel else 'ce fichier'} :\n"
        f"{lignes}\n\n"
        f"Pouvez-vous nous {'les' if pluriel else 'le'} envoyer ? Si une difficulté vous en empêche, dites-le-nous : "
        "nous pouvons vous aider à remplir le modèle.\n\n"
        "Merci d'avance, et bonne journée."
    )
