"""What the page Qualité says of the data themselves: rules, unusual months, refused lines, changes between versions."""

import re
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import streamlit as st

from etl.catalog import nomenclatures, schemas
from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.schemas import Field
from pages.ui import donnees, figures, formats, livraisons

HABITUDES = ("une_livraison_perd_des_lignes", "un_mois_sort_de_l_ordinaire")  # told apart: they speak of deliveries
MONTRES = 20
_MOTS = {
    "fichier": "Contenu", "schema": "Contenu", "partenaire": "Partenaire", "mois": "Mois", "lignes": "Lignes",
    "mediane": "Habituellement", "periode_precedente": "Période précédente",
    "lignes_precedentes": "Lignes précédentes", "lignes_un_an_avant": "Lignes un an avant", "periode": "Période",
    "lignes_attendues": "Lignes attendues", "autre_acteur": "Autre acteur", "autre_quartier": "Autre quartier",
    "ligne": "Ligne du fichier", "qpv": "Quartier", "date_etape": "Date de l'étape",
}  # fmt: skip
_CACHES = ("lot", "suivi", "personne", "mode")  # our own numbers say nothing to a reader


def regles() -> None:
    """Each rule that found something: gravity, sentence, count, first example; then all it found."""
    toutes = donnees.table("regle_resultat")
    exact = donnees.profil() == "gestion"
    trouvees = toutes[(toutes["nombre"].fillna(0) > 0) & ~toutes["regle"].isin(HABITUDES)]
    st.markdown(
        f"{formats.accord(len(toutes), 'règle')} relues à chaque chargement. Une règle bloquante arrête la "
        "publication : toutes sont respectées dans cette version. Les autres signalent ce qui mérite un regard."
    )
    if not exact:
        st.caption(
            "En profil diffusion, le nombre de cas des règles sur des personnes n'est pas montré : ce serait un "
            "effectif exact. Le profil gestion le montre, avec des exemples."
        )
    if trouvees.empty:
        st.markdown("Aucune alerte à montrer.")
        return
    trouvees = trouvees.sort_values("nombre", ascending=False)
    lignes = [
        {
            "Règle": r["description"],
            "Cas": formats.nombre(r["nombre"]),
            "Gravité": "▲ à regarder" if r["gravite"] == "warning" else "■ bloquante",
        }
        for r in formats.lignes(trouvees)
    ]
    figures.table(pd.DataFrame(lignes), alt="Règles qui ont trouvé des cas")
    if exact:
        _exemples(dict(zip(trouvees["regle"], trouvees["description"], strict=True)))


def _exemples(phrases: dict[str, str]) -> None:
    """The first rows one rule found."""
    choisie = st.selectbox("Voir les cas d'une règle", phrases, format_func=lambda r: phrases[r], key="qualite-regle")
    if trouves := cas(str(choisie)):
        figures.table(pd.DataFrame(trouves).fillna(""), alt=f"Premiers cas : {phrases[str(choisie)]}")
        if len(trouves) == MONTRES:
            st.caption(f"Les {MONTRES} premiers cas.")


def cas(regle: str) -> list[dict[str, str]]:
    """The rows a rule found, with the titles of their columns; refused outside the exact profile."""
    detail = donnees.table("regle_detail")
    return [
        {_mot(n): _lisible(n, v) for n, v in zip(x["noms"], x["valeurs"], strict=True) if n not in _CACHES}
        for x in formats.lignes(detail[detail["regle"] == regle].sort_values("rang").head(MONTRES))
    ]


@cache
def _champ(nom: str) -> Field | None:
    """The column of this name in the first contract that has one."""
    return next((c for s in schemas.names() for c in schemas.load(s).fields if c.name == nom), None)


def _mot(nom: str) -> str:
    champ = _champ(nom)
    return _MOTS.get(nom) or (champ.title if champ else nom.replace("_", " ").capitalize())


def _lisible(nom: str, valeur: str) -> str:
    champ = _champ(nom)
    if champ and champ.nomenclature and champ.nature != "liste":
        return nomenclatures.load(champ.nomenclature).codes.get(valeur, valeur)
    if nom in ("schema", "fichier"):
        return livraisons.titre_schema(valeur)
    if nom == "partenaire":
        return livraisons.noms_partenaires().get(valeur, valeur)
    if nom in ("periode", "periode_precedente", "mois"):
        return formats.periode(valeur)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", valeur):
        return formats.date_courte(date.fromisoformat(valeur))
    return formats.nombre(float(valeur), 1).removesuffix(",0") if re.fullmatch(r"-?\d+\.\d+", valeur) else valeur


def habitudes() -> None:
    """Deliveries that shrank, months far from a partner's own: counts of persons, so for accredited staff."""
    phrases = donnees.table("regle_resultat").set_index("regle")["description"]
    for regle in HABITUDES:
        figures.entete(str(phrases[regle]).removesuffix("."), 3)
        if trouves := cas(regle):
            figures.table(pd.DataFrame(trouves), alt=str(phrases[regle]))
        else:
            st.markdown("Rien à signaler.")


def refus() -> None:
    """Refused lines by file: how many, which column, the first sentence."""
    fautes = donnees.table("refus")
    if fautes.empty:
        st.markdown("Aucune ligne refusée.")
        return
    par_fichier = fautes.groupby("fichier")["nombre"].sum().sort_values(ascending=False)
    st.markdown(
        f"{formats.accord(par_fichier.sum(), 'défaut')} dans {formats.accord(len(par_fichier), 'fichier')}. "
        "Une ligne peut avoir plusieurs défauts."
    )
    fichier = st.selectbox(
        "Fichier", list(par_fichier.index), format_func=lambda f: f"{f} ({formats.accord(par_fichier[f], 'défaut')})",
        key="qualite-fichier",
    )  # fmt: skip
    siennes = formats.lignes(fautes[fautes["fichier"] == fichier].sort_values("nombre", ascending=False))
    lignes = [
        {
            "Colonne": livraisons.titre_colonne(x["schema"], x["colonne"]) if x["colonne"] else "toute la ligne",
            "Cas": formats.nombre(x["nombre"]),
            "Premier exemple": x["exemple"],
            "Comment corriger": x["correction"] or "",
        }
        for x in siennes
    ]
    figures.table(pd.DataFrame(lignes), alt=f"Défauts de {fichier}")


def changements() -> None:
    """Figures of the whole contract that moved since the version before, and the files that came between."""
    avant = donnees.version_precedente()
    if avant is None:
        st.markdown("C'est la première version gardée : il n'y a rien à comparer.")
        return
    st.markdown(f"Version précédente : {formats.instant(avant.construit_le)}. {_entre(avant.construit_le)}")
    ecarts = formats.lignes(donnees.ecarts("annee"))
    if not ecarts:
        st.markdown("Aucun chiffre annuel du contrat n'a changé.")
        return
    lignes = [
        {
            "Indicateur": CATALOGUE[x["indicateur"]].libelle,
            "Année": str(int(x["annee"])),
            "Avant": _valeur(x, "avant"),
            "Maintenant": _valeur(x, "apres"),
        }
        for x in ecarts
    ]
    st.markdown(
        f"{formats.accord(len(lignes), 'chiffre annuel a changé', 'chiffres annuels ont changé')} pour le contrat."
    )
    figures.table(pd.DataFrame(lignes), alt="Chiffres annuels du contrat qui ont changé")


def _entre(depuis: Any) -> str:
    """The files that explain the changes."""
    fichiers = donnees.table("chargement")
    venus = fichiers[(fichiers["charge_le"] > depuis) & (fichiers["etat"] == "charge")]["fichier"].unique()
    if not len(venus):
        return "Aucun fichier n'a été chargé depuis."
    montres = ", ".join(formats.sans_markdown(f) for f in venus[:5])
    suite = f" et {len(venus) - 5} autres" if len(venus) > 5 else ""
    return (
        f"Depuis, {formats.accord(len(venus), 'fichier a été chargé', 'fichiers ont été chargés')} : {montres}{suite}."
    )


def _valeur(ligne: dict[str, Any], cote: str) -> str:
    indicateur = CATALOGUE[ligne["indicateur"]]
    etat = ligne[f"etat_{cote}"]
    if formats.est_absent(etat):
        return "absent"
    return formats.valeur(
        ligne[f"valeur_{cote}"], indicateur.unite, indicateur.decimales, etat, ligne[f"arrondi_{cote}"],
        ligne[f"exact_{cote}"], True, ligne[f"borne_{cote}"],
    )  # fmt: skip
