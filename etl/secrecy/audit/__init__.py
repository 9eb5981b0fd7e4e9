"""Audits what is about to be published: every indicator about persons is proven, or its cells give way, or we stop.

`audit` runs after `protect` and before publication; the proofs found once are found again at once when nothing moved.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import duckdb

from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import denominateurs, flux, parution
from etl.secrecy.audit import certificat, croisements, lecture, parts
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.ouvriers import prove_all
from etl.secrecy.audit.preuve import NonProuve
from etl.secrecy.audit.tableau import Tableau

__all__ = ["NonProuve", "audit"]

_CLE = ("indicateur", "maille", "periode", "type_territoire", "territoire", "axe", "modalite")
_ICI = " AND ".join(f"mesures.{c} = ?" for c in _CLE)
_RETIRER = f"""
UPDATE diffusion.mesure AS mesures
SET valeur = NULL, numerateur = NULL, denominateur = NULL, etat = 'secret', exact = FALSE, borne = NULL
WHERE {_ICI}
"""
_SON_NOM = ("nom", *_CLE[1:])
_SIEN = " AND ".join(f"mesures.{c} = ?" for c in _SON_NOM)
_RETIRER_DENOMINATEUR = f"UPDATE diffusion.denominateur AS mesures SET valeur = NULL WHERE {_SIEN}"
_ARRONDIR_DENOMINATEUR = f"""
UPDATE diffusion.denominateur AS mesures
SET valeur = replis.numerateur, arrondi = replis.arrondi
FROM diffusion.repli AS replis
WHERE {_SIEN} AND replis.indicateur = mesures.nom AND {" AND ".join(f"mesures.{c} = replis.{c}" for c in _CLE[1:])}
"""
# A total that can no longer be exact takes its rounded value, and its rate that of the rounded terms.
_ARRONDIR = f"""
UPDATE diffusion.mesure AS mesures
SET numerateur = replis.numerateur, exact = FALSE, arrondi = replis.arrondi,
    denominateur = CASE WHEN mesures.denominateur IS NOT NULL THEN replis.denominateur END,
    valeur = CASE
        WHEN mesures.valeur IS NULL THEN NULL
        WHEN mesures.denominateur IS NULL THEN replis.numerateur
        WHEN replis.denominateur > 0 THEN greatest(5, least(95, round(100 * replis.numerateur / replis.denominateur)))
    END
FROM diffusion.repli AS replis
WHERE {_ICI} AND {" AND ".join(f"mesures.{c} = replis.{c}" for c in _CLE)}
"""


def audit(
    con: duckdb.DuckDBPyConnection, version: str, progress: Callable[[str, int, int], None] | None = None
) -> dict[str, Any]:
    """Prove all that `diffusion.*` shows of persons, apply what gives way there, store the proofs; return the report.

    Raises NonProuve (French sentence) when a subject stays unproven: nothing may be published then.
    """
    debut = time.perf_counter()
    indicateurs = lecture.audited(con)
    empreintes = {i: lecture.fingerprint(con, i) for i in indicateurs}
    certificats = {i: c for i in indicateurs if (c := _known(con, empreintes[i]))}
    a_prouver = [i for i in indicateurs if i not in certificats]
    for rang, trouve in enumerate(prove_all(_tableaux(con, a_prouver)), start=1):
        if progress:
            progress(f"Audit du secret : {trouve.indicateur}", rang, len(a_prouver))
        certificats[trouve.indicateur] = replace(trouve, empreinte=empreintes[trouve.indicateur])
    for c in certificats.values():
        _apply(con, c)
    denominateurs.share(con)
    if any(c.neuf for c in certificats.values()):
        lecture.audited(con)
        certificats = {
            i: replace(c, empreinte_apres=lecture.fingerprint(con, i) if c.neuf else c.empreinte_apres)
            for i, c in certificats.items()
        }
    flux.share(con)
    croises = _cross(con)
    certificat.store(con, version, [*certificats.values(), *croises])
    return report([*certificats.values(), *croises]) | {
        "tableaux_croises": [c.indicateur for c in croises],
        "secondes": round(time.perf_counter() - debut, 2),
        **parts.measure(con),
    }


def _cross(con: duckdb.DuckDBPyConnection) -> list[Certificat]:
    """Prove the cross tables, once the cells of the catalogue they are read with will move no more."""
    connus = {}
    for c in croisements.CROISEMENTS:
        empreinte = croisements.fingerprint(con, c)
        if connu := _known(con, empreinte):
            connus[c.table] = connu
        elif tableau := croisements.read(con, c):
            # Each is over before another process would have started.
            connus[c.table] = replace(croisements.prove(tableau, certificat.last(con, c.table)), empreinte=empreinte)
    for trouve in connus.values():
        for cle in croisements.apply(con, trouve):
            _withdraw(con, cle)
    flux.share(con)
    return [
        replace(connu, empreinte_apres=croisements.fingerprint(con, c)) if connu.neuf else connu
        for c in croisements.CROISEMENTS
        if (connu := connus.get(c.table))
    ]


def _tableaux(con: duckdb.DuckDBPyConnection, indicateurs: list[str]) -> Iterator[tuple[Tableau, Certificat | None]]:
    """Yield what each indicator shows now, and the proof of what it showed in the last release."""
    for i in indicateurs:
        avant = certificat.last(con, i)
        tableau = lecture.read(con, i, avant.cles) if avant else lecture.read(con, i)
        if tableau:
            yield tableau, avant


def _known(con: duckdb.DuckDBPyConnection, empreinte: str) -> Certificat | None:
    """Return the proof found before for the same content; what gave way then may be in force already."""
    connu = certificat.load(con, empreinte)
    if connu is None or empreinte == connu.empreinte:
        return connu
    return replace(connu, retirees=(), arrondies=(), empreinte=empreinte)


def _apply(con: duckdb.DuckDBPyConnection, c: Certificat) -> None:
    for *cle, nombre in c.arrondies:
        nom = nombre or c.indicateur
        con.execute(_ARRONDIR if nom in CATALOGUE else _ARRONDIR_DENOMINATEUR, [nom, *cle])
    for *cle, nombre in c.retirees:
        _withdraw(con, (nombre or c.indicateur, *cle))


def _withdraw(con: duckdb.DuckDBPyConnection, cle: tuple[str, ...]) -> None:
    """Hide a number, or show again what it said before."""
    compte = cle[0] in CATALOGUE
    con.execute(_RETIRER if compte else _RETIRER_DENOMINATEUR, list(cle))
    if parution.last(con):
        objet = parution.MESURE if compte else parution.DENOMINATEUR
        parution.restore(con, objet, " AND ".join(f"{nom} = ?" for nom in objet.cle), cle)


def report(certificats: list[Certificat]) -> dict[str, Any]:
    """Return what was proven, and what it cost in cells."""
    return {
        "etat": "prouve",
        "indicateurs": len(certificats),
        "reconduits": sum(not c.neuf for c in certificats),
        "cellules_retirees": sum(len(c.retirees) for c in certificats),
        "totaux_retires": sum(cle[2] == "total" and not cle[4] for c in certificats for cle in c.retirees),
        "totaux_arrondis": sum(len(c.arrondies) for c in certificats),
        "personnes": sum(c.personnes for c in certificats),
        "temoins": sum(len(c.temoins) for c in certificats),
    }
