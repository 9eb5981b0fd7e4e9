"""One neighbourhood, for the pages Carte and Fiche quartier: choosing it, its cells, its places, its blank zones."""

from collections import Counter
from typing import Any

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import CATALOGUE
from pages.ui import chiffres, donnees, filtres, formats
from pages.ui.toponymes import nuplets

CLE = "qpv"  # one key for both pages, bound to the URL: a copied link opens the same neighbourhood
MOIS_SANS_VISITE = 3


def tous() -> pd.DataFrame:
    """The contract's QPV by name, with the name of their commune (`commune_nom`)."""
    lieux = donnees.table("territoire")
    communes = lieux[lieux["type"] == "commune"].set_index("code")["nom"]
    qpv = lieux[lieux["type"] == "qpv"].sort_values("nom").reset_index(drop=True)
    return qpv.assign(commune_nom=qpv["commune"].map(communes).fillna(qpv["commune"]))


def choisir() -> str | None:
    """The list of neighbourhoods, none chosen at first, kept in step with clicks on the map."""
    ref = filtres.referentiel()
    return st.selectbox(
        "Quartier",
        [q.code for q in ref.qpv],
        index=None,
        format_func=ref.libelle,
        placeholder="Choisissez un quartier, ou cliquez sur la carte",
        key=CLE,
        bind="query-params",
        persist_state="session",
    )


def choisir_un() -> str:
    """The same list, always with a neighbourhood chosen."""
    ref = filtres.referentiel()
    codes = [q.code for q in ref.qpv]
    demande = st.query_params.get(CLE, "")  # the list drops what it does not know: read before it
    if demande and demande not in [ref.libelle(code) for code in codes]:
        st.warning(
            f"Le lien demande « {formats.sans_markdown(demande)} », qui n'est pas un quartier de ce contrat : en voici "
            "un autre.",
            icon=":material/wrong_location:",
        )
    choisi = st.selectbox(
        "Quartier", codes, format_func=ref.libelle, key=CLE, bind="query-params", persist_state="session"
    )
    return choisi or codes[0]


def cellules(indicateurs: tuple[str, ...], periode: str) -> pd.DataFrame:
    """Published cells of the QPV: columns indicateur, territoire, valeur, etat, exact, arrondi."""
    parts = [donnees.mesures(ids, ("qpv",), quand) for quand, ids in _periodes(indicateurs, periode).items()]
    lues = pd.concat(parts).rename(columns={"qpv": "territoire"})
    return lues[lues["territoire"].isin([q.code for q in filtres.referentiel().qpv])]


def cellules_de(indicateurs: tuple[str, ...], periode: str, territoire: str) -> dict[str, dict[str, Any]]:
    """Cells of one territory (code or word), by indicator; what is not published is `non_applicable`."""
    lues: list[dict[str, Any]] = []
    for quand, ids in _periodes(indicateurs, periode).items():
        lues += formats.lignes(donnees.mesures(ids, (), quand, (territoire,)))
    trouvees = {str(c["indicateur"]): c for c in lues}
    return {i: trouvees.get(i, {"indicateur": i, "etat": "non_applicable"}) for i in indicateurs}


def _periodes(indicateurs: tuple[str, ...], periode: str) -> dict[str, tuple[str, ...]]:
    """Indicators by the period to read: public figures have their own years, their latest edition is shown."""
    publics = tuple(i for i in indicateurs if CATALOGUE[i].classe == "contexte")
    autres = tuple(i for i in indicateurs if i not in publics)
    if periode == "depuis_debut" or not publics:
        return {periode: indicateurs}
    return {"depuis_debut": publics} | ({periode: autres} if autres else {})


def mots(cellule: Any) -> str:
    """A published cell in full words with its unit; takes a row of `cellules` or a dictionary."""
    contenu = cellule if isinstance(cellule, dict) else cellule._asdict()
    return chiffres.texte_valeur(contenu, CATALOGUE[contenu["indicateur"]], complet=True)


def interventions(periode: str, mois: str | None = None, code: str | None = None) -> pd.DataFrame:
    """Outings of the period (or one month of it), in one neighbourhood or everywhere, latest first."""
    ref = filtres.referentiel()
    choisies = donnees.sorties(
        formats.debut_periode(periode, ref.debut), formats.fin_periode(periode, ref.date_donnees)
    )
    if mois:
        choisies = choisies[choisies["mois"] == mois]
    if code:
        choisies = choisies[choisies["code_qpv"] == code]
    return choisies


def permanences(code: str | None = None) -> pd.DataFrame:
    """Permanences open at the data date, with the name of their actor (`acteur_nom`)."""
    tenues = donnees.table("permanence")
    jour = pd.Timestamp(filtres.referentiel().date_donnees)
    fin = pd.to_datetime(tenues["date_fin"])
    ouvertes = tenues[(pd.to_datetime(tenues["date_debut"]) <= jour) & (fin.isna() | (fin >= jour))]
    if code:
        ouvertes = ouvertes[ouvertes["code_qpv"] == code]
    noms = donnees.table("acteur").set_index("acteur_id")["nom"]
    return ouvertes.assign(acteur_nom=ouvertes["acteur_id"].map(noms)).reset_index(drop=True)


def acteurs(code: str) -> pd.DataFrame:
    """Active structures placed in the neighbourhood, or that say they cover it."""
    annuaire = donnees.table("acteur")
    return annuaire[[code in territoires for territoires in _territoires(annuaire)]]


def nombre_acteurs() -> Counter[str]:
    """How many active structures each neighbourhood has (same rule as `acteurs`)."""
    return Counter(code for territoires in _territoires(donnees.table("acteur")) for code in territoires)


def _territoires(annuaire: pd.DataFrame) -> list[set[str]]:
    """For each structure of the directory, where it acts; nowhere when it is closed."""
    colonnes = zip(annuaire["actif"], annuaire["code_qpv"], annuaire["qpv_couverts"], strict=True)
    return [{place, *_liste(couverts)} if actif else set() for actif, place, couverts in colonnes]


def _liste(valeur: Any) -> list[str]:
    return list(valeur) if hasattr(valeur, "__iter__") else []  # a missing list reads None, NaN or NA


def dernieres_visites() -> dict[str, pd.Timestamp]:
    """Date of the latest outing in each neighbourhood that had one."""
    sorties = donnees.table("intervention_point")
    dernieres = pd.to_datetime(sorties["date"]).groupby(sorties["code_qpv"]).max()
    return {str(code): jour for code, jour in dernieres.items()}


def sans_visite() -> list[Any]:
    """Neighbourhoods without outing for three months."""
    jour = pd.Timestamp(filtres.referentiel().date_donnees)
    limite, visites = jour - pd.DateOffset(months=MOIS_SANS_VISITE), dernieres_visites()
    return [q for q in nuplets(tous()) if visites.get(q.code, pd.Timestamp.min) < limite]


def zones_blanches() -> list[str]:
    """What is missing, in sentences: neighbourhoods without outing for three months, without permanence."""
    visites, servis, oublies = dernieres_visites(), set(permanences()["code_qpv"]), sans_visite()
    sans = [q.nom for q in nuplets(tous()) if q.code not in servis]
    phrases = []
    if oublies:
        detail = [f"{formats.sans_markdown(q.nom)} ({_derniere(visites.get(q.code))})" for q in oublies]
        phrases.append(f"**Sans intervention depuis {MOIS_SANS_VISITE} mois :** {formats.enumeration(detail)}.")
    if sans:
        noms = [formats.sans_markdown(nom) for nom in sans]
        phrases.append(f"**Sans permanence déclarée dans le quartier :** {formats.enumeration(noms)}.")
    return phrases


def _derniere(jour: pd.Timestamp | None) -> str:
    return "aucune depuis le début" if jour is None else f"dernière le {formats.date_longue(jour)}"
