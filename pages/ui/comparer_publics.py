"""The public figures of the page Comparer: neighbourhoods of one perimeter beside their commune and EPCI."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.contexte import SANS_COMPARATEUR
from pages.ui import contexte, donnees, figures, filtres, formats, textes
from pages.ui.gabarit import CONFIG
from pages.ui.halteres import halteres

PERIMETRES = {"qpv": "quartiers de 2024", "qpv_2015": "quartiers de 2015"}
PLACES = {"commune": "Sa commune", "epci": "L'intercommunalité"}
MIEN = "Le quartier"


@dataclass(frozen=True)
class Publics:
    """One public figure over the neighbourhoods of one perimeter."""

    indicateur: Indicateur
    perimetre: str
    lignes: pd.DataFrame  # libelle, texte, one column of values per place that has some
    places: tuple[str, ...]
    notes: tuple[str, ...]
    source: tuple[str, ...]


def choisir() -> tuple[Indicateur, str] | None:
    """The public figure and its perimeter, bound to the URL; None when no public file was collected."""
    lues = _dernieres()
    lues = lues[lues["etat"] == "valeur"]
    comparables = set(donnees.table("comparaison").dropna(subset=["ecart"])["indicateur"])
    offerts = sorted((i for i in CATALOGUE if i in set(lues["indicateur"])), key=lambda i: i not in comparables)
    if not offerts:
        return None
    gauche, droite = st.columns(2, vertical_alignment="bottom")
    with gauche:
        identifiant = st.selectbox(
            "Chiffre public", offerts, format_func=lambda i: CATALOGUE[i].libelle,
            key="public", bind="query-params", persist_state="session",
        )  # fmt: skip
    presents = set(lues[lues["indicateur"] == identifiant]["type_territoire"])
    choix = [p for p in PERIMETRES if p in presents]
    with droite:
        perimetre = st.segmented_control(
            "Périmètre", choix, format_func=PERIMETRES.__getitem__, default=choix[0], required=True,
            key=f"perimetre-{identifiant}",
        )  # fmt: skip
    return CATALOGUE[identifiant], perimetre or choix[0]


def _dernieres() -> pd.DataFrame:
    """The latest public figures of the neighbourhoods, 2015 and 2024 perimeters told apart."""
    toutes = donnees.table("contexte")
    return toutes[
        toutes["type_territoire"].isin(list(PERIMETRES)) & (toutes["maille"] == "depuis_debut") & (toutes["axe"] == "")
    ]


def lire(indicateur: Indicateur, perimetre: str) -> Publics:
    """Figures and comparators of this perimeter, highest first; a neighbourhood without history says so."""
    lues = _dernieres()
    lues = lues[(lues["indicateur"] == indicateur.id) & (lues["type_territoire"] == perimetre)]
    ecarts = donnees.table("comparaison")
    ecarts = ecarts[(ecarts["indicateur"] == indicateur.id) & (ecarts["type_territoire"] == perimetre)]
    siens = {str(c["territoire"]): c for c in formats.lignes(lues)}
    codes = {str(q["code"]): q["code_2015"] for q in formats.lignes(donnees.table("qpv"))}
    rangees = []
    for t in filtres.referentiel().qpv:
        code = t.code if perimetre == "qpv" else codes.get(t.code)
        cellule = siens.get(str(code), {"etat": "non_renseigne", "valeur": None})
        autour = {
            str(e["comparateur"]): e
            for e in formats.lignes(ecarts[ecarts["territoire"] == code])
            if e["ecart"] == e["ecart"]
        }
        rangees.append(_rangee(t.libelle, None if formats.est_absent(code) else cellule, autour, indicateur))
    frame = pd.DataFrame(rangees).sort_values(MIEN, ascending=False, na_position="last", ignore_index=True)
    presentes = tuple(nom for nom in PLACES.values() if frame[nom].notna().any())
    notes = _notes(lues, ecarts, perimetre, indicateur.id)
    return Publics(indicateur, perimetre, frame, (MIEN, *presentes), notes, _sources(lues, ecarts))


def _rangee(nom: str, cellule: dict | None, autour: dict[str, dict], indicateur: Indicateur) -> dict:
    """One line of the chart, with its gap to the commune; a new neighbourhood has no 2015 figure, which is no zero."""
    if cellule is None:
        return {
            "libelle": nom,
            MIEN: None,
            "texte": "sans historique",
            "dit": "sans historique",
            **dict.fromkeys(PLACES.values()),
        }
    valeur = formats.reel(cellule["valeur"])
    dit = texte = formats.valeur(valeur, indicateur.unite, indicateur.decimales, str(cellule["etat"]))
    if "commune" in autour:
        # The gap alone is drawn, for the value is on the axis: both would leave the drawing on a phone.
        texte = formats.ecart(autour["commune"]["ecart"], indicateur.unite, indicateur.decimales)
        dit += f", écart {texte}"
    places = {
        nom_: formats.reel(autour[p]["valeur_comparateur"]) if p in autour else None for p, nom_ in PLACES.items()
    }
    return {"libelle": nom, MIEN: valeur, "texte": texte, "dit": dit, **places}


def _notes(lues: pd.DataFrame, ecarts: pd.DataFrame, perimetre: str, indicateur: str) -> tuple[str, ...]:
    mentions = sorted({str(m) for m in lues["mention"].dropna()})
    raisons = sorted({str(m) for m in ecarts["motif"].dropna() if not str(m).startswith("Territoire absent")})
    if ecarts["ecart"].isna().all() and indicateur in SANS_COMPARATEUR:
        raisons = [SANS_COMPARATEUR[indicateur]]
    rupture = (contexte.RUPTURE,) if perimetre == "qpv_2015" else ()
    return (*rupture, *(f"{m.capitalize()}." for m in mentions), *raisons)


def _sources(lues: pd.DataFrame, ecarts: pd.DataFrame) -> tuple[str, ...]:
    mots = [f"{c['titre']} ({c['millesime']})" for c in formats.lignes(lues[lues["etat"] == "valeur"])]
    titres = {str(s["id"]): str(s["titre"]) for s in formats.lignes(donnees.table("source"))}
    chiffres = ecarts[ecarts["valeur_comparateur"].notna()]
    mots += [
        f"{titres.get(str(e['source_comparateur']), e['source_comparateur'])} ({e['millesime_comparateur']})"
        for e in formats.lignes(chiffres)
    ]
    return tuple(dict.fromkeys(mots))


def afficher(p: Publics) -> None:
    """The figure, its sources with their vintage, and what forbids some comparisons."""
    constat = f"{titre(p)} ({PERIMETRES[p.perimetre]})"
    figures.entete(constat)
    alt = " ; ".join(f"{x['libelle']} : {x['dit']}" for x in formats.lignes(p.lignes))
    nom = f"comparer-public-{p.indicateur.id}"
    dessin = halteres(p.lignes, p.places, p.indicateur.unite)
    st.plotly_chart(dessin, theme=None, config=CONFIG, alt=alt, key=f"figure-{nom}")
    textes.source_publique(p.source)
    figures.voir_donnees(tableau(p), nom, constat)
    if len(p.places) > 1:
        st.caption("L'écart écrit à droite est celui du quartier avec sa commune.")
    for note in p.notes:
        st.caption(formats.typographie(note))


def titre(p: Publics) -> str:
    """The finding: the two ends of the neighbourhoods."""
    lus = p.lignes[p.lignes[MIEN].notna()]
    if lus.empty:
        return f"{p.indicateur.libelle} : aucun chiffre publié"
    haut, bas = formats.lignes(lus.iloc[[0, -1]])
    dits = [
        f"{formats.valeur(x[MIEN], p.indicateur.unite, p.indicateur.decimales)} ({x['libelle']})" for x in (bas, haut)
    ]
    return f"{p.indicateur.libelle} : de {dits[0]} à {dits[1]}"


def tableau(p: Publics) -> pd.DataFrame:
    """The same in words, with the gap to each place."""
    unite, decimales = p.indicateur.unite, p.indicateur.decimales
    mots = {
        place: [formats.valeur(v, p.indicateur.unite, p.indicateur.decimales) if v == v and v is not None else "–"
                for v in p.lignes[place]]
        for place in p.places
    }  # fmt: skip
    mots[MIEN] = [
        t if formats.est_absent(v) else m for t, v, m in zip(p.lignes["texte"], p.lignes[MIEN], mots[MIEN], strict=True)
    ]
    ecarts = {
        f"Écart : {place.lower()}": [
            formats.ecart(None if formats.est_absent(a) or formats.est_absent(b) else a - b, unite, decimales)
            for a, b in zip(p.lignes[MIEN], p.lignes[place], strict=True)
        ]
        for place in p.places[1:]
    }
    return pd.DataFrame({"Quartier": p.lignes["libelle"], **mots, **ecarts})
