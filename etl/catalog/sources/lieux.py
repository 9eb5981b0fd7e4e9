"""Public sources of places and posts near the residents."""

from etl.catalog.sources.modele import DATA_GOUV, INSEE, LICENCE_OUVERTE, Fichier, Source

_BPE = ("AN", "NOMRS", "SIRET", "DEPCOM", "TYPEQU", "LATITUDE", "LONGITUDE", "QUALITE_XY", "QUALITE_GEOLOC")
_FRANCE_SERVICES = ("id_fs", "lib_fs", "adresse", "insee_com", "code_postal", "lib_com", "latitude", "longitude")
_POSTES = ("id_poste", "raison_sociale", "annee", "montant", "code_cv", "insee_dep")
_FICHE = ("source", "id", "nom", "date_maj")
_DATA_INCLUSION = {
    "structures": ("915c05e8-77ea-44f6-9837-0f1eff897a54", _FICHE),
    "services": ("de4856b8-bb67-4b79-83bd-038e846a1774", (*_FICHE, "structure_id", "description")),
}

# The producer's own repositories, at the version whose files were checked: they no longer change.
_ANCT = "https://raw.githubusercontent.com/anct-carto"
_VERSIONS = {
    "adulte-relais-2023.json": "a434fc94ab1eab5a1454acbc2924e976ec467615",
    "postes-fonjep-2020.json": "6f0e950e618d82c36f1fa0da210b4266a09f3e48",
    "postes-fonjep-2022.json": "6f0e950e618d82c36f1fa0da210b4266a09f3e48",
    "postes-fonjep-2023.json": "a434fc94ab1eab5a1454acbc2924e976ec467615",
}
# The current list of places, among those the national catalogue links to.
_LISTE_FS = (
    "https://www.data.gouv.fr/api/1/datasets/liste-des-structures-france-services/",
    r"https://static\.data\.gouv\.fr/resources/liste-des-structures-france-services/[\w-]+/liste-fs-(?P<a>\d{8})\.csv",
)


def _postes(nom: str) -> Fichier:
    version = _VERSIONS.get(nom, "717d5352ad3c6ecc384eb7085a9d3b385ad75873")
    return Fichier(nom, "json", _POSTES, (f"{_ANCT}/ci-ville/{version}/src/assets/{nom}",))


SOURCES: tuple[Source, ...] = (
    Source(
        id="bpe_geolocalisee",
        titre="Crèches et autres accueils de jeunes enfants, un par un",
        producteur="Insee (base permanente des équipements)",
        licence=INSEE,
        page="https://www.insee.fr/fr/statistiques/8217525",
        fichiers=(
            Fichier(
                "BPE24.parquet",
                "parquet",
                _BPE,
                ("https://www.insee.fr/fr/statistiques/fichier/8217525/BPE24.parquet",),
            ),
            # The same table, taken out of the producer's ZIP by hand, is read when the Parquet file is not there.
            Fichier("BPE24.csv", "csv", _BPE, requis=False),
        ),
        millesime="2024 (équipements au 1er janvier)",
        geographie="points",
        periodicite="annuelle",
        interdits=(
            "Compte des lieux, pas des places : un accueil proche peut être complet.",
            "Une position à plus de 500 m près, ou tirée au hasard dans la commune, n'est pas placée.",
        ),
    ),
    Source(
        id="france_services",
        titre="Espaces France services",
        producteur="ANCT",
        licence=LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/datasets/liste-des-structures-france-services",
        fichiers=(
            Fichier(
                "liste-fs-20240801.csv",
                "csv",
                _FRANCE_SERVICES,
                (f"{_ANCT}/france_services/e1016fd717a8c9cc53406621959c837fb74fc0c9/data/liste-fs-20240801.csv",),
                listes=(_LISTE_FS,),
            ),
        ),
        millesime="1er août 2024 dans un miroir, édition courante au téléchargement",
        geographie="points",
        periodicite="mensuelle",
        interdits=("Horaires et lieux à vérifier avant d'y envoyer quelqu'un.",),
    ),
    Source(
        id="adultes_relais",
        titre="Postes d'adultes-relais financés",
        producteur="ANCT",
        licence=LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/organizations/agence-nationale-de-la-cohesion-des-territoires",
        fichiers=tuple(_postes(f"adulte-relais-{annee}.json") for annee in range(2020, 2024)),
        millesime="2020 à 2023",
        geographie="contrat de ville",
        periodicite="annuelle",
        interdits=("Postes rattachés au contrat de ville, jamais à un quartier.",),
    ),
    Source(
        id="fonjep",
        titre="Postes Fonjep de la politique de la ville",
        producteur="ANCT",
        licence=LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/organizations/agence-nationale-de-la-cohesion-des-territoires",
        fichiers=tuple(_postes(f"postes-fonjep-{annee}.json") for annee in range(2020, 2024)),
        millesime="2020 à 2023",
        geographie="contrat de ville",
        periodicite="annuelle",
        interdits=("Postes rattachés au contrat de ville, jamais à un quartier.",),
    ),
    Source(
        id="data_inclusion",
        titre="Structures et services d'insertion",
        producteur="Plateforme de l'inclusion (data·inclusion)",
        licence=LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/datasets/referentiel-de-loffre-dinsertion-liste-des-structures-et-services-"
        "dinsertion",
        fichiers=tuple(
            # The same table as CSV is read when the Parquet file is not there.
            Fichier(f"data_inclusion_{genre}.{format}", format, colonnes, adresses, requis=bool(adresses))
            for genre, (uuid, colonnes) in _DATA_INCLUSION.items()
            for format, adresses in (("parquet", (DATA_GOUV + uuid,)), ("csv", ()))
        ),
        millesime="schéma v1, édition courante",
        geographie="points",
        periodicite="hebdomadaire",
        interdits=("Ne remplace jamais ce qu'un partenaire a déclaré sur lui-même.",),
    ),
)
