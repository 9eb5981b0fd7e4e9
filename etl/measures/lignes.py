"""Turns the counts of one pass into the long rows of `mart.mesure`, zeros and possible answers included."""

from collections.abc import Callable, Iterable

import duckdb

from etl.catalog import nomenclatures
from etl.catalog.indicateurs import Indicateur
from etl.measures.scan import TERRITOIRES, Ensemble, columns, is_counted
from etl.secrecy.catalogue import is_allowed

# When the breakdown is itself the answer (which scheme? which exit?), those concerned are all those of the cell.
_BASE_DU_PARENT = """
UPDATE mart.mesure AS cellule
SET n = parent.n, personnes = parent.personnes
FROM mart.mesure AS parent
WHERE cellule.indicateur = ? AND cellule.axe = ? AND parent.axe = ''
    AND parent.indicateur = cellule.indicateur AND parent.maille = cellule.maille
    AND parent.periode = cellule.periode AND parent.territoire = cellule.territoire
"""


def unpivot(indicateurs: tuple[Indicateur, ...], maille: str, ensembles: list[Ensemble]) -> str:
    """Turn the counts of a pass into long rows: one per indicator, period, territory and breakdown it declares."""
    groupes = numbers(ensembles)
    structures = ", ".join(_cellule(i, maille, groupes) for i in indicateurs)
    return f"""
    SELECT
        cellule.indicateur, '{maille}' AS maille, periode, type_territoire, territoire, axe, modalite,
        cellule.numerateur, cellule.denominateur, cellule.x, cellule.n, cellule.personnes, cellule.concernes
    FROM (
        SELECT
            periode, groupe, {place(groupes)},
            unnest([{structures}]) AS cellule
        FROM compte
    )
    WHERE list_contains(cellule.groupes, groupe) AND cellule.presente
        AND territoire IS NOT NULL AND modalite IS NOT NULL
    """


def numbers(ensembles: list[Ensemble]) -> dict[Ensemble, int]:
    """Return the grouping_id of each grouping."""
    return {e: _groupe(columns(ensembles), e) for e in ensembles}


def place(groupes: dict[Ensemble, int]) -> str:
    """SQL of the columns that say which cell a group is: kind of territory, territory, breakdown and value."""
    return (
        f"{_choose(groupes, _type)} AS type_territoire, {_choose(groupes, _code)} AS territoire, "
        f"""{_choose(groupes, lambda e: f"'{e[1]}'")} AS axe, {_choose(groupes, _modalite)} AS modalite"""
    )


def _groupe(colonnes: list[str], ensemble: Ensemble) -> int:
    """Value of grouping_id: a bit for each column that is *not* grouped, the first column being the highest bit."""
    return sum(1 << (len(colonnes) - 1 - rang) for rang, c in enumerate(colonnes) if c not in ensemble)


def _choose(groupes: dict[Ensemble, int], sql: Callable[[Ensemble], str]) -> str:
    return f"CASE groupe {' '.join(f'WHEN {numero} THEN {sql(e)}' for e, numero in groupes.items())} END"


def _type(ensemble: Ensemble) -> str:
    if ensemble[0] == "qpv":
        return "CASE WHEN qpv IN ('hors_qpv', 'inconnu') THEN qpv ELSE 'qpv' END"
    return f"'{TERRITOIRES[ensemble[0]]}'"


def _code(ensemble: Ensemble) -> str:
    return ensemble[0] or "'total'"


def _modalite(ensemble: Ensemble) -> str:
    return ensemble[1] or "''"


def _cellule(i: Indicateur, maille: str, groupes: dict[Ensemble, int]) -> str:
    """SQL of one indicator's cell: its counts, the groupings it has, and whether a row stands there."""
    siens = {e: numero for e, numero in groupes.items() if is_counted(i, maille, e)}
    if i.sur_personnes:
        # Whether a breakdown has a cell depends on its base alone (or, when it tells the answer, on nothing).
        toujours = [numero for (_, axe), numero in siens.items() if not axe or axe in i.axes_reponse]
        presente = f"({i.id}__p > 0 OR groupe IN ({', '.join(map(str, toujours)) or 'NULL'}))"
        num, den = f"{i.id}__x", f"{i.id}__n" if i.ratio else "NULL"
        comptes = (f"{i.id}__x", f"{i.id}__n", f"{i.id}__p", f"{i.id}__tous")
    else:
        num, den, comptes = f"{i.id}__num", f"{i.id}__den", ("NULL",) * 4
        presente = f"{den if i.ratio else num} IS NOT NULL"
    noms = ("x", "n", "personnes", "concernes")
    bigints = ", ".join(f"'{nom}': CAST({sql} AS BIGINT)" for nom, sql in zip(noms, comptes, strict=True))
    return (
        f"{{'indicateur': '{i.id}', 'groupes': {list(siens.values())}::BIGINT[], 'presente': {presente}, "
        f"'numerateur': CAST({num} AS DOUBLE), 'denominateur': CAST({den} AS DOUBLE), {bigints}}}"
    )


def complete_answers(con: duckdb.DuckDBPyConnection, i: Indicateur, axe: str) -> None:
    """Give every possible answer its cell: which answers exist must not depend on what people answered."""
    codes = nomenclatures.load("dispositif_orientation" if axe == "dispositif" else axe).codes
    valeurs = ", ".join(f"('{code}')" for code in codes)
    con.execute(f"""
    INSERT INTO mart.mesure
    SELECT parents.* REPLACE ('{axe}' AS axe, code AS modalite, 0 AS numerateur, 0 AS x)
    FROM mart.mesure AS parents CROSS JOIN (VALUES {valeurs}) AS codes (code)
    ANTI JOIN (FROM mart.mesure WHERE indicateur = '{i.id}' AND axe = '{axe}') AS cellules
        ON parents.maille = cellules.maille AND parents.periode = cellules.periode
        AND parents.territoire = cellules.territoire AND code = cellules.modalite
    WHERE parents.indicateur = '{i.id}' AND parents.axe = '' AND ({_permis(i, axe)})
    """)
    con.execute(_BASE_DU_PARENT, [i.id, axe])


def _permis(i: Indicateur, axe: str) -> str:
    """SQL of the (period kind, territory kind) pairs where the catalogue has this breakdown."""
    types = ("total", "qpv", "commune", "tous_qpv", "hors_qpv", "inconnu")
    paires = [f"('{m}', '{t}')" for m in i.mailles for t in types if is_allowed(i, m, t, axe)]
    return f"(parents.maille, parents.type_territoire) IN ({', '.join(paires)})" if paires else "FALSE"


def grid(indicateurs: Iterable[Indicateur]) -> str:
    """SQL that adds the cells where nobody was counted: zero is a figure, an absent row would read as missing."""
    voulues = [
        f"('{i.id}', '{maille}', '{type_}', {i.ratio}, {i.sur_personnes})"
        for i in indicateurs
        for maille in i.mailles
        for type_ in _types(i)
        if is_allowed(i, maille, type_, "")
    ]
    comptes = ("x", "n", "personnes", "concernes")
    zeros = ", ".join(f"CASE WHEN sur_personnes THEN 0 END AS {nom}" for nom in comptes)
    return f"""
    INSERT INTO mart.mesure BY NAME
    SELECT
        voulues.indicateur, maille, periode, type_territoire, territoire, '' AS axe, '' AS modalite,
        0 AS numerateur, CASE WHEN ratio THEN 0 END AS denominateur, {zeros}
    FROM core.periode
    INNER JOIN (VALUES {", ".join(voulues)}) AS voulues (indicateur, maille, type_territoire, ratio, sur_personnes)
        USING (maille)
    INNER JOIN (
        VALUES ('total', 'total'), ('tous_qpv', 'tous_qpv'), ('hors_qpv', 'hors_qpv'), ('inconnu', 'inconnu')
        UNION ALL SELECT 'qpv', code FROM contrat.qpv
        UNION ALL SELECT DISTINCT 'commune', commune FROM contrat.qpv
    ) AS territoires (type_territoire, territoire) USING (type_territoire)
    ANTI JOIN (FROM mart.mesure WHERE axe = '') AS comptees USING (indicateur, maille, periode, territoire)
    """


def _types(i: Indicateur) -> tuple[str, ...]:
    if not i.territoires:
        return ("total",)
    return ("total", "tous_qpv", "qpv", "commune", *(("hors_qpv", "inconnu") if i.sur_personnes else ()))
