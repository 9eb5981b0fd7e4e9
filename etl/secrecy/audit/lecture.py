"""Reads, for each subject, what the public knows and who is in the base of each cell: the attacker's side.

The public knows the cells about to be published, with the members of the release whose value they keep, and the value
each of them had before. Memberships are those of the private base (etl/secrecy/membres.py); they are never published.
"""

import hashlib
from typing import Any

import duckdb
import numpy as np

from etl.secrecy import parution
from etl.secrecy.audit.assemblage import AUCUNE, Entrees, assemble
from etl.secrecy.audit.tableau import Entiers, Tableau
from etl.secrecy.audit.temps import spans
from etl.secrecy.lien import TRAIT, subjects
from etl.secrecy.membres import PROFILS, SITUES

_CASE = "maille, periode, type_territoire, territoire, axe, modalite"
# A value kept from a former release cannot be taken back: only what is new may give way.
_CONNUES = """
CREATE OR REPLACE TEMP TABLE _connue AS
WITH montree AS (
    SELECT indicateur, {case}, numerateur AS valeur, arrondi, gelees.parution
    FROM diffusion.mesure LEFT JOIN diffusion.gel_mesure AS gelees USING (indicateur, {case})
    UNION ALL
    SELECT nom, {case}, valeur, arrondi, gelees.parution
    FROM diffusion.denominateur LEFT JOIN diffusion.gel_denominateur AS gelees USING (nom, {case})
),
courante AS (
    SELECT
        d.indicateur, d.maille, d.periode, d.type_territoire, d.territoire, d.axe, d.modalite,
        CAST(d.valeur AS BIGINT) AS valeur, CAST(coalesce(d.arrondi - 2, 0) AS BIGINT) AS marge,
        CAST(coalesce(r.numerateur, 0) AS BIGINT) AS repli,
        CAST(coalesce(r.arrondi - 2, 0) AS BIGINT) AS marge_repli,
        coalesce(d.parution, {suivante}) AS parution, FALSE AS ancienne, d.parution IS NOT NULL AS fixe
    FROM montree AS d LEFT JOIN diffusion.repli AS r ON d.parution IS NULL AND {meme}
)
SELECT connues.*, coalesce(parutions.date_donnees, parametre.date_donnees) AS jour
FROM (FROM courante WHERE valeur IS NOT NULL {anciennes}) AS connues
LEFT JOIN secret.parution AS parutions ON connues.parution = parutions.numero
CROSS JOIN contrat.parametre AS parametre
"""
_ANCIENNES = """
UNION ALL
SELECT
    indicateur, {case}, CAST(s.valeur AS BIGINT), CAST(coalesce(s.arrondi - 2, 0) AS BIGINT), 0, 0,
    s.parution, TRUE, TRUE
FROM (
    SELECT indicateur, {case}, numerateur AS valeur, arrondi, parution FROM secret.mesure
    UNION ALL SELECT nom, {case}, valeur, arrondi, parution FROM secret.denominateur
) AS s
LEFT JOIN courante AS c USING (indicateur, {case})
WHERE s.parution < coalesce(c.parution, {suivante}) AND s.valeur IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY indicateur, {case} ORDER BY s.parution DESC) <= {memoire}
"""
_MEMBRES = """
SELECT {unite} AS unite, cellules.rang AS ligne
FROM _cellules AS cellules
INNER JOIN _siens AS profils
    ON cellules.fonds = profils.fonds AND cellules.periode = profils.periode
    AND cellules.axe_connu = '{axe}' AND cellules.territoire = {lieu}
    AND cellules.modalite_connue = {modalite}
    AND profils.depuis <= cellules.parution AND coalesce(profils.jusque > cellules.parution, TRUE)
GROUP BY ALL
"""


def audited(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the subjects that have published cells an attacker could learn an answer from.

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
    sujets = [s for s in subjects().values() if s.nom in presents]
    lus_ailleurs = {nom for s in sujets for nom in s.noms[1:]}
    return [s.nom for s in sujets if s.nom not in lus_ailleurs]


def hashed(*colonnes: str) -> str:
    """SQL of a hash that may be summed by exclusive or: that of several columns alone may not.

    The last column enters it by exclusive or itself: the same change in two rows would leave no trace.
    """
    return f"hash(hash({', '.join(colonnes)}))"


def fingerprint(con: duckdb.DuckDBPyConnection, nom: str) -> str:
    """Return a hash of all the attacker reads of a subject, members included, without reading them."""
    sujet = subjects()[nom]
    # What never moves reads the same whatever the day.
    jour = "NULL" if sujet.lien.duree == TRAIT else "jour"
    lignes = con.execute(
        f"""WITH vues AS (
            SELECT parution, any_value({jour}) AS jour, count(*) AS cellules,
                bit_xor({hashed("indicateur", _CASE, "valeur", "marge", "ancienne")}) AS valeurs
            FROM _connue WHERE list_contains(?, indicateur) GROUP BY parution
        )
        SELECT vues.parution, vues.jour, vues.cellules, vues.valeurs, count(*),
            bit_xor({hashed("cle", "maille", "periode")})
        FROM vues INNER JOIN (FROM {PROFILS} WHERE list_contains(?, fonds)) AS profils
            ON profils.depuis <= vues.parution AND coalesce(profils.jusque > vues.parution, TRUE)
        GROUP BY ALL ORDER BY ALL""",
        [sujet.noms, [fonds for _, fonds in sujet.nombres]],
    ).fetchall()
    # The number of a release says nothing: what it held does.
    vus = sorted(ligne[1:] for ligne in lignes)
    return hashlib.blake2b(f"7|{sujet}|{vus}".encode(), digest_size=16).hexdigest()


def read(con: duckdb.DuckDBPyConnection, nom: str, acquises: Entiers = AUCUNE) -> Tableau | None:
    """Return the tableau of one subject, None when it has no published cell to attack.

    `acquises`: keys of the feuilles that a former proof speaks of.
    """
    sujet = subjects()[nom]
    cellules = con.execute(
        f"""SELECT * REPLACE (CASE WHEN indicateur <> ? THEN indicateur ELSE '' END AS indicateur)
        FROM _connue WHERE list_contains(?, indicateur) ORDER BY {_CASE}, indicateur, ancienne, parution""",
        [nom, sujet.noms],
    ).df()
    cellules = cellules.rename(columns={"indicateur": "nombre"})
    if sujet.lien.appartenance:
        cellules = cellules[cellules["axe"].isin(sujet.axes_reponse)].reset_index(drop=True)
    if cellules.empty:
        return None
    reponse = cellules["axe"].isin(sujet.axes_reponse)
    # An answer's cell has the base of its parent: the answer is what is looked for.
    cellules["axe_connu"] = cellules["axe"].mask(reponse, "")
    cellules["modalite_connue"] = cellules["modalite"].mask(reponse, "")
    cellules["rang"] = cellules.index
    portees = spans(cellules["periode"].tolist(), cellules["jour"].dt.date.tolist(), sujet.lien.duree)
    cellules[["debut", "fin", "maille_portee"]] = portees
    fonds = dict(sujet.nombres)
    lignes = members(con, cellules["nombre"].map(lambda nombre: fonds[nombre or nom]), cellules)
    if lignes.empty:
        return None
    cellules, lignes = useful(cellules, lignes)
    cellules["base"] = np.bincount(lignes["ligne"], minlength=len(cellules))
    reponse = cellules["axe"].isin(sujet.axes_reponse)
    modalites = ["", *sorted(set(cellules.loc[reponse, "modalite"]))]
    codes = cellules["modalite"].where(reponse, "").map(modalites.index).to_numpy()
    numeros, unites = np.unique(lignes["unite"].to_numpy(), return_inverse=True)
    entrees = Entrees(unites.astype(np.int64), lignes["ligne"].to_numpy(), codes, modalites, numeros, acquises)
    return assemble(nom, sujet.lien.mode, sujet.lien.duree, cellules, entrees)


def members(con: duckdb.DuckDBPyConnection, fonds: Any, cellules: Any, unite: str = "profils.unite") -> Any:
    """Return who is in the base of each cell, by its `rang`: rows (unite, ligne); `fonds` names it, or one per cell."""
    lieux = {"total": "", "commune": "commune", "tous_qpv": "ensemble"}
    types = cellules["type_territoire"].map(lambda t: lieux.get(t, "qpv"))
    paires = dict.fromkeys(zip(types, cellules["axe_connu"], strict=True))
    con.register("_cellules", cellules.assign(fonds=fonds))
    lus = ("fonds", "periode", "unite", "personne", "depuis", "jusque", *sorted({c for p in paires for c in p if c}))
    con.execute(f"""CREATE OR REPLACE TEMP TABLE _siens AS SELECT {", ".join(lus)}
        FROM {SITUES} WHERE fonds IN (SELECT DISTINCT fonds FROM _cellules)""")
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
    (`remplacante`), in case that row is withdrawn. A row that speaks of more days than before may count more for that.
    """
    inutiles = set(cellules.index.difference(lignes["ligne"].unique()))
    if not cellules["ancienne"].any():
        return _kept(cellules, lignes, inutiles, {})
    valeurs, marges, fixes = (cellules[nom].to_numpy(copy=True) for nom in ("valeur", "marge", "fixe"))
    membres = _members_by_row(lignes, len(cellules))
    remplacantes: dict[int, int] = {}
    for rang, twin, meme in _twins(cellules):
        if rang in inutiles or twin in inutiles or rang in remplacantes:
            continue
        ecart = int(valeurs[twin] - valeurs[rang])
        jeu = sum(int(m) + 1 for m in (marges[twin], marges[rang]) if m)
        pareilles = meme and not ecart and marges[twin] == marges[rang]
        if not (pareilles or abs(ecart) > jeu):
            continue
        venus, partis = _moves(membres[rang], membres[twin])
        if (meme and ecart - jeu > venus) or ecart + jeu < -partis:
            remplacantes[rang] = twin
        elif pareilles and not venus + partis:
            inutiles.add(rang)
            fixes[twin] = True
    inutiles |= {rang for rang, twin in remplacantes.items() if fixes[twin]}
    return _kept(cellules.assign(fixe=fixes), lignes, inutiles, remplacantes)


def _members_by_row(lignes: Any, nombre: int) -> list[Entiers]:
    """Return the units of each row, sorted."""
    unites, rangs = lignes["unite"].to_numpy(), lignes["ligne"].to_numpy()
    ordre = np.lexsort((unites, rangs))
    return np.split(unites[ordre], np.searchsorted(rangs[ordre], np.arange(1, nombre)))


def _moves(avant: Entiers, apres: Entiers) -> tuple[int, int]:
    """Return how many came in and how many left."""
    if np.array_equal(avant, apres):
        return 0, 0
    communs = len(np.intersect1d(avant, apres, assume_unique=True))
    return len(apres) - communs, len(avant) - communs


def _kept(cellules: Any, lignes: Any, inutiles: set[int], remplacantes: dict[int, int]) -> tuple[Any, Any]:
    """Leave out the cells of `inutiles`; the ranks of the others follow on."""
    gardees = cellules.drop(index=sorted(inutiles)).reset_index(drop=True)
    nouveau = {ancien: rang for rang, ancien in enumerate(gardees["rang"])}
    gardees["remplacante"] = [nouveau[remplacantes[r]] if r in remplacantes else -1 for r in gardees["rang"]]
    if inutiles:
        lignes = lignes[lignes["ligne"].isin(nouveau)].assign(ligne=lambda t: t["ligne"].map(nouveau))
    return gardees, lignes


def _twins(cellules: Any) -> list[tuple[int, int, bool]]:
    """Pair former rows with later ones of the same place: those of the same days (True), or of the same and more.

    Those already read come first: nothing they make untrue will be true again.
    """
    # Days that no calendar tells are those of the period they are told in.
    portees = cellules.assign(nom=cellules["periode"].where(cellules["debut"] == 0, ""))
    fins, fixes = cellules["fin"].to_numpy(), cellules["fixe"].to_numpy()
    memes = [(*paire, True) for paire in _pairs(portees, ["debut", "fin", "nom"])]
    suites = _pairs(portees, ["debut", "maille", "periode"])
    memes += [(a, b, False) for a, b in suites if fins[a] < fins[b]]
    return sorted(memes, key=lambda paire: not fixes[paire[1]])


def _pairs(cellules: Any, quand: list[str]) -> list[tuple[int, int]]:
    """Pair each former row with the next one shown of its key, and with the one shown now."""
    cle = quand + [nom for nom in ("type_territoire", "territoire", "axe", "modalite", "nombre") if nom in cellules]
    lues = cellules.sort_values(["ancienne", "parution"], ascending=[False, True], kind="stable")
    suites: dict[int, list[int]] = {}
    for rang, groupe in zip(lues.index.tolist(), lues.groupby(cle, sort=False).ngroup().tolist(), strict=True):
        suites.setdefault(groupe, []).append(rang)
    anciennes = cellules["ancienne"].to_numpy()
    return [
        (avant, apres)
        for suite in suites.values()
        for rang, avant in enumerate(suite[:-1])
        for apres in dict.fromkeys((suite[rang + 1], suite[-1]))
        if anciennes[avant]
    ]
