"""Damages good files in ten thousand reproducible ways, loads them, and says what a load may never do with them."""

import contextlib
import io
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from etl.catalog import schemas
from etl.intake.depot import list_files
from etl.validate import stock
from etl.validate.constat import entries, settle
from etl.validate.reception import ILLISIBLE, receive
from tests.etl.validate.cas_classeurs import ods, xlsx
from tests.etl.validate.depot_essai import CLE, JOUR, contrat, csv_text, persons, table
from tests.etl.validate.ecrire_xls import xls

CHOISIS = [schemas.load("participants")]
TABLE = table([ligne | {"rsa": "oui", "fiche": "3.2.1", "mode_reperage": "spontane"} for ligne in persons(12)])
BON = csv_text(TABLE)
GENRES = ("change", "ajoute", "perd", "coupe", "tronque", "double")
# Of ten files: seven texts, then a workbook's bytes, a workbook's sheet, and by turns the two older formats.
_CLASSEURS = {"xlsx": xlsx({"Données": TABLE}), "ods": ods({"Données": TABLE}), "xls": xls({"Données": TABLE})}
_MEMBRES = {"xlsx": "xl/worksheets/sheet1.xml", "ods": "content.xml"}
_CHAMPS = "* EXCLUDE (acteur_id, personne, lot, ligne, partenaire)"


@contextlib.contextmanager
def loaded(fichiers: dict[str, bytes]) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, dict[str, Any]]]]:
    """A load of participants alone, references aside: the base and the entry of each file."""
    with tempfile.TemporaryDirectory() as dossier, contextlib.closing(duckdb.connect()) as con:
        for nom, contenu in fichiers.items():
            chemin = Path(dossier) / nom
            chemin.parent.mkdir(exist_ok=True)
            chemin.write_bytes(contenu)
        stock.prepare(con, CHOISIS)
        envois = receive(con, contrat(), list_files(Path(dossier)), CHOISIS, CLE, JOUR)
        settle(con, contrat(), CHOISIS, envois, JOUR, sans_references=True)
        entrees = {entree["fichier"]: entree for entree in entries(con, envois)}
        for nom, entree in entrees.items():
            assert entree["lues"] == entree["acceptees"] + entree["refusees"] + entree["ignorees"], (nom, entree)
            assert (entree["etat"] != "charge") == (entree["motif"] is not None), (nom, entree)
            for feuille in entree["feuilles"]:  # each ignored line has its reason: none is what is left over
                assert feuille["ignorees"] == sum(feuille["motifs_ignorees"].values()), (nom, feuille)
        yield con, entrees


def mutate(contenu: bytes, rang: int) -> tuple[str, bytes]:
    """A damaged copy: a byte changed, added or lost, a piece lost or doubled; always the same for a rank."""
    hasard = random.Random(20261120 + rang)
    i, j = sorted(hasard.sample(range(len(contenu)), 2))
    octet = bytes([hasard.choice(b';,"\n\r\t\x00\xe9\xc3\xff=| 0/.-') if rang % 2 else hasard.randrange(256)])
    genre = GENRES[rang % 6]
    return f"{rang}-{genre}", {
        "change": contenu[:i] + octet + contenu[i + 1 :],
        "ajoute": contenu[:i] + octet + contenu[i:],
        "perd": contenu[:i] + contenu[i + 1 :],
        "coupe": contenu[:i] + contenu[min(j, i + 30) :],
        "tronque": contenu[:j],
        "double": contenu[:j] + contenu[i:j][:120] + contenu[j:],
    }[genre]


def damaged(rang: int) -> tuple[str, bytes]:
    """The path and content of the damaged file of a rank; texts speak of a structure of their own."""
    if rang % 10 < 7:
        nom, contenu = mutate(BON.replace("A1;", f"A{rang:05d};").encode(), rang)
        return f"{nom}/participants.csv", contenu
    forme = "xlsx" if rang % 10 < 9 else ("ods", "xls")[rang // 10 % 2]
    if rang % 10 == 7 or forme == "xls":
        nom, contenu = mutate(_CLASSEURS[forme], rang)
    else:
        nom, contenu = _inside(_CLASSEURS[forme], _MEMBRES[forme], rang)
    return f"{nom}/participants.{forme}", contenu


def _inside(classeur: bytes, membre: str, rang: int) -> tuple[str, bytes]:
    """The archive stays sound: only what one member says is damaged."""
    flux, nom = io.BytesIO(), ""
    with zipfile.ZipFile(io.BytesIO(classeur)) as lu, zipfile.ZipFile(flux, "w") as ecrit:
        for autre in lu.namelist():
            contenu = lu.read(autre)
            if autre == membre:
                nom, contenu = mutate(contenu, rang)
            ecrit.writestr(autre, contenu)
    return nom, flux.getvalue()


def load_damaged(rangs: Sequence[int]) -> Counter[str]:
    """Load the damaged files of these ranks at once; how many were loaded or refused. Raises AssertionError."""
    abimes = dict(damaged(rang) for rang in rangs)
    with loaded({"bon/participants.csv": BON.encode()}) as (con, _):
        bonnes = con.execute(f"SELECT {_CHAMPS} FROM valide.participants").fetchall()
    comptes: Counter[str] = Counter()
    with loaded(abimes) as (con, entrees):
        assert set(entrees) == set(abimes)
        for fichier, entree in entrees.items():
            comptes[entree["etat"]] += 1
            assert ILLISIBLE not in (entree["motif"] or ""), (fichier, entree["motif"])
            partenaire = fichier.split("/")[0]
            lues = con.execute(
                f"SELECT {_CHAMPS} FROM valide.participants WHERE partenaire = ?", [partenaire]
            ).fetchall()
            if entree["etat"] == "refuse":
                assert lues == [] and entree["acceptees"] == 0 and entree["motif"].endswith("."), (fichier, entree)
            elif fichier.endswith(".csv"):
                _check_text(fichier, entree, lues, bonnes)
    return comptes


def _check_text(fichier: str, entree: dict[str, Any], lues: list[tuple], bonnes: list[tuple]) -> None:
    """One damage may change a row, or the two it joins or parts; every other loss is a refusal that is told."""
    changees = [ligne for ligne in lues if ligne not in bonnes]
    perdues = [ligne for ligne in bonnes if ligne not in lues]
    dites = " ".join(message for f in entree["feuilles"] for message in f["avertissements"])
    # A damaged title: its column is dropped, and it is told.
    if any(mot in dites for mot in ("Colonnes inconnues", "ignorée", "pas de titre")):
        return
    assert len(changees) <= 2, (fichier, changees)
    if "tronque" not in fichier:
        assert len(perdues) <= len(changees) + entree["refusees"] + entree["ignorees"] + 1, (fichier, perdues)
