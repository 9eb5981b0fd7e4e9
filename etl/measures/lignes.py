"""Turns the counts of one pass into the long rows of `mart.mesure`, zeros and possible answers included."""

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


def unpivot(i: Indicateur, maille: str, ensembles: list[Ensemble]) -> str:
    """Turn one indicator's counts into long rows: one per period, territory and breakdown it declares."""
    colonnes = columns(ensembles)
    return " UNION ALL ".join(_case(i, maille, colonnes, e) for e in ensembles if is_counted(i, maille, e))


def _case(i: Indicateur, maille: str, colonnes: list[str], ensemble: Ensemble) -> str:
    # grouping_id sets a bit for each column that is *not* grouped, the first column being the highest bit.
    groupe = sum(1 << (len(colonnes) - 1 - rang) for rang, c in enumerate(colonnes) if c not in ensemble)
    territoire, axe = ensemble
    if i.sur_personnes:
        num, den = f"{i.id}__x", f"{i.id}__n" if i.ratio else "NULL"
        comptes = f"{i.id}__x, {i.id}__n, {i.id}__p, {i.id}__tous"
        # Whether a breakdown has a cell depends on its base alone (or, when it tells the answer, on nothing).
        present = "TRUE" if not axe or axe in i.axes_reponse else f"{i.id}__n > 0"
    else:
        num, den, comptes = f"{i.id}__num", f"{i.id}__den", "NULL, NULL, NULL, NULL"
        present = f"{den if i.ratio else num} IS NOT NULL"
    ou = [f"groupe = {groupe}", present, *(f"{c} IS NOT NULL" for c in ensemble if c)]
    code = territoire or "'total'"
    type_ = f"'{TERRITOIRES[territoire]}'"
    if territoire == "qpv":
        type_ = "CASE WHEN qpv IN ('hors_qpv', 'inconnu') THEN qpv ELSE 'qpv' END"
    return (
        f"SELECT '{i.id}', '{maille}', periode, {type_}, {code}, '{axe}', {axe or repr('')}, {num}, {den}, {comptes} "
        f"FROM mart._compte WHERE {' AND '.join(ou)}"
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


def grid(i: Indicateur) -> str:
    """SQL that adds the cells where nobody was counted: zero is a figure, an absent row would read as missing."""
    types = {"total": "VALUES ('total')"}
    if i.territoires:
        types |= {"tous_qpv": "VALUES ('tous_qpv')", "qpv": "SELECT code FROM contrat.qpv"}
        types["commune"] = "SELECT DISTINCT commune FROM contrat.qpv"
        if i.sur_personnes:
            types |= {"hors_qpv": "VALUES ('hors_qpv')", "inconnu": "VALUES ('inconnu')"}
    cases = [
        f"SELECT '{maille}' AS maille, '{type_}' AS type_territoire, * FROM ({codes}) AS codes (territoire)"
        for maille in i.mailles
        for type_, codes in types.items()
        if is_allowed(i, maille, type_, "")
    ]
    comptes = "0, 0, 0, 0" if i.sur_personnes else "NULL, NULL, NULL, NULL"
    return f"""
    INSERT INTO mart.mesure
    SELECT '{i.id}', maille, periode, type_territoire, territoire, '', '', 0, {"0" if i.ratio else "NULL"}, {comptes}
    FROM core.periode INNER JOIN ({" UNION ALL ".join(cases)}) AS cases USING (maille)
    ANTI JOIN (FROM mart.mesure WHERE indicateur = '{i.id}' AND axe = '') USING (maille, periode, territoire)
    """
