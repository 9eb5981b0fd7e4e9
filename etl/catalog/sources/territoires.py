"""Public sources that draw the map: perimeters, communes, rivers, stops."""

from urllib.parse import quote

from etl.catalog.sources.modele import DATA_GOUV, LICENCE_OUVERTE, Fichier, Source

# The Loire and the Cher, by their codes in the national reference of watercourses.
_COURS = "".join(
    f"<PropertyIsEqualTo><PropertyName>CdEntiteHydrographique</PropertyName><Literal>{code}</Literal>"
    "</PropertyIsEqualTo>"
    for code in ("----0000", "K---0090")
)
_SANDRE = (
    "https://services.sandre.eaufrance.fr/geo/sandre?SERVICE=WFS&REQUEST=getFeature&VERSION=2.0.0"
    "&TYPENAME=CoursEau_Carthage2017&OUTPUTFORMAT=application/json%3B%20subtype%3Dgeojson"
    f"&FILTER={quote(f'<Filter><Or>{_COURS}</Or></Filter>')}"
)
_OVERPASS = "https://overpass-api.de/api/interpreter?data=" + quote(
    '[out:csv(::lat,::lon,name,railway,station;true;"\t")][timeout:120];'
    'area["ref:INSEE"~"^({departements})$"]["admin_level"="6"]->.a;'
    'nwr(area.a)["railway"~"^(station|halt|tram_stop)$"];out center;',
    safe="{}",
)
_ARRETS = ("@lat", "@lon", "name", "railway", "station")

SOURCES: tuple[Source, ...] = (
    Source(
        id="qpv_2024",
        titre="Périmètres des quartiers prioritaires 2024",
        producteur="Agence nationale de la cohésion des territoires (ANCT)",
        licence=LICENCE_OUVERTE,
        page="https://www.data.gouv.fr/datasets/quartiers-prioritaires-de-la-politique-de-la-ville-qpv",
        fichiers=(
            Fichier(
                "qpv-2024-geojson.zip",
                "geojson",
                ("code_qp", "lib_qp", "insee_com", "lib_com", "siren_epci"),
                (
                    DATA_GOUV + "942d4ee8-8142-4556-8ea1-335537ce1119",
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
        licence=LICENCE_OUVERTE,
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
        fichiers=(
            Fichier("fleuves_loire_cher.json", "geojson", ("NomEntiteHydrographique",), (_SANDRE,)),
            # The same lines, their attributes under the shortened names of a shapefile.
            Fichier("fleuves_loire_cher.geojson", "geojson", ("NomEntiteH",), requis=False),
        ),
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
        fichiers=(
            Fichier("osm_transit_stations.csv", "csv", _ARRETS, (_OVERPASS,)),
            Fichier("osm_transit_stations.json.gz", "json.gz", ("lat", "lon", "name", "type"), requis=False),
        ),
        millesime="mai 2026 dans un miroir, édition courante au téléchargement",
        geographie="points",
        periodicite="continue",
        interdits=("Les arrêts de bus n'y sont pas : ne pas en conclure qu'un quartier est sans desserte.",),
        mention="© contributeurs OpenStreetMap",
    ),
)
