"""Publication: two files and a pointer; whatever happens, the last good version is the one served."""

import json
import shutil
import threading

import duckdb
import pytest

from etl import publish, read


@pytest.fixture
def sortie(demonstration, tmp_path):
    """A copy of the demonstration's base, to be hurt."""
    shutil.copytree(demonstration.sortie, tmp_path / "base")
    return tmp_path / "base"


def dossier(sortie):
    return sortie / "publie"


def add_version(sortie, version: str) -> None:
    """Publish the same content under another name."""
    ancienne = read.current(sortie)
    for profil in read.PROFILS:
        nouveau = dossier(sortie) / f"{profil}-{version}.duckdb"
        shutil.copy(dossier(sortie) / f"{profil}-{ancienne}.duckdb", nouveau)
        with duckdb.connect(str(nouveau)) as con:
            con.execute("UPDATE version SET version = ?", [version])
    publish._point(dossier(sortie), {"version": version, "fichiers": {}})


def test_the_pointer_names_the_version_and_its_two_files(demonstration):
    pointeur = json.loads((demonstration.sortie / "publie" / "COURANT").read_text())
    assert pointeur["version"] == demonstration.rapport["version"] == read.current(demonstration.sortie)
    for profil in read.PROFILS:
        assert (demonstration.sortie / "publie" / pointeur["fichiers"][profil]["nom"]).exists()
        assert read.connect(demonstration.sortie, profil).version.profil == profil


def test_both_files_have_the_same_tables_and_columns(demonstration):
    schemas = [
        read.connect(demonstration.sortie, profil)
        .connexion.cursor()
        .execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL")
        .fetchall()
        for profil in read.PROFILS
    ]
    assert schemas[0] == schemas[1]
    assert {t for t, _, _ in schemas[0]} == set(read.TABLES)


def test_every_published_table_is_described(demonstration):
    base = read.connect(demonstration.sortie)
    muettes = base.frame("SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''")
    assert list(muettes["table_name"]) == []


def test_the_diffusion_file_holds_no_base_and_no_door_to_door_address(demonstration):
    base = read.connect(demonstration.sortie)
    assert base.frame("SELECT * FROM mesure WHERE x IS NOT NULL OR n IS NOT NULL").empty
    portes = base.frame("SELECT DISTINCT lieu, latitude, code_qpv FROM intervention_point "
                        "WHERE type_intervention = 'porte_a_porte' AND code_qpv LIKE 'QN%'")  # fmt: skip
    assert not portes.empty
    assert portes["lieu"].isna().all()
    assert portes.groupby("code_qpv")["latitude"].nunique().max() == 1


@pytest.mark.parametrize(
    "attaque",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "COPY version TO 'vol.csv'",
        "ATTACH 'autre.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "CREATE TABLE t (x INTEGER)",
    ],
)
def test_a_published_base_opens_hardened(demonstration, attaque):
    with pytest.raises(duckdb.Error):
        read.connect(demonstration.sortie).frame(attaque)


@pytest.mark.parametrize("degat", ["tronque", "vide", "texte", "absent"])
def test_a_damaged_version_gives_way_to_the_one_before(sortie, degat):
    premiere = read.current(sortie)
    add_version(sortie, "29990101T000000000Z")
    fichier = dossier(sortie) / "diffusion-29990101T000000000Z.duckdb"
    assert read.connect(sortie).version.version == "29990101T000000000Z"
    contenu = fichier.read_bytes()
    fichier.unlink()
    if degat != "absent":
        fichier.write_bytes({"tronque": contenu[: len(contenu) // 3], "vide": b"", "texte": b"bonjour"}[degat])
    base = read.connect(sortie)
    assert base.version.version == premiere
    assert base.secours == (
        "La dernière base publiée est abîmée : ces chiffres viennent d'une version précédente, du "
        f"{base.version.construit_le:%d/%m/%Y à %H:%M}. Pour la remplacer, lancez « python -m etl build »."
    )
    assert read.connect(sortie, version=premiere).secours is None


def test_when_no_version_opens_the_base_is_said_damaged(sortie):
    for fichier in dossier(sortie).glob("*.duckdb"):
        fichier.unlink()
        fichier.write_bytes(b"bonjour")
    with pytest.raises(read.AucuneBase, match="est abîmée : aucune de ses versions ne s'ouvre.*python -m etl build"):
        read.connect(sortie)


@pytest.mark.parametrize("degat", [None, "{", '"x"'])
def test_a_missing_or_damaged_pointer_leaves_the_newest_pair(sortie, degat):
    version = read.current(sortie)
    pointeur = dossier(sortie) / "COURANT"
    pointeur.unlink()
    if degat is not None:
        pointeur.write_text(degat)
    assert read.current(sortie) == version
    assert read.connect(sortie).version.version == version


def test_readers_during_publications_see_no_error_and_no_mix(sortie):
    fautes, arret = [], threading.Event()

    def read_all() -> None:
        while not arret.is_set():
            base = read.connect(sortie)
            lues = {base.frame("SELECT version FROM version").iloc[0, 0] for _ in range(3)}
            if lues != {base.version.version}:
                fautes.append(lues)

    lecteurs = [threading.Thread(target=read_all) for _ in range(4)]
    for lecteur in lecteurs:
        lecteur.start()
    for rang in range(20):
        add_version(sortie, f"29990101T0000{rang:05}Z")
        publish._forget(dossier(sortie))
    arret.set()
    for lecteur in lecteurs:
        lecteur.join()
    assert fautes == []
    assert len(list(dossier(sortie).glob("diffusion-*.duckdb"))) == publish.GARDEES


def test_a_build_that_cannot_write_leaves_the_former_version(sortie, demonstration, monkeypatch):
    version = read.current(sortie)
    with duckdb.connect() as con:
        monkeypatch.setattr(publish, "TABLES", {p: {"version": ("SELECT 1 AS x", "rien")} for p in read.PROFILS})
        with pytest.raises(publish.PublicationRefusee, match="Tables absentes"):
            publish.publish(con, sortie, "29990101T000000000Z")
    assert read.current(sortie) == version
    assert read.connect(sortie).version.version == version
