"""What the adversary gathers over releases: each published value with those who were behind it, by his own count.

He knows everybody's attributes and dates, so the base of every cell; the answers alone are hidden from him. Nothing
here reads the private base of the build, nor shares a line with its audit.
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import numpy as np

# Indicator: the facts it is about and the condition of its base, read from its published definition.
BASES = {
    "part_rsa": ("fait_suivi", "rsa <> 'non_renseigne'"),
    "taux_sortie_emploi": ("fait_sortie", "TRUE"),
    "confiance_reprise": ("fait_confiance", "TRUE"),
}
_LIEUX = {"total": "'total'", "qpv": "qpv", "commune": "commune", "tous_qpv": "ensemble", "hors_qpv": "qpv",
          "inconnu": "qpv"}  # fmt: skip


@dataclass(frozen=True)
class Ligne:
    """One published value: between `bas` and `haut` of these persons count."""

    quoi: tuple
    bas: int
    haut: int
    membres: frozenset[int]


# Who found a job is the base of this rate too, among those who left six months ago at least.
AUSSI = {"taux_sortie_emploi": ("taux_reponse_6_mois", "sorties_emploi_mures_6", "fait_sortie", "mur_6_mois")}


def read(con: duckdb.DuckDBPyConnection, indicateur: str, nouvelles: bool = True) -> list[Ligne]:
    """Return the published counts of one answer; with `nouvelles` those shown for the first time only."""
    case = "maille, periode, type_territoire, territoire, axe, modalite"
    sans = f"ANTI JOIN diffusion.gel_mesure USING (indicateur, {case})" if nouvelles else ""
    lues = f"""SELECT {case}, numerateur, arrondi FROM diffusion.mesure {sans}
        WHERE indicateur = '{indicateur}' AND numerateur IS NOT NULL ORDER BY ALL"""
    lignes = _lines(con, *BASES[indicateur], lues)
    if indicateur in AUSSI:
        taux, nom, fait, base = AUSSI[indicateur]
        sans = f"ANTI JOIN (FROM diffusion.gel_denominateur WHERE nom = '{nom}') USING ({case})" if nouvelles else ""
        # Nothing says which of the two is exact: what is rounded divides by five.
        lues = f"""SELECT {case}, denominateur, CASE WHEN NOT exact AND denominateur % 5 = 0 THEN 5 END
            FROM diffusion.mesure {sans} WHERE indicateur = '{taux}' AND denominateur IS NOT NULL ORDER BY ALL"""
        lignes += _lines(con, fait, base, lues)
    return lignes


def _lines(con: duckdb.DuckDBPyConnection, fait: str, base: str, lues: str) -> list[Ligne]:
    con.execute(f"""CREATE OR REPLACE TEMP TABLE _connus AS
        SELECT DISTINCT faits.maille, faits.periode, faits.personne, qpv, commune, ensemble, sexe, tranche_age,
            niveau_formation, situation_entree
        FROM mart.{fait} AS faits ASOF JOIN core.personne_etat AS etats
            ON faits.personne = etats.personne AND faits.fin >= etats.depuis WHERE {base}""")
    cellules = con.execute(lues).fetchall()
    lignes = []
    for maille, periode, type_, territoire, axe, modalite, valeur, b in cellules:
        membres = frozenset(
            p for (p,) in con.execute(
                f"""SELECT personne FROM _connus WHERE maille = ? AND periode = ? AND {_LIEUX[type_]} = ?
                AND {axe or "''"} = ?""",
                [maille, periode, territoire, modalite],
            ).fetchall()
        )  # fmt: skip
        jeu = (b or 1) - 1
        bas, haut = max(int(valeur) - jeu, 0), min(int(valeur) + jeu, len(membres))
        if b and valeur == b * (len(membres) // b):  # clamped: more may count than is shown
            haut = len(membres)
        lignes.append(Ligne((maille, periode, territoire, axe, modalite), bas, haut, membres))
    return lignes


def differences(lignes: list[Ligne], au_plus: int = 60) -> set[int]:
    """Return the persons certain after comparing every two values: those who make the difference all count, or none."""
    surs: set[int] = set()
    uniques = list(dict.fromkeys((ligne.bas, ligne.haut, ligne.membres) for ligne in lignes))
    for bas, haut, membres in uniques:
        if membres and (bas >= len(membres) or haut <= 0):
            surs |= membres
    for un in uniques:
        for deux in uniques:
            venus, partis = un[2] - deux[2], deux[2] - un[2]
            if not venus and not partis or len(venus) + len(partis) > au_plus:
                continue
            if un[0] - deux[1] == len(venus) or un[1] - deux[0] == -len(partis):
                surs |= venus | partis
    return surs


def certain_by_lp(lignes: list[Ligne], seules: Collection[int] = ()) -> set[int]:
    """Return the persons who have one possible answer only, all values together (linear relaxation).

    All are put to the test, or `seules` when given.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    tous = sorted(set().union(*(ligne.membres for ligne in lignes)))
    rang = {p: r for r, p in enumerate(tous)}
    lignes = list({(x.bas, x.haut, x.membres): x for x in lignes}.values())
    i = np.repeat(np.arange(len(lignes)), [len(x.membres) for x in lignes])
    j = np.array([rang[p] for x in lignes for p in sorted(x.membres)])
    m = csr_matrix((np.ones(len(i)), (i, j)), shape=(len(lignes), len(tous)))
    a = vstack([m, -m])
    b = np.concatenate([[x.haut for x in lignes], [-x.bas for x in lignes]])
    surs = set()
    for personne in seules or tous:
        c = np.zeros(len(tous))
        c[rang[personne]] = 1
        moins, plus = (linprog(s * c, A_ub=a, b_ub=b, bounds=(0, 1), method="highs") for s in (1, -1))
        assert moins.status == plus.status == 0, "the true answers themselves are a solution"
        if moins.fun > 1 - 1e-6 or -plus.fun < 1e-6:
            surs.add(personne)
    return surs
