"""Judges every row held, writes the verdict down, and tells what became of every file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from etl.catalog.contrat import Contrat
from etl.catalog.schemas import Schema
from etl.intake.depot import Periode, rank
from etl.validate.doublons import ECARTEES
from etl.validate.reception import Envoi
from etl.validate.stock import insert
from etl.validate.typage import DEFAUTS
from etl.validate.valeurs.contexte import Contexte
from etl.validate.verdict import Dossier, Jugement, judge


def settle(
    con: duckdb.DuckDBPyConnection,
    contrat: Contrat,
    schemas: Sequence[Schema],
    envois: Sequence[Envoi],
    date_du_jour: date,
    acquis: str | None = None,
    sans_references: bool = False,
) -> Jugement:
    """Judge every row held and write the verdict down, in the journal and in each Envoi.

    `acquis` names an attached base whose accepted rows may be referred to as well.
    """
    nouveaux = {lot for envoi in envois if envoi.etat == "charge" for lot in envoi.lots}
    lots: dict[str, list[int]] = {}
    for lot, schema in con.execute("SELECT lot, schema FROM journal.lot WHERE etat = 'charge' ORDER BY lot").fetchall():
        lots.setdefault(schema, []).append(lot)
    contexte, ordre = Contexte(contrat, date_du_jour), delivery_order(con)
    attentes = [envoi.attente for envoi in envois if envoi.attente]
    jugement = judge(con, schemas, Dossier(contexte, lots, nouveaux, ordre, attentes, acquis, sans_references))
    _write_verdict(con, jugement)
    _write_faults(con, schemas)
    _tell_resent(con, jugement)
    for envoi in envois:
        refuses = [jugement.refuses[lot] for lot in envoi.lots if lot in jugement.refuses]
        if refuses:
            envoi.etat, envoi.motif = "refuse", refuses[0]
    return jugement


def delivery_order(con: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """The rank of every delivery held: the later corrects the earlier.

    They follow the periods their names say. One that says none comes just after all that its contract had received
    before; before all others when it came first.
    """
    lignes = con.execute(
        """SELECT schema, chargement, lot, periode, periode_debut, periode_fin, fichier FROM journal.lot
        WHERE etat = 'charge' ORDER BY periode_fin IS NULL, chargement"""
    ).fetchall()
    livraisons = [
        (rank(Periode(texte, debut, fin) if texte else None, fichier), lot, schema, chargement, texte)
        for schema, chargement, lot, texte, debut, fin, fichier in lignes
    ]
    ordre = sorted(livraison for livraison in livraisons if livraison[-1])
    for livraison in sorted((li for li in livraisons if not li[-1]), key=lambda li: (li[3], li[0])):
        _, _, schema, chargement, _ = livraison
        avant = [rang for rang, autre in enumerate(ordre, 1) if autre[2] == schema and autre[3] < chargement]
        place = max(avant, default=0)
        while place < len(ordre) and ordre[place][3:] == (chargement, None):
            place += 1
        ordre.insert(place, livraison)
    return {lot: rang for rang, (_, lot, *_) in enumerate(ordre, 1)}


def _write_verdict(con: duckdb.DuckDBPyConnection, jugement: Jugement) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE verdict (lot INTEGER, acceptees INTEGER, refusees INTEGER, ecartees INTEGER, "
        "motif VARCHAR)"
    )
    comptes = jugement.comptes.items()
    insert(con, "verdict", [(lot, *nombres, jugement.refuses.get(lot)) for lot, nombres in comptes])
    con.execute(
        """UPDATE journal.lot j SET acceptees = v.acceptees, refusees = v.refusees,
            ignorees = j.lues - v.acceptees - v.refusees,
            etat = CASE WHEN v.motif IS NULL THEN j.etat ELSE 'refuse' END, motif = v.motif
        FROM verdict v WHERE v.lot = j.lot"""
    )


def _tell_resent(con: duckdb.DuckDBPyConnection, jugement: Jugement) -> None:
    """Say of each new delivery none of whose rows is new that it brings nothing."""
    muets = [
        lot
        for lot, nombre in jugement.redites.items()
        if lot not in jugement.refuses and nombre == jugement.comptes[lot][0]
    ]
    con.execute(
        "INSERT INTO journal.avertissement SELECT lot, fichier, 'Aucune ligne nouvelle : toutes étaient déjà chargées, "
        "identiques.' FROM journal.lot WHERE lot IN (SELECT unnest(?))",
        [muets],
    )


def _write_faults(con: duckdb.DuckDBPyConnection, schemas: Sequence[Schema]) -> None:
    """Rewrite refus.ligne: one line per fault, with the whole French sentence."""
    con.execute("CREATE OR REPLACE TEMP TABLE titre (schema VARCHAR, colonne VARCHAR, titre VARCHAR)")
    insert(con, "titre", [(schema.name, champ.name, champ.title) for schema in schemas for champ in schema.fields])
    # What was said of files refused whole stays until they are read again: an undo reads nothing.
    con.execute(
        "DELETE FROM refus.ligne WHERE lot IN (SELECT lot FROM verdict) "
        "OR lot NOT IN (SELECT lot FROM journal.lot WHERE etat = 'refuse')"
    )
    con.execute(
        f"""INSERT INTO refus.ligne
        SELECT d.lot, d.schema, d.ligne, j.feuille, d.colonne, d.code,
            'Ligne ' || d.ligne || CASE WHEN d.colonne = '' THEN ' : '
                ELSE ', colonne "' || coalesce(t.titre, d.colonne) || '" : ' END || d.message, d.correction
        FROM {DEFAUTS} d JOIN journal.lot j USING (lot)
        LEFT JOIN titre t ON t.schema = d.schema AND t.colonne = d.colonne
        ANTI JOIN {ECARTEES} x ON x.schema = d.schema AND x.lot = d.lot AND x.ligne = d.ligne
        ORDER BY d.lot, d.ligne, d.colonne, d.code"""
    )


def entries(con: duckdb.DuckDBPyConnection, envois: Sequence[Envoi]) -> list[dict[str, Any]]:
    """What became of each file, as the command line and the pages tell it."""
    feuilles = _sheets(con)
    charges = dict(con.execute("SELECT lot, {'fichier': fichier, 'le': charge_le} FROM journal.lot").fetchall())
    rendues = []
    for envoi in envois:
        siennes = [feuilles[lot] for lot in envoi.lots if lot in feuilles]
        motif = envoi.motif
        if envoi.etat == "deja_charge":
            origine = charges[envoi.lots[0]]
            motif = f"Déjà chargé le {origine['le']:%d/%m/%Y} ({origine['fichier']})."
        rendues.append({
            "fichier": envoi.recu.fichier, "partenaire": envoi.recu.partenaire, "schema": envoi.schema,
            "sha256": envoi.recu.sha256, "etat": envoi.etat, "motif": motif,
            **{cle: sum(feuille[cle] for feuille in siennes) for cle in ("lues", "acceptees", "refusees", "ignorees")},
            "feuilles": siennes,
        })  # fmt: skip
    return rendues


def _sheets(con: duckdb.DuckDBPyConnection) -> dict[int, dict[str, Any]]:
    """Each delivery table's counts, reasons of ignored lines, and warnings."""
    raisons: dict[int, dict[str, int]] = {}
    for lot, motif, nombre in con.execute(
        "SELECT lot, motif, nombre FROM journal.ignoree UNION ALL "
        f"SELECT lot, 'doublon exact', count(*) FROM {ECARTEES} GROUP BY lot"
    ).fetchall():
        raisons.setdefault(lot, {})[motif] = nombre
    dits: dict[int, list[str]] = {}
    for lot, message in con.execute("SELECT lot, message FROM journal.avertissement").fetchall():
        dits.setdefault(lot, []).append(message)
    return {
        lot: {
            "feuille": feuille or None, "schema": schema, "lues": lues, "acceptees": acceptees, "refusees": refusees,
            "ignorees": ignorees, "motifs_ignorees": raisons.get(lot, {}), "avertissements": dits.get(lot, []),
        }
        for lot, feuille, schema, lues, acceptees, refusees, ignorees in con.execute(
            "SELECT lot, feuille, schema, lues, acceptees, refusees, ignorees FROM journal.lot"
        ).fetchall()
    }  # fmt: skip
