"""The pages' only door to the data, and the only user of Streamlit's caches.

Keys are (folder, version, profile, indicators, axes, filters): the cache is shared by every visitor, so nothing
that changes the answer may stay outside the arguments. Only small published frames are kept, never a connection's rows.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from etl import read
from etl.catalog.indicateurs import CATALOGUE, Indicateur
from pages.ui.dossiers import RACINE as RACINE
from pages.ui.dossiers import sortie
from pages.ui.filtres import Filtres, Referentiel, Territoire, actuels
from pages.ui.formats import lignes

PROFILS = ("diffusion", "gestion")
SEUIL_TAUX = 50  # a rate read from rounded parts needs at least this denominator
AUTRE_VERSION = (
    "La base publiée vient d'une autre version de l'application : relancez le chargement « python -m etl build »."
)
_LUE = "_version_lue"
_SECOURS = "_version_de_secours"
_CELLULE = ["valeur", "numerateur", "denominateur", "etat", "exact", "arrondi", "borne"]


def profil() -> str:
    """`diffusion` unless this session switched to `gestion` in local mode."""
    choisi = st.session_state.get("profil", PROFILS[0])
    return choisi if choisi in PROFILS else PROFILS[0]


@st.cache_resource(max_entries=4, show_spinner=False)
def _base(dossier: str, version: str, profil: str) -> read.Base:
    try:
        return read.connect(Path(dossier), profil, version)
    except (TypeError, ValueError) as erreur:  # columns this application does not know, or no longer finds
        raise read.AucuneBase(AUTRE_VERSION) from erreur


def choisir_version() -> None:
    """Called by the frame before each page: one version for the whole run, even if another is published meanwhile."""
    st.session_state.pop(_LUE, None)
    dossier, demandee, lu = _cle()
    base = _base(dossier, demandee, lu)
    # A damaged version gives way to a former one: all that is read, and what it is compared with, is then of that one.
    st.session_state[_LUE] = (dossier, base.version.version)
    st.session_state[_SECOURS] = base.secours


def secours() -> str | None:
    """The sentence to print when a former version is read because the latest does not open."""
    return st.session_state.get(_SECOURS)


def _cle() -> tuple[str, str, str]:
    """(folder, version, profile) of this run; raises read.AucuneBase when nothing is published."""
    if lue := st.session_state.get(_LUE):
        return *lue, profil()
    dossier = sortie()
    version = read.current(dossier)
    if version is None:
        raise read.AucuneBase("Aucune base n'est publiée : lancez « python -m etl build ».")
    return str(dossier), version, profil()


def version() -> read.Version:
    """Identity of the base being read: dates, profile, demonstration or not."""
    return _base(*_cle()).version


def exiger_gestion() -> None:
    """Stop the page unless this session reads the exact profile; raises read.ProfilInsuffisant."""
    read.require_exact(profil())


def table(nom: str) -> pd.DataFrame:
    """A whole published table (acteur, avancement, indicateur…), by its name."""
    return _table(*_cle(), nom)


def version_precedente() -> read.Version | None:
    """Identity of the version published before the one being read; None when it is the first kept."""
    dossier, courante, lu = _cle()
    avant = [v for v in read.versions(Path(dossier)) if v < courante]
    return _base(dossier, avant[0], lu).version if avant else None


def ecarts(maille: str) -> pd.DataFrame:
    """Cells of the contract's total that differ from the version before, one row per indicator and period.

    Columns: indicateur, the period, then each column of a cell twice, with the suffixes `_avant` and `_apres`.
    """
    avant = version_precedente()
    return _ecarts(*_cle(), avant.version, maille) if avant else pd.DataFrame()


@st.cache_data(max_entries=8, show_spinner=False)
def _ecarts(dossier: str, version: str, profil: str, avant: str, maille: str) -> pd.DataFrame:
    tous = tuple(CATALOGUE)
    cle = ["indicateur", maille]
    deux = [_base(dossier, v, profil).mesures(tous, (maille,)) for v in (avant, version)]
    reunies = deux[0].merge(deux[1], on=cle, how="outer", suffixes=("_avant", "_apres"))
    memes = (reunies["etat_avant"] == reunies["etat_apres"]) & (
        (reunies["valeur_avant"] == reunies["valeur_apres"])
        | (reunies["valeur_avant"].isna() & reunies["valeur_apres"].isna())
    )
    return reunies[~memes].sort_values(cle).reset_index(drop=True)


# Shared as it is, not copied at each reading: nobody writes in a published table (pandas copies what is written).
@st.cache_resource(max_entries=128, show_spinner=False)
def _table(dossier: str, version: str, profil: str, nom: str) -> pd.DataFrame:
    return _base(dossier, version, profil).table(nom)


def sorties(debut: date, fin: date) -> pd.DataFrame:
    """Outings between two days, both included, latest first."""
    return _sorties(*_cle(), debut, fin)


@st.cache_resource(max_entries=64, show_spinner=False)
def _sorties(dossier: str, version: str, profil: str, debut: date, fin: date) -> pd.DataFrame:
    toutes = _table(dossier, version, profil, "intervention_point")
    jours = pd.to_datetime(toutes["date"])
    choisies = toutes[(jours >= pd.Timestamp(debut)) & (jours <= pd.Timestamp(fin))]
    return choisies.sort_values("date", ascending=False)


def mesures(
    indicateurs: tuple[str, ...],
    par: tuple[str, ...] = (),
    periode: str | None = None,
    territoires: tuple[str, ...] | None = None,
    axes: tuple[tuple[str, str], ...] = (),
) -> pd.DataFrame:
    """Published cells, as etl.read gives them: indicateur, the axes of `par`, valeur, etat, exact, arrondi…

    `axes` keeps one value of a breakdown: (("acteur", "ML-TOURS"),). With `territoires` and no territory axis there
    is one row per territory, in a column `territoire`.
    """
    return _mesures(*_cle(), indicateurs, par, periode, territoires, axes)


@st.cache_data(max_entries=1024, show_spinner=False)
def _mesures(
    dossier: str,
    version: str,
    profil: str,
    indicateurs: tuple[str, ...],
    par: tuple[str, ...],
    periode: str | None,
    territoires: tuple[str, ...] | None,
    axes: tuple[tuple[str, str], ...],
) -> pd.DataFrame:
    base = _base(dossier, version, profil)
    demandes = (*par, *(axe for axe, _ in axes if axe not in par))
    try:
        cellules = base.mesures(indicateurs, demandes, periode, territoires)
    except read.HorsCatalogue:
        etat = "secret" if profil == "diffusion" else "non_applicable"
        return (
            pd.DataFrame({"indicateur": indicateurs}).reindex(columns=["indicateur", *par, *_CELLULE]).assign(etat=etat)
        )
    for axe, modalite in axes:
        cellules = cellules[cellules[axe] == modalite]
    return cellules.drop(columns=[axe for axe, _ in axes if axe not in par]).reset_index(drop=True)


def etat_hors_catalogue(profil_lu: str | None = None) -> str:
    """State of a combination that is not published: a secret for everyone, without object for accredited staff."""
    return "secret" if (profil_lu or profil()) == "diffusion" else "non_applicable"


def selon_filtres(
    indicateurs: tuple[str, ...], par: tuple[str, ...] = (), filtres: Filtres | None = None
) -> pd.DataFrame:
    """The cells of the reader's choice, one row per indicator and value of `par`, territories put together."""
    f = filtres or actuels()
    cellules = mesures(indicateurs, par, f.periode, f.territoires or None, f.axes)
    if "territoire" not in cellules:
        return cellules
    if len(f.territoires) > 1:
        cellules = reunir(cellules, ("indicateur", *par))
    return cellules.drop(columns="territoire", errors="ignore")


def reunir(cellules: pd.DataFrame, cle: tuple[str, ...]) -> pd.DataFrame:
    """Put territories together: counts are added, rates are Σ numerators / Σ denominators, a median has no sum.

    One hidden part hides the whole: a partial total would pass for the true one.
    """
    reunies = [
        dict(zip(cle, valeurs, strict=True)) | _somme(groupe, CATALOGUE[groupe["indicateur"].iloc[0]])
        for valeurs, groupe in cellules.groupby(list(cle), sort=False)
    ]
    return pd.DataFrame(reunies, columns=[*cle, *_CELLULE])


def _somme(groupe: pd.DataFrame, indicateur: Indicateur) -> dict[str, object]:
    rien = dict.fromkeys(_CELLULE) | {"exact": False, "arrondi": 0}
    if indicateur.classe == "contexte":
        # Public figures of several zones have no sum and no average: the producer publishes none.
        return rien | {"etat": "non_applicable"}
    if indicateur.nature == "ratio":
        haut, bas = groupe["numerateur"].sum(min_count=len(groupe)), groupe["denominateur"].sum(min_count=len(groupe))
        if pd.isna(haut) or pd.isna(bas) or bas <= 0:
            return rien | {"etat": _etat_commun(groupe, "non_applicable")}
        taux = indicateur.facteur * haut / bas
        exact = bool(groupe["exact"].all())
        if indicateur.classe != "hors_personnes" and not exact and bas < SEUIL_TAUX:
            return rien | {"etat": "secret"}
        return rien | {"valeur": taux, "numerateur": haut, "denominateur": bas, "etat": "valeur", "exact": exact}
    if (groupe["etat"] != "valeur").any():
        return rien | {"etat": _etat_commun(groupe, "secret")}
    exact = bool(groupe["exact"].all())
    return rien | {
        "valeur": groupe["valeur"].sum(),
        "etat": "valeur",
        "exact": exact,
        "arrondi": groupe["arrondi"].max(),
    }


def _etat_commun(groupe: pd.DataFrame, defaut: str) -> str:
    etats = set(groupe["etat"]) - {"valeur"}
    return etats.pop() if len(etats) == 1 else defaut


def referentiel() -> Referentiel:
    """What the filters may offer: only periods, territories, acteurs and fiches that are published."""
    return _referentiel(*_cle())


@st.cache_data(max_entries=8, show_spinner=False)
def _referentiel(dossier: str, version: str, profil: str) -> Referentiel:
    base = _base(dossier, version, profil)
    v = base.version
    acteurs = [(a["acteur_id"], a["nom"]) for a in lignes(base.table("acteur"))]
    return Referentiel(
        periodes=_periodes(v),
        territoires=_territoires(lignes(base.table("territoire"))),
        acteurs=tuple(sorted(acteurs, key=lambda a: a[1])),
        fiches=tuple(sorted({f for f in base.table("indicateur")["fiche"].dropna() if f})),
        debut=pd.Timestamp(v.debut).date(),
        date_donnees=pd.Timestamp(v.date_donnees).date(),
    )


def _territoires(lieux: list[dict[str, Any]]) -> tuple[Territoire, ...]:
    """QPV by name (with the commune when two share a name), then the communes that have some."""
    lieux = sorted(lieux, key=lambda t: t["nom"])
    qpv = [t for t in lieux if t["type"] == "qpv"]
    noms = [t["nom"] for t in qpv]
    habitees = {t["commune"] for t in qpv}
    communes = [t for t in lieux if t["type"] == "commune" and {t["code"], t["nom"]} & habitees]
    villes = {t["code"]: t["nom"] for t in communes}

    def libelle(t: dict[str, Any]) -> str:
        return f"{t['nom']} ({villes.get(t['commune'], t['commune'])})" if noms.count(t["nom"]) > 1 else t["nom"]

    return tuple(
        [Territoire(t["code"], libelle(t), "qpv", villes.get(t["commune"], t["commune"])) for t in qpv]
        + [Territoire(t["code"], f"Commune : {t['nom']}", "commune", t["nom"]) for t in communes]
    )


def _periodes(v: read.Version) -> tuple[str, ...]:
    """Since the start, then years and quarters from the latest back, none after the data date."""
    debut, fin = pd.Timestamp(v.debut), pd.Timestamp(v.date_donnees)
    annees = [str(a) for a in range(fin.year, debut.year - 1, -1)]
    trimestres = [f"{p.year}-T{p.quarter}" for p in pd.period_range(debut, fin, freq="Q")[::-1]]
    return ("depuis_debut", *annees, *trimestres)
