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
    """One grid per rhythm of delivery: a line per partner and contract, a column per period."""
    noms = sorted(dues["partenaire_nom"].unique())
    choisi = st.selectbox("Partenaire", [TOUS, *noms], key="qualite-partenaire")
    vues = dues if choisi == TOUS else dues[dues["partenaire_nom"] == choisi]
    st.caption(
        "● reçu à la date attendue, ou avant le premier chargement de cette base (le délai n'est alors pas connu) · "
        "◐ reçu après la date · ■ manquant, la date est passée · ○ à venir."
    )
    for maille, titre, montrees in RYTHMES:
        siennes = vues[vues["maille"] == maille]
        if len(siennes):
            figures.entete(titre, 3)
            grille = _grille(siennes, montrees)
            figures.table(grille, alt=f"Envois attendus et reçus, {titre.lower()}")


def _grille(dues: pd.DataFrame, montrees: int) -> pd.DataFrame:
    periodes = sorted(dues["periode"].unique())[-montrees:]
    lignes = []
    for (nom, contenu), groupe in _retards_en_tete(dues):
        par_periode = groupe.set_index("periode")
        ligne = {"Partenaire": nom, "Contenu": contenu}
        for periode in periodes:
            dit = ETATS[par_periode.loc[periode, "etat"]] if periode in par_periode.index else "—"
            ligne[formats.periode(periode, court=True)] = dit
        suivantes = groupe.loc[groupe["etat"] == "attendu", "attendu_le"]
        ligne["Prochaine date"] = formats.date_courte(suivantes.min()) if len(suivantes) else "—"
        lignes.append(ligne)
    return pd.DataFrame(lignes)


def _retards_en_tete(dues: pd.DataFrame) -> list[tuple[Any, pd.DataFrame]]:
    """Deliveries by partner and contract, those who miss a file first."""
    groupes = dues.groupby(["partenaire_nom", "contenu"], sort=True)
    return sorted(groupes, key=lambda groupe: not (groupe[1]["etat"] == "en_retard").any())


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
