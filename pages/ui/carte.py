"""The page Carte: what to show on the map, the figures beside it, the same content as a table."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from etl.catalog.indicateurs import CATALOGUE, CINQ_DE_LA_FICHE
from pages.ui import cartes, chiffres, contexte, donnees, filtres, formats, places, quartier, semiologie, textes
from pages.ui.toponymes import nuplets

NOMBRES = ("participants_suivis", "interventions", "personnes_rencontrees", "freins_leves", "inscriptions_droit_commun")
TOUS_LES_MOIS = "Toute la période"
HAUTEUR = 640
_LIEU = "_carte_lieu"


@dataclass(frozen=True)
class Choix:
    """What the reader wants on the map: a rate in colours, a count in discs, kinds of places, a month."""

    taux: str | None
    nombre: str | None
    lieux: tuple[str, ...]
    mois: str | None
    periode: str


def choisir() -> Choix:
    """Draw the choices of the map, bound to the URL."""
    periode = filtres.actuels().periode
    with st.grid(columns=2, min_column_width=150):
        taux = _indicateur("Couleur des quartiers", taux_publies(periode), "Aucune", "couleur", AIDE_TAUX)
        nombre = _indicateur("Cercles", list(NOMBRES), "Aucun", "cercles", AIDE_NOMBRE)
    gauche, droite = st.columns([1, 2], vertical_alignment="bottom")
    with gauche:
        genres = st.pills(
            "Lieux",
            list(places.LIEUX),
            selection_mode="multi",
            default=["intervention"],
            format_func=lambda genre: places.LIEUX[genre],
            key="lieux",
            bind="query-params",
            wrap=True,
        )
    with droite:
        mois = _mois(periode) if "intervention" in genres else None
    return Choix(taux, nombre, tuple(genres), mois, periode)


AIDE_TAUX = "Seuls sont proposés les taux publiés pour au moins la moitié des quartiers dans la période choisie."
AIDE_NOMBRE = "La surface de chaque cercle est proportionnelle au nombre."


def _indicateur(titre: str, choix: list[str], aucun: str, cle: str, aide: str) -> str | None:
    return st.selectbox(
        titre,
        choix,
        index=None,
        format_func=lambda i: CATALOGUE[i].libelle,
        placeholder=aucun,
        help=aide,
        key=cle,
        bind="query-params",
    )


def _mois(periode: str) -> str | None:
    connus = sorted(set(quartier.interventions(periode)["mois"]))
    if len(connus) < 2:
        return None
    choisi = st.select_slider(
        "Mois des interventions",
        [TOUS_LES_MOIS, *connus],
        format_func=lambda m: m if m == TOUS_LES_MOIS else formats.periode(m),
        key="mois",
        bind="query-params",
    )
    return None if choisi == TOUS_LES_MOIS else choisi


def taux_publies(periode: str) -> list[str]:
    """Rates published for at least half of the QPV in the period, in the order of the catalogue."""
    taux = tuple(i.id for i in CATALOGUE.values() if i.nature == "ratio" and i.territoires and not i.sensible)
    cellules = quartier.cellules(taux, periode)
    publies = Counter(cellules.loc[cellules["etat"] == "valeur", "indicateur"])
    moitie = len(filtres.referentiel().qpv) / 2
    return [i for i in taux if publies[i] and publies[i] >= moitie]


def bornes_fixes(indicateur: str) -> tuple[float, ...]:
    """Classes that hold for every period published, so that the maps of two years compare."""
    codes = {q.code for q in filtres.referentiel().qpv}
    series = [donnees.mesures((indicateur,), par) for par in (("annee", "qpv"), ("trimestre", "qpv"), ("qpv",))]
    return semiologie.classes(v for s in series for v in s.loc[s["qpv"].isin(codes), "valeur"])


def dessiner(choix: Choix, selection: str | None) -> None:
    """The map itself; panning and zooming send nothing back."""
    version = donnees.version()
    tuiles = cartes.Tuiles(version.tuiles, version.tuiles_attribution)
    carte = cartes.fond(donnees.table("territoire"), donnees.table("fond"), tuiles)
    cartes.afficher(carte, couches(choix, selection), "carte", HAUTEUR, au_clic)


def au_clic(famille: str, code: str) -> None:
    """A click on a neighbourhood chooses it in the list; on a place, it opens its words beside the map."""
    if famille == "qpv":
        st.session_state[quartier.CLE] = code
    else:
        st.session_state[_LIEU] = (famille, code)


def couches(choix: Choix, selection: str | None) -> list[cartes.Couche]:
    """The moving layers of the map: perimeters, discs, places, then names and legend."""
    territoires, traits = donnees.table("territoire"), donnees.table("fond")
    legendes: list[semiologie.Legende] = []
    cellules: pd.DataFrame | None = None
    bornes: tuple[float, ...] = ()
    if choix.taux:
        i = CATALOGUE[choix.taux]
        cellules, bornes = quartier.cellules((i.id,), choix.periode), bornes_fixes(i.id)
        legendes.append(semiologie.legende_classes(i.libelle, bornes, i.unite, cellules["etat"]))
    resultat = [cartes.quartiers(territoires, cellules, bornes, selection or "", infobulles(choix))]
    if choix.nombre:
        i = CATALOGUE[choix.nombre]
        comptes = quartier.cellules((i.id,), choix.periode)
        titre_cercles = f"Cercles : {i.libelle.lower()}"
        resultat.append(cartes.cercles(territoires, comptes, titre_cercles, infobulles(choix), bool(choix.taux)))
        legendes.append(semiologie.legende_cercles(i.libelle, float(comptes["valeur"].max()), comptes["etat"]))
    resultat += places.couches(choix.lieux, choix.periode, choix.mois, legendes)
    if (traits["type"] == "arret").any():
        legendes.append(semiologie.REPERES)
    return [*resultat, cartes.noms(territoires, traits, selection or ""), cartes.legende(legendes)]


def infobulles(choix: Choix) -> dict[str, str]:
    """Words of each neighbourhood's tooltip: the figures drawn."""
    textes: dict[str, list[str]] = {}
    for i in filter(None, (choix.taux, choix.nombre)):
        for cellule in nuplets(quartier.cellules((i,), choix.periode)):
            textes.setdefault(cellule.territoire, []).append(f"{CATALOGUE[i].libelle} : {quartier.mots(cellule)}")
    return {code: " ; ".join(morceaux) for code, morceaux in textes.items()}


def panneau(choix: Choix, selection: str | None) -> None:
    """Beside the map: the chosen neighbourhood, or the whole contract, then the place clicked."""
    territoire = selection or "total"
    ids = tuple(dict.fromkeys([*CINQ_DE_LA_FICHE, *filter(None, (choix.nombre, choix.taux))]))
    if not selection:  # public figures of the quartiers have no total
        ids = tuple(i for i in ids if CATALOGUE[i].classe != "contexte")
    cellules = quartier.cellules_de(ids, choix.periode, territoire)
    ref = filtres.referentiel()
    st.subheader(formats.sans_markdown(ref.libelle(selection)) if selection else "Ensemble du contrat", anchor=False)
    st.caption(filtres.etendue(choix.periode, ref))
    with st.container(key="lignes-carte", gap=None):
        for i, cellule in cellules.items():
            texte = chiffres.texte_valeur(cellule, CATALOGUE[i])
            st.metric(CATALOGUE[i].libelle, texte, help=chiffres.aide(CATALOGUE[i]))
    if selection:
        st.markdown(presence(selection, choix.periode))
        lien_fiche(selection)
    else:
        st.info("Choisissez un quartier dans la liste, ou cliquez dessus, pour lire ses chiffres ici.")
    _lieu_clique()


def presence(code: str, periode: str) -> str:
    """Who is there, in one sentence."""
    morceaux = [
        _compte(quartier.nombre_acteurs()[code], "acteur", "aucun"),
        _compte(len(quartier.permanences(code)), "permanence", "aucune"),
        _compte(len(quartier.interventions(periode, code=code)), "intervention", "aucune") + " dans la période",
    ]
    visite = quartier.dernieres_visites().get(code)
    derniere = "" if visite is None else f" Dernière intervention : {formats.date_longue(visite)}."
    texte = formats.enumeration(morceaux)
    return f"{texte[0].upper()}{texte[1:]}.{derniere}"


def _compte(nombre: int, mot: str, aucun: str) -> str:
    return formats.accord(nombre, mot) if nombre else f"{aucun} {mot}"


def lien_fiche(code: str) -> None:
    """Open the neighbourhood's page."""
    if st.button("Ouvrir la fiche du quartier", icon=":material/open_in_new:", key="vers-fiche"):
        st.session_state[quartier.CLE] = code
        st.switch_page(str(donnees.RACINE / "pages" / "fiche_quartier.py"))


def _lieu_clique() -> None:
    """Words of the place clicked last: partners' text, shown as text only."""
    genre, code = st.session_state.get(_LIEU, (None, None))
    if genre is None:
        return
    titre, details = places.decrire(genre, code)
    if titre:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{formats.sans_markdown(titre)}**")
            for detail in details:
                st.caption(formats.sans_markdown(detail))


def tableau(choix: Choix) -> pd.DataFrame:
    """The content of the map, one row per neighbourhood, in words."""
    qpv = nuplets(quartier.tous())
    sorties = Counter(quartier.interventions(choix.periode, choix.mois)["code_qpv"])
    tenues, presents = Counter(quartier.permanences()["code_qpv"]), quartier.nombre_acteurs()
    visites = quartier.dernieres_visites()
    colonnes: dict[str, list[Any]] = {"Quartier": [q.nom for q in qpv]}
    for i in filter(None, (choix.taux, choix.nombre)):
        textes = {c.territoire: quartier.mots(c) for c in nuplets(quartier.cellules((i,), choix.periode))}
        colonnes[CATALOGUE[i].libelle] = [textes.get(q.code, formats.ABSENT) for q in qpv]
    colonnes |= {
        "Interventions": [sorties[q.code] for q in qpv],
        "Dernière intervention": [formats.date_courte(visites.get(q.code)) for q in qpv],
        "Permanences": [tenues[q.code] for q in qpv],
        "Acteurs": [presents[q.code] for q in qpv],
        "Commune": [q.commune_nom for q in qpv],
        "Code": [q.code for q in qpv],
    }
    return pd.DataFrame(colonnes)


def titre(choix: Choix) -> str:
    """What the map shows, as the title of its table and file."""
    montre = [CATALOGUE[i].libelle for i in (choix.taux, choix.nombre) if i]
    montre += [places.LIEUX[genre] for genre in choix.lieux]
    quand = formats.periode(choix.mois) if choix.mois else filtres.etendue(choix.periode, filtres.referentiel())
    return f"{formats.enumeration(montre) or 'Quartiers prioritaires'}, {quand}"


def source_du_taux(choix: Choix) -> None:
    """Where a public rate comes from: it has its own years, whatever the period chosen."""
    if choix.taux and CATALOGUE[choix.taux].classe == "contexte":
        textes.source_publique(contexte.cites((choix.taux,), quartiers=True))


def mention() -> str:
    """What kind of perimeters are drawn."""
    return f"Périmètres : {cartes.MENTIONS[donnees.version().perimetres]}."
