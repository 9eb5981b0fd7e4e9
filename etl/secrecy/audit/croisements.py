"""Reads the cross tables as the attacker does, with the cells of the catalogue that count the same persons.

Each is one more tableau to prove: links between stages with the two steps of the funnel that are links themselves,
cohorts, who orients to whom, barriers met together with each barrier alone. All their values are rounded.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from etl.secrecy import flux, parution
from etl.secrecy.audit import lecture, preuve, reponses
from etl.secrecy.audit.certificat import Certificat
from etl.secrecy.audit.tableau import SANS_LIMITE, Tableau, pad
from etl.secrecy.lien import EXACTEMENT_UNE, UNE_FOIS
from etl.secrecy.membres import PROFILS

_COLONNES = ("maille", "periode", "type_territoire", "territoire", "axe", "modalite")


@dataclass(frozen=True)
class Croisement:
    """One cross table: SQL of the territory, breakdown and answer of a cell, and the breakdown of its base.

    `partages` are (indicator, breakdown or None for all, code) of the catalogue's cells read with it.
    """

    table: str
    fonds: str
    axe: str
    modalite: str
    repondre: Callable[[duckdb.DuckDBPyConnection, Any, Any], Any]
    lieu: tuple[str, str] = ("'total'", "'total'")
    axe_connu: str = ""
    mode: str = EXACTEMENT_UNE
    partages: tuple[tuple[str, str | None, str], ...] = ()
    hors: str = "FALSE"
    autres_fonds: tuple[str, ...] = ()
    unite: str = "profils.unite"
    # SQL of how many answers each unit is known to have given at each release (unite, parution, nombre), if it is.
    nombres: str = ""

    @property
    def code(self) -> str:
        """SQL of what tells one answer from another, whatever the period and territory."""
        return f"{self.axe} || '>' || {self.modalite}"


def _ways(con: duckdb.DuckDBPyConnection, cellules: Any, membres: Any) -> tuple[Any, Any]:
    liens = con.execute("""
        SELECT DISTINCT rang_de || '|' || de || '>' || vers, rang_de || '|' || de, rang_vers || '|' || vers
        FROM mart.flux ORDER BY ALL""").fetchall()
    return reponses.ways(cellules, membres, liens)


# How many barriers each person had met in each year, as known at each release read.
_RENCONTRES = """
SELECT {unite} AS unite, lues.parution, count(DISTINCT unite) AS nombre
FROM {profils} AS profils INNER JOIN (SELECT DISTINCT parution FROM _croisee) AS lues
    ON profils.depuis <= lues.parution AND coalesce(profils.jusque > lues.parution, TRUE)
WHERE fonds = 'freins_identifies#comptes' AND maille = 'annee'
GROUP BY ALL
"""
_PERSONNE_ANNEE = "profils.personne * 10000 + CAST(profils.periode AS BIGINT)"
_ORIGINE = "rang_de || '|' || de"
CROISEMENTS = (
    Croisement(
        "flux", "reperes", _ORIGINE, "vers", _ways, ("type_territoire", "territoire"),
        partages=tuple((i, None, f"{rang}|{de}>{vers}") for (rang, de, vers), i in flux.PARTAGES.items()),
        hors=f"(rang_de, de, vers) IN ({', '.join(map(str, flux.PARTAGES))})",
    ),
    Croisement(
        "cohorte", "cohorte", "CAST(mois AS VARCHAR)", "etape", lambda _, c, m: (reponses.months(c, m), False),
        axe_connu="mois", mode=UNE_FOIS,
    ),
    Croisement(
        "matrice_orientation", "matrice_orientation", "source", "cible",
        lambda _, c, m: (reponses.targets(c, m), False), axe_connu="source",
    ),
    Croisement(
        "combinaisons_freins", "combinaisons_freins", "type_frein", "avec",
        lambda _, c, m: (reponses.barriers(c, m), False), nombres=_RENCONTRES.format(
            unite=_PERSONNE_ANNEE, profils=PROFILS),
        partages=(("freins_identifies", "type_frein", ""),), autres_fonds=("freins_identifies#comptes",),
        unite=_PERSONNE_ANNEE,
    ),
)  # fmt: skip

_COURANTES = """
WITH courante AS (
    SELECT d.*, coalesce(g.parution, {suivante}) AS parution, g.parution IS NOT NULL AS fixe
    FROM diffusion.{table} AS d LEFT JOIN diffusion.gel_{table} AS g USING ({cle})
),
lue AS (
    SELECT * EXCLUDE (fixe), FALSE AS ancienne, fixe FROM courante
    {anciennes}
)
SELECT
    maille, periode, {lieu[0]} AS type_territoire, {lieu[1]} AS territoire, {axe} AS axe, {modalite} AS modalite,
    valeur, arrondi - 2 AS marge, parution, ancienne, fixe, {code} AS code,
    '{axe_connu}' AS axe_connu, {modalite_connue} AS modalite_connue, FALSE AS partage
FROM lue WHERE valeur IS NOT NULL AND NOT ({hors})
"""
_ANCIENNES = """
UNION ALL BY NAME
SELECT s.* EXCLUDE (jour, base_n, effectif), TRUE AS ancienne, TRUE AS fixe
FROM secret.{table} AS s LEFT JOIN (SELECT {cle}, parution AS montree FROM courante) AS c USING ({cle})
WHERE s.parution < coalesce(c.montree, {suivante})
QUALIFY row_number() OVER (PARTITION BY {cle} ORDER BY s.parution DESC) <= {memoire}
"""
# What the catalogue shows of the same persons, under the name of its indicator: it may give way too.
_PARTAGEES = """
SELECT
    d.maille, d.periode, d.type_territoire, d.territoire, d.indicateur AS axe, d.modalite, d.numerateur AS valeur,
    d.arrondi - 2 AS marge, coalesce(g.parution, {suivante}) AS parution, FALSE AS ancienne,
    g.parution IS NOT NULL AS fixe, {code} AS code, {axe_connu} AS axe_connu, {modalite_connue} AS modalite_connue,
    TRUE AS partage
FROM diffusion.mesure AS d
LEFT JOIN diffusion.gel_mesure AS g
    USING (indicateur, maille, periode, type_territoire, territoire, axe, modalite)
WHERE d.indicateur = '{indicateur}' AND d.numerateur IS NOT NULL AND {voulues}
"""


def fingerprint(con: duckdb.DuckDBPyConnection, c: Croisement) -> str:
    """Return a hash of all the attacker reads of a cross table, members included; its cells are left in `_croisee`.

    A number proven once is proven again whether it may still give way or, published since, no longer may.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE _croisee AS {_known(con, c)}")
    fonds = ", ".join(f"'{nom}'" for nom in (c.fonds, *c.autres_fonds))
    vus = con.execute(f"""
        WITH vues AS (SELECT parution, bit_xor({lecture.hashed(*_COLONNES, "valeur", "marge", "ancienne")}) AS valeurs
            FROM _croisee GROUP BY parution)
        SELECT valeurs, count(*), bit_xor({lecture.hashed("cle", "maille", "periode")})
        FROM vues INNER JOIN (FROM {PROFILS} WHERE fonds IN ({fonds})) AS profils
            ON profils.depuis <= vues.parution AND coalesce(profils.jusque > vues.parution, TRUE)
        GROUP BY vues.parution, valeurs ORDER BY ALL""").fetchall()
    return hashlib.blake2b(f"5|{c.table}|{vus}".encode(), digest_size=16).hexdigest()


def _known(con: duckdb.DuckDBPyConnection, c: Croisement) -> str:
    """SQL of every value of a cross table that the public knows: shown, shown before, shown in the catalogue."""
    suivante = parution.last(con) + 1
    cle = ", ".join(parution.objet(c.table).cle)
    anciennes = _ANCIENNES.format(table=c.table, cle=cle, suivante=suivante, memoire=parution.MEMOIRE)
    requetes = [_COURANTES.format(
        table=c.table, cle=cle, suivante=suivante, lieu=c.lieu, axe=c.axe, modalite=c.modalite, code=c.code,
        axe_connu=c.axe_connu, modalite_connue=c.axe if c.axe_connu else "''", hors=c.hors,
        anciennes=anciennes if suivante > 1 else "",
    )]  # fmt: skip
    for indicateur, axe, code in c.partages:
        # A breakdown that is the answer itself has the base of the whole cell.
        connus = ("d.axe", "d.modalite") if axe is None else ("''", "''")
        voulues = "d.axe = ''" if axe is None else f"d.axe = '{axe}' AND d.maille = 'annee' AND d.territoire = 'total'"
        requetes.append(_PARTAGEES.format(
            indicateur=indicateur, suivante=suivante, code=f"'{code}'" if code else "d.modalite",
            axe_connu=connus[0], modalite_connue=connus[1], voulues=voulues,
        ))  # fmt: skip
    return " UNION ALL ".join(f"({requete})" for requete in requetes)


def read(con: duckdb.DuckDBPyConnection, c: Croisement) -> Tableau | None:
    """Return the tableau of the cross table whose cells are in `_croisee`, None when none is published."""
    cellules = con.execute(f"FROM _croisee ORDER BY {', '.join(_COLONNES)}, ancienne, parution, code").df()
    if cellules.empty:
        return None
    ou = ["periode", "type_territoire", "territoire", "axe_connu", "modalite_connue", "parution"]
    cellules["place"] = cellules.groupby(ou).ngroup()
    cellules["rang"], cellules["remplacante"], cellules["debut"], cellules["fin"] = cellules.index, -1, 0, 0
    places = cellules.drop_duplicates("place")[[*ou, "place"]].rename(columns={"place": "rang"})
    membres = lecture.members(con, c.fonds, places, c.unite).rename(columns={"ligne": "place"})
    if c.nombres:
        membres = _moments(membres, places, con.execute(c.nombres).df())
        moments = membres.drop_duplicates("place").set_index("place")["moment"]
        # The moments of a year follow one another as days do.
        cellules["fin"] = cellules["place"].map(moments).fillna(-1).astype(int)
        cellules["code"] = reponses.dated(cellules["fin"], cellules["code"])
    if cellules["ancienne"].any():
        lignes = membres.merge(cellules[["place", "rang"]], on="place").rename(columns={"rang": "ligne"})
        cellules, _ = lecture.useful(cellules, lignes[["unite", "ligne"]])
    cellules["rang"] = cellules.index
    tenues = membres.merge(cellules[["place", "code", "rang"]], on="place")
    candidates, serrees = c.repondre(con, cellules, membres)
    cellules["marge"] = np.where(serrees, SANS_LIMITE, cellules["marge"])
    return _assemble(c, cellules, tenues, candidates, membres.groupby("place").size())


def _moments(membres: Any, places: Any, nombres: Any) -> Any:
    """Return the members with how many answers each gave (`nombre`), and when (`moment`).

    A year still open is not the same year at the next release: more has been met since. Places where the same units
    gave as many answers are one moment, the first of them.
    """
    lus = membres.merge(places[["rang", "parution"]], left_on="place", right_on="rang").drop(columns="rang")
    lus = lus.merge(nombres, on=["unite", "parution"], how="left").fillna({"nombre": 1}).astype({"nombre": int})
    premiers: dict[tuple[tuple[int, int], ...], int] = {}
    moments = {
        place: premiers.setdefault(tuple(sorted(zip(siens["unite"], siens["nombre"], strict=True))), place)
        for place, siens in lus.groupby("place")
    }
    return lus.assign(moment=lus["place"].map(moments)).drop(columns="parution")


def _assemble(c: Croisement, cellules: Any, tenues: Any, candidates: Any, effectifs: Any) -> Tableau:
    """Build the tableau: a presence is a unit in the cells of one answer, a feuille one answer a unit may hold."""
    presences = tenues.drop_duplicates(["unite", "code"])[["unite", "code"]].reset_index(drop=True)
    presences["presence"] = presences.index
    tenues = tenues.merge(presences, on=["unite", "code"])
    feuilles = candidates.merge(presences, on=["unite", "code"])
    feuille = feuilles.groupby(["unite", "groupe", "reponse"]).ngroup().to_numpy()
    unite_de_feuille = np.zeros(feuille.max() + 1, dtype=np.int64)
    unite_de_feuille[feuille] = feuilles.groupby(["unite", "groupe"]).ngroup().to_numpy()
    depart = None
    if "depart" in feuilles:
        depart = np.zeros(len(unite_de_feuille), dtype=bool)
        depart[feuille] = feuilles["depart"]
    nombre, zeros = len(presences), np.zeros(len(cellules), dtype=np.int64)
    return Tableau(
        c.table,
        list(cellules[list(_COLONNES)].itertuples(index=False, name=None)),
        cellules["valeur"].to_numpy(dtype=np.int64),
        cellules["marge"].to_numpy(dtype=np.int64),
        cellules["place"].map(effectifs).fillna(0).to_numpy(dtype=np.int64),
        zeros,
        zeros,
        cellules["fixe"].to_numpy(dtype=bool),
        cellules["remplacante"].to_numpy(dtype=np.int64),
        c.mode,
        pad(tenues["presence"].to_numpy(), tenues["rang"].to_numpy(), nombre, len(cellules)),
        pad(feuille, feuilles["presence"].to_numpy(), len(unite_de_feuille), nombre)[:-1],
        pd.factorize(presences["unite"])[0],
        np.zeros(nombre, dtype=np.int64),
        # Each stands alone: what one unit answered, another could not always have.
        np.arange(1, nombre + 1),
        unite_de_feuille,
        np.arange(len(unite_de_feuille), dtype=np.uint64),
        np.array([False]),
        depart,
    )


def prove(tableau: Tableau, avant: Certificat | None) -> Certificat:
    """Return the proof of a cross table; where none is found nothing new is shown, and what was read keeps its own.

    Raises NonProuve when nothing was read before.
    """
    try:
        return preuve.prove(tableau)
    except preuve.NonProuve:
        if avant is None:
            raise
        neuves = (cle for cle, fixe in zip(tableau.cellules, tableau.fixes.tolist(), strict=True) if not fixe)
        return replace(avant, retirees=tuple(neuves), arrondies=(), neuf=True)


def apply(con: duckdb.DuckDBPyConnection, c: Certificat) -> list[tuple[str, ...]]:
    """Hide the cells of a cross table that gave way, or show again what they said before.

    Returns the cells of `diffusion.mesure` that gave way with them.
    """
    croisement = next(x for x in CROISEMENTS if x.table == c.indicateur)
    objet = parution.objet(c.indicateur)
    colonnes_cle = ("maille", "periode", *croisement.lieu, croisement.axe, croisement.modalite)
    ici = " AND ".join(f"{sql} = ?" for sql in colonnes_cle)
    axes = {indicateur: axe or "" for indicateur, axe, _ in croisement.partages}
    for cle in (cle for cle in c.retirees if cle[4] not in axes):
        colonnes = con.execute(f"SELECT * FROM diffusion.{objet.table} LIMIT 0").description or []
        vides = ", ".join(f"{nom} = NULL" for nom in ("valeur", "base") if nom in {d[0] for d in colonnes})
        con.execute(f"UPDATE diffusion.{objet.table} SET {vides}, etat = 'secret' WHERE {ici}", list(cle))
        if parution.last(con):
            parution.restore(con, objet, ici, cle)
    return [(cle[4], *cle[:4], axes[cle[4]], cle[5]) for cle in c.retirees if cle[4] in axes]
