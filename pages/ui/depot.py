"""What the page Dépôt draws before a load: the choice, what the check found, what would change, the confirmations."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from etl.catalog import schemas
from etl.catalog.contrat import Contrat, Livraison
from pages.ui import depot_actions, figures, formats, identite, livraisons
from pages.ui.depot_actions import ActionImpossible
from pages.ui.gabarit import CONFIG, figure

PLUSIEURS, SANS_PERIODE = "", ""
MONTRES = 40  # lines of a table on screen
_APERCU, _MESSAGE = "_depot_apercu", "_depot_message"
_PARTS = (("acceptees", "acceptées", "green"), ("refusees", "refusées", "red"), ("ignorees", "ignorées", "gray"))
CONFIRMATIONS = {
    "forcer": "Je confirme : charger ce fichier malgré tout.",
    "confirmer": "Je confirme : retirer ces lignes des chiffres. Sans cette case, elles sont gardées.",
}


def choisir() -> tuple[Any, tuple[str, str, str]]:
    """The file, and (partner, contract, period) as chosen; the file is None until one is given."""
    contrat = livraisons.contrat()
    par_dossier = {p.dossier: p for p in contrat.partenaires}
    noms = livraisons.noms_partenaires()
    gauche, milieu, droite = st.columns(3)
    dossier = gauche.selectbox("Partenaire", noms, format_func=lambda d: noms[d], key="depot-partenaire") or ""
    attendus = {livraison.schema: livraison for livraison in par_dossier[dossier].livraisons}
    offerts = [*attendus, *(nom for nom in schemas.names() if nom not in attendus), PLUSIEURS]
    schema: str = milieu.selectbox(
        "Contenu du fichier", offerts, format_func=_contenu, key=f"depot-contenu-{dossier}",
        help="D'abord ce que ce partenaire doit envoyer. Le classeur des lignes refusées, une fois corrigé, se renvoie "
        "avec le dernier choix.",
    )  # fmt: skip
    periode = droite.selectbox(
        "Période couverte", _periodes(contrat, attendus.get(schema)), format_func=livraisons.periode,
        key=f"depot-periode-{dossier}-{schema}",
        help="Un envoi plus récent corrige les précédents : la période dit dans quel ordre les lire.",
    )  # fmt: skip
    fichier = st.file_uploader(
        "Fichier du partenaire", list(depot_actions.FORMATS), key="depot-fichier",
        max_upload_size=depot_actions.TAILLE_MAX,
        help="Les noms et dates de naissance sont transformés à la lecture : ils ne sont écrits nulle part ailleurs.",
    )  # fmt: skip
    if schema:
        _modele(schema)
    return fichier, (dossier, schema, periode)


def _contenu(nom: str) -> str:
    return livraisons.titre_schema(nom) if nom else "Plusieurs contenus, ou lignes refusées corrigées"


def _periodes(contrat: Contrat, livraison: Livraison | None) -> list[str]:
    periodicite = livraison.periodicite if livraison else "trimestre"
    jour = date.today()
    codes = livraisons.periodes(periodicite, contrat.debut, jour)
    # The period that has just ended is the one most often received.
    codes = [*codes[1:], *codes[:1]] if len(codes) > 1 else codes
    annees = [] if periodicite == "annee" else livraisons.periodes("annee", contrat.debut, jour)
    return [*codes, *annees, SANS_PERIODE]


def _modele(schema: str) -> None:
    st.download_button(
        f"Modèle à remplir : {livraisons.titre_schema(schema)}",
        lambda: depot_actions.modele(schema),
        file_name=f"{schema}.xlsx",
        key=f"modele-{schema}",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def verifier(fichier: Any, choix: tuple[str, str, str]) -> dict[str, Any] | None:
    """The preview of this very file and choice, asked for with a button; None before."""
    empreinte = (fichier.file_id, *choix) if fichier else None
    if st.button("Vérifier le fichier", type="primary", disabled=fichier is None, icon=":material/fact_check:"):
        st.session_state[_APERCU] = None
        with st.spinner("Vérification en cours…"):
            try:
                rapport = depot_actions.apercu(fichier.getvalue(), fichier.name, *choix)
                st.session_state[_APERCU] = (empreinte, rapport)
            except ActionImpossible as erreur:
                st.error(str(erreur), icon=":material/error:")
    if fichier is None:
        st.caption("Choisissez un fichier : rien n'est chargé avant votre confirmation.")
    garde = st.session_state.get(_APERCU)
    return garde[1] if garde and garde[0] == empreinte else None


def compte_rendu(rapport: dict[str, Any]) -> None:
    """The verdict in one sentence, the accounting of lines as a bar, the refused lines."""
    if rapport["etat"] == "refuse":
        st.error(f"Ce fichier serait refusé. {formats.sans_markdown(rapport['motif'])}", icon=":material/block:")
    elif rapport["etat"] == "deja_charge":
        st.info(f"{formats.sans_markdown(rapport['motif'])} Il n'y a rien à faire.", icon=":material/done_all:")
    else:
        reste = f", sauf {formats.accord(rapport['refusees'], 'ligne')} à corriger" if rapport["refusees"] else ""
        st.success(f"Ce fichier peut être chargé{reste}.", icon=":material/check_circle:")
    if rapport["lues"]:
        st.plotly_chart(barre(rapport), theme=None, config=CONFIG, alt=identite_comptable(rapport), key="depot-barre")
        st.markdown(f"**{identite_comptable(rapport)}**")
    ignorees = {m: n for f in rapport["feuilles"] for m, n in f["motifs_ignorees"].items()}
    if ignorees:
        st.caption("Ignorées : " + ", ".join(f"{m} ({n})" for m, n in ignorees.items()) + ".")
    for phrase in [a for f in rapport["feuilles"] for a in f["avertissements"]]:
        st.warning(formats.sans_markdown(phrase), icon=":material/info:")
    _defauts(rapport["defauts"])


def identite_comptable(rapport: dict[str, Any]) -> str:
    """`16 lignes lues = 15 acceptées + 1 refusée + 0 ignorée`."""
    parts = [
        f"{formats.nombre(rapport[cle])} {mot if rapport[cle] > 1 else mot.removesuffix('s')}" for cle, mot, _ in _PARTS
    ]
    return f"{formats.accord(rapport['lues'], 'ligne lue', 'lignes lues')} = {' + '.join(parts)}"


def barre(rapport: dict[str, Any]) -> go.Figure:
    """The lines read, cut into accepted, refused and ignored: the three make the whole."""
    traces = [
        {
            "type": "bar", "orientation": "h", "name": mot.capitalize(), "y": ["Lignes"], "x": [rapport[cle]],
            "text": [formats.nombre(rapport[cle]) if rapport[cle] else ""], "textposition": "inside",
            "insidetextanchor": "middle", "textangle": 0, "textfont": {"color": "#FFFFFF", "size": 15},
            "marker": {"color": identite.couleur(f"{teinte}Color"), "line": {"color": "#FFFFFF", "width": 2}},
            "hovertemplate": f"%{{x}} {mot}<extra></extra>",
        }
        for cle, mot, teinte in _PARTS
    ]  # fmt: skip
    vide = {"visible": False}
    largeur = vide | {"range": [0, rapport["lues"]]}
    legende = {"orientation": "h", "x": 0, "y": 1.05, "yanchor": "bottom", "traceorder": "normal"}
    return figure(traces, 110, barmode="stack", xaxis=largeur, yaxis=vide, bargap=0.1, legend=legende)


def _defauts(defauts: list[dict[str, Any]]) -> None:
    if not defauts:
        return
    figures.entete("Lignes refusées", 3)
    lignes = defauts[:MONTRES]
    tableau = pd.DataFrame({
        "Ligne": [str(d["ligne"]) for d in lignes],
        "Ce qui ne va pas": [d["message"] for d in lignes],
        "Comment corriger": [d["correction"] or "" for d in lignes],
    })  # fmt: skip
    figures.table(tableau, alt="Lignes refusées, ce qui ne va pas et comment corriger")
    if len(defauts) > MONTRES:
        st.caption(
            f"Les {MONTRES} premiers défauts sur {len(defauts)}. Le classeur des lignes refusées les donne tous."
        )
    st.caption("Ces lignes sont écrites au chargement dans un classeur à renvoyer au partenaire.")


def differences(rapport: dict[str, Any]) -> None:
    """What the figures would be made of afterwards: rows by contract, then old and new values."""
    figures.entete("Ce qui changerait", 3)
    if not rapport["differences"]:
        st.markdown("Rien : aucune ligne nouvelle, corrigée ni retirée.")
        return
    colonnes = {"ajoutees": "Nouvelles", "corrigees": "Corrigées", "retirees": "Retirées", "revenues": "Revenues",
                "identiques": "Sans changement"}  # fmt: skip
    tableau = pd.DataFrame(
        [
            {"Contenu": livraisons.titre_schema(d["schema"])}
            | {mot: formats.nombre(d[c]) for c, mot in colonnes.items()}
            for d in rapport["differences"]
        ]
    )
    figures.table(tableau, alt="Lignes nouvelles, corrigées et retirées par contenu")
    if rapport["perimees"]:
        lignes = formats.accord(rapport["perimees"], "ligne acceptée", "lignes acceptées")
        st.warning(
            f"{lignes} de ce fichier sans effet : un envoi plus récent, ou de la même période et rangé après celui-ci, "
            "donne déjà d'autres valeurs, qui restent.",
            icon=":material/warning:",
        )
    if rapport["changements"]:
        with st.expander(f"Voir les lignes corrigées ou retirées ({len(rapport['changements'])})"):
            figures.table(changements(rapport["changements"]), alt="Anciennes et nouvelles valeurs, ligne par ligne")


def changements(lignes: list[dict[str, Any]]) -> pd.DataFrame:
    """One row per value changed, with the old and the new one."""
    vues = []
    for ligne in lignes:
        debut = {
            "Contenu": livraisons.titre_schema(ligne["schema"]),
            "Ligne": livraisons.cle(ligne["cle"]),
            "Sens": livraisons.GENRES[ligne["genre"]],
        }
        for v in ligne["valeurs"] or [{"colonne": "", "avant": None, "apres": None}]:
            colonne = livraisons.titre_colonne(ligne["schema"], v["colonne"]) if v["colonne"] else ""
            vues.append(debut | {"Colonne": colonne, "Avant": v["avant"] or "", "Après": v["apres"] or ""})
    return pd.DataFrame(vues)


def confirmer(fichier: Any, rapport: dict[str, Any]) -> None:
    """The confirmations this file needs, then the load, with its progress."""
    if rapport["etat"] != "charge":
        return
    figures.entete("3. Charger")
    confirmes, bloque = [], False
    for rang, reserve in enumerate(rapport["reserves"]):
        phrase = reserve["phrase"].replace(" (--forcer)", "")
        st.warning(formats.sans_markdown(phrase), icon=":material/warning:")
        coche = st.checkbox(CONFIRMATIONS[reserve["genre"]], key=f"depot-accord-{rang}-{rapport['sha256'][:8]}")
        confirmes += [reserve["genre"]] if coche else []
        bloque |= reserve["genre"] == "forcer" and not coche
    if rapport["en_attente"]:
        autres = ", ".join(formats.sans_markdown(f) for f in rapport["en_attente"][:5])
        reste = len(rapport["en_attente"]) - 5
        st.info(
            f"D'autres fichiers attendent dans le dépôt et seront lus aussi : {autres}"
            + (f" et {reste} autres." if reste > 0 else "."),
            icon=":material/inbox:",
        )
    st.caption(f"Le fichier sera rangé sous le nom {formats.sans_markdown(rapport['fichier'])}.")
    if st.button("Charger ce fichier", type="primary", disabled=bloque, icon=":material/upload:"):
        executer(lambda suivi: depot_actions.charger(fichier.getvalue(), rapport, confirmes, suivi), _resultat(rapport))


def _resultat(rapport: dict[str, Any]) -> Any:
    def dire(fait: dict[str, Any]) -> str:
        lu = next((f for f in fait["fichiers"] if f["fichier"] == rapport["fichier"]), rapport)
        if lu["etat"] == "refuse":
            raise ActionImpossible(f"Ce fichier a été refusé. {lu['motif']}")
        return f"Chargé : {lu['fichier']}. {identite_comptable(lu)}. Les chiffres sont à jour."

    return dire


def executer(action: Any, dire: Any) -> None:
    """Run an action with a progress bar, keep what to say, and draw the page again on the new version."""
    barre = st.progress(0.0, text="Préparation…")
    try:
        phrase = dire(action(lambda etape, part: barre.progress(part, text=f"{etape}…")))
    except ActionImpossible as erreur:
        barre.empty()
        st.error(formats.sans_markdown(str(erreur)), icon=":material/error:")
        return
    st.session_state[_MESSAGE] = phrase
    st.session_state[_APERCU] = None
    st.rerun()


def message() -> None:
    """What the last action did, said once."""
    if phrase := st.session_state.pop(_MESSAGE, None):
        st.success(formats.sans_markdown(phrase), icon=":material/check_circle:")
