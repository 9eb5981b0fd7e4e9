"""What goes with the series of the page Tendances: where it would lead, and how complete the files behind it are."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from etl.catalog.indicateurs import Indicateur
from etl.targets.atteinte import Atteinte, reach
from pages.ui import donnees, formats
from pages.ui.filtres import Filtres, Referentiel
from pages.ui.tendances import Tendance

RECUS = ("recu", "recu_en_retard")


@dataclass(frozen=True)
class Suite:
    """What is drawn after and under a quarterly series, and the words printed with it."""

    projection: pd.DataFrame  # debut, valeur, bas, haut, texte
    completude: pd.DataFrame  # debut, part, texte
    tableau: pd.DataFrame  # the quarters ahead, in words, shaped like the table of the series
    alternative: str
    phrases: tuple[str, ...]
    motif: str  # why nothing is drawn after the series, when it is so


def lire(indicateur: Indicateur, filtres: Filtres, ref: Referentiel) -> Suite:
    """Projection of the contract as a whole (none for chosen neighbourhoods) and files received by quarter."""
    projection, mots = _projection(indicateur, filtres, ref)
    completude = _completude(indicateur, ref)
    bandeau = "Bandeau du bas : part des fichiers attendus qui sont arrivés, trimestre par trimestre."
    phrases = tuple(p for p in (mots, bandeau if len(completude) else "") if p)
    tableau = pd.DataFrame(
        {"Trimestre": [f"{p} (projection)" for p in projection["trimestre"]], _colonne(indicateur): projection["texte"]}
    )
    return Suite(projection, completude, tableau, _alternative(projection, completude), phrases, _motif(mots, filtres))


def ou_cela_mene(suite: Suite, t: Tendance) -> str:
    """The last quarter of the projection, against the latest known of the same season."""
    if suite.projection.empty:
        return ""
    fin = suite.projection.iloc[-1]
    phrase = f"Si la tendance continue : **{fin['texte']}** au {fin['trimestre']}"
    connus = {
        d: texte for d, v, texte in t.trimestres[["debut", "valeur", "texte"]].itertuples(index=False) if v is not None
    }
    avant = next((d for d in sorted(connus, reverse=True) if d.month == fin["debut"].month), None)
    if avant:
        phrase += f", contre {connus[avant]} au même trimestre de {avant.year}"
    return f"{phrase}. C'est un prolongement, pas un engagement."


def quand(suite: Suite, t: Tendance) -> str:
    """The year the projection meets the last milestone, with its interval; empty without a target still to meet."""
    a = t.avancement or {}
    cible = formats.reel(a.get("valeur_cible"))
    if cible is None or a.get("rythme_requis") == 0:
        return ""
    connus = {_rang(d): formats.reel(v) for d, v in t.trimestres[["debut", "valeur"]].itertuples(index=False)}
    points = suite.projection[["debut", "valeur", "bas", "haut"]].itertuples(index=False)
    return phrase(reach(t.indicateur, cible, connus, {_rang(d): (v, b, h) for d, v, b, h in points}, suite.motif))


def phrase(a: Atteinte) -> str:
    """`Cible atteinte en 2027 si la tendance continue (au plus tôt en 2026, au plus tard après 2028…)`."""
    if a.motif:
        return f"Année d'atteinte de la cible non calculée : {a.motif}."
    fin = f"après {a.horizon}"
    tot = f"au plus tôt en {a.au_plus_tot}" if a.au_plus_tot else f"pas avant {(a.horizon or 0) + 1}"
    if a.annee is None:
        return f"Si la tendance continue, cible atteinte **{fin}**, au-delà de l'horizon de la projection ({tot})."
    tard = f"en {a.au_plus_tard}" if a.au_plus_tard else f"{fin}, au-delà de l'horizon de la projection"
    return f"Si la tendance continue, cible atteinte en **{a.annee}** ({tot}, au plus tard {tard})."


def _motif(mots: str, filtres: Filtres) -> str:
    if filtres.territoires:
        return "la projection ne porte que sur le contrat entier"
    return mots.removeprefix("Pas de projection : ").rstrip(".") or "aucun trimestre publié"


def _rang(debut: date) -> tuple[int, int]:
    return debut.year, (debut.month + 2) // 3


def _colonne(indicateur: Indicateur) -> str:
    return f"Valeur ({indicateur.unite})"


def _projection(indicateur: Indicateur, filtres: Filtres, ref: Referentiel) -> tuple[pd.DataFrame, str]:
    """Quarters ahead, and the method or the reason why there are none."""
    toutes = donnees.table("projection")
    siennes = toutes[toutes["indicateur"] == indicateur.id] if not filtres.territoires else toutes.iloc[:0]
    datees = siennes[siennes["periode"].notna()].sort_values("periode")
    suite = pd.DataFrame(
        {
            "trimestre": [formats.periode(p) for p in datees["periode"]],
            "debut": [formats.debut_periode(p, ref.debut) for p in datees["periode"]],
            "valeur": datees["valeur"].to_numpy(),
            "bas": datees["bas"].to_numpy(),
            "haut": datees["haut"].to_numpy(),
            "texte": [_entre(p, indicateur) for p in formats.lignes(datees)],
        }
    )
    mots = siennes["methode"].dropna().tolist()[:1] or siennes["motif"].dropna().tolist()[:1]
    return suite, str(mots[0]) if mots else ""


def _entre(point: dict, indicateur: Indicateur) -> str:
    """`environ 640 (de 560 à 720)`."""
    milieu, bas, haut = (
        formats.valeur(point[nom], indicateur.unite, indicateur.decimales) for nom in ("valeur", "bas", "haut")
    )
    return f"environ {milieu} (de {bas} à {haut})"


def _completude(indicateur: Indicateur, ref: Referentiel) -> pd.DataFrame:
    """Files received of those due for each quarter, over the contracts the indicator is computed from."""
    dues = donnees.table("completude")
    dues = dues[dues["schema"].isin(list(indicateur.sources)) & (dues["etat"] != "attendu")]
    if dues.empty:
        return pd.DataFrame(columns=["debut", "part", "texte"])
    trimestres = dues["periode"].map(_trimestre)
    lignes = []
    for trimestre, groupe in dues[trimestres.notna()].groupby(trimestres.dropna()):
        debut = formats.debut_periode(str(trimestre), ref.debut)
        if debut <= ref.date_donnees:
            recus = int(groupe["etat"].isin(RECUS).sum())
            texte = f"{formats.periode(str(trimestre))} : {recus} fichiers reçus sur {len(groupe)} attendus"
            lignes.append({"debut": debut, "part": 100 * recus / len(groupe), "texte": texte})
    return pd.DataFrame(lignes, columns=["debut", "part", "texte"])


def _trimestre(periode: str) -> str | None:
    """The quarter a month or a quarter belongs to; None for a whole year, which says nothing of a quarter."""
    if "-T" in periode:
        return periode
    annee, _, mois = periode.partition("-")
    return f"{annee}-T{(int(mois) + 2) // 3}" if mois else None


def _alternative(projection: pd.DataFrame, completude: pd.DataFrame) -> str:
    suite = ", ".join(f"{p} : {t}" for p, t in zip(projection["trimestre"], projection["texte"], strict=True))
    recus = " ; ".join(completude["texte"])
    return " ".join(m for m in (f"Projection : {suite}." if suite else "", f"{recus}." if recus else "") if m)
