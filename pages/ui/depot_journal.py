"""The journal of loads, the files held, where refused lines were written, and the undo of the last load."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import depot, depot_actions, donnees, dossiers, figures, formats, livraisons

MONTRES = 15


def lire() -> pd.DataFrame:
    """Loads and undos, the latest first; empty while only the demonstration is shown."""
    journal = donnees.table("journal")
    return journal if dossiers.sortie() == dossiers.principale() else journal.iloc[:0]


def afficher(journal: pd.DataFrame) -> None:
    """Who loaded what, when, and what it changed."""
    if journal.empty:
        st.markdown("Aucun chargement : le journal se remplit au premier fichier.")
        return
    lignes = formats.lignes(journal.head(MONTRES))
    tableau = pd.DataFrame({
        "N°": [str(x["chargement"]) for x in lignes],
        "Quand": [f"{formats.date_courte(x['quand'])}, {x['quand']:%H} h {x['quand']:%M}" for x in lignes],
        "Qui": [x["qui"] for x in lignes],
        "Quoi": [quoi(x) for x in lignes],
        "Lignes du fichier": [_lues(x) for x in lignes],
        "Effet sur les données": [_effet(x) for x in lignes],
    })  # fmt: skip
    figures.table(tableau, alt="Journal des chargements et annulations")
    with st.expander("Empreintes des fichiers (sha256)"):
        empreintes = [
            {"N°": str(x["chargement"]), "Fichier": nom, "Empreinte": empreinte}
            for x in lignes
            for nom, empreinte in zip(_liste(x["fichiers"])[:10], _liste(x["sha256"]), strict=False)
        ]
        figures.table(pd.DataFrame(empreintes), alt="Empreintes des fichiers chargés")


def _liste(valeur: Any) -> list[str]:
    return [] if isinstance(valeur, float) or valeur is None or valeur is pd.NA else [str(v) for v in valeur]


def _fichiers(ligne: dict[str, Any], montres: int = 3) -> str:
    noms = _liste(ligne["fichiers"])
    suite = f" et {len(noms) - montres} autres" if len(noms) > montres else ""
    return ", ".join(noms[:montres]) + suite


def quoi(ligne: dict[str, Any]) -> str:
    """`Chargement : plie/etapes_2026-T3.csv`, `Annulation du chargement n° 3 : …`."""
    fichiers = _fichiers(ligne) or "aucun fichier nouveau"
    if ligne["genre"] == "annulation":
        return f"Annulation du chargement n° {int(ligne['annule'])} : {fichiers}"
    annule = "" if formats.est_absent(ligne["annule_par"]) else " (annulé depuis)"
    return f"Chargement{annule} : {fichiers}"


def _lues(ligne: dict[str, Any]) -> str:
    if formats.est_absent(ligne["lues"]):
        return ""
    return (
        f"{formats.accord(ligne['lues'], 'lue')}, {formats.accord(ligne['acceptees'], 'acceptée')}, "
        f"{formats.accord(ligne['refusees'], 'refusée')}"
    )


def _effet(ligne: dict[str, Any]) -> str:
    mots = (("ajoutees", "nouvelle"), ("corrigees", "corrigée"), ("retirees", "retirée"), ("revenues", "revenue"))
    effets = [formats.accord(ligne[c], mot) for c, mot in mots if not formats.est_absent(ligne[c]) and ligne[c]]
    return ", ".join(effets) or "aucun changement"


def rejets() -> None:
    """Where the workbooks of refused lines were written: they hold partners' rows, so they are not downloaded."""
    fichiers = donnees.table("chargement")
    classeurs = sorted(set(fichiers["classeur"].dropna()))
    if classeurs and dossiers.sortie() == dossiers.principale():
        figures.entete("Lignes refusées à renvoyer aux partenaires", 3)
        st.markdown(
            "Ces classeurs sont écrits sur ce poste. Ils ne se téléchargent pas : des lignes de partenaires y figurent."
        )
        dossier = dossiers.principale() / "rejets"
        st.code("\n".join(str(dossier / nom) for nom in classeurs[-10:]), language=None, wrap_lines=True)


def annuler(journal: pd.DataFrame) -> None:
    """Take the last load back, once its files have been read and the box ticked."""
    chargements = journal[(journal["genre"] == "chargement") & journal["annule_par"].isna()]
    chargements = chargements[[bool(_liste(f)) for f in chargements["fichiers"]]]
    if chargements.empty:
        return
    dernier = formats.lignes(chargements.head(1))[0]
    with st.expander("Annuler le dernier chargement"):
        st.markdown(
            f"Chargement n° {dernier['chargement']}, {formats.instant(dernier['quand'])}, par "
            f"{formats.sans_markdown(dernier['qui'])} : {formats.sans_markdown(_fichiers(dernier, 10))}."
        )
        st.markdown(
            "Ses lignes quittent les chiffres, les valeurs qu'il avait corrigées reviennent. Le journal garde la trace "
            "des deux. Le fichier reste dans le dépôt sans être rechargé : déposez-le de nouveau pour le reprendre."
        )
        accord = st.checkbox("Je confirme l'annulation de ce chargement.", key=f"depot-annuler-{dernier['chargement']}")
        if st.button("Annuler ce chargement", disabled=not accord, icon=":material/undo:"):
            depot.executer(depot_actions.annuler, _dire)


def _dire(fait: dict[str, Any]) -> str:
    noms = ", ".join(f["fichier"] for f in fait["fichiers"])
    return f"Chargement annulé : {noms}. Les chiffres d'avant sont revenus."


def fichiers() -> None:
    """Every file the base knows, with its state and why it was refused."""
    lignes = formats.lignes(donnees.table("chargement").sort_values(["charge_le", "fichier"], ascending=False))
    tableau = pd.DataFrame({
        "Fichier": [x["fichier"] for x in lignes],
        "Contenu": [livraisons.titre_schema(x["schema"]) for x in lignes],
        "État": [livraisons.ETATS_FICHIER.get(x["etat"], x["etat"]) for x in lignes],
        "Lues": [x["lues"] for x in lignes],
        "Acceptées": [x["acceptees"] for x in lignes],
        "Refusées": [x["refusees"] for x in lignes],
        "Ignorées": [x["ignorees"] for x in lignes],
        "Motif": [x["motif"] or "" for x in lignes],
    })  # fmt: skip
    with st.expander(f"Tous les fichiers ({len(lignes)})"):
        figures.table(tableau, alt="Fichiers connus, leur état et leurs comptes de lignes")
