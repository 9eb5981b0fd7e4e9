"""Public figures become context cells: masks kept, zones apart, no sum, and every absence says why."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from etl import lecture, read, runner, steering
from etl.build import SQL
from etl.catalog import contrat as contrats
from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.contexte import INDICATEURS, SANS_ANNEE, SANS_QUARTIER, SERIES
from etl.measures import contexte
from etl.public import tables

RACINE = Path(__file__).parents[2]
CONTRAT = RACINE / "tests" / "contrats" / "trois_quartiers"
COLONNES = "indicateur, periode, type_territoire, territoire, axe, modalite, valeur, numerateur, denominateur, etat"


def base(contrat: contrats.Contrat) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("CREATE SCHEMA mart; CREATE SCHEMA public")
    steering.write(con, contrat, date(2026, 6, 30))
    return con


def build(con: duckdb.DuckDBPyConnection, contrat: contrats.Contrat) -> None:
    runner.stage_public(con, SQL)
    contexte.build(con, contrat)


@pytest.fixture
def contrat(tmp_path: Path) -> contrats.Contrat:
    """Three neighbourhoods, the first two with a code of 2015, in one employment zone."""
    dossier = tmp_path / "contrat"
    dossier.mkdir()
    texte = (CONTRAT / "contrat.toml").read_text(encoding="utf-8")
    texte = texte.replace('departement = "99"', 'departement = "99"\nzone_emploi = "9901"')
    for code in ("QN99901I", "QN99902M"):
        texte = texte.replace(f'code = "{code}"', f'code = "{code}"\ncode_2015 = "QP0{code[2:7]}"')
    (dossier / "contrat.toml").write_text(texte, encoding="utf-8")
    return contrats.load(dossier)


def insee(con: duckdb.DuckDBPyConnection, *lignes: tuple) -> None:
    con.execute("""CREATE TABLE public.insee_qpv_2015 (code VARCHAR, nom VARCHAR, edition INTEGER, annee INTEGER,
        variable VARCHAR, valeur DOUBLE, etat VARCHAR, note VARCHAR)""")
    con.executemany("INSERT INTO public.insee_qpv_2015 VALUES (?, 'Les Aulnes', ?, ?, ?, ?, ?, NULL)", lignes)


def rows(con: duckdb.DuckDBPyConnection, indicateur: str, *autres: str) -> list[tuple]:
    conditions = " AND ".join(["indicateur = ?", "etat <> 'non_renseigne'", *autres])
    return con.execute(f"SELECT {COLONNES} FROM mart.contexte WHERE {conditions} ORDER BY ALL", [indicateur]).fetchall()


def test_edition_n_speaks_of_the_year_before_and_the_latest_answers_since_the_start(contrat) -> None:
    con = base(contrat)
    abc = "demandeurs_emploi_abc"
    insee(
        con,
        ("QP099901", 2021, 2020, abc, 100.0, "valeur"),
        ("QP099901", 2022, 2021, abc, 80.0, "valeur"),
        ("QP099902", 2021, 2020, abc, 50.0, "valeur"),
        ("QP099902", 2022, 2021, abc, None, "secret"),
        ("QP099901", 2022, 2021, f"{abc}_femmes", 30.0, "valeur"),
        ("QP099902", 2022, 2021, f"{abc}_femmes", 12.0, "valeur"),
    )
    build(con, contrat)
    assert rows(con, abc, "axe = ''") == [
        (abc, "2020", "qpv_2015", "QP099901", "", "", 100.0, 100.0, None, "valeur"),
        (abc, "2020", "qpv_2015", "QP099902", "", "", 50.0, 50.0, None, "valeur"),
        (abc, "2021", "qpv_2015", "QP099901", "", "", 80.0, 80.0, None, "valeur"),
        (abc, "2021", "qpv_2015", "QP099902", "", "", None, None, None, "secret"),
        (abc, "depuis_debut", "qpv_2015", "QP099901", "", "", 80.0, 80.0, None, "valeur"),
        (abc, "depuis_debut", "qpv_2015", "QP099902", "", "", None, None, None, "secret"),
    ]
    assert rows(con, abc, "modalite = 'femme'", "periode = '2021'", "territoire = 'QP099901'") == [
        (abc, "2021", "qpv_2015", "QP099901", "sexe", "femme", 30.0, 30.0, None, "valeur")
    ]
    part = "demandeurs_emploi_part_femmes"
    assert rows(con, part, "periode = '2021'") == [
        (part, "2021", "qpv_2015", "QP099901", "", "", 37.5, 30.0, 80.0, "valeur"),
        # One masked part masks the share whole.
        (part, "2021", "qpv_2015", "QP099902", "", "", None, None, None, "secret"),
    ]
    mots = "SELECT DISTINCT millesime FROM mart.contexte WHERE indicateur = ? AND periode = '2021'"
    assert con.execute(mots, [abc]).fetchall() == [("au 31 décembre 2021, édition 2022",)]


def test_a_year_the_file_does_not_say_is_an_edition_and_never_a_year(contrat) -> None:
    con = base(contrat)
    insee(
        con,
        ("QP099901", 2021, None, "taux_emploi", 40.0, "valeur"),
        ("QP099901", 2022, None, "taux_emploi", 41.5, "valeur"),
    )
    build(con, contrat)
    maillees = "SELECT maille, periode, valeur, numerateur FROM mart.contexte WHERE valeur IS NOT NULL ORDER BY ALL"
    assert con.execute(maillees).fetchall() == [
        ("depuis_debut", "depuis_debut", 41.5, None),
        ("edition", "2021", 40.0, None),
        ("edition", "2022", 41.5, None),
    ]
    assert con.execute(f"SELECT DISTINCT maille FROM ({contexte.CELLULES})").fetchall() == [("depuis_debut",)]


def test_the_two_generations_of_neighbourhoods_keep_their_codes(contrat) -> None:
    con = base(contrat)
    insee(con, ("QP099901", 2022, None, "population", 900.0, "valeur"))
    con.execute("""CREATE TABLE public.qpv_2024_stat AS SELECT 'QN99901I' AS code, 'A' AS nom, 950 AS population,
        44.5 AS taux_emploi, CAST(NULL AS DOUBLE) AS taux_pauvrete, 70 AS allocataires_rsa""")
    build(con, contrat)
    assert rows(con, "population", "maille = 'depuis_debut'") == [
        ("population", "depuis_debut", "qpv", "QN99901I", "", "", 950.0, 950.0, None, "valeur"),
        ("population", "depuis_debut", "qpv_2015", "QP099901", "", "", 900.0, 900.0, None, "valeur"),
    ]
    manques = """SELECT territoire, etat, motif, mention FROM mart.contexte
        WHERE indicateur = 'taux_pauvrete' AND type_territoire = 'qpv' ORDER BY ALL"""
    mention = "réédition non officielle, millésimes non précisés"
    assert con.execute(manques).fetchall() == [
        ("QN99901I", "non_renseigne", "Valeur non publiée par le producteur pour ce territoire.", mention),
        ("QN99902M", "non_renseigne", "Territoire absent du fichier.", mention),
        ("QN99903N", "non_renseigne", "Territoire absent du fichier.", mention),
    ]


def test_the_gap_to_commune_and_epci_or_the_reason_there_is_none(contrat) -> None:
    con = base(contrat)
    insee(con, ("QP099901", 2022, None, "revenu_median", 12000.0, "valeur"))
    con.execute("""CREATE TABLE public.filosofi AS SELECT * FROM (VALUES
        ('99001', 'Amont', 'commune', 2019, 'revenu_median', 20000.0, 'valeur'),
        ('200000001', 'Agglo', 'epci', 2019, 'revenu_median', NULL, 'secret')
        ) AS t (code, nom, type, annee, variable, valeur, etat)""")
    build(con, contrat)
    ecarts = """SELECT code_qpv, comparateur, code_comparateur, valeur_comparateur, ecart, unite_ecart, etat, motif
        FROM mart.comparaison WHERE indicateur = ? AND territoire = 'QP099901' ORDER BY ALL"""
    assert con.execute(ecarts, ["revenu_median"]).fetchall() == [
        ("QN99901I", "commune", "99001", 20000.0, -8000.0, "€", "valeur", None),
        ("QN99901I", "epci", "200000001", None, None, "€", "secret", "Valeur masquée par le producteur."),
    ]
    con.execute(
        "INSERT INTO public.insee_qpv_2015 VALUES ('QP099901', 'A', 2022, NULL, 'taux_emploi', 40, 'valeur', '')"
    )
    build(con, contrat)
    sans = con.execute(ecarts, ["taux_emploi"]).fetchall()
    assert [ligne[5:7] for ligne in sans] == [("points", "non_renseigne")] * 2
    con.execute(
        "INSERT INTO public.filosofi VALUES ('99001', 'Amont', 'commune', 2019, 'taux_pauvrete', 21.4, 'valeur')"
    )
    con.execute(
        "INSERT INTO public.insee_qpv_2015 VALUES ('QP099901', 'A', 2022, NULL, 'taux_pauvrete', 53.3, 'valeur', '')"
    )
    build(con, contrat)
    [commune, epci] = con.execute(ecarts, ["taux_pauvrete"]).fetchall()
    assert (commune[3], round(commune[4], 1), commune[5]) == (21.4, 31.9, "points")
    assert epci[7] == "Territoire absent du fichier."
    assert all(ligne[7].startswith("Taux d'emploi : aucun fichier retenu") for ligne in sans)


def test_without_any_file_each_indicator_says_why(contrat) -> None:
    con = base(contrat)
    build(con, contrat)
    etats = con.execute("SELECT indicateur, etat, periode, motif IS NULL FROM mart.contexte GROUP BY ALL").fetchall()
    assert set(etats) == {(i.id, "non_renseigne", "depuis_debut", False) for i in INDICATEURS}
    con.execute("CREATE SCHEMA publication")
    con.execute("CREATE TABLE publication.indicateur (id VARCHAR, disponible BOOLEAN, motif_indisponible VARCHAR)")
    con.execute(
        "INSERT INTO publication.indicateur VALUES ('chomage_zone_emploi', TRUE, NULL), ('population', TRUE, '')"
    )
    contexte.describe(con)
    dits = con.execute("SELECT id, motif_indisponible FROM publication.indicateur WHERE NOT disponible").fetchall()
    assert dict(dits) == {
        "chomage_zone_emploi": "Source absente : Taux de chômage localisés par zone d'emploi.",
        "population": "Source absente : Demandeurs d'emploi, emploi, pauvreté et population des quartiers 2015. "
        "Source absente : Population, emploi et pauvreté des quartiers 2024 (réédition non officielle).",
    }


def published(con: duckdb.DuckDBPyConnection) -> read.Base:
    """The cells as the published files hold them, beside one cell about persons."""
    con.execute(f"CREATE TABLE mesure AS {contexte.CELLULES}")
    con.execute("""INSERT INTO mesure BY NAME SELECT 'participants_suivis' AS indicateur, 'annee' AS maille,
        '2025' AS periode, 'qpv' AS type_territoire, 'QN99901I' AS territoire, '' AS axe, '' AS modalite, 15 AS valeur,
        'valeur' AS etat""")
    con.execute(
        """CREATE TABLE indicateur (id VARCHAR, classe VARCHAR, disponible BOOLEAN, motif_indisponible VARCHAR)"""
    )
    con.executemany(
        "INSERT INTO indicateur VALUES (?, ?, ?, ?)",
        [(i.id, i.classe, i.id != "bpe", None) for i in CATALOGUE.values()],
    )
    return read.Base(con, SimpleNamespace(profil="diffusion"))  # type: ignore[arg-type]


def test_read_one_zone_answers_for_its_indicator_and_quarters_are_never_summed(contrat) -> None:
    con = base(contrat)
    insee(con, *[(f"QP09990{n}", 2022, 2021, "demandeurs_emploi_abc", 10.0 * n, "valeur") for n in (1, 2)])
    con.execute("""CREATE TABLE public.chomage_zone_emploi AS SELECT * FROM (VALUES
        ('9901', 'Ici', '2021-T1', 7.4), ('9901', 'Ici', '2021-T2', NULL)) AS t (zone, nom, trimestre, taux)""")
    build(con, contrat)
    publiee = published(con)
    vide = {"numerateur": None, "denominateur": None}
    assert publiee.cells("chomage_zone_emploi", ["trimestre"]) == [
        {"trimestre": "2021-T1", "valeur": 7.4, **vide, "etat": "valeur"},
        {"trimestre": "2021-T2", "valeur": None, **vide, "etat": "non_renseigne"},
    ]
    assert [(c["qpv"], c["annee"], c["valeur"]) for c in publiee.cells("demandeurs_emploi_abc", ["qpv", "annee"])] == [
        ("QP099901", 2021, 10.0),
        ("QP099902", 2021, 20.0),
    ]
    # The producer publishes no sum of the neighbourhoods: neither do we, and it is not a secret.
    assert publiee.cells("demandeurs_emploi_abc") == [{"valeur": None, **vide, "etat": "non_applicable"}]
    # The periods and zones of public figures do not become empty cells of the others.
    assert [c["qpv"] for c in publiee.cells("participants_suivis", ["qpv", "annee"])] == ["QN99901I"]


def test_the_command_line_says_the_gaps_or_why_there_are_none(contrat) -> None:
    con = base(contrat)
    taux = (("taux_emploi", 40.0), ("taux_pauvrete", 53.3))
    insee(con, *[("QP099901", 2022, None, nom, valeur, "valeur") for nom, valeur in taux])
    con.execute("""CREATE TABLE public.filosofi AS SELECT '99001' AS code, 'Amont' AS nom, 'commune' AS type,
        2019 AS annee, 'taux_pauvrete' AS variable, 21.4 AS valeur, 'valeur' AS etat""")
    con.execute("""CREATE TABLE public.chomage_zone_emploi AS SELECT * FROM (VALUES
        ('9901', 'Ici', '2025-T4', 7.3)) AS t (zone, nom, trimestre, taux)""")
    build(con, contrat)
    publiee = published(con)
    con.execute("CREATE TABLE comparaison AS FROM mart.comparaison")
    ecarts = lecture.comparisons(publiee, "taux_pauvrete")["comparaisons"]
    [ecart] = [ecart for ecart in ecarts if ecart["ecart"] is not None]
    assert (ecart["territoire"], ecart["comparateur"], ecart["unite_ecart"]) == ("QP099901", "commune", "points")
    assert (round(ecart["ecart"], 2), lecture.sentence(ecart)) == (31.9, "QP099901 et Amont : +31.9 points")
    assert lecture.comparisons(publiee, "chomage_zone_emploi")["comparaisons"] == []
    sans = "Taux d'emploi : aucun fichier retenu ne le donne pour la commune ou l'intercommunalité."
    assert lecture.comparisons(publiee, "taux_emploi") == {"comparaisons": [], "sans_comparateur": sans}
    assert lecture.comparisons(publiee, "revenu_median")["sans_comparateur"] == "Territoire absent du fichier."
    assert lecture.comparisons(publiee, "participants_suivis") == {}
    for indicateur in (i.id for i in INDICATEURS):
        dit = lecture.comparisons(publiee, indicateur)
        assert dit["comparaisons"] or dit["sans_comparateur"], indicateur


def test_the_command_line_says_why_a_public_figure_has_no_cell_as_asked(contrat) -> None:
    con = base(contrat)
    insee(con, ("QP099901", 2022, None, "taux_emploi", 40.0, "valeur"))
    con.execute("""CREATE TABLE public.chomage_zone_emploi AS SELECT * FROM (VALUES
        ('9901', 'Ici', '2025-T4', 7.3)) AS t (zone, nom, trimestre, taux)""")
    build(con, contrat)
    publiee = published(con)

    def why(indicateur: str, *par: str) -> str | None:
        return lecture.why_empty(indicateur, par, publiee.cells(indicateur, par))

    assert why("taux_emploi", "qpv") is None
    assert why("taux_emploi", "qpv", "annee") == SANS_ANNEE
    assert why("chomage_zone_emploi", "qpv") == SANS_QUARTIER["chomage_zone_emploi"]
    assert why("chomage_zone_emploi", "trimestre") is None
    assert why("participants_suivis", "qpv", "mois") is None


def test_every_series_is_of_a_declared_indicator_and_source() -> None:
    contextes = {i.id: i for i in INDICATEURS}
    assert {s.indicateur for s in SERIES} == set(contextes)
    assert all(s.source in contextes[s.indicateur].sources for s in SERIES)
    assert all(s.axe in ("", *contextes[s.indicateur].axes) for s in SERIES)


@pytest.mark.miroir
def test_figures_equal_the_files() -> None:
    import os

    miroir = os.environ.get("QPV_MIROIR")
    if not miroir:
        pytest.skip("QPV_MIROIR ne désigne aucun miroir")
    reel = contrats.load(RACINE / "data" / "contrat")
    con = base(reel)
    assert tables.write(con, reel, Path(miroir)) == [
        f"{titre} : fichier absent du dossier public."
        for titre in ("Crèches et autres accueils de jeunes enfants, un par un", "Structures et services d'insertion")
    ]
    build(con, reel)
    attendus = json.loads((RACINE / "tests" / "attendus" / "contexte.json").read_text(encoding="utf-8"))
    for indicateur, periode, territoire, axe, modalite, valeur in attendus:
        trouve = con.execute(
            """SELECT round(valeur, 6) FROM mart.contexte WHERE indicateur = ? AND periode = ? AND territoire = ?
            AND axe = ? AND modalite = ?""",
            [indicateur, periode, territoire, axe, modalite],
        ).fetchall()
        assert trouve == [(valeur,)], (indicateur, periode, territoire)
    sommes = "SELECT periode, sum(valeur) FROM mart.contexte WHERE indicateur = ? AND axe = '' GROUP BY 1 ORDER BY 1"
    abc = dict(con.execute(sommes, ["demandeurs_emploi_abc"]).fetchall())
    assert (abc["2016"], abc["2021"], abc["depuis_debut"]) == (6688, 5965, 5965)
    codes = "SELECT count(DISTINCT territoire) FROM mart.contexte WHERE type_territoire = ? AND etat = 'valeur'"
    assert [con.execute(codes, [t]).fetchall()[0][0] for t in ("qpv", "qpv_2015")] == [13, 10]
    assert con.execute("SELECT DISTINCT type_territoire FROM mart.contexte WHERE territoire = 'total'").fetchall() == [
        ("total",)
    ]
