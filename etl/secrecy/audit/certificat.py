"""The proof kept with a version: one world per indicator, and the second worlds; re-checked without searching."""

from dataclasses import dataclass, field

import duckdb
import numpy as np

from etl.secrecy.audit.tableau import SANS_LIMITE, Entiers, Tableau
from etl.secrecy.audit.temoins import Temoin, alone
from etl.secrecy.lien import EXACTEMENT_UNE, UNE_FOIS

Cle = tuple[str, str, str, str, str, str]

_TABLE = """
CREATE SCHEMA IF NOT EXISTS audit;
CREATE TABLE IF NOT EXISTS audit.preuve (
    version VARCHAR, indicateur VARCHAR, empreinte VARCHAR, empreinte_apres VARCHAR, feuilles INTEGER[],
    temoins STRUCT(presence INTEGER, bascules INTEGER[])[],
    retirees VARCHAR[][], arrondies VARCHAR[][], contredites INTEGER[],
    personnes INTEGER, essais INTEGER
);
"""


@dataclass(frozen=True)
class Certificat:
    """What proves that no answer can be deduced from the cells of one indicator.

    `feuilles` are those true in the central world; `retirees` the cells withdrawn to find it,
    `arrondies` the exact ones rounded, `contredites` the rows the public has read already that no world holds
    together with the others: whoever holds both is wrong. `empreinte_apres` is the tableau once cells gave way.
    """

    indicateur: str
    feuilles: Entiers
    temoins: tuple[Temoin, ...] = ()
    retirees: tuple[Cle, ...] = ()
    arrondies: tuple[Cle, ...] = ()
    contredites: tuple[int, ...] = ()
    personnes: int = 0
    essais: int = 1
    neuf: bool = field(default=True, compare=False)
    empreinte: str = ""
    empreinte_apres: str = ""


def faults(tableau: Tableau, certificat: Certificat) -> list[str]:
    """Return what does not hold in a certificate, nothing when it proves the tableau (without its withdrawn cells)."""
    rangs = {cle: rang for rang, cle in enumerate(tableau.cellules) if not tableau.fixes[rang]}
    retirees, arrondies = (
        np.array([rangs[cle] for cle in cles], dtype=np.int64) for cles in (certificat.retirees, certificat.arrondies)
    )
    oubliees = np.array(certificat.contredites, dtype=np.int64)
    valeurs, marges = tableau.after(np.concatenate([retirees, oubliees]), arrondies)
    monde = np.zeros(len(tableau.presences), dtype=bool)
    monde[certificat.feuilles] = True
    manquants = [] if _one_answer(tableau, monde) else ["a unit holds several answers, or none"]
    loin = np.abs(tableau.count(monde) - valeurs) > marges
    manquants += [f"{tableau.cellules[ligne]}: too far from the central world" for ligne in np.flatnonzero(loin)]
    presentes = _seen(tableau, monde)
    montrees = {t.presence for t in certificat.temoins}
    seules = alone(tableau, np.append(marges, 1), monde)
    manquants += [f"presence {p}: no partner and no witness" for p in seules.tolist() if p not in montrees]
    tolerance = marges + ((marges > 0) & (marges < SANS_LIMITE))
    for temoin in certificat.temoins:
        autre = monde.copy()
        autre[list(temoin.bascules)] ^= True
        ok = (
            (np.abs(tableau.count(autre) - valeurs) <= tolerance).all()
            and _one_answer(tableau, autre)
            and _seen(tableau, autre)[temoin.presence] != presentes[temoin.presence]
        )
        if not ok:
            manquants.append(f"presence {temoin.presence}: the witness does not hold")
    return manquants


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
    con.execute(_TABLE)
    ligne = con.execute(
        """SELECT indicateur, feuilles, temoins, retirees, arrondies, contredites, personnes, essais, empreinte,
            empreinte_apres
        FROM audit.preuve WHERE ? IN (empreinte, empreinte_apres) ORDER BY version DESC LIMIT 1""",
        [empreinte],
    ).fetchone()
    if ligne is None:
        return None
    indicateur, feuilles, temoins, retirees, arrondies, contredites, personnes, essais, avant, apres = ligne
    return Certificat(
        indicateur,
        np.array(feuilles, dtype=np.int64),
        tuple(Temoin(t["presence"], tuple(t["bascules"])) for t in temoins),
        tuple(tuple(cle) for cle in retirees),
        tuple(tuple(cle) for cle in arrondies),
        tuple(contredites),
        personnes,
        essais,
        False,
        avant,
        apres,
    )


def store(con: duckdb.DuckDBPyConnection, version: str, certificats: list[Certificat]) -> None:
    """Keep the certificates of a version, and those of the four before."""
    con.execute(_TABLE)
    for c in certificats:
        temoins = [{"presence": t.presence, "bascules": list(t.bascules)} for t in c.temoins]
        cles = ([list(cle) for cle in c.retirees], [list(cle) for cle in c.arrondies])
        con.execute(
            f"INSERT INTO audit.preuve VALUES ({', '.join('?' * 11)})",
            [
                version, c.indicateur, c.empreinte, c.empreinte_apres, c.feuilles.tolist(), temoins, *cles,
                list(c.contredites), c.personnes, c.essais,
            ],
        )  # fmt: skip
    con.execute("""DELETE FROM audit.preuve WHERE version NOT IN (
        SELECT DISTINCT version FROM audit.preuve ORDER BY version DESC LIMIT 5)""")
