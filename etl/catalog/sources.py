"""Declares every public source once: producer, licence, addresses, files, columns, vintage, limits of use."""

from __future__ import annotations

from dataclasses import dataclass

_DATA_GOUV = "https://www.data.gouv.fr/api/1/datasets/r/"
_LICENCE_OUVERTE = "Licence Ouverte 2.0"
_INSEE = "Insee, réutilisation libre avec mention de la source"
_JAMAIS_2015_2024 = "Ne jamais tracer une valeur des quartiers 2015 et une des quartiers 2024 sur une même série."
_JAMAIS_SOMMER = "Ne pas sommer les valeurs des quartiers en un total que le producteur ne publie pas."
_JAMAIS_MOYENNER = "Ne pas faire la moyenne de taux : chaque quartier pèse un nombre d'habitants différent."


@dataclass(frozen=True)
class Fichier:
    """One file of a source, under the name it has in a mirror and in the public folder.

    `nom` may hold `{departement}`, replaced by each department of the contract. `genre` is one of geojson
    (bare or inside a ZIP), json, json.gz, csv, xlsx, parquet. `colonnes` are the names that must be found.
    An empty `adresses` means that the producer publishes no stable direct address of this very layout.
    """

    nom: str
    genre: str
    colonnes: tuple[str, ...]
    adresses: tuple[str, ...] = ()
    requis: bool = True


@dataclass(frozen=True)
class Source:
    """A public source as the page *Sources* describes it; `page` is where a reader finds the original."""

    id: str
    titre: str
    producteur: str
    licence: str
    page: str
    fichiers: tuple[Fichier, ...]
    millesime: str
    geographie: str
    periodicite: str
    interdits: tuple[str, ...]
    mention: str = ""

    @property
    def adresses(self) -> tuple[str, ...]:
        """Every direct address of every file."""
        return tuple(adresse for fichier in self.fichiers for adresse in fichier.adresses)

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Every expected column, each once, in order of declaration."""
        return tuple(dict.fromkeys(colonne for fichier in self.fichiers for colonne in fichier.colonnes))


_IPRO = ("CODGEO", "TX_TOT_EMPL", "TX_F_EMPL", "ABC", "ABC_F", "ABC_H", "ABC_25", "ABC_50", "ABC_RSA", "A", "NOTE_PE")
_DEMO = ("CODGEO", "LIBGEO", "POP_MUN", "TX_F", "IND_JEUNE")
_REVN = ("CODGEO", "LIBGEO", "TP60", "DISP_Q2", "PMIMP", "NOTE_FILO")
_INSEE_QPV_2015 = (
    *(Fichier(f"insee_qpv2015/IPRO_{edition}.csv", "csv", _IPRO) for edition in range(2017, 2023)),
    *(Fichier(f"insee_qpv2015/DEMO_{edition}.csv", "csv", _DEMO) for edition in (2021, 2022)),
    Fichier("insee_qpv2015/REVN_2022.csv", "csv", _REVN),
)
_QPV_STAT = (
    *("codeQPV", "lib_qp", "siren_epci", "popMuniQPV", "nombre_menages", "taux_d_emploi", "taux_pauvrete_60%"),
    *("allocataires_CAF", "RSA_socle"),
)
_FILOSOFI = ("CODGEO", "LIBGEO", "NBPERS19", "Q219", "D119", "D919", "RD")
_FRANCE_SERVICES = ("id_fs", "lib_fs", "adresse", "insee_com", "code_postal", "lib_com", "latitude", "longitude")
_POSTES = ("id_poste", "raison_sociale", "annee", "montant", "code_cv", "insee_dep")
_FICHE = ("source", "id", "nom", "date_maj")
_DATA_INCLUSION = {
    "structures": ("915c05e8-77ea-44f6-9837-0f1eff897a54", _FICHE),
    "services": ("de4856b8-bb67-4b79-83bd-038e846a1774", (*_FICHE, "structure_id")),
}
_BMO = ("annee", "Code métier BMO", "Nom métier BMO", "BE24", "NOMBE24", "met", "xmet", "smet")

SOURCES: tuple[Source, ...] = (
    Source(
        id="qpv_2024",
        titre="Périmètres des quartiers prioritaires 2024",
        producteur="Agence nationale de la cohésion des territoires (ANCT)",
        licence=_LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv",
        fichiers=(
            Fichier(
                "qpv-2024-geojson.zip",
                "geojson",
                ("code_qp", "lib_qp", "insee_com", "lib_com", "siren_epci"),
                (
                    _DATA_GOUV + "942d4ee8-8142-4556-8ea1-335537ce1119",
                    "https://static.data.gouv.fr/resources/quartiers-prioritaires-de-la-politique-de-la-ville-qpv/"
                    "20260115-204323/qpv-2024-geojson.zip",
                ),
            ),
        ),
        millesime="2024 (décret 2023-1314, corrigé par le décret 2024-806)",
        geographie="QPV 2024",
        periodicite="à chaque décret",
        interdits=("Contours simplifiés, sans valeur réglementaire : ne fondent pas un droit lié à l'adresse.",),
    ),
    Source(
        id="communes",
        titre="Contours des communes et appartenance aux intercommunalités",
        producteur="IGN et Insee",
        licence=_LICENCE_OUVERTE,
        page="https://geo.api.gouv.fr/decoupage-administratif/communes",
        fichiers=(
            Fichier(
                "communes-{departement}.geojson",
                "geojson",
                ("code", "nom"),
                (
                    "https://geo.api.gouv.fr/communes?codeDepartement={departement}"
                    "&fields=nom,code&format=geojson&geometry=contour",
                ),
            ),
            Fichier("insee_epci_communes.csv", "csv", ("codgeo", "libgeo", "epci", "libepci"), requis=False),
        ),
        millesime="contours : Admin Express 2018 simplifié dans un miroir, édition courante au téléchargement",
        geographie="commune",
        periodicite="annuelle",
        interdits=("Contours simplifiés : pour le fond de carte seulement.",),
    ),
    Source(
        id="fleuves",
        titre="Cours d'eau",
        producteur="Sandre (service national d'administration des données sur l'eau)",
        licence="à confirmer",
        page="https://www.sandre.eaufrance.fr/",
        fichiers=(Fichier("fleuves_loire_cher.geojson", "geojson", ("NomEntiteH",)),),
        millesime="non précisé par le fichier",
        geographie="lignes",
        periodicite="irrégulière",
        interdits=("Lignes médianes : repère sur la carte, sans mesure de largeur ni de zone inondable.",),
    ),
    Source(
        id="arrets_transport",
        titre="Gares, stations et arrêts de tramway",
        producteur="Contributeurs OpenStreetMap",
        licence="ODbL 1.0",
        page="https://www.openstreetmap.org/copyright",
        fichiers=(Fichier("osm_transit_stations.json.gz", "json.gz", ("lat", "lon", "name", "type")),),
        millesime="mai 2026",
        geographie="points",
        periodicite="continue",
        interdits=("Les arrêts de bus n'y sont pas : ne pas en conclure qu'un quartier est sans desserte.",),
        mention="© contributeurs OpenStreetMap",
    ),
    Source(
        id="insee_qpv_2015",
        titre="Demandeurs d'emploi, emploi, pauvreté et population des quartiers 2015",
        producteur="Insee, avec France Travail, Dares, Cnaf et Cnam",
        licence=_INSEE,
        page="https://www.insee.fr/fr/statistiques/2500477",
        fichiers=_INSEE_QPV_2015,
        millesime="éditions 2017 à 2022 (demandeurs d'emploi : au 31 décembre de l'année précédente)",
        geographie="QPV 2015",
        periodicite="arrêtée (quartiers remplacés en 2024)",
        interdits=(_JAMAIS_2015_2024, _JAMAIS_SOMMER, _JAMAIS_MOYENNER),
    ),
    Source(
        id="qpv_2024_stat",
        titre="Population, emploi et pauvreté des quartiers 2024 (réédition non officielle)",
        producteur="Réédition par un tiers de données Insee et Cnaf",
        licence="à confirmer",
        page="https://www.insee.fr/fr/statistiques/8243167?sommaire=8186144",
        fichiers=(Fichier("qpv2024_statistiques_reexport.csv", "csv", _QPV_STAT),),
        millesime="non précisé par la réédition",
        geographie="QPV 2024",
        periodicite="un seul millésime",
        interdits=(_JAMAIS_2015_2024, _JAMAIS_SOMMER, _JAMAIS_MOYENNER),
        mention="réédition non officielle, millésimes non précisés",
    ),
    Source(
        id="filosofi",
        titre="Revenus et niveaux de vie des communes et intercommunalités",
        producteur="Insee (Filosofi)",
        licence=_INSEE,
        page="https://www.insee.fr/fr/statistiques/6036902?sommaire=6036904",
        fichiers=(
            Fichier("filosofi_2019_communes.csv", "csv", _FILOSOFI),
            Fichier("filosofi_2019_epci.csv", "csv", _FILOSOFI),
        ),
        millesime="2019",
        geographie="commune et EPCI",
        periodicite="annuelle",
        interdits=("Une case vide est un secret statistique ou une valeur non diffusée, jamais un zéro.",),
    ),
    Source(
        id="chomage_zone_emploi",
        titre="Taux de chômage localisés par zone d'emploi",
        producteur="Insee",
        licence=_INSEE,
        page="https://www.insee.fr/fr/statistiques/1893230",
        fichiers=(Fichier("chomage_zones_emploi.json", "json", ("quarters", "zes", "communes")),),
        millesime="1er trimestre 2021 au 4e trimestre 2025",
        geographie="zone d'emploi",
        periodicite="trimestrielle",
        interdits=("Taux au sens du BIT : ne pas le comparer à une part de demandeurs d'emploi inscrits.",),
    ),
    Source(
        id="bpe",
        titre="Équipements par commune",
        producteur="Insee (base permanente des équipements)",
        licence=_INSEE,
        page="https://www.insee.fr/fr/information/2526242",
        fichiers=(Fichier("bpe_communes.json.gz", "json.gz", ("communes",)),),
        millesime="2024",
        geographie="commune",
        periodicite="annuelle",
        interdits=("Un équipement compté dans la commune n'est pas forcément accessible depuis le quartier.",),
    ),
    Source(
        id="france_services",
        titre="Espaces France services",
        producteur="ANCT",
        licence=_LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/datasets/liste-des-structures-france-services",
        fichiers=(Fichier("liste-fs-20240801.csv", "csv", _FRANCE_SERVICES),),
        millesime="1er août 2024",
        geographie="points",
        periodicite="mensuelle",
        interdits=("Horaires et lieux à vérifier avant d'y envoyer quelqu'un.",),
    ),
    Source(
        id="adultes_relais",
        titre="Postes d'adultes-relais financés",
        producteur="ANCT",
        licence=_LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/organizations/agence-nationale-de-la-cohesion-des-territoires",
        fichiers=tuple(Fichier(f"adulte-relais-{annee}.json", "json", _POSTES) for annee in range(2020, 2024)),
        millesime="2020 à 2023",
        geographie="contrat de ville",
        periodicite="annuelle",
        interdits=("Postes rattachés au contrat de ville, jamais à un quartier.",),
    ),
    Source(
        id="fonjep",
        titre="Postes Fonjep de la politique de la ville",
        producteur="ANCT",
        licence=_LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/organizations/agence-nationale-de-la-cohesion-des-territoires",
        fichiers=tuple(Fichier(f"postes-fonjep-{annee}.json", "json", _POSTES) for annee in range(2020, 2024)),
        millesime="2020 à 2023",
        geographie="contrat de ville",
        periodicite="annuelle",
        interdits=("Postes rattachés au contrat de ville, jamais à un quartier.",),
    ),
    Source(
        id="bmo",
        titre="Besoins en main-d'œuvre par métier",
        producteur="France Travail",
        licence="Licence Ouverte (à confirmer)",
        page="https://www.data.gouv.fr/datasets/enquete-besoins-en-main-doeuvre-bmo",
        fichiers=(
            Fichier(
                "Base_open_data_BMO_2024.xlsx",
                "xlsx",
                _BMO,
                (_DATA_GOUV + "4319f5e8-a8e6-476c-8da0-c0d3439ebb55",),
            ),
        ),
        millesime="2024",
        geographie="bassin d'emploi",
        periodicite="annuelle",
        interdits=("Intentions déclarées par les employeurs, pas des embauches.",),
    ),
    Source(
        id="data_inclusion",
        titre="Structures et services d'insertion",
        producteur="Plateforme de l'inclusion (data·inclusion)",
        licence=_LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/datasets/referentiel-de-loffre-dinsertion-liste-des-structures-et-services-"
        "dinsertion",
        fichiers=tuple(
            # The same table as CSV is read when the Parquet file is not there.
            Fichier(f"data_inclusion_{genre}.{format}", format, colonnes, adresses, requis=bool(adresses))
            for genre, (uuid, colonnes) in _DATA_INCLUSION.items()
            for format, adresses in (("parquet", (_DATA_GOUV + uuid,)), ("csv", ()))
        ),
        millesime="schéma v1, édition courante",
        geographie="points",
        periodicite="hebdomadaire",
        interdits=("Ne remplace jamais ce qu'un partenaire a déclaré sur lui-même.",),
    ),
)

PAR_ID: dict[str, Source] = {source.id: source for source in SOURCES}


def get(id: str) -> Source:
    """The source of that id; KeyError when the catalogue has none."""
    return PAR_ID[id]
