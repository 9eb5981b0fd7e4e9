"""Public figures: traps of each layout on lines written here, totals checked by hand on the real files."""

import json
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas
import pytest
import xlsxwriter

from etl.public import (
    adultes_relais,
    bmo,
    bpe,
    chomage_zone_emploi,
    filosofi,
    fonjep,
    france_services,
    insee_qpv_2015,
    tables,
)
from etl.public.content import FichierFautif
from tests.etl.territories.lignes import rows

NARROW = "\u202f"


def write(dossier: Path, nom: str, texte: str) -> Path:
    chemin = dossier / nom
    chemin.parent.mkdir(parents=True, exist_ok=True)
    chemin.write_bytes(texte.encode())
    return dossier


def ipro(dossier: Path) -> Path:
    """Two neighbourhoods, the text row of the totals, a header with a trailing space, nameless columns, CRLF."""
    entete = "\ufeffCODGEO;LIBGEO;TX_TOT_EMPL;TX_TOT_EPREC;CA;EVOL_CA_N_E ;ABC;ABC_F;A;NOTE_PE" + ";" * 300
    lignes = [
        entete,
        "Ensemble;Ensemble des QPV;47,4;22,1;18;-56,4;794" + NARROW + "200;370;551;" + ";" * 300,
        "QP099001;Les Tilleuls;41,5;28,8;11;;1" + NARROW + "234;;700;0" + ";" * 300,
        "QP099002;Le Nœud;;;;;;;;5" + ";" * 300,
    ]
    return write(dossier, "insee_qpv2015/IPRO_2019.csv", "\r\n".join(lignes) + "\r\n")


def test_insee_traps(tmp_path: Path) -> None:
    frame = insee_qpv_2015.load(ipro(tmp_path))
    assert set(frame["code"]) == {"QP099001", "QP099002"}
    colonnes = ["edition", "annee", "variable", "valeur", "etat", "note"]
    assert rows(frame.loc[frame["code"] == "QP099001", colonnes]) == [
        (2019, None, "taux_emploi", 41.5, "valeur", None),
        (2019, None, "taux_emplois_precaires", 28.8, "valeur", None),
        (2019, 2018, "demandeurs_emploi_abc", 1234.0, "valeur", "0"),
        (2019, 2018, "demandeurs_emploi_abc_femmes", None, "secret", "0"),
        (2019, 2018, "demandeurs_emploi_a", 700.0, "valeur", "0"),
    ]
    masques = frame.loc[(frame["code"] == "QP099002") & (frame["annee"] == 2018), "etat"]
    assert set(masques) == {"non_disponible"}
    assert insee_qpv_2015.load(tmp_path, {"QP099002"})["code"].unique().tolist() == ["QP099002"]


def test_the_same_letter_names_two_things(tmp_path: Path) -> None:
    ipro(tmp_path)
    write(
        tmp_path, "insee_qpv2015/DEMO_2022.csv", "CODGEO;LIBGEO;POP_MUN;A;NOTE_RP;NOTE_CNAF\nQP099001;T;1 200;300;0;0\n"
    )
    frame = insee_qpv_2015.load(tmp_path, {"QP099001"}).set_index(["edition", "variable"])["valeur"]
    assert (frame[2019, "demandeurs_emploi_a"], frame[2022, "allocataires_caf"]) == (700, 300)
    assert frame[2022, "population"] == 1200


def test_no_file_at_all(tmp_path: Path) -> None:
    for id in tables.TABLES:
        if hasattr(tables.module(id), "load"):
            with pytest.raises(FileNotFoundError):
                tables.module(id).load(tmp_path)


def test_income_blank_is_a_secret(tmp_path: Path) -> None:
    entete = "\ufeffCODGEO;LIBGEO;NBPERS19;Q219;D119;D919;RD;PPSOC19\n"
    write(tmp_path, "filosofi_2019_communes.csv", entete + "99001;Villeneuve;691;24490;;;;\n")
    write(tmp_path, "filosofi_2019_epci.csv", entete + "990000001;Métropole;283225;21900;1;2;3,5;6,7\n")
    frame = filosofi.load(tmp_path).set_index(["code", "variable"])[["type", "annee", "valeur", "etat"]]
    assert rows(frame.loc[[("99001", "revenu_median"), ("99001", "rapport_interdecile")]]) == [
        ("commune", 2019, 24490.0, "valeur"),
        ("commune", 2019, None, "secret"),
    ]
    assert rows(frame.loc[[("990000001", "rapport_interdecile")]]) == [("epci", 2019, 3.5, "valeur")]


def test_the_poverty_rate_is_read_when_its_files_are_there(tmp_path: Path) -> None:
    entete = "\ufeffCODGEO;LIBGEO;NBPERS19;Q219;D119;D919;RD;PPSOC19\n"
    write(tmp_path, "filosofi_2019_communes.csv", entete)
    write(tmp_path, "filosofi_2019_epci.csv", entete)
    assert filosofi.load(tmp_path).empty
    write(
        tmp_path, "filosofi_2019_pauvrete_communes.csv", "CODGEO;LIBGEO;TP6019\n99001;Villeneuve;21,4\n99002;Petite;\n"
    )
    # INSEE also publishes in Windows-1252.
    (tmp_path / "filosofi_2019_pauvrete_epci.csv").write_bytes(
        "CODGEO;LIBGEO;TP6019\n990000001;Métropole;16\n".encode("cp1252")
    )
    lues = filosofi.load(tmp_path)[["code", "type", "variable", "valeur", "etat"]]
    assert rows(lues) == [
        ("99001", "commune", "taux_pauvrete", 21.4, "valeur"),
        ("99002", "commune", "taux_pauvrete", None, "secret"),
        ("990000001", "epci", "taux_pauvrete", 16.0, "valeur"),
    ]


def test_unemployment_series(tmp_path: Path) -> None:
    zes = {"9901": {"label": "Villeneuve", "rate_pct": [7.4, None]}, "9902": {"label": "Loin", "rate_pct": [5, 6]}}
    contenu = {"quarters": ["2021-T1", "2021-T2"], "zes": zes, "national_rate_pct_series": [8.22, 8.1], "communes": {}}
    write(tmp_path, "chomage_zones_emploi.json", json.dumps(contenu))
    assert rows(chomage_zone_emploi.load(tmp_path, "9901")) == [
        ("9901", "Villeneuve", "2021-T1", 7.4),
        ("9901", "Villeneuve", "2021-T2", None),
    ]
    # The national series of this file is a plain mean of the zones, not the producer's rate: it is not read.
    assert len(chomage_zone_emploi.load(tmp_path)) == 4


def test_equipment_not_listed_is_not_a_zero(tmp_path: Path) -> None:
    write(tmp_path, "bpe_communes.json.gz", '{"communes": {"99002": {"creche": 3}, "99001": {"poste": 1, "gare": 2}}}')
    assert rows(bpe.load(tmp_path)) == [("99001", "gare", 2), ("99001", "poste", 1), ("99002", "creche", 3)]
    assert rows(bpe.load(tmp_path, {"99002"})) == [("99002", "creche", 3)]


def test_places_keep_leading_zeros_and_hours(tmp_path: Path) -> None:
    entete = (
        '"id_fs","insee_dep","lib_fs","adresse","insee_com","code_postal","lib_com","latitude","longitude",'
        '"h_lundi","h_mardi"\n'
    )
    un = '"1","01","Un","1 Rue A","01033","01200","V",46.1,5.8,"09:00 - 12:00",\n'
    deux = '"2","01","Deux",,"01034","01200","W",,,,\n'
    write(tmp_path, "liste-fs-20240801.csv", entete + un + deux)
    frame = france_services.load(tmp_path)
    assert rows(frame[["id", "commune", "code_postal", "latitude", "horaires"]]) == [
        ("1", "01033", "01200", 46.1, "lundi 09:00 - 12:00"),
        ("2", "01034", "01200", None, None),
    ]
    assert france_services.load(tmp_path, {"01034"})["nom"].tolist() == ["Deux"]


@pytest.mark.parametrize(("module", "nom"), [(adultes_relais, "adulte-relais"), (fonjep, "postes-fonjep")])
def test_posts_without_contract_are_nobody_s(tmp_path: Path, module, nom: str) -> None:
    poste = {"id_poste": "P2", "raison_sociale": "Régie", "annee": "2023", "montant": 7164, "code_cv": "CV999"}
    autre = {"id_poste": "P1", "raison_sociale": "Autre", "annee": 2023, "montant": 1.5, "insee_dep": "99"}
    write(tmp_path, f"{nom}-2023.json", json.dumps([poste, autre]))
    assert rows(module.load(tmp_path)) == [
        (2023, "P1", "Autre", 1.5, None, "99"),
        (2023, "P2", "Régie", 7164.0, "CV999", None),
    ]
    assert rows(module.load(tmp_path, "CV999")) == [(2023, "P2", "Régie", 7164.0, "CV999", None)]


def test_masked_recruitments_stay_missing(tmp_path: Path) -> None:
    entete = ["annee", "Code métier BMO", "Nom métier BMO", "Lbl_fam_met", "BE24", "NOMBE24", "met", "xmet", "smet"]
    with xlsxwriter.Workbook(tmp_path / "Base_open_data_BMO_2024.xlsx") as classeur:
        classeur.add_worksheet("Description").write_row(0, 0, ["", "Variables"])
        feuille = classeur.add_worksheet("Données")
        feuille.write_row(0, 0, entete)
        feuille.write_row(1, 0, [2024, "A0X40", "Agriculteurs", "Autres", 9901, "VILLENEUVE", "64", "25", "*"])
        feuille.write_row(2, 0, [2024, "B0X33", "Couvreurs", "Autres", 9902, "LOIN", "10", "*", "*"])
    assert rows(bmo.load(tmp_path, "9901")) == [
        (2024, "A0X40", "Agriculteurs", "Autres", "9901", "VILLENEUVE", 64, 25, None)
    ]
    assert len(bmo.load(tmp_path)) == 2
    with xlsxwriter.Workbook(tmp_path / "Base_open_data_BMO_2024.xlsx") as classeur:
        classeur.add_worksheet().write_row(0, 0, entete[:-3])
    with pytest.raises((FichierFautif, KeyError)):
        bmo.load(tmp_path)


def test_each_source_is_a_table_and_what_is_missing_is_said(tmp_path: Path) -> None:
    ipro(tmp_path)
    write(tmp_path, "bpe_communes.json.gz", "{tronqué")
    write(tmp_path, "adulte-relais-2020.json", '[{"code_cv": "CV999", "annee": 2020, "montant": 1, "id_poste": "P"}]')
    contrat = SimpleNamespace(
        qpv=tuple(
            SimpleNamespace(code=code, code_2015=ancien, latitude=47.0, longitude=2.0)
            for code, ancien in (("QN09901M", "QP099001"), ("QN09902N", None))
        ),
        communes=(SimpleNamespace(code="99001"),),
        **{"epci": "990000001", "zone_emploi": "9901", "bassin_emploi": "9901", "code_anct": "CV999"},
    )
    with duckdb.connect() as con:
        alertes = tables.write(con, contrat, tmp_path)  # type: ignore[arg-type]
        assert len(alertes) == len(tables.TABLES) - 2
        assert "Équipements par commune : contenu JSON illisible ou tronqué." in alertes
        assert "Postes Fonjep de la politique de la ville : fichier absent du dossier public." in alertes
        faits = "SELECT table_name, comment IS NOT NULL FROM duckdb_tables() WHERE schema_name = 'public' ORDER BY 1"
        assert con.execute(faits).fetchall() == [("adultes_relais", True), ("insee_qpv_2015", True)]
        somme = "SELECT count(*), sum(valeur) FROM public.insee_qpv_2015 WHERE variable = 'demandeurs_emploi_abc'"
        assert con.execute(somme).fetchone() == (1, 1234.0)
        (tmp_path / "insee_qpv2015/IPRO_2019.csv").unlink()
        tables.write(con, contrat, tmp_path)  # type: ignore[arg-type]
        assert con.execute(faits).fetchall() == [("adultes_relais", True)]


# The ten neighbourhoods of 2015 of the contract of the repository, in the national files.
QP_2015 = {f"QP{37000 + rang:06}" for rang in range(2, 12)}


@pytest.mark.miroir
def test_real_jobseekers_of_the_ten_quarters(vrai_miroir: Path) -> None:
    frame = insee_qpv_2015.load(vrai_miroir, QP_2015)
    total = frame[frame["variable"] == "demandeurs_emploi_abc"].groupby(["edition", "annee"])["valeur"].sum()
    assert {cle: int(valeur) for cle, valeur in total.items()} == {
        (2017, 2016): 6688,
        (2018, 2017): 6974,
        (2019, 2018): 6891,
        (2020, 2019): 6246,
        (2021, 2020): 6264,
        (2022, 2021): 5965,
    }
    sanitas = frame[(frame["code"] == "QP037009") & (frame["edition"] == 2022)].set_index("variable")["valeur"]
    attendues = {
        "taux_emploi": 34.8,
        "demandeurs_emploi_abc": 1392,
        "demandeurs_emploi_abc_femmes": 605,
        "demandeurs_emploi_abc_hommes": 787,
        "demandeurs_emploi_abc_rsa": 582,
        "population": 7815,
        "taux_pauvrete": 57.9,
        "revenu_median": 12220,
        "allocataires_rsa": 878,
    }
    assert sanitas[list(attendues)].to_dict() == attendues
    # The definition changed in the 2021 edition: two names, never one series.
    editions = frame.groupby("variable")["edition"].agg(set)
    assert editions["taux_emplois_precaires"] == {2017, 2018, 2019, 2020}
    assert editions["taux_emplois_duree_limitee"] == {2021, 2022}


@pytest.mark.miroir
def test_real_masks_never_become_figures(vrai_miroir: Path) -> None:
    frame = insee_qpv_2015.load(vrai_miroir)
    abc = frame[(frame["variable"] == "demandeurs_emploi_abc") & (frame["edition"] == 2022)]
    assert abc["etat"].value_counts().to_dict() == {"valeur": 1330, "non_disponible": 14, "secret": 1}
    assert (frame["valeur"].notna() == (frame["etat"] == "valeur")).all()


@pytest.mark.miroir
def test_real_comparators(vrai_miroir: Path) -> None:
    revenus = filosofi.load(vrai_miroir, {"37261", "243700754"}).set_index(["code", "variable"])["valeur"]
    assert (revenus["37261", "revenu_median"], revenus["243700754", "revenu_median"]) == (20210, 21900)
    chomage = chomage_zone_emploi.load(vrai_miroir, "2413").set_index(["zone", "trimestre"])["taux"]
    assert [chomage["2413", "2021-T1"], chomage["2413", "2025-T4"]] == [7.4, 7.3]
    assert bpe.load(vrai_miroir, {"37261"}).set_index("equipement")["nombre"]["creche"] == 34


@pytest.mark.miroir
def test_real_places_posts_and_occupations(vrai_miroir: Path) -> None:
    from etl.public import communes

    epci = communes.load_epci(vrai_miroir)
    places = france_services.load(vrai_miroir, set(epci.loc[epci["epci"] == "243700754", "code"]))
    assert len(places) == 10
    assert places[["latitude", "longitude"]].notna().all(axis=None)
    postes = adultes_relais.load(vrai_miroir, "CV121").groupby("annee")["montant"].agg(["size", "sum"]).round()
    assert {annee: tuple(ligne) for annee, ligne in postes.iterrows()} == {
        2020: (28, 556502),
        2021: (34, 682442),
        2022: (47, 998938),
        2023: (47, 1060119),
    }
    annuels = fonjep.load(vrai_miroir, "CV121").groupby("annee")["montant"].agg(["size", "sum"])
    assert {tuple(ligne) for _, ligne in annuels.iterrows()} == {(8, 57312)}
    metiers = bmo.load(vrai_miroir, "2415")
    assert (len(metiers), metiers["bassin_nom"].unique().tolist()) == (189, ["TOURS"])
    assert isinstance(metiers, pandas.DataFrame)
    assert metiers.set_index("metier").loc["A0X42", "projets_saisonniers"] is pandas.NA
