"""Where a file is taken from: the list of its producer, a query for the contract's departments, or by hand."""

import dataclasses
import urllib.parse
from pathlib import Path

import pytest

from etl import verrou
from etl.catalog import sources
from etl.public import arrets_transport, listes, manifest
from tests.etl.public.collecte import GARDE, collect
from tests.etl.public.serveur import Serveur, send


def test_a_source_without_address_says_where_to_take_it(dossier: Path, tmp_path: Path) -> None:
    for source in sources.SOURCES:
        if not source.adresses:
            assert "https://" in source.prise and "dans un miroir." in source.prise, source.id
            assert any(fichier.nom in source.prise for fichier in source.fichiers), source.id
    titre, prise = (getattr(sources.get("qpv_2024_stat"), nom) for nom in ("titre", "prise"))
    assert [etat.message for etat in collect(dossier, "qpv_2024_stat")] == [f"{titre} : {prise}"]
    assert [etat.message for etat in collect(dossier, "qpv_2024_stat", miroir=tmp_path)] == [
        f"{titre} : fichier absent du miroir : {prise}"
    ]


def point(monkeypatch: pytest.MonkeyPatch, id: str, base: str) -> None:
    """Point every address of the first file of a source at the test server, its path kept."""
    source = sources.get(id)
    premier = source.fichiers[0]

    def ici(adresse: str) -> str:
        return f"{base}/{adresse.split('/', 3)[3]}"

    listes = tuple(
        (ici(liste), motif.replace(r"https://static\.data\.gouv\.fr", base)) for liste, motif in premier.listes
    )
    fichier = dataclasses.replace(premier, listes=listes, adresses=tuple(map(ici, premier.adresses)))
    autre = dataclasses.replace(source, fichiers=(fichier, *source.fichiers[1:]))
    monkeypatch.setitem(sources.PAR_ID, id, autre)


LIEUX = (
    b"id_fs,lib_fs,adresse,insee_com,code_postal,lib_com,latitude,longitude\n1,Ici,1 rue A,99001,99000,Ici,47.1,2.1\n"
)


def test_the_current_edition_is_found_in_the_list_of_the_producer(
    serveur: Serveur, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debut = f"{serveur.adresse}/resources/liste-des-structures-france-services"
    liens = [f"{debut}/2024-a/liste-fs-20240801.csv", f"{debut}/2026-b/liste-fs-20260302.csv"]
    liens.append(f"{debut}/2027-c/liste-fs-com2024-20270101.csv")
    catalogue = str({"resources": [{"url": lien} for lien in [*reversed(liens), debut]]}).replace("'", '"').encode()
    serveur.routes["/api/1/datasets/liste-des-structures-france-services/"] = lambda g, rang: send(g, catalogue)
    serveur.routes[liens[1].removeprefix(serveur.adresse)] = lambda g, rang: send(g, LIEUX)
    point(monkeypatch, "france_services", serveur.adresse)
    assert [etat.etat for etat in collect(dossier, "france_services")] == ["obtenu"]
    assert manifest.read(dossier)["france_services"]["fichiers"]["liste-fs-20240801.csv"]["origine"] == liens[1]
    assert sorted(chemin.name for chemin in dossier.iterdir()) == [
        verrou.NOM,
        "liste-fs-20240801.csv",
        "manifeste.json",
    ]


@pytest.mark.parametrize("page", [b"<html>plus de lien</html>", b""])
def test_a_list_without_the_link_leaves_the_known_edition(
    serveur: Serveur, dossier: Path, monkeypatch: pytest.MonkeyPatch, page: bytes
) -> None:
    chemin = "/api/1/datasets/liste-des-structures-france-services/"
    serveur.routes[chemin] = lambda g, rang: send(g, page)
    point(monkeypatch, "france_services", serveur.adresse)
    connue = sources.get("france_services").fichiers[0].adresses[0].removeprefix(serveur.adresse)
    serveur.routes[connue] = lambda g, rang: send(g, LIEUX) if rang == 0 else send(g, code=404)
    [obtenu, ensuite] = [collect(dossier, "france_services")[0] for _ in range(2)]
    assert (obtenu.etat, ensuite.etat) == ("obtenu", "conserve")
    assert ensuite.message == (
        "Espaces France services : la liste du producteur (127.0.0.1) ne donne plus de lien vers le fichier attendu."
        + GARDE
    )


def test_the_newest_quarter_is_not_the_last_in_the_alphabet() -> None:
    adresse, motif = sources.get("chomage_zone_emploi").fichiers[0].listes[0]
    lien = '<a href="/fr/statistiques/fichier/1893230/chomage-zone-t1-2003-t{}.xlsx">'
    page = "".join(lien.format(edition) for edition in ("4-2025", "2-2026", "1-2026"))
    attendu = "https://www.insee.fr/fr/statistiques/fichier/1893230/chomage-zone-t1-2003-t2-2026.xlsx"
    assert listes.latest(adresse, page, motif) == attendu


def test_stops_are_asked_for_the_departments_of_the_contract(
    serveur: Serveur, dossier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(monkeypatch, "arrets_transport", serveur.adresse)
    reponse = (
        b"@lat\t@lon\tname\trailway\tstation\n47.39\t0.69\tTours\tstation\t\n"
        b"47.38\t0.70\t\xc3\x89glise\ttram_stop\t\n47.37\t0.71\t\ttram_stop\t\n47.36\t0.72\tM\tstation\tsubway\n"
    )
    demande = sources.get("arrets_transport").fichiers[0].adresses[0].removeprefix(serveur.adresse)
    serveur.routes[demande.replace("{departements}", "37%7C41")] = lambda g, rang: send(g, reponse)
    [etat] = collect(dossier, "arrets_transport", departements=["37", "41"])
    assert (etat.etat, etat.fichier) == ("obtenu", "osm_transit_stations.csv")
    assert '["ref:INSEE"~"^(37|41)$"]["admin_level"="6"]' in urllib.parse.unquote(serveur.requetes[0].chemin)
    lus = arrets_transport.load(dossier, (0.0, 47.0, 1.0, 48.0))
    assert [(arret.nom, arret.mode, arret.geometry.x) for arret in lus.itertuples()] == [
        ("M", "metro", 0.72),
        ("Tours", "train", 0.69),
        ("Arrêt sans nom", "tram", 0.71),
        ("Église", "tram", 0.70),
    ]


def test_the_extract_of_a_mirror_stands_for_the_producer_s_table(dossier: Path, miroir: Path) -> None:
    [etat] = collect(dossier, "arrets_transport", miroir=miroir)
    assert (etat.etat, etat.fichier) == ("obtenu", "osm_transit_stations.json.gz")
    assert etat.message == "Gares, stations et arrêts de tramway : obtenu du miroir."
    # Later, without the mirror, the copy taken from it is still the one in service.
    [ensuite] = collect(dossier, "arrets_transport")
    assert (ensuite.etat, ensuite.fichier) == ("conserve", "osm_transit_stations.json.gz")
    assert ensuite.message == (
        "Gares, stations et arrêts de tramway : osm_transit_stations.json.gz, le fichier officiel n'a pu être obtenu."
        + GARDE
    )


def test_an_answer_without_a_line_leaves_the_last_good_copy(serveur: Serveur, dossier: Path, at) -> None:
    entete = b"@lat\t@lon\tname\trailway\tstation\n"
    serveur.routes["/arrets"] = lambda g, rang: send(g, entete + (b"" if rang else b"47.39\t0.69\tTours\tstation\t\n"))
    at(serveur.adresse + "/arrets", id="arrets_transport")
    etats = [collect(dossier, "arrets_transport")[0] for _ in range(2)]
    assert [etat.etat for etat in etats] == ["obtenu", "fautif"]
    assert etats[1].message.endswith("osm_transit_stations.csv, le tableau reçu n'a que son en-tête." + GARDE)
