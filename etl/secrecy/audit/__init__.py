"""Audits what is about to be published: every indicator about persons is proven, or its cells give way, or we stop.

`audit` runs after `protect` and before publication; the proofs found once are found again at once when nothing moved.
"""

import time
from collections.abc import Callable
from typing import Any

import duckdb

from etl.secrecy.audit import certificat, lecture
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.preuve import NonProuve, prove

__all__ = ["NonProuve", "audit"]

_CLE = ("indicateur", "maille", "periode", "type_territoire", "territoire", "axe", "modalite")
_ICI = " AND ".join(f"mesures.{c} = ?" for c in _CLE)
_RETIRER = f"""
UPDATE diffusion.mesure AS mesures
SET valeur = NULL, numerateur = NULL, denominateur = NULL, etat = 'secret', exact = FALSE, borne = NULL
WHERE {_ICI}
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
    """Prove every indicator of `diffusion.mesure`, apply what gives way there, store the proofs; return the report.

    Raises NonProuve (French sentence) when an indicator stays unproven: nothing may be published then.
    """
    debut = time.perf_counter()
    certificats: list[Certificat] = []
    indicateurs = lecture.audited(con)
    for rang, indicateur in enumerate(indicateurs, start=1):
        if progress:
            progress(f"Audit du secret : {indicateur}", rang, len(indicateurs))
        if (tableau := lecture.read(con, indicateur)) is None:
            continue
        connu = certificat.load(con, tableau.empreinte)
        certificats.append(connu if connu and not certificat.faults(tableau, connu) else prove(tableau))
    for c in certificats:
        _apply(con, c)
    certificat.store(con, version, certificats)
    return report(certificats) | {"secondes": round(time.perf_counter() - debut, 2), "publiees": shares(con)}


def _apply(con: duckdb.DuckDBPyConnection, c: Certificat) -> None:
    for requete, cles in ((_RETIRER, c.retirees), (_ARRONDIR, c.arrondies)):
        for cle in cles:
            con.execute(requete, [c.indicateur, *cle])


def report(certificats: list[Certificat]) -> dict[str, Any]:
    """Return what was proven, and what it cost in cells."""
    return {
        "etat": "prouve",
        "indicateurs": len(certificats),
        "reconduits": sum(not c.neuf for c in certificats),
        "cellules_retirees": sum(len(c.retirees) for c in certificats),
        "totaux_arrondis": sum(len(c.arrondies) for c in certificats),
        "personnes": sum(c.personnes for c in certificats),
        "temoins": sum(len(c.temoins) for c in certificats),
    }


def shares(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the share of cells published by class, kind of period and number of dimensions, empty bases aside."""
    con.execute("CREATE OR REPLACE TEMP TABLE _classe (indicateur VARCHAR, classe VARCHAR)")
    from etl.catalog.indicateurs import CATALOGUE

    lignes = [(i.id, "sensible" if i.sensible else i.classe) for i in CATALOGUE.values() if i.sur_personnes]
    con.executemany("INSERT INTO _classe VALUES (?, ?)", lignes)
    requete = """
    SELECT
        classe, maille, (d.type_territoire <> 'total')::INTEGER + (d.axe <> '')::INTEGER AS dimensions,
        count(*) AS cellules, round(100.0 * count(d.numerateur) / count(*), 1) AS part
    FROM diffusion.mesure AS d
    INNER JOIN _classe USING (indicateur)
    INNER JOIN mart.mesure AS m USING (indicateur, maille, periode, type_territoire, territoire, axe, modalite)
    WHERE m.n > 0
    GROUP BY ALL ORDER BY ALL
    """
    lus = con.execute(requete)
    noms = [c[0] for c in lus.description or []]
    return [dict(zip(noms, ligne, strict=True)) for ligne in lus.fetchall()]
