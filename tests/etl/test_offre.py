"""Places within reach are measured from the contours, and each frein knows what answers it near each neighbourhood."""

import os
from pathlib import Path
from types import SimpleNamespace

import geopandas
import pandas
import pytest
from shapely import box

from etl import offre, runner, territories
from etl.build import SQL
from etl.catalog import contrat as contrats
from etl.public import france_services
from etl.territories.portee import within_reach
from tests.etl import monde
from tests.etl.monde import Q1, Q2, Q3

# Three squares of 0.01 degree in mainland France: about 1 110 m from south to north, 750 m from west to east.
CARRES = geopandas.GeoDataFrame(
    {"code": [Q1, Q2, Q3], "methode": ["contour", "contour", "schematique"]},
    geometry=[box(0.70, 47.40, 0.71, 47.41), box(0.70, 47.42, 0.71, 47.43), box(0.80, 47.30, 0.81, 47.31)],
    crs=4326,
)
TERRITOIRES = SimpleNamespace(qpv=CARRES)
NUMERIQUE = "numerique--acquerir-un-equipement"


def test_distances_are_measured_from_the_contour() -> None:
    points = pandas.DataFrame(
        {
            "id": ["dedans", "entre", "loin", "sans", "disque"],
            "latitude": [47.405, 47.4122, 47.5, None, 47.305],
            "longitude": [0.705, 0.705, 0.705, 0.7, 0.805],
        }
    )
    trouves = within_reach(TERRITOIRES, points).to_dict("split")["data"]  # type: ignore[arg-type]
    # 0.01 degree of latitude is 1 112 m: 0.0022 above the first square, 0.0078 under the second.
    assert [(i, c) for i, c, _ in trouves] == [("dedans", Q1), ("entre", Q1), ("entre", Q2)]
    assert [d for *_, d in trouves] == [0.0, pytest.approx(244.6, abs=1), pytest.approx(867.3, abs=2)]


@pytest.fixture
def con():
    base = monde.empty()
    sans_place = {"qpv_couverts": [Q3], "thematiques": [NUMERIQUE]}
    ici = {"latitude": 47.405, "longitude": 0.705}
    monde.add(
        base,
        "acteurs",
        {"acteur_id": "A", "nom": "Atelier", "type_acteur": "association", "thematiques": [NUMERIQUE], **ici},
        {"acteur_id": "B", "nom": "Mobile", "type_acteur": "association", **sans_place},
        {"acteur_id": "C", "nom": "Fermé", "type_acteur": "association", "date_fin": "2025-01-01", **sans_place, **ici},
    )
    base.execute("""
    CREATE TABLE territoire.fond (type VARCHAR, code VARCHAR, nom VARCHAR, mode VARCHAR, geojson VARCHAR);
    INSERT INTO territoire.fond VALUES
        ('arret', NULL, 'Gare', 'tram', '{"type":"Point","coordinates":[0.705,47.4122]}'),
        ('fleuve', NULL, 'X', NULL, '');
    """)
    base.executemany(
        "INSERT INTO territoire.territoire (code, type, methode) VALUES (?, 'qpv', ?)",
        list(zip(CARRES["code"], CARRES["methode"], strict=True)),
    )
    runner.run(base, SQL)
    return base


def services(base) -> None:
    base.execute(f"""
    CREATE SCHEMA public;
    CREATE TABLE public.data_inclusion AS SELECT * FROM (VALUES
        ('s1', 'Aide', 'S', 'Asso', ['{NUMERIQUE}', 'sante--acces-aux-soins'], 47.405, 0.705),
        ('s2', 'Aide bis', 'S', 'Asso', ['{NUMERIQUE}'], 47.405, 0.705),
        ('s3', 'Garde', 'T', 'Crèche', ['famille--garde-denfants'], 47.4122, 0.705)
        ) AS t (id, nom, structure_id, structure, thematiques, latitude, longitude);
    CREATE TABLE public.data_inclusion_structure AS SELECT * FROM (VALUES ('S', NULL), ('T', '12345678901234'))
        AS t (id, siret);
    CREATE TABLE public.bpe AS SELECT '99001' AS commune, 'creche' AS equipement, 4 AS nombre;
    CREATE TABLE public.adultes_relais AS SELECT unnest([2022, 2023, 2023]) AS annee, 1000.0 AS montant;
    """)
    runner.run(base, SQL)


def creches(base) -> None:
    """One inside the first square, one (known to data·inclusion by its SIRET) 245 m from it, one that is nowhere."""
    base.execute("""
    CREATE TABLE public.bpe_geolocalisee AS SELECT * FROM (VALUES
        ('bpe-1', 'Les Lutins', NULL, '99001', 'moins de 100 m', 47.405, 0.705),
        ('bpe-2', 'La Ronde', '12345678901234', '99001', '100 à 500 m', 47.4122, 0.705),
        ('bpe-3', 'Sans lieu', NULL, '99001', 'non précisée', NULL, NULL)
        ) AS t (id, nom, siret, commune, precision, latitude, longitude)""")
    runner.run(base, SQL)


def answers(base) -> dict[tuple[str, str], tuple]:
    lues = base.execute(
        "SELECT code_qpv, type_frein, dans, a_300m, a_1km, acteurs_couvrants, classe, sources FROM mart.offre_par_frein"
    ).fetchall()
    assert len(lues) == 3 * 12
    return {(qpv, frein): suite for qpv, frein, *suite in lues}  # type: ignore[misc]


def test_actors_alone_answer_when_no_public_file_is_there(con) -> None:
    offre.build(con, TERRITOIRES)
    lues = answers(con)
    seuls = "partenaires seulement"
    assert tuple(lues[Q1, "numerique"]) == (1, 1, 1, 0, "presente", seuls)
    assert tuple(lues[Q2, "numerique"]) == (0, 0, 0, 0, "absente", seuls)
    # Declared for the quarter, from an office that is nowhere near (or not placed at all).
    assert tuple(lues[Q3, "numerique"]) == (0, 0, 0, 1, "proche", seuls)
    places = con.execute("SELECT code_qpv, type_offre, nom, portee FROM mart.offre ORDER BY ALL").fetchall()
    assert places == [
        (Q1, "acteur", "Atelier", "dans"),
        (Q1, "arret_transport", "Gare", "300m"),
        (Q2, "arret_transport", "Gare", "1km"),
    ]


def test_services_of_one_structure_are_one_offer(con) -> None:
    services(con)
    offre.build(con, TERRITOIRES)
    lues = answers(con)
    tout = "partenaires et data·inclusion"
    assert tuple(lues[Q1, "numerique"]) == (2, 2, 2, 0, "diverse", tout)
    assert tuple(lues[Q1, "sante"]) == (1, 1, 1, 0, "presente", tout)
    assert tuple(lues[Q1, "famille"]) == (0, 1, 1, 0, "proche", tout)
    assert tuple(lues[Q2, "famille"]) == (0, 0, 1, 0, "eloignee", tout)
    comptes = """SELECT code_qpv, type_offre, nom, portee, nombre FROM mart.offre
        WHERE portee IN ('commune', 'contrat') ORDER BY ALL"""
    creches = "Crèches et autres accueils de la commune"
    assert con.execute(comptes).fetchall() == [
        (Q1, "creche", creches, "commune", 4),
        (Q2, "creche", creches, "commune", 4),
        (None, "adulte_relais", "Postes d'adultes-relais du contrat en 2023", "contrat", 2),
    ]


def test_childcare_is_counted_by_distance_when_it_is_placed(con) -> None:
    services(con)
    creches(con)
    offre.build(con, TERRITOIRES)
    placees = """SELECT code_qpv, nom, detail, portee, distance_m FROM mart.offre
        WHERE source = 'bpe_geolocalisee' ORDER BY code_qpv, distance_m"""
    vague = "Position trop vague pour mesurer une distance"
    assert con.execute(placees).fetchall() == [
        (Q1, "Les Lutins", "position à moins de 100 m", "dans", 0.0),
        (Q1, "La Ronde", "position à 100 à 500 m", "300m", pytest.approx(244.6, abs=1)),
        (Q1, vague, None, "commune", None),
        (Q2, "La Ronde", "position à 100 à 500 m", "1km", pytest.approx(867.3, abs=2)),
        (Q2, vague, None, "commune", None),
    ]
    lues = answers(con)
    tout = "partenaires, data·inclusion et crèches de l'Insee"
    # The service T of data·inclusion and the second crèche carry one SIRET: one offer, not two.
    assert tuple(lues[Q1, "famille"]) == (1, 2, 2, 0, "presente", tout)
    assert tuple(lues[Q2, "famille"]) == (0, 0, 1, 0, "eloignee", tout)


@pytest.mark.miroir
def test_real_places_stand_in_or_beside_the_quarter_of_their_name() -> None:
    miroir = os.environ.get("QPV_MIROIR")
    if not miroir:
        pytest.skip("QPV_MIROIR ne désigne aucun miroir")
    contrat = contrats.load(Path(__file__).parents[2] / "data" / "contrat")
    places = france_services.load(Path(miroir), {commune.code for commune in contrat.communes})
    trouvees = within_reach(territories.load(contrat, Path(miroir)), places)
    plus_proche = trouvees.groupby("id")["distance_m"].min()
    assert len(plus_proche) == 10
    assert (plus_proche == 0).sum() == 8
    # The two others are a few steps from the contour of their neighbourhood (rounded to 10 m in the file).
    assert sorted(plus_proche[plus_proche > 0].round()) == [8, 62]
