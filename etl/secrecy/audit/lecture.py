"""Reads, for each indicator, the published cells and who is in the base of each: the attacker's side of the audit.

Memberships come from the declarations that counted the cells (etl/measures/scan.py); they are never published.
"""

import re
from dataclasses import dataclass

import duckdb
import numpy as np

from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.modele import AXES_PERSONNE
from etl.measures.scan import groupings
from etl.secrecy.audit.assemblage import EVENEMENT, PAR_PERIODE, TRAIT, Entrees, assemble
from etl.secrecy.audit.tableau import EXACTEMENT_UNE, LIBRE, UNE_FOIS, Tableau

# What the attacker knows of everybody: an indicator that counts these alone teaches him nothing.
_CONNUS = {"qpv", "commune", *AXES_PERSONNE, "identifie", "mature", "accompagne", "TRUE", "AND", "NOT", "OR", "IN"}
# Read once for all: how far a person spotted has gone is the same whatever the period it is read in.
_ACQUIS = "parcours_"
# Asked again at the end of each period: one answer says nothing of the next.
_PAR_PERIODE = ("sans_contact",)

_CELLULES = """
SELECT
    d.maille, d.periode, d.type_territoire, d.territoire, d.axe, d.modalite,
    CAST(d.numerateur AS BIGINT) AS valeur, CAST(coalesce(d.arrondi - 2, 0) AS BIGINT) AS marge, m.n AS base,
    CAST(coalesce(r.numerateur, 0) AS BIGINT) AS repli, CAST(coalesce(r.arrondi - 2, 0) AS BIGINT) AS marge_repli
FROM diffusion.mesure AS d
INNER JOIN mart.mesure AS m USING (indicateur, maille, periode, type_territoire, territoire, axe, modalite)
LEFT JOIN diffusion.repli AS r USING (indicateur, maille, periode, type_territoire, territoire, axe, modalite)
WHERE d.indicateur = ? AND d.numerateur IS NOT NULL
ORDER BY ALL
"""
_APPARTENANCE = """
WITH profil AS (
    SELECT DISTINCT {unite} AS unite, faits.periode, {colonnes}
    FROM (FROM mart.{fait} WHERE maille IN ({mailles})) AS faits
    ASOF JOIN core.personne_etat AS etats ON faits.personne = etats.personne AND faits.fin >= etats.depuis
    {numeros}
    WHERE {condition}
),
cle AS (SELECT unite, periode, unnest([{cles}]) AS cle FROM profil)
SELECT unite, cellules.rang AS ligne
FROM cle
INNER JOIN _cellules AS cellules
    ON cle.periode = cellules.periode AND cle.cle.territoire = cellules.territoire
    AND cle.cle.axe = cellules.axe_connu AND cle.cle.modalite = cellules.modalite_connue
"""


@dataclass(frozen=True)
class Lien:
    """What the attacker does not know of an indicator; `appartenance`: nothing but the answer its breakdown tells."""

    mode: str
    duree: str
    appartenance: bool


def link(i: Indicateur) -> Lien:
    """Tell from its declaration how the answers of one unit hold together over periods."""
    mots = set(re.findall(r"[^\W\d]\w*", re.sub(r"'[^']*'", "", i.compte)))
    if i.classe == "population" or i.compte == i.base or mots <= _CONNUS:
        return Lien(EXACTEMENT_UNE, TRAIT, appartenance=True)
    if mots.intersection(_PAR_PERIODE):
        return Lien(LIBRE, PAR_PERIODE, appartenance=False)
    datee = (not i.ratio or i.fait == "fait_reperage") and not i.id.startswith(_ACQUIS)
    # A fact (a barrier) has one date; a person may be counted several times.
    mode = UNE_FOIS if datee and i.unite_comptee != "personne" else LIBRE
    return Lien(mode, EVENEMENT if datee else TRAIT, appartenance=False)


def audited(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the indicators about persons that have published cells an attacker could learn an answer from."""
    presents = {nom for (nom,) in con.execute("SELECT DISTINCT indicateur FROM mart.mesure").fetchall()}
    return [
        i.id
        for i in CATALOGUE.values()
        if i.id in presents and i.sur_personnes and (not link(i).appartenance or i.axes_reponse)
    ]


def read(con: duckdb.DuckDBPyConnection, indicateur: str) -> Tableau | None:
    """Return the tableau of one indicator, None when it has no published cell to attack."""
    i = CATALOGUE[indicateur]
    lien = link(i)
    cellules = con.execute(_CELLULES, [indicateur]).df()
    if lien.appartenance:
        cellules = cellules[cellules["axe"].isin(i.axes_reponse)]
    cellules = cellules.reset_index(drop=True)
    if cellules.empty:
        return None
    reponse = cellules["axe"].isin(i.axes_reponse)
    cellules["rang"] = cellules.index
    # An answer's cell has the base of its parent: the answer is what is looked for.
    cellules["axe_connu"] = cellules["axe"].mask(reponse, "")
    cellules["modalite_connue"] = cellules["modalite"].mask(reponse, "")
    con.execute("""CREATE TEMP TABLE IF NOT EXISTS _numero AS
        SELECT personne, CAST(row_number() OVER (ORDER BY personne) AS INTEGER) AS numero
        FROM (SELECT DISTINCT personne FROM core.personne_etat)""")
    con.register("_cellules", cellules)
    lignes = con.execute(_membership(i, lien)).df()
    con.unregister("_cellules")
    if lignes.empty:
        return None
    modalites = ["", *sorted(set(cellules.loc[reponse, "modalite"]))]
    codes = cellules["modalite"].where(reponse, "").map(modalites.index).to_numpy()
    unites = np.unique(lignes["unite"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    entrees = Entrees(unites, lignes["ligne"].to_numpy(), codes, modalites)
    return assemble(indicateur, lien.mode, lien.duree, cellules, entrees)


def _membership(i: Indicateur, lien: Lien) -> str:
    mailles = i.mailles
    ensembles = dict.fromkeys(e for maille in mailles for e in groupings((i,), maille) if e[1] not in i.axes_reponse)
    colonnes = dict.fromkeys(c for e in ensembles for c in e if c)
    cles = ", ".join(
        f"{{'territoire': {t or repr('total')}, 'axe': '{axe}', 'modalite': {axe or repr('')}}}" for t, axe in ensembles
    )
    condition = f"({i.base}) AND ({i.compte})" if lien.appartenance else i.base
    return _APPARTENANCE.format(
        unite="numeros.numero" if i.unite_comptee == "personne" else f"faits.{i.unite_comptee}",
        numeros="INNER JOIN _numero AS numeros ON faits.personne = numeros.personne"
        if i.unite_comptee == "personne"
        else "",
        fait=i.fait,
        mailles=", ".join(f"'{m}'" for m in mailles),
        colonnes=", ".join(colonnes) or "1 AS rien",
        condition=condition,
        cles=cles,
    )
