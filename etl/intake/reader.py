"""Opens any received file: decides what it is by its content, finds its table, and lets its rows through the gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from etl.catalog.schemas import Schema
from etl.intake import contenu
from etl.intake.depot import period
from etl.intake.entete import Entete, named_contracts
from etl.intake.guichet import Bloc, Guichet, Rangees
from etl.intake.lecture import Lecture, Tableau
from etl.intake.refus import FichierRefuse
from etl.intake.texte import Texte


def read(chemin: Path, schemas: Sequence[Schema], cle: bytes, aujourd_hui: date, nom: str | None = None) -> Lecture:
    """Read one file in this process. `nom` replaces the file's own name to recognise its contract.

    Workbooks are better read through `etl.intake.atelier`, in a child process with limits.
    """
    nom = nom or chemin.stem
    try:
        genre = contenu.identify(chemin)
        return read_text(chemin, schemas, cle, aujourd_hui, nom) if genre == "texte" else read_workbook(
            chemin, genre, schemas, cle, aujourd_hui, nom
        )  # fmt: skip
    except FichierRefuse as refus:
        return refused(refus, nom, schemas)
    except OSError as erreur:
        return Lecture("refuse", f"Ce fichier ne peut pas être lu ({erreur.strerror or 'erreur du disque'}).")


def refused(refus: FichierRefuse, nom: str, schemas: Sequence[Schema]) -> Lecture:
    """The reading of a refused file; its contract is the one found, else the one its name says."""
    nommes = named_contracts(nom, schemas)
    schema = refus.schema or (nommes[0].name if len(nommes) == 1 else None)
    return Lecture("refuse", refus.motif, schema, identites=refus.identites)


def read_text(chemin: Path, schemas: Sequence[Schema], cle: bytes, aujourd_hui: date, nom: str) -> Lecture:
    """Read a text table; its rows stream; raises FichierRefuse."""
    texte = Texte(chemin.read_bytes(), schemas, nom)
    guichet = Guichet(texte.entete, cle, aujourd_hui)
    if texte.encodage != "utf-8":
        guichet.bilan.avertissements.append(f"Encodage lu : {texte.encodage}.")
    blocs = pass_gate(texte.blocks(), texte.entete, guichet, ecarts=True, annonce=texte.sep_annonce)
    tableau = Tableau(texte.entete.schema, "", texte.entete, guichet.bilan, blocs)
    return Lecture("lu", None, texte.entete.schema.name, [tableau])


def read_workbook(
    chemin: Path, genre: str, schemas: Sequence[Schema], cle: bytes, aujourd_hui: date, nom: str
) -> Lecture:
    """Read a workbook of a known kind; raises FichierRefuse."""
    from etl.intake.classeur import read_sheets

    feuilles, avertissements = read_sheets(chemin, genre, schemas, nom)
    tableaux = []
    for feuille in feuilles:
        guichet = Guichet(feuille.entete, cle, aujourd_hui)
        guichet.bilan.avertissements.extend(feuille.avertissements)
        blocs = pass_gate(feuille.blocks(), feuille.entete, guichet, ecarts=False)
        origine = period(feuille.origin())
        tableaux.append(Tableau(feuille.entete.schema, feuille.nom, feuille.entete, guichet.bilan, blocs, origine))
    return Lecture("lu", None, tableaux[0].schema.name, tableaux, avertissements)


def pass_gate(
    blocs: Iterable[tuple[int, Rangees]], entete: Entete, guichet: Guichet, ecarts: bool, annonce: bool = False
) -> Iterator[Bloc]:
    """Yield the rows to store; lines above the header are counted as ignored; raises FichierRefuse at the end."""
    perdues = 0  # rows above the header as full as data: somebody sorted the header away
    for premiere, rangees in blocs:
        tete = max(0, min(len(rangees), entete.rang + 2 - premiere))
        for numero, cellules in enumerate(rangees[:tete], premiere):
            if numero <= entete.rang + 1 - entete.hauteur:
                vide = not any(cellule.strip() for cellule in cellules)
                motif = "annonce du séparateur" if annonce and numero == 1 else "ligne vide" if vide else "titre"
                guichet.bilan.lues += 1
                guichet.bilan.ignorees[motif] += 1
                perdues += motif == "titre" and 2 * sum(map(bool, cellules)) > max(len(entete.positions), 5)
        if len(rangees) > tete:
            yield guichet.admit(premiere + tete, rangees[tete:], ecarts)
    if perdues:
        guichet.bilan.avertissements.append(f"{perdues} lignes remplies au-dessus de l'en-tête n'ont pas été lues.")
    guichet.close()
