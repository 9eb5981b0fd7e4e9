"""Cards of one figure: value, unit, target, status in symbol, word and colour, what it covers and does not say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from etl.catalog.indicateurs import Indicateur
from etl.targets import STATUTS, bounded
from pages.ui import formats, textes

BASE_POURCENTAGE = 30  # under it, « −100 % » would be said of one meeting less: the difference itself is written
Couleur = Literal["blue", "green", "orange", "red", "gray"]
# The theme's named colours hold the status colours (see .streamlit/config.toml).
COULEURS: dict[str, Couleur] = {
    "atteint": "blue",
    "trajectoire": "green",
    "surveiller": "orange",
    "retard": "red",
    "non_calcule": "gray",
}


@dataclass(frozen=True)
class Evolution:
    """A figure against the same period a year before; `texte` is ready to read, `sens` is +1, 0, −1 or None."""

    texte: str
    sens: int | None
    periodes: str  # "3e trimestre 2026 contre 3e trimestre 2025"


@dataclass(frozen=True)
class Lecture:
    """All a page shows of one indicator: cell, progress of its target, change over a year."""

    indicateur: Indicateur
    cellule: dict[str, Any]
    avancement: dict[str, Any] | None
    evolution: Evolution


def statut_en_mots(code: str, motif: Any = None) -> str:
    """`◆ dans la trajectoire`, `▲ à surveiller (effectif faible)`: symbol and word, the colour comes on top."""
    statut = STATUTS.get(code, STATUTS["non_calcule"])
    raison = f" ({motif})" if code == "surveiller" and not formats.est_absent(motif) else ""
    return f"{statut.symbole} {statut.mot}{raison}"


def statut(code: str, motif: Any = None) -> None:
    """The status as a badge; why, in words, when it could not be computed."""
    code = code if code in STATUTS else "non_calcule"
    st.badge(statut_en_mots(code, motif), color=COULEURS[code], help=None if formats.est_absent(motif) else str(motif))


def part_attendue(avancement: dict[str, Any] | None, indicateur: Indicateur) -> str:
    """`84 % de l'attendu à ce jour`; a rate is read along its path from the starting point. Empty when not computed."""
    taux = formats.reel((avancement or {}).get("taux_a_date"))
    if taux is None:
        return ""
    repere = "de l'attendu" if indicateur.nature == "flux" else "du chemin attendu"
    return f"{formats.pourcentage(taux)} {repere} à ce jour"


def texte_valeur(cellule: dict[str, Any], indicateur: Indicateur, complet: bool = False) -> str:
    """A published cell (a row of donnees.mesures) in words: value, « moins de 5 » or state."""
    return formats.valeur(
        cellule.get("valeur"),
        indicateur.unite,
        indicateur.decimales,
        cellule.get("etat") or "non_renseigne",
        cellule.get("arrondi"),
        cellule.get("exact", True),
        complet,
        cellule.get("borne"),
    )


def evolution(maintenant: dict[str, Any], avant: dict[str, Any], indicateur: Indicateur, periodes: str) -> Evolution:
    """Change between two cells; within what rounding can produce, it is said stable rather than invented."""
    if maintenant.get("etat") != "valeur" or avant.get("etat") != "valeur":
        return Evolution("évolution non calculée", None, periodes)
    difference = maintenant["valeur"] - avant["valeur"]
    if abs(difference) < _incertitude(maintenant, indicateur) + _incertitude(avant, indicateur) or not difference:
        return Evolution("stable sur un an", 0, periodes)
    sens = 1 if difference > 0 else -1
    base = abs(float(avant["valeur"]))
    if not indicateur.ratio and base >= BASE_POURCENTAGE and not round(100 * difference / base):
        return Evolution("stable sur un an", 0, periodes)
    if indicateur.ratio or base < BASE_POURCENTAGE:
        texte = formats.ecart(difference, indicateur.unite, indicateur.decimales)
    else:
        texte = formats.pourcentage(100 * difference / base, signe=True)
    return Evolution(f"{texte} sur un an", sens, periodes)


def _incertitude(cellule: dict[str, Any], indicateur: Indicateur) -> float:
    """Half-width of what the published value may hide: the rounding base, or a point for a whole rate."""
    if cellule.get("exact"):
        return 0.0
    if indicateur.ratio:
        return 1.0
    return formats.reel(cellule.get("arrondi")) or 0.0


def carte(lecture: Lecture) -> None:
    """One figure of the front row: value, status against the path, the three progress readings, year on year."""
    indicateur, cellule, avancement = lecture.indicateur, lecture.cellule, lecture.avancement
    code = (avancement or {}).get("statut") or "non_calcule"
    with st.container(border=True, key=f"carte-{code}-{indicateur.id}", gap="xsmall", height="stretch"):
        st.metric(indicateur.libelle, texte_valeur(cellule, indicateur), help=aide(indicateur))
        if cellule.get("etat") in formats.ETATS:
            st.caption(formats.ETATS[cellule["etat"]][1])
        elif not formats.unite_collee(indicateur.unite):
            st.caption(formats.unite_accordee(indicateur.unite, abs(formats.reel(cellule.get("valeur")) or 0) < 2))
        if avancement is None:
            st.caption("Pas de cible pour ce choix.")
        else:
            _contre_cible(indicateur, avancement)
        st.markdown(evolution_en_mots(lecture.evolution, indicateur), help=lecture.evolution.periodes)


def _contre_cible(indicateur: Indicateur, a: dict[str, Any]) -> None:
    statut(a["statut"], a.get("motif"))
    taux, motif = formats.reel(a.get("taux_a_date")), a.get("motif")
    if taux is not None:
        attendu = formats.valeur(a["attendu_a_date"], indicateur.unite, indicateur.decimales)
        st.progress(bounded(taux) / 100, text=f"{part_attendue(a, indicateur)} (attendu : {attendu})")
    elif not formats.est_absent(motif):
        st.caption(str(motif))
    if formats.est_absent(a.get("valeur_cible")):
        return
    cible = formats.valeur(a["valeur_cible"], indicateur.unite, indicateur.decimales)
    st.caption(f"Cible {int(a['annee_cible'])} : {cible}{' (exemple)' if a.get('exemple') else ''}")
    annuel, complet = (formats.pourcentage(a[nom]) for nom in ("taux_annuel", "taux_global"))
    st.caption(f"Objectif de l'année : {annuel} · de {int(a['annee_cible'])} : {complet}")


def evolution_en_mots(e: Evolution, indicateur: Indicateur) -> str:
    """Arrow, signed change, and whether it is the wanted direction: three ways to read it, colour last."""
    if not e.sens:
        return f":gray[{'→ ' if e.sens == 0 else ''}{e.texte}]"
    return f":{teinte(e, indicateur)}[{'↗' if e.sens > 0 else '↘'} {e.texte}]"


def teinte(e: Evolution | None, indicateur: Indicateur) -> Literal["green", "red", "gray"]:
    """Wanted or unwanted change; who the public is (classe attribut) is neither."""
    if e is None or not e.sens or indicateur.classe == "attribut":
        return "gray"
    return "green" if (e.sens > 0) == (indicateur.sens == "hausse") else "red"


def aide(indicateur: Indicateur) -> str:
    """The tooltip of a figure, from the catalogue: definition, then what it does not say."""
    return (
        f"**{indicateur.question}**\n\n{indicateur.definition}\n\n*Ce que ce chiffre ne dit pas :* {indicateur.limites}"
    )


def lignes(lectures: Sequence[Lecture], nom: str) -> None:
    """A ledger in two columns; `nom` is unique in the page."""
    with st.grid(columns=2, min_column_width=330, gap=("xxsmall", "large"), key=f"lignes-{nom}"):
        for x in lectures:
            ligne(x.indicateur, x.cellule, x.evolution, x.avancement)


def ligne(
    indicateur: Indicateur,
    cellule: dict[str, Any],
    evolution: Evolution | None = None,
    avancement: dict[str, Any] | None = None,
) -> None:
    """One figure of a ledger (a container whose key starts with `lignes-`): name, value, year on year, status."""
    sens = evolution.sens if evolution else None
    libelle = indicateur.libelle
    if avancement and avancement["statut"] in COULEURS:
        libelle += (
            f" :{COULEURS[avancement['statut']]}-badge[{statut_en_mots(avancement['statut'], avancement.get('motif'))}]"
        )
    st.metric(
        libelle,
        texte_valeur(cellule, indicateur, complet=True),
        delta=evolution.texte if evolution and sens is not None else None,
        delta_color=teinte(evolution, indicateur),
        delta_arrow="off" if not sens else "up" if sens > 0 else "down",
        help=aide(indicateur) + (f"\n\nÉvolution : {evolution.periodes}." if sens is not None and evolution else ""),
    )


def limites(indicateur: Indicateur) -> None:
    """What the figure does not say, in full, under it."""
    textes.ne_dit_pas(indicateur.limites)
