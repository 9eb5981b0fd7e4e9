"""What the page Méthode alone needs: the catalogue in plain words, and how secrecy works, said simply."""

import pandas as pd
import streamlit as st

from etl.catalog import contrat as contrats
from etl.catalog.contrat import Contrat
from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.targets import STATUTS
from pages.ui import donnees, dossiers, formats, synthese, textes

SENS = {"hausse": "on veut que le chiffre monte", "baisse": "on veut que le chiffre baisse"}
NATURES = {
    "flux": "compte ce qui se passe pendant la période",
    "stock": "photographie à la fin de la période",
    "cumul": "s'additionne depuis le début du contrat",
    "ratio": "rapport entre deux nombres",
}
PARTIES = ("Lire un chiffre", "Le secret statistique", "Les indicateurs", "Les mots")


def choisir_partie() -> str:
    """The part of the page shown, bound to the URL."""
    partie = st.segmented_control(
        "Partie", PARTIES, default=PARTIES[0], required=True, key="partie", bind="query-params", persist_state="session"
    )
    return partie or PARTIES[0]


def lire_un_chiffre() -> None:
    """The four states, the statuses, the year-on-year rule."""
    st.header("Un chiffre, ou la raison de son absence", anchor=False)
    _texte("Une case n'est jamais vide par hasard. Elle porte un chiffre, ou elle dit pourquoi il n'y en a pas.")
    lignes = [("un chiffre", "La valeur publiée. Zéro est un chiffre : il s'est passé zéro fois.")]
    lignes += [("moins de 5", "Un petit effectif, arrondi pour ne reconnaître personne.")]
    lignes += list(formats.ETATS.values())
    _tableau(["Ce que vous lisez", "Ce que cela veut dire"], lignes, "Les états d'un chiffre")
    st.header("Cinq statuts face à la cible", anchor=False)
    seuils = contrat().statuts
    sens = {
        "atteint": "La cible finale est atteinte ou dépassée.",
        "trajectoire": f"Au moins {formats.nombre(seuils.dans_trajectoire)} % de ce qui était attendu à ce jour.",
        "surveiller": f"Entre {formats.nombre(seuils.surveiller)} % et {formats.nombre(seuils.dans_trajectoire)} %.",
        "retard": f"Moins de {formats.nombre(seuils.surveiller)} %.",
        "non_calcule": "Il manque une valeur ou une cible : la raison est écrite à côté.",
    }
    statuts = [(f"{s.symbole} {s.mot}", sens[code]) for code, s in STATUTS.items()]
    _tableau(["Statut", "Ce que cela veut dire"], statuts, "Les statuts face à la cible")
    st.header("Avancement et évolution", anchor=False)
    _texte(
        "- **À date** : ce qui est fait, comparé à ce qui devait l'être ce jour-là.\n"
        "- **Annuel** : ce qui est fait cette année, comparé à l'objectif de l'année.\n"
        "- **Global** : le chemin parcouru entre le point de départ et la cible finale.\n"
        "- **Sur un an** : une période close contre la même, un an plus tôt. Un écart que l'arrondi suffit à "
        "expliquer est dit « stable »."
    )


def secret() -> None:
    """Statistical secrecy for an elected official, with the contract's own thresholds."""
    s = contrat().secret
    st.header(f"Pourquoi protéger des nombres{formats.FINE}?", anchor=False)
    _texte(
        "Dans un petit quartier, « 2 personnes sorties en emploi, 2 en CDI » suffit à apprendre quelque chose sur un "
        "voisin. Le tableau de bord ne contient ni nom, ni date de naissance, ni adresse de personne. Mais un petit "
        "nombre peut trahir : il est donc protégé avant d'être publié."
    )
    st.header("Cinq règles", anchor=False)
    _texte(
        f"1. **Un seuil.** Un résultat n'est publié que s'il porte sur au moins {s.seuil_resultat} personnes "
        f"({s.seuil_sensible} pour les sujets sensibles : santé, handicap, illettrisme) ; un effectif, à partir de "
        f"{s.seuil_population}.\n"
        f"2. **Un arrondi.** Les effectifs sont arrondis à un multiple de {s.base} ({s.base_sensible} pour les sujets "
        "sensibles), toujours de la même façon : demander deux fois ne renseigne pas davantage.\n"
        f"3. **Des taux prudents.** Un pourcentage est calculé sur les nombres publiés, s'il porte sur au moins "
        f"{s.taux_min} personnes ({s.taux_min_comparaison} pour comparer des quartiers).\n"
        "4. **Un catalogue fermé.** On ne croise jamais plus de deux critères : le reste est secret.\n"
        f"5. **Un gel.** D'une publication à l'autre, un chiffre garde sa valeur tant que moins de {s.gel} personnes "
        f"({s.gel_sensible} pour les sujets sensibles) sont entrées ou sorties de ceux qu'il concerne. Les totaux sont "
        "mis à jour chaque trimestre, les ventilations chaque année, plus tôt si une livraison change au moins un "
        "cinquième des personnes. Une correction peut donc attendre avant d'être visible ici ; les agents habilités la "
        "voient tout de suite."
    )
    _texte(
        "Les sommes ne tombent donc pas toujours juste : c'est voulu. Les interventions, les acteurs, les réunions et "
        "les montants ne parlent pas de personnes : ils sont exacts."
    )
    _limites()


def _limites() -> None:
    """What the protection does not cover, and how distinct persons are told apart."""
    st.header("Ce que cette protection ne couvre pas", anchor=False)
    _texte(
        "Quelqu'un qui connaîtrait déjà la réponse de toutes les personnes sauf une ; des informations sur deux "
        "personnes à la fois ; plusieurs indicateurs emboîtés lus ensemble. Qui est suivi et qui a répondu à une "
        "question ne sont pas cachés : seulement ce que chacun a répondu."
    )
    _texte(
        "Un contrôle automatique arrête la publication s'il n'est pas sûr que personne n'est reconnaissable. Il "
        "examine les indicateurs, le nombre de personnes sur lequel porte un taux quand ce nombre dit lui-même une "
        "réponse (les personnes sorties vers l'emploi, par exemple), les passages d'une étape à l'autre, les cohortes "
        "et les tableaux croisés. Ces taux, et la mention « non renseigné » quand trop peu ont répondu, sont calculés "
        "sur les nombres publiés : ils ne disent rien de plus qu'eux."
    )
    _texte(
        "Il n'examine pas les délais médians : ils suivent les mêmes seuils et sont arrondis à dix jours, mais leur "
        "absence peut dire que plus de la moitié des personnes attendent encore."
    )
    part = formats.reel(donnees.version().part_identite)
    if part is not None:
        _texte(
            f"**Personnes distinctes.** Deux structures peuvent suivre la même personne : elle n'est comptée qu'une "
            f"fois lorsque son identité a été transmise, soit {formats.pourcentage(100 * part)} des accompagnements. "
            "L'identité est transformée en code à l'entrée et n'est jamais conservée."
        )


def catalogue() -> None:
    """One family at a time, each indicator as an elected official would ask about it."""
    familles = {f: titre for f, (titre, _) in synthese.FAMILLES.items() if any(i.famille == f for i in publies())}
    famille = st.segmented_control(
        "Famille",
        list(familles),
        format_func=lambda f: familles[f],
        default=next(iter(familles), None),
        required=True,
        key="famille",
        bind="query-params",
        persist_state="session",
    )
    choisis = [i for i in publies() if i.famille == famille]
    st.header(familles.get(famille or "", "Indicateurs"), anchor=False)
    _texte(f"{formats.accord(len(choisis), 'indicateur')}. Ouvrez-en un pour lire ce qu'il compte et ses limites.")
    with st.container(gap="xxsmall"):
        for indicateur in choisis:
            _fiche(indicateur)
    absents = donnees.table("indicateur").query("not disponible")
    if len(absents):
        st.header("Pas encore disponibles", anchor=False)
        lignes = [(str(a["libelle"]), str(a["motif_indisponible"] or "")) for a in formats.lignes(absents)]
        _tableau(["Indicateur", "Pourquoi"], lignes, "Indicateurs pas encore disponibles")


def publies() -> list[Indicateur]:
    """The indicators of this version, in the order of the catalogue."""
    ids = set(donnees.table("indicateur").query("disponible")["id"])
    return [i for i in CATALOGUE.values() if i.id in ids]


def _fiche(i: Indicateur) -> None:
    with st.expander(i.libelle):
        _texte(f"**{i.question}**")
        _texte(i.definition)
        _texte(f"**Ce que ce chiffre ne dit pas.** {i.limites}")
        st.caption(
            f"Unité : {i.unite} · {NATURES[i.nature]} · {SENS[i.sens]} · fiche {i.fiche} · "
            f"source : {', '.join(i.sources) or 'données publiques'} · définition n° {i.version_definition}"
            + (" · sujet sensible" if i.sensible else "")
        )


def mots() -> None:
    """The glossary."""
    st.header("Les mots du contrat de ville", anchor=False)
    _tableau(["Mot", "Ce que cela veut dire"], list(textes.GLOSSAIRE.items()), "Glossaire")


def contrat() -> Contrat:
    """The contract's own thresholds."""
    return contrats.load(dossiers.contrat())


def _texte(texte: str) -> None:
    st.markdown(formats.typographie(texte))


def _tableau(colonnes: list[str], lignes: list[tuple[str, str]], alt: str) -> None:
    st.table(
        pd.DataFrame(lignes, columns=colonnes).map(formats.typographie), hide_index=True, border="horizontal", alt=alt
    )
