"""An invented contract and a drop folder to fill: what the intake and validation tests load."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from etl import validate
from etl.catalog import contrat as contrats
from etl.catalog.contrat import Commune, Contrat, Quartier

RACINE = Path(__file__).parents[3]
CLE = bytes(range(32))
JOUR = date(2026, 11, 20)
ACTEUR = {"acteur_id": "A1", "nom": "Maison du quartier", "type_acteur": "association", "champ": "mixte"}
PERSONNE = {
    "acteur_id": "A1", "participant_ref": "P-001", "date_entree": "02/03/2025", "sexe": "femme",
    "annee_naissance": "1990", "code_qpv": "QN99901N", "situation_entree": "inactif",
}  # fmt: skip
INTERVENTION = {
    "intervention_id": "I-1", "date": "04/03/2025", "acteur_id": "A1", "type_intervention": "maraude",
    "lieu": "Place du marché", "code_qpv": "QN99901N", "latitude": "", "longitude": "", "personnes_rencontrees": "12",
}  # fmt: skip
Ligne = dict[str, str]


def _quartier(code: str, nom: str, commune: str, ancien: str | None) -> Quartier:
    return Quartier(code, nom, commune, ancien, "modifie", 1000, None, None, 46.6, 1.88, 10.0)


@cache
def contrat() -> Contrat:
    """Six invented neighbourhoods: two share a name, two come from one of 2015, one from nowhere."""
    reel = contrats.load(RACINE / "data" / "contrat")
    return replace(
        reel,
        communes=(Commune("99001", "Ville-Haute", 46.60, 1.88), Commune("99002", "Ville-Basse", 46.65, 1.95)),
        qpv=(
            _quartier("QN99901N", "Les Lilas", "99001", "QP999001"),
            _quartier("QN99902M", "Grand-Parc - Étoile", "99001", "QP999002"),
            _quartier("QN99903I", "Centre", "99001", None),
            _quartier("QN99904I", "Centre", "99002", None),
            _quartier("QN99905M", "Bellevue Nord", "99002", "QP999005"),
            _quartier("QN99906M", "Bellevue Sud", "99002", "QP999005"),
        ),
        alias_qpv=(("QN99901N", "Cité des Lilas"),),
    )  # fmt: skip


def many(modele: Ligne, nombre: int, **cles: str) -> list[Ligne]:
    """Copies of a row with distinct references: many(PERSONNE, 3, participant_ref="P-{:03d}")."""
    return [modele | {cle: forme.format(rang) for cle, forme in cles.items()} for rang in range(1, nombre + 1)]


def persons(nombre: int = 10, **autres: str) -> list[Ligne]:
    """Accepted participants, P-001 on."""
    return many(PERSONNE | autres, nombre, participant_ref="P-{:03d}")


def table(lignes: Sequence[Ligne]) -> list[list[str]]:
    """Header and cells of rows, a missing key being an empty cell."""
    colonnes = list(dict.fromkeys(cle for ligne in lignes for cle in ligne))
    return [colonnes, *([ligne.get(colonne, "") for colonne in colonnes] for ligne in lignes)]


def csv_text(lignes: Iterable[Sequence[str]], separateur: str = ";", fin: str = "\n") -> str:
    """Rows of cells as CSV text."""
    flux = io.StringIO(newline="")
    csv.writer(flux, delimiter=separateur, lineterminator=fin).writerows(lignes)
    return flux.getvalue()


def write_xlsx(chemin: Path, feuilles: dict[str, Sequence[Sequence[Any]]], **options: Any) -> Path:
    """A workbook with one sheet per entry; cells keep their Python type."""
    import openpyxl

    classeur = openpyxl.Workbook()
    del classeur[classeur.sheetnames[0]]
    for nom, lignes in feuilles.items():
        feuille = classeur.create_sheet(nom)
        for ligne in lignes:
            feuille.append(list(ligne))
    for nom, agir in options.items():
        agir(classeur[nom])
    classeur.save(chemin)
    return chemin


@dataclass
class Resultat:
    """What a load answered, and the base it filled."""

    con: duckdb.DuckDBPyConnection
    fichiers: dict[str, dict[str, Any]]

    def counts(self, fichier: str) -> tuple[str, int, int, int, int]:
        f = self.fichiers[fichier]
        return f["etat"], f["lues"], f["acceptees"], f["refusees"], f["ignorees"]

    def rows(self, sql: str) -> list[Any]:
        """The rows of a query; bare values when it has one column."""
        lignes = self.con.execute(sql).fetchall()
        return [ligne[0] for ligne in lignes] if lignes and len(lignes[0]) == 1 else lignes

    def faults(self) -> list[tuple[int, str, str]]:
        return self.rows("SELECT ligne, colonne, code FROM refus.ligne ORDER BY ALL")

    def messages(self) -> list[str]:
        return self.rows("SELECT message FROM refus.ligne ORDER BY lot, ligne, colonne")


class Depot:
    """A drop folder and the base beside it; `load` may be called again after changes."""

    def __init__(self, racine: Path, acteurs: Sequence[Ligne] = (ACTEUR,)) -> None:
        self.dossier, self.sortie = racine / "depot", racine / "sortie"
        self.sortie.mkdir(parents=True)
        self.dossier.mkdir()
        self.con = duckdb.connect(str(self.sortie / "prive.duckdb"))
        if acteurs:
            self.csv("socle/acteurs.csv", acteurs)

    def path(self, fichier: str) -> Path:
        chemin = self.dossier / fichier
        chemin.parent.mkdir(parents=True, exist_ok=True)
        return chemin

    def csv(self, fichier: str, lignes: Sequence[Ligne], separateur: str = ";", encodage: str = "utf-8") -> Path:
        return self.raw(fichier, csv_text(table(lignes), separateur).encode(encodage))

    def raw(self, fichier: str, contenu: bytes | str) -> Path:
        chemin = self.path(fichier)
        chemin.write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)
        return chemin

    def xlsx(self, fichier: str, feuilles: dict[str, Sequence[Sequence[Any]]], **options: Any) -> Path:
        return write_xlsx(self.path(fichier), feuilles, **options)

    def load(self, jour: date = JOUR, cle: bytes = CLE, **options: Any) -> Resultat:
        entrees = validate.load_depot(self.con, contrat(), self.dossier, cle, jour, self.sortie, **options)
        for entree in entrees:
            assert entree["lues"] == entree["acceptees"] + entree["refusees"] + entree["ignorees"], entree
            for feuille in entree["feuilles"]:
                somme = feuille["acceptees"] + feuille["refusees"] + feuille["ignorees"]
                assert feuille["lues"] == somme, feuille
                assert feuille["ignorees"] == sum(feuille["motifs_ignorees"].values()), feuille
        return Resultat(self.con, {entree["fichier"]: entree for entree in entrees})
