"""The words every page shares: titles, the sentence of filters, sources, notes, the glossary."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from pages.ui import donnees, filtres, formats

GLOSSAIRE = {
    "Aller vers": "Aller à la rencontre des habitants là où ils sont, sans attendre qu'ils poussent une porte.",
    "Contrat de ville": "Accord entre l'État, la métropole, les communes et leurs partenaires pour les quartiers "
    "prioritaires.",
    "Droit commun": "Ce à quoi toute personne a droit, quel que soit son quartier : France Travail, Mission locale, "
    "formation, création d'activité…",
    "Frein": "Ce qui empêche de chercher ou de garder un emploi : transport, garde d'enfants, langue, santé, logement…",
    "IAE": "Insertion par l'activité économique : un emploi accompagné dans une structure d'insertion.",
    "Jalon": "Valeur que le contrat s'est donnée pour une année intermédiaire.",
    "Mission locale": "Service public qui accompagne les jeunes de 16 à 25 ans vers l'emploi et l'autonomie.",
    "Orientation": "Un acteur adresse une personne à un autre acteur ou à un dispositif.",
    "Parcours": "Suite datée des étapes d'une personne : repérage, diagnostic, accompagnement, sortie.",
    "PLIE": "Plan local pour l'insertion et l'emploi.",
    "QPV": "Quartier prioritaire de la politique de la ville, au périmètre fixé par décret (ici celui de 2024).",
    "Repérage": "Premier contact qui montre qu'une personne pourrait être accompagnée.",
    "Rupture": "Interruption d'un accompagnement avant son terme.",
    "SIAE": "Structure de l'insertion par l'activité économique.",
    "Sortie dynamique": "Sortie vers un emploi, une formation qualifiante ou une autre solution positive.",
    "Taux d'avancement": "Part du chemin parcouru entre la valeur de départ et la cible.",
    "Trajectoire": "Valeurs attendues chaque année pour atteindre la cible, reliées par des droites.",
}
_TITRE_POSE = "_titre_pose"


def ouvrir_page() -> None:
    """Called by the frame before each page: no title has been drawn yet."""
    st.session_state[_TITRE_POSE] = False


def titre(texte: str, chapeau: str = "", avec_filtres: bool = True) -> None:
    """The page's only h1, what it answers, and the sentence of filters."""
    with st.container(gap="xsmall"):
        st.title(texte, anchor=False)
        st.session_state[_TITRE_POSE] = True
        if chapeau:
            st.markdown(formats.typographie(chapeau))
        if avec_filtres:
            st.caption(f"Vous regardez : **{filtres.phrase_actuelle()}**")


def titre_pose() -> bool:
    """Whether this run already drew its h1 (so that an error never adds a second one)."""
    return bool(st.session_state.get(_TITRE_POSE))


def erreur(titre_page: str, explication: str) -> None:
    """A page that cannot be shown: its title all the same, and one sentence in French."""
    if not titre_pose():
        titre(titre_page, avec_filtres=False)
    st.error(explication, icon=":material/error:")


def reserve(titre_page: str, explication: str) -> None:
    """A page this profile may not read: its title, and what to do."""
    if not titre_pose():
        titre(titre_page, avec_filtres=False)
    st.info(explication, icon=":material/lock:")


def essentiel(phrases: list[str]) -> None:
    """What to remember, in a few sentences built from the data."""
    if phrases:
        with st.container(key="essentiel", border=True, gap="xsmall"):
            st.markdown("\n".join(f"- {formats.typographie(p)}" for p in phrases))


def source(*origines: str, champ: str = "") -> None:
    """The line under every figure: who provided it, the data date, what it covers."""
    morceaux = [f"Source : {formats.enumeration(list(origines)) or 'partenaires du contrat de ville'}"]
    morceaux.append(f"données au {formats.date_longue(donnees.version().date_donnees)}")
    if champ:
        morceaux.append(f"champ : {champ}")
    if donnees.version().demonstration:
        morceaux.append("données de démonstration (fictives)")
    st.caption(" · ".join(morceaux) + ".")


def source_publique(cites: Sequence[str]) -> None:
    """The line under public figures: they are real, whatever the partners' figures are, and each has its own year."""
    if cites:
        st.caption(f"Source : {formats.enumeration(list(cites))}. Chiffres publics, réels, à leur propre date.")


def evenements(liste: list[tuple[date, str]]) -> None:
    """The dated events a chart numbers."""
    if liste:
        lignes = [f"({n}) {formats.date_longue(j)} : {formats.sans_markdown(t)}" for n, (j, t) in enumerate(liste, 1)]
        st.caption("Événements — " + " ; ".join(lignes) + ".")


def ne_dit_pas(texte: str) -> None:
    """What a figure does not say, one click away from it."""
    with st.expander("Ce que ce chiffre ne dit pas"):
        st.markdown(texte)
