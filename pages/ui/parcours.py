"""What the page Parcours reads and says: the cohort, its flows, its funnel, women and men, publics, outside QPV."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.catalog import nomenclatures
from pages.ui import donnees, filtres, formats, quartier
from pages.ui.toponymes import nuplets

PUBLICS = {
    "sexe": "Femmes et hommes",
    "tranche_age": "Âge à l'entrée",
    "niveau_formation": "Niveau de formation",
    "situation_entree": "Situation à l'entrée",
}
SEXES = {"femme": "Femmes", "homme": "Hommes"}
INCONNUE = "non_renseigne"


@dataclass(frozen=True)
class Cohorte:
    """The persons the page follows: those spotted in `periode`, in one territory or several put together."""

    periode: str
    territoires: tuple[str, ...]  # ("total",) for the whole contract
    lieu: str
    quand: str
    avis: tuple[str, ...]  # what was changed of the reader's choice, and why

    @property
    def seule(self) -> bool:
        """True when one territory is read as published, without adding anything."""
        return len(self.territoires) == 1


def cohorte() -> Cohorte:
    """The reader's choice brought to what is published: years of spotting, or since the start."""
    choix, ref = filtres.actuels(), filtres.referentiel()
    periode, avis = choix.periode, []
    if choix.maille in ("trimestre", "mois"):
        periode = periode[:4]
        avis.append(f"Un parcours se lit par année de repérage : voici les personnes repérées en {periode}.")
    quand = "depuis le début du contrat" if periode == "depuis_debut" else f"en {periode}"
    lieu = "l'ensemble du contrat" if not choix.territoires else filtres.lieu(choix, ref)
    return Cohorte(periode, choix.territoires or ("total",), lieu, quand, tuple(avis))


def flux(c: Cohorte) -> tuple[pd.DataFrame, str]:
    """Links (de, vers, valeur, texte, etat) and their period: a year for the contract, else since the start."""
    periode = c.periode if c.territoires == ("total",) else "depuis_debut"
    publies = donnees.table("flux")
    publies = publies[(publies["periode"] == periode) & publies["territoire"].isin(c.territoires)]
    connus: dict[tuple[str, str], dict[str, Any]] = {}
    for lien in nuplets(publies):
        somme = connus.setdefault((lien.de, lien.vers), {"valeur": 0.0, "secrets": 0})
        if lien.etat == "valeur":
            somme["valeur"] += float(lien.valeur)
        else:
            somme["secrets"] += 1
    resultat = [
        {"de": de, "vers": vers, "valeur": s["valeur"], "etat": "secret" if s["secrets"] else "valeur"}
        for (de, vers), s in connus.items()
    ]
    frame = pd.DataFrame(resultat, columns=["de", "vers", "valeur", "etat"])
    textes = [_personnes(v) if e == "valeur" else "secret" for v, e in zip(frame["valeur"], frame["etat"], strict=True)]
    return frame.assign(texte=textes), periode


def _personnes(valeur: float) -> str:
    return formats.accord(valeur, "personne") if valeur else "moins de 5 personnes"


def entonnoir(c: Cohorte) -> pd.DataFrame:
    """Steps reached: libelle, valeur, texte, taux_precedent, taux_total, delai_median_jours, precedente, etat.

    Several territories are added; their rates are read from the sums, their median delays have none.
    """
    publie = donnees.table("entonnoir")
    publie = publie[(publie["periode"] == c.periode) & publie["territoire"].isin(c.territoires)].sort_values("rang")
    if not c.seule:
        publie = _reunir(publie)
    return publie.assign(texte=[_texte_etape(e) for e in nuplets(publie)]).reset_index(drop=True)


def _reunir(publie: pd.DataFrame) -> pd.DataFrame:
    sommes: dict[str, dict[str, Any]] = {}
    for e in nuplets(publie):
        s = sommes.setdefault(
            e.etape,
            {"rang": e.rang, "etape": e.etape, "libelle": e.libelle, "precedente": e.precedente}
            | {"valeur": 0.0, "etat": "valeur", "arrondi": e.arrondi, "delai_median_jours": None},
        )
        if e.etat != "valeur":
            s["etat"] = e.etat
        s["valeur"] = None if s["etat"] != "valeur" else s["valeur"] + float(e.valeur)
    for s in sommes.values():
        s["taux_precedent"] = _taux(s, sommes.get(s["precedente"]))
        s["taux_total"] = _taux(s, sommes.get("reperage"))
    return pd.DataFrame(list(sommes.values()), columns=[*publie.columns.intersection(pd.Index(_COLONNES))])


_COLONNES = (
    "rang",
    "etape",
    "libelle",
    "valeur",
    "precedente",
    "taux_precedent",
    "taux_total",
    "delai_median_jours",
    "etat",
    "arrondi",
)


def _taux(etape: dict[str, Any], base: dict[str, Any] | None) -> float | None:
    if base is None or etape["valeur"] is None or base["valeur"] is None or base["valeur"] < donnees.SEUIL_TAUX:
        return None
    return round(100 * etape["valeur"] / base["valeur"])


def nombre(etape: Any) -> str:
    if etape.etat != "valeur":
        return formats.ETATS[etape.etat][0]
    if not etape.valeur and not formats.est_absent(etape.arrondi):
        return f"moins de {int(etape.arrondi)}"
    return formats.nombre(etape.valeur)


def _texte_etape(etape: Any) -> str:
    """`1 641 (92 %)`: the share is that of the persons spotted."""
    texte = nombre(etape)
    if etape.rang and not formats.est_absent(etape.taux_total):
        texte += f" ({formats.pourcentage(etape.taux_total)})"
    return texte


def tableau_entonnoir(etapes: pd.DataFrame) -> pd.DataFrame:
    """The funnel in words, both rates and the median delay."""
    noms = dict(zip(etapes["etape"], etapes["libelle"], strict=True))
    rangs = nuplets(etapes)
    return pd.DataFrame(
        {
            "Étape": [e.libelle for e in rangs],
            "Personnes": [nombre(e) for e in rangs],
            "De l'étape d'avant": [_part_precedente(e, noms) for e in rangs],
            "Des repérées": ["" if not e.rang else _pourcentage(e.taux_total) for e in rangs],
            "Délai médian": ["" if not e.rang else _delai(e.delai_median_jours) for e in rangs],
        }
    )


def _part_precedente(etape: Any, noms: dict[str, str]) -> str:
    if not etape.rang:
        return ""
    avant = noms.get(etape.precedente, "").lower()
    return f"{_pourcentage(etape.taux_precedent)} ({avant})" if avant else _pourcentage(etape.taux_precedent)


def _pourcentage(taux: Any) -> str:
    return "non publiée" if formats.est_absent(taux) else formats.pourcentage(taux)


def _delai(jours: Any) -> str:
    return "non publié" if formats.est_absent(jours) else formats.avec_unite(formats.nombre(jours), "jours", jours)


def sexes(c: Cohorte) -> pd.DataFrame:
    """Women and men at each step: libelle, Femmes, Hommes (counts) and their texts; where both are published."""
    indicateurs = {_indicateur(e.etape): e.libelle for e in nuplets(entonnoir(c))}
    if not indicateurs:
        return pd.DataFrame()
    lus = donnees.mesures(tuple(indicateurs), ("sexe",), c.periode, c.territoires)
    par_etape: dict[str, dict[str, Any]] = {}
    for cellule in nuplets(lus):
        if cellule.sexe in SEXES and cellule.etat == "valeur":
            par_etape.setdefault(cellule.indicateur, {})[SEXES[cellule.sexe]] = float(cellule.valeur)
    resultat = [
        {"libelle": libelle} | _comptes(par_etape[i])
        for i, libelle in indicateurs.items()
        if len(par_etape.get(i, {})) == len(SEXES)
    ]
    return pd.DataFrame(resultat, columns=["libelle", *(f"{s}{t}" for s in SEXES.values() for t in ("", " texte"))])


def _indicateur(etape: str) -> str:
    return "reperes" if etape == "reperage" else f"parcours_{etape}"


def _comptes(valeurs: dict[str, float]) -> dict[str, Any]:
    total = sum(valeurs.values())
    resultat: dict[str, Any] = {}
    for nom, valeur in valeurs.items():
        part = f" ({formats.pourcentage(100 * valeur / total)})" if total >= donnees.SEUIL_TAUX else ""
        resultat |= {nom: valeur, f"{nom} texte": f"{formats.nombre(valeur)}{part}"}
    return resultat


def public(axe: str, c: Cohorte) -> pd.DataFrame:
    """Participants followed by answer: libelle, valeur, texte (count and share of known answers), the unknown last."""
    lus = donnees.mesures(("participants_suivis",), (axe,), c.periode, c.territoires)
    lus = lus[lus["etat"] == "valeur"]
    sommes = {str(m): float(v) for m, v in lus.groupby(axe)["valeur"].sum().items()}
    connus = sum(v for m, v in sommes.items() if m != INCONNUE)
    codes = [m for m in nomenclatures.load(axe).codes if m in sommes and m != INCONNUE]
    codes += [INCONNUE] if INCONNUE in sommes else []
    if connus < donnees.SEUIL_TAUX or len(codes) < 2:
        return pd.DataFrame(columns=["libelle", "valeur", "texte"])
    return pd.DataFrame(
        {
            "libelle": [nomenclatures.load(axe).codes.get(m, m) for m in codes],
            "valeur": [sommes[m] for m in codes],
            "texte": [_part(m, sommes[m], connus) for m in codes],
        }
    )


def _part(modalite: str, valeur: float, connus: float) -> str:
    texte = formats.nombre(valeur) if valeur else "moins de 5"
    return texte if modalite == INCONNUE else f"{texte} ({formats.pourcentage(100 * valeur / connus)})"


def hors_quartiers(c: Cohorte) -> list[tuple[str, str, str]]:
    """(label, value, help) of who is followed without living in a QPV; about the whole contract."""
    part = quartier.cellules_de(("part_hors_qpv",), c.periode, "total")["part_hors_qpv"]
    resultat = [("Part hors quartier prioritaire", quartier.mots(part), "Adresses inconnues exclues.")]
    for lieu, mots in (("hors_qpv", "Habitants hors quartier"), ("inconnu", "Adresse inconnue")):
        cellule = quartier.cellules_de(("participants_suivis",), c.periode, lieu)["participants_suivis"]
        resultat.append((mots, quartier.mots(cellule), "Personnes suivies dans la période."))
    return resultat


def effectifs(etapes: pd.DataFrame) -> dict[str, float]:
    """Published count of each step of the funnel."""
    return {e.etape: float(e.valeur) for e in nuplets(etapes) if e.etat == "valeur" and e.valeur}


def tableau_sexes(comptes: pd.DataFrame) -> pd.DataFrame:
    """Women and men at each step, in words."""
    return comptes[["libelle", "Femmes texte", "Hommes texte"]].set_axis(["Étape", "Femmes", "Hommes"], axis=1)


def tableau_flux(liens: pd.DataFrame, noms: dict[str, str]) -> pd.DataFrame:
    """Every link in words, hidden ones included."""
    return pd.DataFrame(
        {
            "De": [noms.get(de, de) for de in liens["de"]],
            "Vers": [noms.get(vers, vers) for vers in liens["vers"]],
            "Personnes": [texte.replace(" personnes", "").replace(" personne", "") for texte in liens["texte"]],
        }
    )
