"""The whole way, from the drop folder to the published files."""

import importlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from etl import (
    checks,
    completeness,
    derivation,
    measures,
    pannes,
    progression,
    projection,
    publish,
    quality,
    read,
    registre,
    runner,
    secrecy,
    steering,
)
from etl.catalog.contrat import Contrat
from etl.catalog.indicateurs import CATALOGUE
from etl.intake.depot import MARQUE_DEMONSTRATION
from etl.measures import contexte
from etl.progress import Progress, silent
from etl.secrecy import audit, parution
from etl.transaction import append, together
from etl.validate.journal import Demande

SQL = Path(__file__).parent / "sql"
# Libraries that only the end of a build needs, and that take long to load.
DERNIERES = ("statsmodels.stats.proportion", "statsmodels.regression.linear_model")
SUITE_DEMONSTRATION = 45  # days after which every delay of the last invented quarter has run out


class BuildImpossible(Exception):
    """The build cannot publish; the message is a French sentence, the former version stays in place."""


@dataclass(frozen=True)
class Chemins:
    """Where a build reads and writes."""

    depot: Path
    public: Path
    sortie: Path
    miroir: Path | None = None


def build(
    contrat: Contrat,
    chemins: Chemins,
    cle: bytes,
    date_donnees: date | None = None,
    progress: Progress = silent,
    audit_differe: bool = False,
    demande: Demande | None = None,
) -> dict[str, Any]:
    """Load the depot (or take the last load back), compute, protect and publish; return the report `--json` prints.

    Raises BuildImpossible, ContratInvalide or OSError; whatever happens the former version is still served.
    """
    debut = time.perf_counter()
    aujourdhui = date.today()
    with _private_base(chemins.sortie) as con:
        parution.settle(con, read.current(chemins.sortie))
        fichiers = _load(con, contrat, chemins, cle, aujourdhui, progress, demande or Demande())
        jour = _data_date(con, date_donnees, aujourdhui)
        alertes = _compute(con, contrat, chemins, jour, progress)
        # An invented population may be shown before it is audited: then a first version goes out at once.
        for audite in (False, True) if audit_differe else (True,):
            version = publish.stamp()
            rapport_audit = _protect(con, contrat, cle, version, audite, progress)
            with together(con):
                _describe(con, contrat, chemins, version, jour, aujourdhui)
            progress("Publication", 6, 6)
            if audite:
                parution.keep(con, version)
            publish.publish(con, chemins.sortie, version)
            parution.confirm(con, version)
        return {
            "version": version,
            "date_donnees": jour.isoformat(),
            "duree_s": round(time.perf_counter() - debut, 2),
            "fichiers": fichiers,
            "mesures": _count(con),
            "audit": rapport_audit,
            "alertes": alertes + _alerts(con),
        }


def _protect(
    con: duckdb.DuckDBPyConnection, contrat: Contrat, cle: bytes, version: str, audite: bool, progress: Progress
) -> dict[str, Any]:
    """Fill `diffusion.*`, prove that nobody's answer can be deduced from it, then derive; return the audit's report."""
    progress("Protection des effectifs", 5, 6)
    secrecy.protect(con, contrat.secret, cle, sera_gardee=audite)
    rapport: dict[str, Any] = {"etat": "en_cours"}
    if audite:
        try:
            rapport = audit.audit(con, version, progress)
        except audit.NonProuve as erreur:
            raise BuildImpossible(str(erreur)) from erreur
    with together(con):
        derivation.derive(con, contrat.secret)
        projection.project(con)
    return rapport


def _load_ahead() -> None:
    """Import in the background what the end of a build needs: reading the files leaves a core to it."""
    for bibliotheque in DERNIERES:
        threading.Thread(target=importlib.import_module, args=(bibliotheque,), daemon=True).start()


@contextmanager
def _private_base(sortie: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private base for this build alone; its temporary folder stays beside it, with owner-only rights."""
    prive = sortie / "prive"
    prive.mkdir(parents=True, exist_ok=True)
    prive.chmod(0o700)
    config: dict[str, Any] = {"temp_directory": str(prive / "temp"), "autoinstall_known_extensions": "false"}
    try:
        con = duckdb.connect(str(prive / "prive.duckdb"), config=config)
    except duckdb.Error as erreur:
        if "lock" in str(erreur).lower():
            raise BuildImpossible(pannes.OCCUPEE) from erreur
        raise BuildImpossible(_why_closed(erreur, prive)) from erreur
    try:
        yield con
    finally:
        con.close()


def _why_closed(erreur: duckdb.Error, prive: Path) -> str:
    """The disk when it is the disk; else the base itself is damaged."""
    if isinstance(erreur, duckdb.IOException) and (dite := pannes.explain_disk(erreur)):
        return dite
    return f"La base privée est abîmée ({prive / 'prive.duckdb'}) : {pannes.REMEDE}. {pannes.EN_PLACE}"


def _load(
    con: duckdb.DuckDBPyConnection, contrat: Contrat, chemins: Chemins, cle: bytes, aujourdhui: date,
    progress: Progress, demande: Demande,
) -> list[dict[str, Any]]:  # fmt: skip
    from etl import validate
    from etl.validate import annulation

    _load_ahead()
    if chemins.miroir:
        progress("Données publiques", 1, 6)
        collect_missing(contrat, chemins.public, chemins.miroir)
    if demande.annuler:
        progress("Retrait du dernier chargement", 2, 6)
        try:
            return annulation.undo_last(con, contrat, aujourdhui, demande.qui)
        except annulation.AnnulationImpossible as erreur:
            raise BuildImpossible(str(erreur)) from erreur
    progress("Lecture des fichiers des partenaires", 2, 6)
    return validate.load_depot(con, contrat, chemins.depot, cle, aujourdhui, chemins.sortie, progress, demande)


def departements(contrat: Contrat) -> tuple[str, ...]:
    """Return the departments of the contract: some public files come one by department."""
    from etl.public import communes

    return tuple(sorted({communes.departement(c.code) for c in contrat.communes}))


def collect_missing(contrat: Contrat, dossier: Path, miroir: Path) -> None:
    """Copy from the mirror the public sources that have no good copy yet."""
    from etl import public
    from etl.public import manifest

    absents = [e["id"] for e in manifest.describe(dossier) if not e["fichier"]]
    if absents:
        public.update(absents, dossier, miroir, departements=departements(contrat))


def _data_date(con: duckdb.DuckDBPyConnection, demandee: date | None, aujourdhui: date) -> date:
    from etl import validate

    return demandee or min(validate.data_date(con) or aujourdhui, aujourdhui)


def _compute(
    con: duckdb.DuckDBPyConnection, contrat: Contrat, chemins: Chemins, jour: date, progress: Progress
) -> list[str]:
    """Build every table up to the measures; return what the public files lack, in French."""
    from etl import annuaire, offre, territories
    from etl.public import geocodage
    from etl.public import tables as public_tables

    progress("Rattachement aux quartiers", 3, 6)
    with together(con):
        steering.write(con, contrat, jour)
        territoires = territories.load(contrat, chemins.public)
        manques = geocodage.place(con, chemins.public, chemins.sortie / "prive")
        territoires.write(con)
        manques += public_tables.write(con, contrat, chemins.public)
        registre.number(con)
        runner.run(con, SQL)
    progress("Calcul des indicateurs", 4, 6)
    measures.build(con)
    with together(con):
        offre.build(con, territoires)
        annuaire.build(con)
        contexte.build(con, contrat)
        public_tables.publish(con)
        con.execute("CREATE SCHEMA IF NOT EXISTS publication")
        resultats = checks.run(con)
        quality.describe_rules(con, resultats)
    if bloquants := [r for r in resultats if r.bloquant]:
        phrases = " ; ".join(f"{r.description} ({r.nombre} cas)" for r in bloquants)
        raise BuildImpossible(f"Publication arrêtée par un contrôle : {phrases}. La version précédente reste en place.")
    return [*territoires.alertes, *manques]


def _describe(
    con: duckdb.DuckDBPyConnection, contrat: Contrat, chemins: Chemins, version: str, jour: date, aujourdhui: date
) -> None:
    """Fill the tables that speak of the version itself: progress to targets, its date, its catalogue, its files."""
    progression.measure(con, contrat, jour)
    demonstration = (chemins.depot / MARQUE_DEMONSTRATION).exists()
    attendus, recus = completeness.measure(con, _follow_up_day(jour, aujourdhui, demonstration))
    con.execute(
        """CREATE OR REPLACE TABLE publication.version AS
        SELECT
            ? AS version, CAST(? AS DATE) AS date_donnees, CAST(? AS TIMESTAMP) AS construit_le, '' AS profil,
            CAST(? AS BOOLEAN) AS demonstration,
            (SELECT coalesce(bool_or(statut = 'exemple'), FALSE) FROM contrat.cible) AS cibles_exemple,
            ? AS contrat_nom, ? AS contrat_nom_court, CAST(? AS DATE) AS debut, CAST(? AS DATE) AS fin,
            (SELECT coalesce(min(methode), 'schematique') FROM territoire.territoire WHERE type = 'qpv') AS perimetres,
            CAST(? AS INTEGER) AS partenaires_attendus, CAST(? AS INTEGER) AS partenaires_recus,
            (SELECT avg(CAST(identite AS INTEGER)) FROM core.suivi WHERE ouvert_le IS NOT NULL) AS part_identite,
            ? AS tuiles, ? AS tuiles_attribution""",
        [
            version, jour, datetime.now().replace(microsecond=0), demonstration, contrat.nom, contrat.nom_court,
            contrat.debut, contrat.fin, attendus, recus, contrat.carte.tuiles, contrat.carte.attribution,
        ],
    )  # fmt: skip
    _describe_indicators(con)
    contexte.describe(con)
    quality.describe_loads(con)


def _follow_up_day(jour: date, aujourdhui: date, demonstration: bool) -> date:
    """The day deliveries are judged: today; invented partners send nothing more after their last data."""
    return min(aujourdhui, jour + timedelta(days=SUITE_DEMONSTRATION)) if demonstration else aujourdhui


def _describe_indicators(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""CREATE OR REPLACE TABLE publication.indicateur (
        id VARCHAR, ordre INTEGER, libelle VARCHAR, question VARCHAR, famille VARCHAR, definition VARCHAR,
        unite VARCHAR, decimales INTEGER, sens VARCHAR, nature VARCHAR, classe VARCHAR, limites VARCHAR,
        sensible BOOLEAN, sources VARCHAR[], fiche VARCHAR, version_definition VARCHAR, axes VARCHAR[],
        disponible BOOLEAN, motif_indisponible VARCHAR)""")
    sql = "SELECT DISTINCT schema FROM journal.lot WHERE etat = 'charge' AND acceptees > 0"
    presents = {nom for (nom,) in con.execute(sql).fetchall()}
    lignes = []
    for ordre, i in enumerate(CATALOGUE.values(), start=1):
        manquants = [s for s in i.sources if s not in presents]
        disponible = len(manquants) < len(i.sources)
        motif = None if disponible else f"Aucun fichier « {' », « '.join(manquants)} » n'a été reçu."
        lignes.append(
            [
                i.id, ordre, i.libelle, i.question, i.famille, i.definition, i.unite, i.decimales, i.sens, i.nature,
                i.classe, i.limites, i.sensible, list(i.sources), i.fiche, i.version_definition, list(i.axes),
                disponible, motif,
            ]
        )  # fmt: skip
    append(con, "publication.indicateur", lignes)


def _count(con: duckdb.DuckDBPyConnection) -> int:
    """Return the number of cells everyone may read, public figures included."""
    requete = f"SELECT (SELECT count(*) FROM diffusion.mesure) + (SELECT count(*) FROM ({contexte.CELLULES}))"
    return con.execute(requete).fetchall()[0][0]


def _alerts(con: duckdb.DuckDBPyConnection) -> list[str]:
    avertis = con.execute("""SELECT description || ' (' || nombre || ' cas)' FROM publication.regle_resultat
        WHERE gravite = 'warning' AND nombre > 0 ORDER BY regle""").fetchall()
    perimetres = con.execute("SELECT perimetres FROM publication.version").fetchall()[0][0]
    alertes = [phrase for (phrase,) in avertis]
    if perimetres == "schematique":
        alertes.append("Périmètres schématiques : un point sans code de quartier reste « inconnu ».")
    return alertes
