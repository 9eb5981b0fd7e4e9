"""Public context figures (population, employment, poverty…): declared with their public source and their zones."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from etl.catalog import nomenclatures
from etl.catalog.indicateurs.modele import Indicateur

_ZONES = (
    "Les quartiers de 2015 et ceux de 2024 n'ont pas les mêmes limites : leurs valeurs ne se suivent pas. "
    "Les valeurs des quartiers ne s'additionnent pas et leurs taux ne se moyennent pas."
)
_INSCRITS = (
    "Inscrits à France Travail au 31 décembre, quartiers de 2015. Ne dit rien des personnes sans emploi qui ne sont "
    f"pas inscrites. {_ZONES}"
)
_2015, _2024 = "insee_qpv_2015", "qpv_2024_stat"


@dataclass(frozen=True)
class Serie:
    """Where one figure of an indicator is read: variables of a public source, for one kind of territory.

    The figure is the sum of `variables`, divided by `base` when there is one; a masked part masks it whole.
    `comparable` names the kinds of territory whose figure of the same indicator it may be set against.
    """

    indicateur: str
    source: str
    type_territoire: str
    variables: tuple[str, ...]
    base: str = ""
    axe: str = ""
    modalite: str = ""
    comparable: tuple[str, ...] = ()


def _indicateur(ident: str, libelle: str, question: str, definition: str, **autres: object) -> Indicateur:
    communs: dict[str, object] = {
        "famille": "contexte",
        "classe": "contexte",
        "fait": "contexte",
        "nature": "stock",
        "sens": "baisse",
        "fiche": "",
        "mailles": ("annee", "depuis_debut"),
        "periodicite": "annee",
        "delai_jours": 730,
    }
    champs = {"id": ident, "libelle": libelle, "question": question, "definition": definition} | communs | autres
    return Indicateur(**champs)  # type: ignore[arg-type]


_personnes: Callable[..., Indicateur] = partial(_indicateur, unite="personnes", limites=_ZONES)
_taux: Callable[..., Indicateur] = partial(_indicateur, unite="%", nature="ratio", decimales=1, limites=_ZONES)
_part: Callable[..., Indicateur] = partial(
    _indicateur, unite="%", nature="ratio", decimales=1, facteur=100.0, sources=(_2015,), limites=_INSCRITS
)

INDICATEURS: tuple[Indicateur, ...] = (
    _personnes(
        "population",
        "Habitants",
        "Combien de personnes vivent dans le quartier ?",
        "Population municipale publiée pour le quartier. Celle des quartiers de 2024 vient d'une réédition non "
        "officielle dont le millésime n'est pas précisé.",
        sens="hausse",
        sources=(_2024, _2015),
    ),
    _taux(
        "taux_emploi",
        "Taux d'emploi des habitants",
        "Quelle part des habitants en âge de travailler a un emploi ?",
        "Part des 15-64 ans qui ont un emploi, telle que publiée pour le quartier.",
        sens="hausse",
        sources=(_2024, _2015),
    ),
    _taux(
        "taux_emploi_femmes",
        "Taux d'emploi des femmes",
        "Quelle part des habitantes en âge de travailler a un emploi ?",
        "Part des femmes de 15 à 64 ans qui ont un emploi, telle que publiée pour les quartiers de 2015.",
        sens="hausse",
        sources=(_2015,),
    ),
    _taux(
        "taux_pauvrete",
        "Taux de pauvreté",
        "Quelle part des habitants vit sous le seuil de pauvreté ?",
        "Part des habitants sous 60 % du niveau de vie médian national, telle que publiée pour le quartier.",
        sources=(_2024, _2015, "filosofi"),
    ),
    _indicateur(
        "revenu_median",
        "Revenu médian",
        "De quoi vivent les habitants, en comparaison de leur commune et de la métropole ?",
        "Revenu disponible annuel par unité de consommation : la moitié des habitants vit avec moins.",
        unite="€",
        sens="hausse",
        sources=(_2015, "filosofi"),
        limites="Quartiers de 2015 et communes n'ont pas forcément le même millésime : à lire comme un ordre de "
        f"grandeur. {_ZONES}",
    ),
    _personnes(
        "demandeurs_emploi_abc",
        "Demandeurs d'emploi (catégories A, B et C)",
        "Combien d'habitants cherchent un emploi ?",
        "Personnes inscrites à France Travail tenues de chercher un emploi, avec ou sans activité réduite, au "
        "31 décembre. L'édition N de la source porte sur l'année N − 1.",
        sources=(_2015,),
        axes=("sexe", "tranche_age"),
        limites=_INSCRITS,
    ),
    _part(
        "demandeurs_emploi_part_femmes",
        "Femmes parmi les demandeurs d'emploi",
        "Quelle part des demandeurs d'emploi sont des femmes ?",
        "Femmes rapportées aux demandeurs d'emploi de catégories A, B et C du quartier.",
    ),
    _part(
        "demandeurs_emploi_part_moins_26",
        "Moins de 26 ans parmi les demandeurs d'emploi",
        "Quelle part des demandeurs d'emploi a moins de 26 ans ?",
        "Moins de 26 ans rapportés aux demandeurs d'emploi de catégories A, B et C du quartier.",
    ),
    _part(
        "demandeurs_emploi_part_50_et_plus",
        "50 ans et plus parmi les demandeurs d'emploi",
        "Quelle part des demandeurs d'emploi a 50 ans ou plus ?",
        "50 ans et plus rapportés aux demandeurs d'emploi de catégories A, B et C du quartier.",
    ),
    _part(
        "demandeurs_emploi_part_peu_diplomes",
        "Peu diplômés parmi les demandeurs d'emploi",
        "Quelle part des demandeurs d'emploi n'a pas plus qu'un CAP ou un BEP ?",
        "Niveaux inférieurs au CAP-BEP et CAP-BEP rapportés aux demandeurs d'emploi de catégories A, B et C.",
    ),
    _part(
        "demandeurs_emploi_part_rsa",
        "Bénéficiaires du RSA parmi les demandeurs d'emploi",
        "Quelle part des demandeurs d'emploi a droit au RSA ?",
        "Personnes ayant un droit au revenu de solidarité active (RSA), rapportées aux demandeurs d'emploi de "
        "catégories A, B et C.",
    ),
    _indicateur(
        "allocataires_rsa",
        "Allocataires du RSA",
        "Combien de foyers du quartier touchent le RSA ?",
        "Allocataires du revenu de solidarité active (RSA) publiés pour le quartier.",
        unite="allocataires",
        sources=(_2024, _2015),
        limites=f"Compte des foyers allocataires, pas des personnes. {_ZONES}",
    ),
    _taux(
        "chomage_zone_emploi",
        "Taux de chômage de la zone d'emploi",
        "Où en est le chômage autour des quartiers ?",
        "Taux de chômage localisé au sens du Bureau international du travail (BIT), corrigé des variations "
        "saisonnières, de la zone d'emploi du contrat.",
        sources=("chomage_zone_emploi",),
        limites="Une seule valeur pour toute la zone d'emploi : ne dit rien d'un quartier, et ne se compare pas à une "
        "part de demandeurs d'emploi inscrits.",
        mailles=("trimestre", "depuis_debut"),
        periodicite="trimestre",
        delai_jours=100,
        territoires=False,
    ),
    _indicateur(
        "offre_insertion",
        "Services d'insertion à proximité pour 1 000 habitants",
        "L'offre d'insertion est-elle à portée des habitants ?",
        "Services recensés par data·inclusion dont le lieu est dans le quartier ou à moins d'un kilomètre, pour 1 000 "
        "habitants.",
        unite="services pour 1 000 habitants",
        nature="ratio",
        decimales=1,
        facteur=1000.0,
        sens="hausse",
        sources=("data_inclusion", _2024),
        mailles=("depuis_debut",),
        limites="Compte des services recensés, pas des places : un service peut être complet, ou ouvert à d'autres "
        "publics.",
    ),
    _indicateur(
        "equipements",
        "Équipements de la commune",
        "Quels équipements la commune compte-t-elle ?",
        "Équipements dénombrés dans la commune par la base permanente des équipements, par type.",
        unite="équipements",
        sens="hausse",
        sources=("bpe",),
        axes=("equipement",),
        limites="Un équipement compté dans la commune n'est pas forcément accessible depuis le quartier. Un type qui "
        "n'est pas dans le fichier n'est pas un zéro. Les types ne s'additionnent pas.",
    ),
    _indicateur(
        "postes_adultes_relais",
        "Postes d'adultes-relais",
        "Combien de médiateurs l'État finance-t-il ?",
        "Postes d'adultes-relais financés dans l'année au titre du contrat de ville.",
        unite="postes",
        sens="hausse",
        sources=("adultes_relais",),
        limites="Postes rattachés au contrat de ville, jamais à un quartier.",
        territoires=False,
    ),
)

_PARTS = {
    "femmes": ("femmes",),
    "moins_26": ("moins_26",),
    "50_et_plus": ("50_et_plus",),
    "peu_diplomes": ("infra_cap", "cap_bep"),
    "rsa": ("rsa",),
}
_MODALITES = {
    ("sexe", "femme"): "femmes",
    ("sexe", "homme"): "hommes",
    ("tranche_age", "moins_26"): "moins_26",
    ("tranche_age", "26_49"): "26_49",
    ("tranche_age", "50_et_plus"): "50_et_plus",
}
_ABC = "demandeurs_emploi_abc"
_VERS = ("commune", "epci")

SERIES: tuple[Serie, ...] = (
    *(
        Serie(ident, _2024, "qpv", (ident,), comparable=_VERS if ident.startswith("taux") else ())
        for ident in ("population", "taux_emploi", "taux_pauvrete", "allocataires_rsa")
    ),
    *(
        Serie(ident, _2015, "qpv_2015", (ident,), comparable=_VERS if ident.startswith(("taux", "revenu")) else ())
        for ident in ("population", "taux_emploi", "taux_emploi_femmes", "taux_pauvrete", "revenu_median")
    ),
    Serie("allocataires_rsa", _2015, "qpv_2015", ("allocataires_rsa",)),
    *(Serie(i, "filosofi", type_, (i,)) for i in ("revenu_median", "taux_pauvrete") for type_ in _VERS),
    Serie(_ABC, _2015, "qpv_2015", (_ABC,)),
    *(
        Serie(_ABC, _2015, "qpv_2015", (f"{_ABC}_{suffixe}",), axe=axe, modalite=modalite)
        for (axe, modalite), suffixe in _MODALITES.items()
    ),
    *(
        Serie(f"demandeurs_emploi_part_{nom}", _2015, "qpv_2015", tuple(f"{_ABC}_{p}" for p in parties), base=_ABC)
        for nom, parties in _PARTS.items()
    ),
    Serie("chomage_zone_emploi", "chomage_zone_emploi", "zone_emploi", ("taux",)),
    Serie("offre_insertion", "data_inclusion", "qpv", ("services_1km",), base="population"),
    *(
        Serie("equipements", "bpe", "commune", (code,), axe="equipement", modalite=code)
        for code in nomenclatures.load("equipement").codes
    ),
    Serie("postes_adultes_relais", "adultes_relais", "total", ("postes",)),
)

# Why a comparator is missing, per indicator: read beside the figure, in place of the gap.
_EFFECTIF = "un nombre de personnes ou de foyers ne se compare pas à celui d'un territoire bien plus grand."
_NON_PUBLIEE = "aucun fichier retenu ne donne cette part pour la commune ou l'intercommunalité."
SANS_COMPARATEUR = {
    "population": f"Habitants : {_EFFECTIF}",
    "taux_emploi": "Taux d'emploi : aucun fichier retenu ne le donne pour la commune ou l'intercommunalité.",
    "taux_emploi_femmes": "Taux d'emploi des femmes : aucun fichier retenu ne le donne pour la commune ou "
    "l'intercommunalité.",
    "taux_pauvrete": "Taux de pauvreté : les fichiers Filosofi collectés ne le donnent ni pour la commune ni pour "
    "l'intercommunalité.",
    _ABC: f"Demandeurs d'emploi : {_EFFECTIF}",
    "chomage_zone_emploi": "Chômage de la zone d'emploi : aucun fichier retenu ne donne le taux national de l'Insee.",
    **{f"demandeurs_emploi_part_{nom}": f"Profil des demandeurs d'emploi : {_NON_PUBLIEE}" for nom in _PARTS},
    "allocataires_rsa": f"Allocataires du RSA : {_EFFECTIF}",
    "offre_insertion": "Services d'insertion : comptés à un kilomètre autour du quartier, sans équivalent pour une "
    "commune.",
    "equipements": "Équipements : le fichier ne les compte que par commune.",
    "postes_adultes_relais": "Postes d'adultes-relais : financés pour tout le contrat, jamais pour un quartier.",
}
# Zones an indicator is published for, when it is not for neighbourhoods.
SANS_QUARTIER = {
    "chomage_zone_emploi": "Ce taux n'est publié que pour la zone d'emploi entière : il n'en existe pas par quartier.",
    "equipements": "Les équipements sont comptés par commune et par type (axes « commune » et « equipement ») : le "
    "fichier ne dit pas dans quel quartier ils sont.",
    "postes_adultes_relais": "Ces postes sont financés pour tout le contrat de ville, jamais pour un quartier.",
}
SANS_ANNEE = (
    "La source ne dit pas l'année de ce chiffre, ou n'en donne qu'un millésime : il se lit sans l'axe « annee »."
)
