"""Reads the files of a drop folder that are not held yet; their text rows join raw.*, nothing is judged here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.intake import rapide
from etl.intake.atelier import Atelier
from etl.intake.depot import Recu
from etl.intake.guichet import Bilan
from etl.intake.lecture import Lecture, Tableau
from etl.intake.refus import FichierRefuse
from etl.validate import journal, stock
from etl.validate.stock import Stock
from etl.validate.valeurs.contexte import Contexte

if TYPE_CHECKING:
    from etl.validate.directe import Attente

ILLISIBLE = "Ce fichier n'a pas pu être lu : signalez-le à la personne qui gère l'application"
AUCUN = 0  # the number of no delivery: warnings about the folder itself
Progress = Callable[[str, int, int], None]
Identite = tuple[str, str]  # a delivery is known by its partner and its content


@dataclass
class Envoi:
    """One received file on its way: its `lots` are the tables read in it (or, held already, those it repeats).

    `reserves`: why it would have been refused, had nobody confirmed it. `attente`: its lines, when read in SQL.
    """

    recu: Recu
    etat: str = "charge"
    motif: str | None = None
    schema: str | None = None
    lots: list[int] = field(default_factory=list)
    reserves: list[str] = field(default_factory=list)
    attente: Attente | None = None


@dataclass(frozen=True)
class Recente:
    """The newest delivery held for a partner and a contract: when its period starts, and its file."""

    debut: date
    fichier: str


@dataclass
class Acquis:
    """What the base knows before a load: files held, newest deliveries, loads taken back; and the files confirmed.

    `forcer` names files loaded although a newer delivery is held or their load was undone. Left as it is: a new base.
    """

    forcer: Collection[str] = ()
    tenus: dict[Identite, Envoi] = field(default_factory=dict)
    recentes: dict[tuple[str, str], Recente] = field(default_factory=dict)
    annules: dict[Identite, journal.Entree] = field(default_factory=dict)
    chargement: int = 1
    dernier_lot: int = 0


def known(con: duckdb.DuckDBPyConnection, forcer: Collection[str]) -> Acquis:
    """What a base knows; what it said of refused files is forgotten, since they are about to be read again."""
    stock.forget_refusals(con)
    dernier = con.execute("SELECT coalesce(max(lot), 0) FROM journal.lot").fetchall()[0][0]
    return Acquis(forcer, _held(con), _newest(con), journal.undone(con), journal.next_number(con), dernier)


def receive(
    con: duckdb.DuckDBPyConnection,
    contrat: Contrat,
    recus: Sequence[Recu],
    schemas: Sequence[Schema],
    cle: bytes,
    date_du_jour: date,
    acquis: Acquis | None = None,
    progress: Progress | None = None,
    attendu: Schema | None = None,
) -> list[Envoi]:
    """Read what is new, in load order; one Envoi per received file, in the same order.

    `attendu` imposes a contract whatever the files' names and headers say. The base is prepared.
    """
    acquis = acquis or Acquis()
    maintenant, contexte = datetime.now().replace(microsecond=0), Contexte(contrat, date_du_jour)
    reserve = Stock(con, schemas, maintenant, acquis.chargement, acquis.dernier_lot, contexte)
    declares = {partenaire.dossier for partenaire in contrat.partenaires}
    envois: list[Envoi] = []
    with Atelier([attendu] if attendu else schemas, cle, date_du_jour) as atelier:
        atelier.expect([r.chemin for r in recus if not r.refus and (r.partenaire, r.sha256) not in acquis.tenus])
        for rang, recu in enumerate(recus, 1):
            if progress:
                progress(f"Lecture de {recu.fichier}", rang, len(recus))
            envois.append(_receive_one(recu, reserve, atelier, acquis))
    for dossier in sorted({recu.partenaire for recu in recus} - declares - {""}):
        reserve.warn(AUCUN, f"{dossier}/", ["Dossier non déclaré dans contrat.toml ; ses fichiers sont chargés."])
    reserve.flush()
    return envois


def _held(con: duckdb.DuckDBPyConnection) -> dict[Identite, Envoi]:
    tenus: dict[Identite, Envoi] = {}
    for partenaire, sha256, schema, lot in con.execute(
        "SELECT partenaire, sha256, schema, lot FROM journal.lot WHERE etat = 'charge' ORDER BY lot"
    ).fetchall():
        recu = Recu(Path(), partenaire, "", sha256, None, 0)
        tenus.setdefault((partenaire, sha256), Envoi(recu, schema=schema)).lots.append(lot)
    return tenus


def _newest(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Recente]:
    return {
        (partenaire, schema): Recente(debut, fichier)
        for partenaire, schema, debut, fichier in con.execute(
            "SELECT partenaire, schema, max(periode_debut), arg_max(fichier, periode_debut) FROM journal.lot "
            "WHERE etat = 'charge' AND periode_debut IS NOT NULL GROUP BY partenaire, schema"
        ).fetchall()
    }


def _receive_one(recu: Recu, reserve: Stock, atelier: Atelier, acquis: Acquis) -> Envoi:
    """Read one file; whatever goes wrong inside it refuses that file, and the others go on."""
    identite = (recu.partenaire, recu.sha256)
    if recu.refus is None and identite in acquis.tenus:
        tenu = acquis.tenus[identite]
        return Envoi(recu, "deja_charge", None, tenu.schema, tenu.lots)
    if recu.refus is None and identite in acquis.annules and recu.fichier not in acquis.forcer:
        return _refuse(recu, Lecture("refuse", _taken_back(acquis.annules[identite])), reserve)
    envoi = (_read_directly(recu, reserve, atelier, acquis) if recu.refus is None else None) or _read_carefully(
        recu, reserve, atelier, acquis
    )
    if envoi.etat == "charge":
        if identite in acquis.annules:
            envoi.reserves.append(_taken_back(acquis.annules[identite]))
        acquis.tenus[identite] = envoi
    return envoi


def _taken_back(entree: journal.Entree) -> str:
    return (
        f"Le chargement de ce fichier a été annulé le {entree.quand:%d/%m/%Y} par {entree.qui} : "
        "il n'est pas rechargé, sauf à le forcer (--forcer). Retirez-le du dépôt s'il ne doit plus servir."
    )


def _read_carefully(recu: Recu, reserve: Stock, atelier: Atelier, acquis: Acquis) -> Envoi:
    lecture, lots, reserves = Lecture("refuse", recu.refus), [], []
    try:
        if recu.refus is None:
            lecture = atelier.read(recu.chemin)
        reserves = _check_order(recu, lecture, acquis)
        for tableau in lecture.tableaux:
            lots.append(_store(recu, tableau, reserve))
    except FichierRefuse as refus:
        lecture = replace(lecture, etat="refuse", motif=refus.motif)
    except duckdb.Error:
        raise  # the base itself fails: the whole load must stop
    except Exception as erreur:  # a fault of ours must not stop the load; its text could quote a cell
        lecture = replace(lecture, etat="refuse", motif=f"{ILLISIBLE} ({type(erreur).__name__}).")
    if lecture.etat == "refuse":
        reserve.cancel(lots)  # tables kept before another one of the same file refused it
        return _refuse(recu, lecture, reserve)
    if lecture.avertissements:
        reserve.warn(lots[0], recu.fichier, lecture.avertissements)
    return Envoi(recu, "charge", None, lecture.schema, lots, reserves)


def _read_directly(recu: Recu, reserve: Stock, atelier: Atelier, acquis: Acquis) -> Envoi | None:
    """A large clean file read in SQL; None when it must be read with care."""
    try:
        direct = rapide.plan(recu.chemin, atelier.schemas, recu.chemin.stem, atelier.cle, atelier.aujourd_hui)
    except OSError:  # the careful reader will say so
        return None
    if direct is None or _older(recu, direct.entete.schema.name, acquis):
        return None
    lot = reserve.new_lot()
    attente = reserve.read_directly(direct, lot, recu.partenaire)
    if attente is None:
        return None
    schema = direct.entete.schema.name
    reserve.add_lot(lot, recu, schema, "", recu.periode, None, direct.guichet.bilan)
    reserve.add_header(lot, direct.entete)
    return Envoi(recu, schema=schema, lots=[lot], attente=attente)


def _older(recu: Recu, schema: str, acquis: Acquis) -> Recente | None:
    """The delivery held that makes this one outdated, if there is one."""
    recente = acquis.recentes.get((recu.partenaire, schema))
    return recente if recente and recu.periode and recu.periode.fin < recente.debut else None


def _check_order(recu: Recu, lecture: Lecture, acquis: Acquis) -> list[str]:
    """Refuse a delivery wholly older than one held already: it would bring back what was corrected since.

    When somebody confirmed the file, the sentence of the refusal is returned instead.
    """
    phrases = []
    for tableau in lecture.tableaux:
        recente = _older(recu, tableau.schema.name, acquis)
        if recente and recu.periode and tableau.periode is None:
            phrase = (
                f"Cet envoi ({recu.periode.texte}) est plus ancien qu'un envoi déjà chargé ({recente.fichier}) : "
                "il n'est pas chargé, sauf à le forcer."
            )
            if recu.fichier not in acquis.forcer:
                raise FichierRefuse(phrase, tableau.schema.name)
            phrases.append(phrase)
    return phrases


def _store(recu: Recu, tableau: Tableau, reserve: Stock) -> int:
    """Keep one table's text rows; on refusal nothing of it stays."""
    lot = reserve.new_lot()
    try:
        for bloc in tableau.blocs:
            reserve.add_rows(tableau.schema, lot, bloc)
    except BaseException:
        reserve.discard([lot])
        raise
    retour = tableau.entete.is_return()
    periode = tableau.periode or recu.periode
    reserve.add_lot(lot, recu, tableau.schema.name, tableau.feuille, periode, None, tableau.bilan, retour)
    reserve.add_header(lot, tableau.entete)
    if not tableau.bilan.gardees:
        reserve.warn(lot, recu.fichier, ["Aucune ligne de données sous l'en-tête."])
    return lot


def _refuse(recu: Recu, lecture: Lecture, reserve: Stock) -> Envoi:
    """Write down a refused file: what was counted when it could be read, zeros otherwise."""
    bilan = Bilan()
    for tableau in lecture.tableaux:
        bilan.lues += tableau.bilan.lues
        bilan.ignorees.update(tableau.bilan.ignorees)
    lot = reserve.new_lot()
    reserve.add_lot(lot, recu, lecture.schema, "", recu.periode, lecture.motif, bilan)
    return Envoi(recu, "refuse", lecture.motif, lecture.schema, [lot])
