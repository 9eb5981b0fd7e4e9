"""Public sources of figures: neighbourhoods, communes, intercommunal body, employment zone and area."""

from etl.catalog.sources.modele import DATA_GOUV, INSEE, Fichier, Source

_JAMAIS_2015_2024 = "Ne jamais tracer une valeur des quartiers 2015 et une des quartiers 2024 sur une même série."
_JAMAIS_SOMMER = "Ne pas sommer les valeurs des quartiers en un total que le producteur ne publie pas."
_JAMAIS_MOYENNER = "Ne pas faire la moyenne de taux : chaque quartier pèse un nombre d'habitants différent."
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
_ZIP_FILOSOFI = "https://www.insee.fr/fr/statistiques/fichier/6036907/indic-struct-distrib-revenu-2019-"


def _filosofi(nom: str, archive: str, membre: str) -> Fichier:
    """One table of the producer's two archives; a mirror may hold the incomes without the poverty rates."""
    pauvrete = nom.startswith("pauvrete")
    colonnes = ("CODGEO", "LIBGEO", "TP6019") if pauvrete else _FILOSOFI
    adresse = f"{_ZIP_FILOSOFI}{archive}_csv.zip"
    return Fichier(f"filosofi_2019_{nom}.csv", "csv", colonnes, (adresse,), not pauvrete, f"FILO2019_{membre}.csv")


_CHOMAGE = "https://www.insee.fr/fr/statistiques/fichier/1893230/chomage-zone-t1-2003-t4-2025"
# The name of the workbook changes every quarter: the page of the producer links to the current one.
_CHOMAGES = (
    "https://www.insee.fr/fr/statistiques/1893230",
    r"/fr/statistiques/fichier/1893230/chomage-zone-t1-2003-t(?P<b>\d)-(?P<a>\d{4})\.xlsx",
)
_BPE = ("GEO", "GEO_OBJECT", "FACILITY_TYPE", "TIME_PERIOD", "OBS_VALUE")
_ZIP_BPE = "https://www.insee.fr/fr/statistiques/fichier/8217527/DS_BPE_CSV_FR.zip"
_BMO = ("annee", "Code métier BMO", "Nom métier BMO", "BE24", "NOMBE24", "met", "xmet", "smet")


SOURCES: tuple[Source, ...] = (
    Source(
        id="insee_qpv_2015",
        titre="Demandeurs d'emploi, emploi, pauvreté et population des quartiers 2015",
        producteur="Insee, avec France Travail, Dares, Cnaf et Cnam",
        licence=INSEE,
        page="https://www.insee.fr/fr/statistiques/2500477",
        fichiers=_INSEE_QPV_2015,
        millesime="éditions 2017 à 2022 (demandeurs d'emploi : au 31 décembre de l'année précédente)",
        geographie="QPV 2015",
        periodicite="arrêtée (quartiers remplacés en 2024)",
        interdits=(_JAMAIS_2015_2024, _JAMAIS_SOMMER, _JAMAIS_MOYENNER),
        prise="sans adresse directe, à prendre sur https://www.insee.fr/fr/statistiques/2500477 (données par "
        "thématique : IPRO insertion professionnelle, DEMO démographie, REVN revenus) et à nommer "
        "insee_qpv2015/IPRO_2022.csv, thème et édition, dans un miroir.",
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
        prise="sans adresse directe, à composer depuis https://www.insee.fr/fr/statistiques/8243167 (données par "
        "source) et à nommer qpv2024_statistiques_reexport.csv dans un miroir.",
    ),
    Source(
        id="filosofi",
        titre="Revenus et pauvreté des communes et intercommunalités",
        producteur="Insee (Filosofi)",
        licence=INSEE,
        page="https://www.insee.fr/fr/statistiques/6036902?sommaire=6036904",
        fichiers=(
            _filosofi("communes", "COMMUNES", "DISP_COM"),
            _filosofi("epci", "SUPRA", "DISP_EPCI"),
            _filosofi("pauvrete_communes", "COMMUNES", "DISP_Pauvres_COM"),
            _filosofi("pauvrete_epci", "SUPRA", "DISP_Pauvres_EPCI"),
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
        licence=INSEE,
        page="https://www.insee.fr/fr/statistiques/1893230",
        fichiers=(
            Fichier("chomage_zones_emploi.xlsx", "xlsx", ("ZE2020",), (_CHOMAGE + ".xlsx",), listes=(_CHOMAGES,)),
            Fichier("chomage_zones_emploi.json", "json", ("quarters", "zes", "communes"), requis=False),
        ),
        millesime="depuis le 1er trimestre 2021",
        geographie="zone d'emploi",
        periodicite="trimestrielle",
        interdits=("Taux au sens du BIT : ne pas le comparer à une part de demandeurs d'emploi inscrits.",),
    ),
    Source(
        id="bpe",
        titre="Équipements par commune",
        producteur="Insee (base permanente des équipements)",
        licence=INSEE,
        page="https://www.insee.fr/fr/information/2526242",
        fichiers=(
            Fichier("bpe_communes.csv", "csv", _BPE, (_ZIP_BPE,), membre="_data.csv"),
            Fichier("bpe_communes.json.gz", "json.gz", ("communes",), requis=False),
        ),
        millesime="2024",
        geographie="commune",
        periodicite="annuelle",
        interdits=("Un équipement compté dans la commune n'est pas forcément accessible depuis le quartier.",),
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
                (DATA_GOUV + "4319f5e8-a8e6-476c-8da0-c0d3439ebb55",),
            ),
        ),
        millesime="2024",
        geographie="bassin d'emploi",
        periodicite="annuelle",
        interdits=("Intentions déclarées par les employeurs, pas des embauches.",),
    ),
)
