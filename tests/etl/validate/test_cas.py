"""The 83 bad inputs of the specification and others of their kinds, as real files given to the command line."""

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from etl.__main__ import main
from tests.conftest import CLE, RACINE, etl
from tests.etl.validate import cas_cellules, cas_classeurs, cas_envois, cas_fichiers
from tests.etl.validate.cas import Cas
from tests.etl.validate.depot_essai import ACTEUR, INTERVENTION, csv_text, table

CONTRAT = RACINE / "tests" / "contrats" / "six_quartiers"
CAS: list[Cas] = [*cas_cellules.cas(), *cas_fichiers.cas(), *cas_classeurs.cas(), *cas_envois.cas()]
RANGS = range(len(CAS))
NOMS = [cas.nom for cas in CAS]
# `check` is asked about every file, and about the first two bad cells of each number.
VERIFIES = [r for r in RANGS if r >= len(cas_cellules.cas()) or sum(CAS[r].numero == c.numero for c in CAS[:r]) < 2]
REFUSES = [rang for rang, cas in enumerate(CAS) if cas.corrige and cas.codes]
# Told by a whole base: 60 and 61 by a reference, 66 and 83 by the second build, 77 by a name.
AILLEURS = {66: "test_an_older_delivery_is_refused", 83: "test_a_refused_row_corrected_loads_as_is"}


def command(*arguments: object) -> tuple[int, Any]:
    """The exit code and the JSON of `python -m etl …`, run in this process; nothing else may be printed."""
    sortie, erreurs = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(sortie), contextlib.redirect_stderr(erreurs):
        code = main([*map(str, arguments), "--json"])
    assert "Traceback" not in erreurs.getvalue()
    return code, json.loads(sortie.getvalue())


def folder(rang: int) -> str:
    return "complet" if CAS[rang].numero == 65 else f"c{rang}"


@dataclass(frozen=True)
class Reponses:
    """What the first build said of every case, what `check` says of it, and the second build, with corrected rows."""

    racine: Path
    premier: dict[str, dict[str, Any]]
    second: dict[str, dict[str, Any]]
    fautes: dict[str, list[tuple[str, str]]]
    valeurs: dict[int, Any]
    alertes: list[str]  # about whole folders

    def check(self, rang: int) -> tuple[int, dict[str, Any]]:
        fichier = self.racine / "depot" / folder(rang) / CAS[rang].fichier
        return command("check", fichier, "--schema", CAS[rang].contrat, "--contrat", CONTRAT, "--base", self.base)

    @property
    def base(self) -> Path:
        return self.racine / "base"

    def entry(self, rang: int) -> dict[str, Any]:
        return self.premier[f"{folder(rang)}/{CAS[rang].fichier}"]


@pytest.fixture(scope="module")
def reponses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reponses]:
    racine = tmp_path_factory.mktemp("cas")
    with pytest.MonkeyPatch.context() as m:
        m.setenv("QPV_CLE", CLE)
        _write(racine / "depot")
        premier = _build(racine)
        lues = Reponses(racine, premier, {}, *_read(racine / "base" / "prive" / "prive.duckdb"))
        _send_back(racine, lues.fautes)
        nom, contenu, _ = cas_envois.PLUS_ANCIEN
        (racine / "depot" / _folder_of(64) / nom).write_bytes(contenu)
        yield replace(lues, second=_build(racine))


def _folder_of(numero: int) -> str:
    return folder(next(rang for rang in RANGS if CAS[rang].numero == numero))


def _write(depot: Path) -> None:
    for rang, cas in enumerate(CAS):
        dossier = depot / folder(rang)
        dossier.mkdir(parents=True)
        for nom, contenu in {**cas.avec, cas.fichier: cas.contenu}.items():
            (dossier / nom).write_bytes(contenu)
    for nom, lignes in (("acteurs", [ACTEUR]), ("interventions", [INTERVENTION])):
        (depot / "socle").mkdir(exist_ok=True)
        (depot / "socle" / f"{nom}.csv").write_text(csv_text(table(lignes)), encoding="utf-8")


def _build(racine: Path) -> dict[str, dict[str, Any]]:
    (racine / "aucun").mkdir(exist_ok=True)  # an empty mirror: no public file is collected
    options = ("--depot", racine / "depot", "--public", racine / "public", "--sortie", racine / "base",
               "--miroir", racine / "aucun")  # fmt: skip
    code, rapport = command("build", "--contrat", CONTRAT, *options, "--audit", "differe", "--date", "2026-09-30")
    assert code == 0, rapport
    return {entree["fichier"]: entree for entree in rapport["fichiers"]}


def _read(base: Path) -> tuple[dict[str, list[tuple[str, str]]], dict[int, Any], list[str]]:
    """The faults by file, the values kept of the rows looked at, and what the load says of whole folders."""
    valeurs: dict[int, Any] = {}
    with duckdb.connect(str(base), read_only=True) as con:
        fautes: dict[str, list[tuple[str, str]]] = {}
        for fichier, code, message in con.execute(
            "SELECT j.fichier, f.code, f.message FROM refus.ligne f JOIN journal.lot j USING (lot) ORDER BY ALL"
        ).fetchall():
            fautes.setdefault(fichier, []).append((code, message))
        for rang, cas in enumerate(CAS):
            lues = con.execute(
                f"SELECT {', '.join(cas.valeur[0]) if cas.valeur else 1} FROM valide.{cas.contrat} "
                "WHERE partenaire = ? ORDER BY ligne DESC", [folder(rang)],
            ).fetchall()  # fmt: skip
            if cas.valeur and lues:
                valeurs[rang] = lues[0]
        alertes = [m for (m,) in con.execute("SELECT message FROM journal.avertissement WHERE lot = 0").fetchall()]
    return fautes, valeurs, alertes


def _send_back(racine: Path, fautes: dict[str, list[tuple[str, str]]]) -> None:
    """Correct the refused row in each partner's workbook, add a column of its own, and drop it in its folder."""
    for rang in REFUSES:
        (chemin,) = (racine / "base" / "rejets").glob(f"{folder(rang)}-*.xlsx")
        classeur = openpyxl.load_workbook(chemin)
        feuille = classeur.active
        titres = [cellule.value for cellule in feuille[1]]
        for colonne, valeur in CAS[rang].corrige.items():
            feuille.cell(2, titres.index(colonne) + 1).value = valeur
        feuille.cell(1, len(titres) + 1).value = "Vu par"
        feuille.cell(2, len(titres) + 1).value = "l'accueil"
        classeur.save(racine / "depot" / folder(rang) / "retour.xlsx")


def test_every_number_of_the_list_has_its_case():
    assert sorted({cas.numero for cas in CAS} | set(AILLEURS) | {0}) == list(range(84))
    assert all(nom in globals() for nom in AILLEURS.values())


@pytest.mark.parametrize("rang", RANGS, ids=NOMS)
def test_the_build_gives_each_file_its_verdict(reponses: Reponses, rang: int):
    cas, entree = CAS[rang], reponses.entry(rang)
    attendu = dict(zip(("etat", "lues", "acceptees", "refusees", "ignorees"), cas.attendu, strict=True))
    connus = {cle: valeur for cle, valeur in attendu.items() if valeur != -1}
    assert {cle: entree[cle] for cle in connus} == connus, entree
    assert entree["lues"] == entree["acceptees"] + entree["refusees"] + entree["ignorees"]
    assert (entree["motif"] is None) == (entree["etat"] == "charge")
    fautes = reponses.fautes.get(entree["fichier"], [])
    if entree["etat"] == "charge":
        assert [code for code, _ in fautes] == list(cas.codes)
    dites = [entree["motif"] or "", *(message for _, message in fautes)]
    dites += [phrase for feuille in entree["feuilles"] for phrase in feuille["avertissements"]]
    dites += reponses.alertes if cas.numero == 65 else []
    for mot in cas.mots:
        assert any(mot.replace("{rang}", str(rang)) in dite for dite in dites), (mot, dites)
    assert all(dite.endswith(".") for dite in dites if dite)


@pytest.mark.parametrize("rang", VERIFIES, ids=[NOMS[rang] for rang in VERIFIES])
def test_check_answers_what_the_build_answers(reponses: Reponses, rang: int):
    code, rapport = reponses.check(rang)
    entree = reponses.entry(rang)
    assert set(rapport) == {"etat", "motif", "lues", "acceptees", "refusees", "ignorees", "defauts"}
    etat = "charge" if entree["etat"] == "deja_charge" else entree["etat"]
    nombres = [entree[cle] for cle in ("lues", "acceptees", "refusees", "ignorees")]
    assert [rapport["etat"], *(rapport[c] for c in ("lues", "acceptees", "refusees", "ignorees"))] == [etat, *nombres]
    assert code == (2 if etat == "refuse" else int(rapport["refusees"] > 0))
    if CAS[rang].codes:
        assert sorted(d["code"] for d in rapport["defauts"]) == sorted(CAS[rang].codes)


@pytest.mark.parametrize("rang", [r for r in RANGS if CAS[r].valeur], ids=[c.nom for c in CAS if c.valeur])
def test_a_spelling_is_read_as_the_value_it_means(reponses: Reponses, rang: int):
    colonnes, attendue = CAS[rang].valeur or ((), None)
    lue = reponses.valeurs[rang]
    if isinstance(attendue, tuple):
        assert lue == pytest.approx(attendue, abs=2e-4)
    else:
        assert (str(lue[0]) if "date" in colonnes[0] and lue[0] else lue[0]) == attendue


@pytest.mark.parametrize("rang", REFUSES, ids=[NOMS[rang] for rang in REFUSES])
def test_a_refused_row_corrected_loads_as_is(reponses: Reponses, rang: int):
    """Whatever its fault, and with a column of the partner's own beside ours."""
    entree = reponses.second[f"{folder(rang)}/retour.xlsx"]
    assert (entree["etat"], entree["acceptees"], entree["refusees"]) == ("charge", 1, 0), entree
    assert entree["schema"] == CAS[rang].contrat
    assert [phrase for f in entree["feuilles"] for phrase in f["avertissements"]] == [
        'Colonnes inconnues, non conservées : "Vu par".'
    ]


def test_an_older_delivery_is_refused(reponses: Reponses):
    nom, _, attendu = cas_envois.PLUS_ANCIEN
    entree = reponses.second[f"{_folder_of(64)}/{nom}"]
    assert (entree["etat"], entree["acceptees"]) == ("refuse", 0) and attendu[0] == "refuse"
    assert "plus ancien qu'un envoi déjà chargé" in entree["motif"]


def test_what_was_loaded_is_not_loaded_again(reponses: Reponses):
    for fichier, entree in reponses.premier.items():
        encore = reponses.second[fichier]
        attendu = "refuse" if entree["etat"] == "refuse" else "deja_charge"
        assert encore["etat"] == attendu, encore
        assert encore["lues"] == entree["lues"], encore


@pytest.mark.parametrize("numero", [13, 33, 62])
def test_a_true_process_answers_the_same(reponses: Reponses, numero: int):
    rang = next(rang for rang in RANGS if CAS[rang].numero == numero)
    fichier = reponses.racine / "depot" / folder(rang) / CAS[rang].fichier
    options = ("check", fichier, "--schema", CAS[rang].contrat, "--contrat", CONTRAT, "--base", reponses.base, "--json")
    vraie = etl(*options)
    code, rapport = reponses.check(rang)
    assert (vraie.returncode, json.loads(vraie.stdout), vraie.stderr) == (code, rapport, "")
