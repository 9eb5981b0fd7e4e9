"""Reads, for each indicator, what the public knows and who is in the base of each cell: the attacker's side.

The public knows the cells about to be published, with the members of the release whose value they keep, and the value
each of them had before. Memberships are those of the private base (etl/secrecy/membres.py); they are never published.
"""

import hashlib
from typing import Any

import duckdb
import numpy as np

from etl.catalog.indicateurs import CATALOGUE
from etl.secrecy import parution
from etl.secrecy.audit.assemblage import AUCUNE, Entrees, assemble
from etl.secrecy.audit.tableau import Entiers, Tableau
from etl.secrecy.lien import base_read, is_audited, link
from etl.secrecy.membres import SITUES

_CASE = "maille, periode, type_territoire, territoire, axe, modalite"
# A value kept from a former release cannot be taken back: only what is new may give way.
_CONNUES = """
CREATE OR REPLACE TEMP TABLE _connue AS
WITH courante AS (
    SELECT
        d.indicateur, d.maille, d.periode, d.type_territoire, d.territoire, d.axe, d.modalite,
        CAST(d.numerateur AS BIGINT) AS valeur, CAST(coalesce(d.arrondi - 2, 0) AS BIGINT) AS marge,
        CAST(coalesce(r.numerateur, 0) AS BIGINT) AS repli,
        CAST(coalesce(r.arrondi - 2, 0) AS BIGINT) AS marge_repli,
        coalesce(g.parution, {suivante}) AS parution, FALSE AS ancienne, g.parution IS NOT NULL AS fixe
    FROM diffusion.mesure AS d
    LEFT JOIN diffusion.gel_mesure AS g USING (indicateur, {case})
    LEFT JOIN diffusion.repli AS r
        ON g.parution IS NULL AND {meme}
)
FROM courante WHERE valeur IS NOT NULL
{anciennes}
"""
_ANCIENNES = """
UNION ALL
SELECT
    indicateur, {case}, CAST(s.numerateur AS BIGINT), CAST(coalesce(s.arrondi - 2, 0) AS BIGINT), 0, 0,
    s.parution, TRUE, TRUE
FROM secret.mesure AS s
LEFT JOIN courante AS c USING (indicateur, {case})
WHERE s.parution < coalesce(c.parution, {suivante}) AND s.numerateur IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY indicateur, {case} ORDER BY s.parution DESC) <= {memoire}
"""
_MEMBRES = """
SELECT {unite} AS unite, cellules.rang AS ligne
FROM _cellules AS cellules
INNER JOIN _siens AS profils
    ON cellules.periode = profils.periode AND cellules.axe_connu = '{axe}' AND cellules.territoire = {lieu}
    AND cellules.modalite_connue = {modalite}
    AND profils.depuis <= cellules.parution AND coalesce(profils.jusque > cellules.parution, TRUE)
GROUP BY ALL
"""


def audited(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the indicators about persons that have published cells an attacker could learn an answer from.

    Lists too, in `_connue`, all that the public knows of them: `read` and `fingerprint` start from there.
    """
    suivante = parution.last(con) + 1
    cle = ("indicateur", *_CASE.split(", "))
    anciennes = _ANCIENNES.format(case=_CASE, suivante=suivante, memoire=parution.MEMOIRE)
    con.execute(
        _CONNUES.format(
            case=_CASE,
            suivante=suivante,
            meme=" AND ".join(f"d.{c} = r.{c}" for c in cle),
            anciennes=anciennes if suivante > 1 else "",
        )
    )
    presents = {nom for (nom,) in con.execute("SELECT DISTINCT indicateur FROM _connue WHERE NOT ancienne").fetchall()}
    return [i.id for i in CATALOGUE.values() if i.id in presents and is_audited(i)]


def fingerprint(con: duckdb.DuckDBPyConnection, indicateur: str) -> str:
    """Return a hash of all the attacker reads of an indicator, members included, without reading them."""
    i = CATALOGUE[indicateur]
    lignes = con.execute(
        f"""WITH vues AS (
            SELECT parution, count(*) AS cellules,
                bit_xor(hash({_CASE}, valeur, marge, ancienne)) AS valeurs
            FROM _connue WHERE indicateur = ? GROUP BY parution
        )
        SELECT vues.parution, vues.cellules, vues.valeurs, count(*), bit_xor(profils.cle)
        FROM vues INNER JOIN (SELECT depuis, jusque, cle FROM secret.profil WHERE fonds = ?) AS profils
            ON profils.depuis <= vues.parution AND coalesce(profils.jusque > vues.parution, TRUE)
        GROUP BY ALL ORDER BY ALL""",
        [indicateur, base_read(i)],
    ).fetchall()
    # The number of a release says nothing: what it held does.
    vus = sorted(ligne[1:] for ligne in lignes)
    return hashlib.blake2b(f"3|{indicateur}|{link(i)}|{vus}".encode(), digest_size=16).hexdigest()


def read(con: duckdb.DuckDBPyConnection, indicateur: str, acquises: Entiers = AUCUNE) -> Tableau | None:
    """Return the tableau of one indicator, None when it has no published cell to attack.

    `acquises`: keys of the feuilles that a former proof speaks of.
    """
    i = CATALOGUE[indicateur]
    lien = link(i)
    requete = f"SELECT * EXCLUDE (indicateur) FROM _connue WHERE indicateur = ? ORDER BY {_CASE}, ancienne, parution"
    cellules = con.execute(requete, [indicateur]).df()
    if lien.appartenance:
        cellules = cellules[cellules["axe"].isin(i.axes_reponse)].reset_index(drop=True)
    if cellules.empty:
        return None
    reponse = cellules["axe"].isin(i.axes_reponse)
    # An answer's cell has the base of its parent: the answer is what is looked for.
    cellules["axe_connu"] = cellules["axe"].mask(reponse, "")
    cellules["modalite_connue"] = cellules["modalite"].mask(reponse, "")
    cellules["rang"] = cellules.index
    lignes = members(con, base_read(i), cellules)
    if lignes.empty:
        return None
    cellules, lignes = useful(cellules, lignes)
    cellules["base"] = np.bincount(lignes["ligne"], minlength=len(cellules))
    reponse = cellules["axe"].isin(i.axes_reponse)
    modalites = ["", *sorted(set(cellules.loc[reponse, "modalite"]))]
    codes = cellules["modalite"].where(reponse, "").map(modalites.index).to_numpy()
    numeros, unites = np.unique(lignes["unite"].to_numpy(), return_inverse=True)
    entrees = Entrees(unites.astype(np.int64), lignes["ligne"].to_numpy(), codes, modalites, numeros, acquises)
    return assemble(indicateur, lien.mode, lien.duree, cellules, entrees)


def members(con: duckdb.DuckDBPyConnection, fonds: str, cellules: Any, unite: str = "profils.unite") -> Any:
    """Return who is in the base of each cell, by its `rang`: rows (unite, ligne)."""
    lieux = {"total": "", "commune": "commune", "tous_qpv": "ensemble"}
    types = cellules["type_territoire"].map(lambda t: lieux.get(t, "qpv"))
    paires = dict.fromkeys(zip(types, cellules["axe_connu"], strict=True))
    con.register("_cellules", cellules)
    con.execute(f"CREATE OR REPLACE TEMP TABLE _siens AS FROM {SITUES} WHERE fonds = ?", [fonds])
    requetes = (
        _MEMBRES.format(axe=axe, lieu=lieu or "'total'", modalite=axe or "''", unite=unite) for lieu, axe in paires
    )
    lignes = con.execute(f"{' UNION ALL '.join(requetes)} ORDER BY ALL").df()
    con.unregister("_cellules")
    return lignes


def useful(cellules: Any, lignes: Any) -> tuple[Any, Any]:
    """Leave out the former values that say the same as now, or that answers which have moved since have made untrue.

    What says the same as before has been read already: it cannot give way. A value moved by more than those who came
    and went can explain: who counted then no longer says who counts now. It waits beside the new row that replaces it
    (`remplacante`), in case that row is withdrawn.
    """
    membres = {ligne: set(unites) for ligne, unites in lignes.groupby("ligne")["unite"]}
    actuelles = {cle: r for r, cle in _keys(cellules[~cellules["ancienne"]])}
    inutiles = set(cellules.index.difference(list(membres)))
    remplacantes = {}
    for rang, cle in _keys(cellules[cellules["ancienne"]]):
        if rang in inutiles or (twin := actuelles.get(cle)) is None or twin in inutiles:
            continue
        venus, partis = len(membres[twin] - membres[rang]), len(membres[rang] - membres[twin])
        ecart = cellules.at[twin, "valeur"] - cellules.at[rang, "valeur"]
        jeu = sum(m + 1 for m in (cellules.at[twin, "marge"], cellules.at[rang, "marge"]) if m)
        if ecart - jeu > venus or ecart + jeu < -partis:
            remplacantes[rang] = twin
        elif not venus + partis and not ecart and cellules.at[twin, "marge"] == cellules.at[rang, "marge"]:
            inutiles.add(rang)
            cellules.loc[twin, "fixe"] = True
    inutiles |= {rang for rang, twin in remplacantes.items() if cellules.at[twin, "fixe"]}
    gardees = cellules.drop(index=sorted(inutiles)).reset_index(drop=True)
    nouveau = {ancien: rang for rang, ancien in enumerate(gardees["rang"])}
    gardees["remplacante"] = [nouveau[remplacantes[r]] if r in remplacantes else -1 for r in gardees["rang"]]
    lignes = lignes[lignes["ligne"].isin(nouveau)].assign(ligne=lambda t: t["ligne"].map(nouveau))
    return gardees, lignes


def _keys(cellules: Any) -> list[tuple[int, tuple]]:
    return list(zip(cellules.index, cellules[_CASE.split(", ")].itertuples(index=False, name=None), strict=True))
