"""The shared filters: what may be chosen, the frozen choice, and its sentence in French.

The widgets live once, in the frame; they are bound to the URL, so they survive page changes and a copied link
opens the same view. Pages only read `actuels()`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from pages.ui import formats

TOUS = "Ensemble du contrat"
LARGEUR_SEUL = 420  # pixels: a filter alone does not need the whole page
_CLE = "_filtres"


@dataclass(frozen=True)
class Territoire:
    """One choice of the territory filter: a QPV or a commune (its QPV together)."""

    code: str
    libelle: str
    type: str  # 'qpv' | 'commune'
    commune: str = ""


@dataclass(frozen=True)
class Referentiel:
    """What the published version offers to choose from; nothing else can be selected."""

    periodes: tuple[str, ...]
    territoires: tuple[Territoire, ...]
    acteurs: tuple[tuple[str, str], ...]  # (acteur_id, nom)
    fiches: tuple[str, ...]
    debut: date
    date_donnees: date

    @property
    def qpv(self) -> tuple[Territoire, ...]:
        """The QPV alone, in display order."""
        return tuple(t for t in self.territoires if t.type == "qpv")

    def libelle(self, code: str) -> str:
        """Display name of a territory code; the code itself when it is not in the contract."""
        return next((t.libelle for t in self.territoires if t.code == code), code)

    def nom_acteur(self, acteur: str) -> str:
        """Display name of an acteur_id."""
        return dict(self.acteurs).get(acteur, acteur)


@dataclass(frozen=True)
class Filtres:
    """The reader's choice; hashable, so it is a cache key."""

    periode: str = "depuis_debut"
    territoires: tuple[str, ...] = ()  # () = the whole contract
    acteur: str | None = None
    fiche: str | None = None

    @property
    def maille(self) -> str:
        """Grain of the period: annee, trimestre, mois or depuis_debut."""
        return formats.maille(self.periode)

    @property
    def axes(self) -> tuple[tuple[str, str], ...]:
        """The acteur or fiche chosen, as breakdown values."""
        choix = (("acteur", self.acteur), ("fiche", self.fiche))
        return tuple((axe, modalite) for axe, modalite in choix if modalite)


def phrase(filtres: Filtres, ref: Referentiel) -> str:
    """`Ensemble du contrat (13 quartiers), janvier 2024 – septembre 2026`."""
    morceaux = [lieu(filtres, ref), etendue(filtres.periode, ref)]
    if filtres.acteur:
        morceaux.append(f"acteur : {ref.nom_acteur(filtres.acteur)}")
    if filtres.fiche:
        morceaux.append(f"fiche {filtres.fiche}")
    return ", ".join(morceaux)


def lieu(filtres: Filtres, ref: Referentiel) -> str:
    """The territories chosen, in words; several are added, which is said."""
    if not filtres.territoires:
        return f"{TOUS} ({formats.accord(len(ref.qpv), 'quartier')})"
    noms = [ref.libelle(code) for code in filtres.territoires]
    if len(noms) == 1:
        return noms[0]
    reunis = formats.enumeration(noms) if len(noms) <= 4 else formats.accord(len(noms), "territoire")
    exacte = st.session_state.get("profil") == "gestion"
    return f"{reunis} ({'somme des territoires' if exacte else 'somme de valeurs arrondies'})"


def etendue(periode: str, ref: Referentiel) -> str:
    """First and last months of a period, the last never after the data date."""
    debut = formats.debut_periode(periode, ref.debut)
    fin = formats.fin_periode(periode, ref.date_donnees)
    if (debut.year, debut.month) == (fin.year, fin.month):
        return formats.mois_annee(fin)
    premier = formats.mois_annee(debut)
    if debut.year == fin.year:
        premier = premier.rsplit(" ", 1)[0]
    return f"{premier} – {formats.mois_annee(fin)}"


def libelle_periode(periode: str, ref: Referentiel) -> str:
    """Label of a period in the list; the one still open says so."""
    if formats.maille(periode) == "depuis_debut":
        return f"Depuis le début ({formats.mois_annee(ref.debut)})"
    texte = formats.periode(periode)
    ouverte = formats.fin_periode(periode, date.max) > ref.date_donnees
    return f"{texte} (en cours)" if ouverte else texte


def periode_par_defaut(ref: Referentiel) -> str:
    """The year of the data, else the latest year published, else since the start."""
    annees = [p for p in ref.periodes if formats.maille(p) == "annee"]
    courante = str(ref.date_donnees.year)
    return courante if courante in annees else max(annees, default="depuis_debut")


def afficher(ref: Referentiel, avec: tuple[str, ...] = ("periode", "quartiers")) -> Filtres:
    """Draw the shared filters in one bar and remember the choice for the page.

    All are always drawn, those the page does not use are hidden by the style sheet: a bound widget that leaves the page
    leaves the address too, and the back button would lose the reader's choice.
    """
    barre = st.container(key="filtres", width="stretch" if len(avec) > 1 else LARGEUR_SEUL)
    with barre, st.grid(columns=max(1, len(avec)), min_column_width=140):
        choix = {nom: _un(nom, ref, nom in avec) for nom in ("periode", "quartiers", "acteur", "fiche")}
    utiles = {nom: valeur for nom, valeur in choix.items() if nom in avec}
    filtres = Filtres(
        utiles.get("periode", "depuis_debut"), utiles.get("quartiers", ()), utiles.get("acteur"), utiles.get("fiche")
    )
    st.session_state[_CLE] = (filtres, ref)
    return filtres


def _un(nom: str, ref: Referentiel, utile: bool) -> Any:
    """One filter in its place; the key of its container tells the style sheet whether to show it."""
    with st.container(key=f"filtre-{nom}" if utile else f"muet-{nom}"):
        return {"periode": _periode, "quartiers": _quartiers, "acteur": _acteur, "fiche": _fiche}[nom](ref)


def _periode(ref: Referentiel) -> str:
    defaut = periode_par_defaut(ref)
    return st.selectbox(
        "Période",
        ref.periodes,
        index=ref.periodes.index(defaut) if defaut in ref.periodes else 0,
        format_func=lambda p: libelle_periode(p, ref),
        key="periode",
        bind="query-params",
        persist_state="session",
    )


def _quartiers(ref: Referentiel) -> tuple[str, ...]:
    codes = [t.code for t in ref.territoires]
    choisis = st.multiselect(
        "Quartiers",
        codes,
        format_func=ref.libelle,
        placeholder="Tout le contrat",
        select_all=False,
        key="quartiers",
        bind="query-params",
        persist_state="session",
    )
    return sans_double([t for t in ref.territoires if t.code in choisis])  # one order, one cache key


def sans_double(choisis: list[Territoire]) -> tuple[str, ...]:
    """Codes of the territories chosen, without the QPV of a commune that is chosen too: they would count twice."""
    entieres = {t.commune for t in choisis if t.type == "commune"}
    return tuple(t.code for t in choisis if t.type == "commune" or t.commune not in entieres)


def _acteur(ref: Referentiel) -> str | None:
    autre = st.session_state.get("fiche")
    return st.selectbox(
        "Acteur",
        [a for a, _ in ref.acteurs],
        index=None,
        format_func=ref.nom_acteur,
        placeholder="Tous les acteurs",
        disabled=bool(autre),
        help="Acteur et fiche ne se croisent pas : les croiser ferait apparaître de trop petits effectifs."
        + (f" Retirez la fiche {autre} pour choisir un acteur." if autre else ""),
        key="acteur",
        bind="query-params",
        persist_state="session",
    )


def _fiche(ref: Referentiel) -> str | None:
    acteur = st.session_state.get("acteur")
    return st.selectbox(
        "Fiche du contrat",
        ref.fiches,
        index=None,
        placeholder="Toutes les fiches",
        disabled=bool(acteur),
        help="Une fiche est une action du contrat de ville. Acteur et fiche ne se croisent pas."
        + (" Retirez l'acteur pour choisir une fiche." if acteur else ""),
        key="fiche",
        bind="query-params",
        persist_state="session",
    )


def actuels() -> Filtres:
    """The filters of this run, as the frame read them."""
    return st.session_state[_CLE][0]


def referentiel() -> Referentiel:
    """What the published version offers, as the frame read it."""
    return st.session_state[_CLE][1]


def phrase_actuelle() -> str:
    """The sentence every page repeats under its title."""
    return phrase(actuels(), referentiel())
