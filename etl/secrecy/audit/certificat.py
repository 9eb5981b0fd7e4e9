"""The proof kept with a version: one world per indicator, and the second worlds; re-checked without searching."""

from dataclasses import dataclass, field

import duckdb
import numpy as np

from etl.secrecy.audit.tableau import Entiers, Tableau, hard, tolerances
from etl.secrecy.audit.temoins import alone
from etl.secrecy.lien import EXACTEMENT_UNE, UNE_FOIS

Cle = tuple[str, ...]

_TABLE = """
CREATE SCHEMA IF NOT EXISTS audit;
CREATE TABLE IF NOT EXISTS audit.certificat (
    version VARCHAR, indicateur VARCHAR, empreinte VARCHAR, empreinte_apres VARCHAR, feuilles UBIGINT[],
    temoins UBIGINT[][],
    retirees VARCHAR[][], arrondies VARCHAR[][], personnes INTEGER, essais INTEGER
);
"""


@dataclass(frozen=True)
class Certificat:
    """What proves that no answer can be deduced from the cells of one indicator.

    `feuilles` are the keys of those true in the central world, `temoins` what changes in each of the second worlds;
    `retirees` the cells withdrawn to find them, `arrondies` the exact ones rounded. `empreinte_apres` is the tableau
    once cells gave way.
    """

    indicateur: str
    feuilles: Entiers
    temoins: tuple[Entiers, ...] = ()
    retirees: tuple[Cle, ...] = ()
    arrondies: tuple[Cle, ...] = ()
    personnes: int = 0
    essais: int = 1
    neuf: bool = field(default=True, compare=False)
    empreinte: str = ""
    empreinte_apres: str = ""

    @property
    def cles(self) -> Entiers:
        """Keys of all the feuilles the proof speaks of."""
        return np.unique(np.concatenate([self.feuilles, *self.temoins]))


def faults(tableau: Tableau, certificat: Certificat) -> list[str]:
    """Return what does not hold in a certificate, nothing when it proves the tableau (without its withdrawn cells).

    What the public has read before may be met at its very limit; what is new stands one person further inside.
    """
    rangs = {cle: rang for rang, cle in enumerate(tableau.cellules) if not tableau.fixes[rang]}
    retirees, arrondies = (
        np.array([rangs[cle] for cle in cles], dtype=np.int64) for cles in (certificat.retirees, certificat.arrondies)
    )
    valeurs, marges = tableau.after(retirees, arrondies)
    limites = tolerances(marges)
    monde = np.isin(tableau.cles, certificat.feuilles)
    manquants = [] if _one_answer(tableau, monde) else ["a unit holds several answers, or none"]
    ecarts = tableau.count(monde) - valeurs
    loin = np.abs(ecarts) > np.where(tableau.fixes, limites, marges)
    manquants += [f"{tableau.cellules[ligne]}: too far from the central world" for ligne in np.flatnonzero(loin)]
    presentes = _seen(tableau, monde)
    montrees = np.zeros_like(presentes)
    for temoin in certificat.temoins:
        autre = monde ^ np.isin(tableau.cles, temoin)
        if (np.abs(tableau.count(autre) - valeurs) <= limites).all() and _one_answer(tableau, autre):
            montrees |= _seen(tableau, autre) != presentes
    seules = alone(tableau, np.append(hard(ecarts, limites), False), monde)
    return manquants + [f"presence {p}: no partner and no witness" for p in seules[~montrees[seules]].tolist()]


def _seen(tableau: Tableau, monde: Entiers) -> Entiers:
    vues = np.zeros(len(tableau.lignes), dtype=bool)
    vues[tableau.presences[monde].ravel()] = True
    return vues[:-1]


def _one_answer(tableau: Tableau, monde: Entiers) -> bool:
    tenues = np.bincount(tableau.unite_de_feuille[monde], minlength=tableau.unites)
    if tableau.mode == EXACTEMENT_UNE:
        return bool((tenues[np.unique(tableau.unite_de_feuille)] == 1).all())
    return tableau.mode != UNE_FOIS or bool((tenues <= 1).all())


def load(con: duckdb.DuckDBPyConnection, empreinte: str) -> Certificat | None:
    """Return the certificate already found for what has this hash; what gave way then is already in force."""
    return _one(con, "? IN (empreinte, empreinte_apres)", [empreinte])


def last(con: duckdb.DuckDBPyConnection, indicateur: str) -> Certificat | None:
    """Return the certificate of an indicator in the last release that the public has read, None before any."""
    lues = "version IN (SELECT version FROM secret.parution WHERE publiee)"
    return _one(con, f"indicateur = ? AND {lues}", [indicateur])


def of(con: duckdb.DuckDBPyConnection, indicateur: str, version: str) -> Certificat | None:
    """Return the certificate of an indicator in one version."""
    return _one(con, "indicateur = ? AND version = ?", [indicateur, version])


def _one(con: duckdb.DuckDBPyConnection, condition: str, valeurs: list[str]) -> Certificat | None:
    con.execute(_TABLE)
    ligne = con.execute(
        f"""SELECT indicateur, feuilles, temoins, retirees, arrondies, personnes, essais, empreinte, empreinte_apres
        FROM audit.certificat WHERE {condition} ORDER BY version DESC LIMIT 1""",
        valeurs,
    ).fetchone()
    if ligne is None:
        return None
    indicateur, feuilles, temoins, retirees, arrondies, personnes, essais, avant, apres = ligne
    return Certificat(
        indicateur,
        np.array(feuilles, dtype=np.uint64),
        tuple(np.array(t, dtype=np.uint64) for t in temoins),
        tuple(tuple(cle) for cle in retirees),
        tuple(tuple(cle) for cle in arrondies),
        personnes,
        essais,
        False,
        avant,
        apres,
    )


def store(con: duckdb.DuckDBPyConnection, version: str, certificats: list[Certificat]) -> None:
    """Keep the certificates of a version, those of the four before, and those of the last one read."""
    con.execute(_TABLE)
    for c in certificats:
        temoins = [t.tolist() for t in c.temoins]
        cles = ([list(cle) for cle in c.retirees], [list(cle) for cle in c.arrondies])
        con.execute(
            f"INSERT INTO audit.certificat VALUES ({', '.join('?' * 10)})",
            [
                version, c.indicateur, c.empreinte, c.empreinte_apres, c.feuilles.tolist(), temoins, *cles,
                c.personnes, c.essais,
            ],
        )  # fmt: skip
    con.execute("""DELETE FROM audit.certificat WHERE version NOT IN (
        (SELECT DISTINCT version FROM audit.certificat ORDER BY version DESC LIMIT 5)
        UNION ALL SELECT coalesce(max(version), '') FROM secret.parution WHERE publiee)""")
