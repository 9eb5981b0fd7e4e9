"""The collector: one clear sentence per failure, the last good copy standing, the other sources unharmed."""

import dataclasses
import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import public, verrou
from etl.catalog import sources
from etl.public import manifest, qpv_2024
from etl.public.collect import Etat
from tests.etl.public import miroir_invente
from tests.etl.public.collecte import AUJOURDHUI, GARDE, GEO, NOM, TITRE, collect
from tests.etl.public.serveur import Serveur, send


def test_a_download_is_kept_with_its_digest_and_date(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, GEO)
    at(serveur.adresse + "/qpv")
    digest = hashlib.sha256(GEO).hexdigest()
    assert collect(dossier) == [
        Etat("qpv_2024", "obtenu", f"{TITRE} : obtenu de {serveur.adresse[7:]}.", AUJOURDHUI, digest, NOM)
    ]
    assert (dossier / NOM).read_bytes() == GEO
    assert manifest.read(dossier)["qpv_2024"]["fichiers"][NOM] == {
        "date": AUJOURDHUI.isoformat(),
        "sha256": digest,
        "taille": len(GEO),
        "origine": serveur.adresse + "/qpv",
    }
    assert sorted(chemin.name for chemin in dossier.iterdir()) == [verrou.NOM, "manifeste.json", NOM]


def test_zip_and_bare_geojson_give_the_same_perimeters(serveur: Serveur, dossier: Path, at) -> None:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr(miroir_invente.MEMBRE_QPV, GEO)
    serveur.routes["/qpv"] = lambda g, rang: send(g, tampon.getvalue() if rang else GEO)
    at(serveur.adresse + "/qpv")
    lectures = []
    for _ in range(2):
        collect(dossier)
        lectures.append(qpv_2024.load(dossier))
    assert lectures[0].equals(lectures[1])


def test_a_table_is_taken_out_of_the_archive_of_its_producer(serveur: Serveur, dossier: Path, at) -> None:
    table = b"CODGEO;LIBGEO;NBPERS19;Q219;D119;D919;RD\n99001;Villeneuve;1;2;3;4;5\n"
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("../../FILO2019_DISP_IRIS.csv", b"CODGEO\n")
        archive.writestr("Donnees/filo2019_disp_com.csv", table)
    serveur.routes["/zip"] = lambda g, rang: send(g, tampon.getvalue())
    at(serveur.adresse + "/zip", id="filosofi")
    collect(dossier, "filosofi")
    assert (dossier / "filosofi_2019_communes.csv").read_bytes() == table
    assert sorted(c.name for c in dossier.parent.rglob("*.csv")) == ["filosofi_2019_communes.csv"]


FAUTES = {
    "page web": (lambda g, rang: send(g, b"<!doctype html><p>Maintenance"), "fautif"),
    "tronqué": (lambda g, rang: send(g, b"PK\x03\x04" + b"x" * 100), "fautif"),
    "colonne": (lambda g, rang: send(g, GEO.replace(b'"code_qp"', b'"code_qpv"')), "fautif"),
    "vide": (lambda g, rang: send(g, b""), "fautif"),
    "404": (lambda g, rang: send(g, code=404), "conserve"),
    "500": (lambda g, rang: send(g, code=500), "conserve"),
    "boucle": (lambda g, rang: send(g, code=302, Location="/qpv"), "conserve"),
    "coupure": (lambda g, rang: send(g, GEO[:50], longueur=len(GEO)), "conserve"),
}
PHRASES = {
    "page web": "le serveur a répondu par une page web, pas par le fichier attendu.",
    "tronqué": "archive tronquée ou abîmée : elle ne s'ouvre pas jusqu'au bout.",
    "colonne": "colonne absente : « code_qp » (« code_qpv » lui ressemble).",
    "vide": "le fichier reçu est vide.",
    "404": "le fichier n'existe plus à cette adresse (erreur 404, 127.0.0.1).",
    "500": "le serveur 127.0.0.1 est indisponible (erreur 500).",
    "boucle": "l'adresse redirige sans fin (plus de 5 fois).",
    "coupure": "la connexion à 127.0.0.1 s'est coupée après 50 octets.",
}


@pytest.mark.parametrize("faute", FAUTES)
def test_one_sentence_and_the_last_good_copy_standing(serveur: Serveur, dossier: Path, at, faute: str) -> None:
    serveur.routes["/bon"] = lambda g, rang: send(g, GEO)
    serveur.routes["/qpv"], etat = FAUTES[faute]
    at(serveur.adresse + "/bon")
    [bon] = collect(dossier)
    at(serveur.adresse + "/qpv")
    [apres] = collect(dossier)
    assert apres == dataclasses.replace(bon, etat=etat, message=f"{TITRE} : {PHRASES[faute]}{GARDE}")
    assert (dossier / NOM).read_bytes() == GEO
    assert manifest.read(dossier)["qpv_2024"]["etat"] == etat


@pytest.mark.parametrize("faute", FAUTES)
def test_one_sentence_and_nothing_in_service(serveur: Serveur, dossier: Path, at, faute: str) -> None:
    serveur.routes["/qpv"], etat = FAUTES[faute]
    at(serveur.adresse + "/qpv")
    attendu = "absent" if etat == "conserve" else etat
    assert collect(dossier) == [Etat("qpv_2024", attendu, f"{TITRE} : {PHRASES[faute]}")]
    assert not (dossier / NOM).exists()


def test_a_second_address_is_tried(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, b"<html>")
    serveur.routes["/bis"] = lambda g, rang: send(g, GEO)
    at(serveur.adresse + "/qpv", serveur.adresse + "/bis")
    [etat] = collect(dossier)
    assert (etat.etat, etat.sha256) == ("obtenu", hashlib.sha256(GEO).hexdigest())


def test_one_source_failing_does_not_stop_the_others(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, b"<html>")
    rivieres = (miroir_invente.EXTRAITS / "fleuves.geojson").read_bytes()
    rivieres = rivieres.replace(b"NomEntiteH", b"NomEntiteHydrographique")
    serveur.routes["/fleuves"] = lambda g, rang: send(g, rivieres)
    at(serveur.adresse + "/qpv")
    at(serveur.adresse + "/fleuves", id="fleuves")
    etats = collect(dossier, "qpv_2024", "arrets_transport", "fleuves")
    assert [etat.etat for etat in etats] == ["fautif", "absent", "obtenu"]
    assert etats[1].message.endswith("aucune adresse ne peut être demandée pour ce contrat.")


def test_a_damaged_copy_is_not_called_good(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, code=404)
    at(serveur.adresse + "/qpv")
    dossier.mkdir()
    (dossier / NOM).write_bytes(GEO[:100])
    assert collect(dossier) == [Etat("qpv_2024", "absent", f"{TITRE} : {PHRASES['404']}")]


def test_the_mirror_goes_through_the_same_checks(miroir: Path, dossier: Path) -> None:
    etats = collect(dossier, "qpv_2024", "communes", "fleuves", "arrets_transport", "qpv_2024_stat", miroir=miroir)
    assert [etat.etat for etat in etats] == ["obtenu"] * 5
    for nom in (NOM, "communes-99.geojson", "insee_epci_communes.csv", "osm_transit_stations.json.gz"):
        assert (dossier / nom).read_bytes() == (miroir / nom).read_bytes()
    (miroir / NOM).write_bytes((miroir / NOM).read_bytes()[:-40])
    [etat] = collect(dossier, miroir=miroir)
    assert (etat.etat, etat.message) == ("fautif", f"{TITRE} : {PHRASES['tronqué']}{GARDE}")
    (miroir / NOM).unlink()
    [etat] = collect(dossier, miroir=miroir)
    assert (etat.etat, etat.message) == ("conserve", f"{TITRE} : fichier absent du miroir.{GARDE}")


def test_outlines_are_fetched_for_each_department(serveur: Serveur, dossier: Path, at) -> None:
    contours = (miroir_invente.EXTRAITS / "communes-99.geojson").read_bytes()
    serveur.routes["/c?d=98"] = serveur.routes["/c?d=99"] = lambda g, rang: send(g, contours)
    at(serveur.adresse + "/c?d={departement}", id="communes")
    [etat] = collect(dossier, "communes", departements=["98", "99"])
    assert etat.etat == "obtenu"
    assert sorted(chemin.name for chemin in dossier.glob("communes*")) == [
        "communes-98.geojson",
        "communes-99.geojson",
    ]
    [etat] = collect(dossier, "communes")
    assert (etat.etat, etat.message.split(" : ")[1]) == ("absent", "département du contrat non précisé.")


def test_some_files_of_a_source_missing_is_said(dossier: Path, tmp_path: Path) -> None:
    miroir = tmp_path / "postes"
    miroir.mkdir()
    poste = (
        b'[{"id_poste": "a", "raison_sociale": "b", "annee": 2020, "montant": 1, "code_cv": "c", "insee_dep": "99"}]'
    )
    for annee in (2020, 2022, 2023):
        (miroir / f"adulte-relais-{annee}.json").write_bytes(poste)
    [etat] = collect(dossier, "adultes_relais", miroir=miroir)
    assert etat.message == "Postes d'adultes-relais financés : obtenu du miroir. Manque : adulte-relais-2021.json."
    (miroir / "adulte-relais-2023.json").write_bytes(b"[]")
    [etat] = collect(dossier, "adultes_relais", miroir=miroir)
    assert etat.etat == "fautif"
    assert etat.message.startswith("Postes d'adultes-relais financés : adulte-relais-2023.json, le contenu n'est pas")


def test_a_folder_that_cannot_be_written(miroir: Path, tmp_path: Path) -> None:
    bouchon = tmp_path / "fichier"
    bouchon.write_text("ceci n'est pas un dossier")
    [etat] = collect(bouchon, miroir=miroir)
    assert etat.etat == "absent"
    assert (
        etat.message
        == f"{TITRE} : écriture impossible dans le dossier public (un fichier est à la place d'un dossier)."
    )


def test_what_cannot_be_asked(dossier: Path, tmp_path: Path) -> None:
    with pytest.raises(public.DemandeInvalide, match=r"^Source inconnue : « meteo »\. Sources connues : qpv_2024, "):
        collect(dossier, "meteo")
    with pytest.raises(public.DemandeInvalide, match="Le dossier du miroir n'existe pas"):
        collect(dossier, miroir=tmp_path / "nulle-part")


def test_an_unreadable_manifest_is_started_again(miroir: Path, dossier: Path) -> None:
    dossier.mkdir()
    (dossier / manifest.NOM).write_text("{abîmé")
    [etat] = collect(dossier, miroir=miroir)
    assert etat.etat == "obtenu"
    assert set(manifest.read(dossier)) == {"qpv_2024"}


def test_the_page_of_sources_lists_every_one(miroir: Path, dossier: Path) -> None:
    collect(dossier, miroir=miroir)
    shutil.copy(miroir / "fleuves_loire_cher.geojson", dossier)
    lignes = {ligne["id"]: ligne for ligne in manifest.describe(dossier)}
    assert list(lignes) == [source.id for source in sources.SOURCES]
    vus = {id: (ligne["etat"], ligne["message"], ligne["date_obtention"]) for id, ligne in lignes.items()}
    assert vus["qpv_2024"] == ("obtenu", f"{TITRE} : obtenu du miroir.", AUJOURDHUI.isoformat())
    assert vus["fleuves"] == ("obtenu", "Fichier présent, collecté sans relevé.", None)
    assert vus["bmo"] == ("absent", "Source non collectée.", None)


def test_progress_names_the_source(serveur: Serveur, dossier: Path, at) -> None:
    serveur.routes["/qpv"] = lambda g, rang: send(g, GEO)
    at(serveur.adresse + "/qpv")
    vus: list[tuple[str, int, int | None]] = []
    collect(dossier, progress=lambda *etape: vus.append(etape))
    assert vus[-1] == ("qpv_2024", len(GEO), len(GEO))


@settings(max_examples=25, deadline=None)
@given(coupe=st.integers(0, 2000), bruit=st.binary(max_size=5))
def test_a_truncated_archive_never_replaces_the_good_one(
    tmp_path_factory: pytest.TempPathFactory, coupe: int, bruit: bytes
) -> None:
    racine = tmp_path_factory.mktemp("t")
    miroir, dossier = miroir_invente.build(racine / "miroir"), racine / "public"
    collect(dossier, miroir=miroir)
    bon = (dossier / NOM).read_bytes()
    (miroir / NOM).write_bytes(bon[: min(coupe, len(bon) - 30)] + bruit)
    [etat] = collect(dossier, miroir=miroir)
    assert etat.etat == "fautif"
    assert (dossier / NOM).read_bytes() == bon
