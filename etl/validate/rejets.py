"""Writes the workbook of refused lines that goes back to each partner, and the sentences of refused files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from etl.catalog.schemas import Schema
from etl.intake.depot import Recu
from etl.intake.entete import COLONNES_DU_RETOUR, JETON, named_contracts
from etl.intake.identite import seal
from etl.validate.natures import literal
from etl.validate.reception import Envoi
from etl.validate.stock import insert, quoted

LIGNES_PAR_FEUILLE = 50_000  # a returned workbook must stay within the limits of reception
_LARGEURS = (12, 28, 70, 60)
_INTERDITS = re.compile(r"[\[\]:*?/\\']")
_ACTIFS = ("=", "+", "-", "@", "\t")

Cellule = tuple[str, bool]  # its text, and whether it is at fault
Entete = tuple[str, str]  # a field, and the file's own title for it


@dataclass
class Refusees:
    """The refused rows of one delivery table, as they go back."""

    recu: Recu
    schema: Schema
    titres: list[str]
    lignes: list[list[Cellule]]


def write_all(
    con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema], envois: Sequence[Envoi], cle: bytes, sortie: Path
) -> list[Path]:
    """Write what a load has to tell partners; the paths of the workbooks. Call it before refused rows are forgotten."""
    for envoi in envois:
        if envoi.etat == "refuse":
            _write_sentence(envoi, sortie / "refuses")
    nouvelles = _not_sent_yet(con, envois, sortie / "rejets")
    provenances = {lot: envoi.recu for envoi, _ in nouvelles for lot in envoi.lots}
    par_partenaire: dict[str, list[Refusees]] = {}
    entetes = _headers(con, list(provenances))
    fautifs = {nom for (nom,) in con.execute("SELECT DISTINCT schema FROM refus.ligne").fetchall()}
    for schema in (schema for schema in schemas if schema.name in fautifs):
        for refusees in _refused(con, schema, provenances, entetes, cle):
            par_partenaire.setdefault(refusees.recu.partenaire, []).append(refusees)
    chemins = {}
    for partenaire, tables in par_partenaire.items():
        chemins[partenaire] = _free_path(sortie / "rejets", partenaire)
        _write_workbook(chemins[partenaire], tables)
    identites = [(envoi.recu.partenaire, envoi.recu.sha256) for envoi, _ in nouvelles]
    con.execute(
        "DELETE FROM journal.rejet WHERE (partenaire, sha256) IN (SELECT unnest($1), unnest($2))",
        [[partenaire for partenaire, _ in identites], [sha256 for _, sha256 in identites]],
    )
    insert(con, "journal.rejet", [
        (*identite, empreinte, chemins[identite[0]].name)
        for identite, (_, empreinte) in zip(identites, nouvelles, strict=True)
    ])  # fmt: skip
    return list(chemins.values())


def _not_sent_yet(con: duckdb.DuckDBPyConnection, envois: Sequence[Envoi], dossier: Path) -> list[tuple[Envoi, str]]:
    """The files with refused lines that no workbook holds yet, with the fingerprint of these lines.

    A file refused whole is read again at each build: the same faults are not sent a second time.
    """
    fautes = dict(
        con.execute(
            """SELECT lot, md5(string_agg(concat_ws('|', feuille, ligne, colonne, code, message), chr(10)
                ORDER BY ligne, colonne, code)) FROM refus.ligne GROUP BY lot"""
        ).fetchall()
    )
    envoyes = {
        (partenaire, sha256, empreinte)
        for partenaire, sha256, empreinte, classeur in con.execute("FROM journal.rejet").fetchall()
        if (dossier / classeur).exists()
    }
    nouvelles = []
    for envoi in envois:
        empreinte = " ".join(fautes[lot] for lot in envoi.lots if lot in fautes)
        recu = envoi.recu
        if envoi.etat != "deja_charge" and empreinte and (recu.partenaire, recu.sha256, empreinte) not in envoyes:
            nouvelles.append((envoi, empreinte))
    return nouvelles


def _write_sentence(envoi: Envoi, dossier: Path) -> None:
    """Keep why a file was refused: its name, its sha256, the sentence; never a byte of its content."""
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    nom = f"{envoi.recu.partenaire or 'racine'}-{envoi.recu.sha256[:12] or 'illisible'}.txt"
    (dossier / nom).write_text(
        f"Fichier : {envoi.recu.fichier}\nsha256 : {envoi.recu.sha256}\nMotif : {envoi.motif}\n", encoding="utf-8"
    )


def _free_path(dossier: Path, partenaire: str) -> Path:
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    base = f"{partenaire}-{datetime.now():%Y%m%d-%H%M%S}"
    chemin, rang = dossier / f"{base}.xlsx", 1
    while chemin.exists():
        rang += 1
        chemin = dossier / f"{base}-{rang}.xlsx"
    return chemin


def _refused(
    con: duckdb.DuckDBPyConnection, schema: Schema, provenances: dict[int, Recu], entetes: dict[int, list[Entete]],
    cle: bytes,
) -> Iterator[Refusees]:  # fmt: skip
    """The refused rows of a contract, delivery by delivery."""
    champs = [champ.name for champ in schema.stored_fields]
    personne = ["r.personne"] if schema.identite else ["NULL"]
    lues = con.execute(
        f"""SELECT r.lot, r.ligne, f.colonnes, f.messages, f.corrections,
            {", ".join([*personne, *(f"r.{quoted(champ)}" for champ in champs)])}
        FROM raw.{quoted(schema.name)} r JOIN (
            SELECT lot, ligne, list(colonne) AS colonnes, string_agg(message, chr(10)) AS messages,
                string_agg(DISTINCT correction, chr(10)) AS corrections
            FROM refus.ligne WHERE schema = {literal(schema.name)} GROUP BY lot, ligne
        ) f USING (lot, ligne)
        WHERE r.lot IN ({", ".join(map(str, provenances)) or "NULL"}) ORDER BY r.lot, r.ligne"""
    ).fetchall()
    for lot, lignes in groupby(lues, key=lambda ligne: ligne[0]):
        montres, titres = _layout(entetes[lot], schema)
        recu = provenances[lot]
        rendues = [
            _row(ligne, dict(zip([JETON, *champs], ligne[5:], strict=True)), montres, recu.fichier, cle)
            for ligne in lignes
        ]
        yield Refusees(recu, schema, titres, rendues)


def _row(
    ligne: tuple[Any, ...], valeurs: dict[str, str | None], montres: list[str], fichier: str, cle: bytes
) -> list[Cellule]:
    """The cells of one refused row: the partner's columns, line number, faults, how to correct."""
    _, numero, fautives, messages, corrections = ligne[:5]
    cellules = []
    for champ in montres:
        texte = valeurs.get(champ) or ""
        cellules.append((seal(cle, texte) if champ == JETON and texte else texte, champ in fautives))
    return [*cellules, (str(numero), False), (fichier, False), (messages, False), (corrections, False)]


def _headers(con: duckdb.DuckDBPyConnection, lots: list[int]) -> dict[int, list[Entete]]:
    """The fields of each delivery and its own titles for them, in its order."""
    entetes: dict[int, list[Entete]] = {}
    for lot, champ, entete in con.execute(
        "SELECT lot, champ, entete FROM journal.colonne WHERE lot IN (SELECT unnest(?)) ORDER BY lot, rang", [lots]
    ).fetchall():
        entetes.setdefault(lot, []).append((champ, entete))
    return entetes


def _layout(colonnes: list[Entete], schema: Schema) -> tuple[list[str], list[str]]:
    """The fields and titles of the columns sent back: the file's own, identities replaced by jeton and tranche_age."""
    caches = {*schema.identite, JETON}
    champs = [champ for champ, _ in colonnes if champ not in caches]
    titres = [entete for champ, entete in colonnes if champ not in caches]
    if any(champ in caches for champ, _ in colonnes):
        rang = next(rang for rang, (champ, _) in enumerate(colonnes) if champ in caches)
        champs.insert(rang, JETON)
        titres.insert(rang, JETON)
        if "tranche_age" not in champs:
            champs.append("tranche_age")
            titres.append(schema.field("tranche_age").title)
    return champs, [*titres, *COLONNES_DU_RETOUR]


def _write_workbook(chemin: Path, tables: list[Refusees]) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    noms: set[str] = set()
    with xlsxwriter.Workbook(str(chemin), {**options, "in_memory": True}) as classeur:
        formats = {
            "titre": classeur.add_format({"bold": True, "bg_color": "#E6E6E6", "text_wrap": True, "valign": "top"}),
            "texte": classeur.add_format({"num_format": "@", "valign": "top"}),
            "faute": classeur.add_format({"num_format": "@", "valign": "top", "bg_color": "#F8D7C8"}),
            "actif": classeur.add_format({"num_format": "@", "valign": "top", "quote_prefix": True}),
            "long": classeur.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        }
        for table in tables:
            feuille, rang = None, 0
            for ligne in table.lignes:
                if feuille is None or rang >= LIGNES_PAR_FEUILLE:
                    feuille, rang = _add_sheet(classeur, table, noms, formats), 0
                rang += 1
                _write_row(feuille, rang, ligne, formats)
    chemin.chmod(0o600)


def _add_sheet(classeur: Any, table: Refusees, noms: set[str], formats: dict[str, Any]) -> Any:
    feuille = classeur.add_worksheet(_sheet_name(table, noms))
    for colonne, titre in enumerate(table.titres):
        feuille.write_string(0, colonne, titre, formats["titre"])
    donnees = len(table.titres) - len(COLONNES_DU_RETOUR)
    feuille.set_column(0, max(donnees - 1, 0), 18)
    for rang, largeur in enumerate(_LARGEURS):
        feuille.set_column(donnees + rang, donnees + rang, largeur)
    feuille.freeze_panes(1, 0)
    feuille.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    return feuille


def _sheet_name(table: Refusees, noms: set[str]) -> str:
    """The file's name, preceded by its contract when it does not say it, so that the sheet is recognised on return."""
    tige = Path(table.recu.fichier).stem
    if [schema.name for schema in named_contracts(tige, [table.schema])] != [table.schema.name]:
        tige = f"{table.schema.name} {tige}"
    base = _INTERDITS.sub(" ", tige).strip()[:31] or table.schema.name
    nom, rang = base, 1
    while nom.casefold() in noms:
        rang += 1
        nom = f"{base[: 30 - len(str(rang))]} {rang}"
    noms.add(nom.casefold())
    return nom


def _write_row(feuille: Any, rang: int, ligne: list[Cellule], formats: dict[str, Any]) -> None:
    donnees = len(ligne) - len(COLONNES_DU_RETOUR)
    for colonne, (texte, faute) in enumerate(ligne):
        nature = "faute" if faute else "actif" if texte.startswith(_ACTIFS) else "texte"
        feuille.write_string(rang, colonne, texte[:32_000], formats["long" if colonne >= donnees + 2 else nature])
