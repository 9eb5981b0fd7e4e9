"""Turns the counts of one pass into the long rows of `mart.mesure`, zeros and possible answers included."""

import duckdb

from etl.catalog import nomenclatures
from etl.catalog.indicateurs import Indicateur
from etl.measures.scan import TERRITOIRES

# When the breakdown is itself the answer (which scheme? which exit?), those concerned are all those of the cell.
_BASE_DU_PARENT = """
UPDATE mart.mesure AS cellule
SET n = parent.n, personnes = parent.personnes
FROM mart.mesure AS parent
WHERE cellule.indicateur = ? AND cellule.axe = ? AND parent.axe = ''
    AND parent.indicateur = cellule.indicateur AND parent.maille = cellule.maille
    AND parent.periode = cellule.periode AND parent.territoire = cellule.territoire
"""


def unpivot(i: Indicateur, colonnes: list[str]) -> str:
    """Turn one indicator's counts into long rows: one per period, territory and breakdown it declares."""
    territoires = ("", *(TERRITOIRES if i.territoires else ()))
    return " UNION ALL ".join(_case(i, colonnes, t, axe) for axe in ("", *i.axes) for t in territoires)


def _case(i: Indicateur, colonnes: list[str], territoire: str, axe: str) -> str:
    # grouping_id sets a bit for each column that is *not* grouped, the first column being the highest bit.
    groupe = sum(1 << (len(colonnes) - 1 - rang) for rang, c in enumerate(colonnes) if c not in (territoire, axe))
    if i.sur_personnes:
        num, den = f"{i.id}__x", f"{i.id}__n" if i.ratio else "NULL"
        comptes = f"{i.id}__x, {i.id}__n, {i.id}__p, {i.id}__tous"
    else:
        num, den, comptes = f"{i.id}__num", f"{i.id}__den", "NULL, NULL, NULL, NULL"
    type_, code = _territoire(territoire)
    mailles = ", ".join(f"'{m}'" for m in i.mailles)
    ou = [f"groupe = {groupe}", f"maille IN ({mailles})"]
    ou += [f"{c} IS NOT NULL" for c in (territoire, axe) if c]
    if i.sur_personnes:
        # Whether a breakdown has a cell depends on its base alone (or, when it tells the answer, on nothing).
        ou.append("TRUE" if not axe or axe in i.axes_reponse else f"{i.id}__n > 0")
    else:
        ou.append(f"{den if i.ratio else num} IS NOT NULL")
    return (
        f"SELECT '{i.id}', maille, periode, {type_}, {code}, '{axe}', {axe or repr('')}, {num}, {den}, {comptes} "
        f"FROM mart._compte WHERE {' AND '.join(ou)}"
    )


def _territoire(colonne: str) -> tuple[str, str]:
    """SQL of the territory's type and code for a grouping column."""
    if colonne == "qpv":
        return "CASE WHEN qpv IN ('hors_qpv', 'inconnu') THEN qpv ELSE 'qpv' END", "qpv"
    if colonne == "commune":
        return "'commune'", "commune"
    mot = "tous_qpv" if colonne else "total"
    return f"'{mot}'", f"'{mot}'"


def complete_answers(con: duckdb.DuckDBPyConnection, indicateur: str, axe: str) -> None:
    """Give every possible answer its cell: which answers exist must not depend on what people answered."""
    codes = nomenclatures.load("dispositif_orientation" if axe == "dispositif" else axe).codes
    valeurs = ", ".join(f"('{code}')" for code in codes)
    con.execute(
        f"""
        INSERT INTO mart.mesure
        SELECT parent.* REPLACE ('{axe}' AS axe, code AS modalite, 0 AS numerateur, 0 AS x)
        FROM mart.mesure AS parent CROSS JOIN (VALUES {valeurs}) AS codes (code)
        WHERE parent.indicateur = $1 AND parent.axe = '' AND NOT EXISTS (
            FROM mart.mesure AS cellule
            WHERE cellule.indicateur = $1 AND cellule.axe = $2 AND cellule.modalite = code
                AND cellule.maille = parent.maille AND cellule.periode = parent.periode
                AND cellule.territoire = parent.territoire)
        """,
        [indicateur, axe],
    )
    con.execute(_BASE_DU_PARENT, [indicateur, axe])


def grid(i: Indicateur) -> str:
    """Add the cells where nobody was counted: zero is a figure, an absent row would read as missing."""
    territoires = "SELECT 'total' AS type_territoire, 'total' AS territoire"
    if i.territoires:
        territoires += " UNION ALL SELECT 'qpv', code FROM contrat.qpv UNION ALL SELECT 'tous_qpv', 'tous_qpv'"
        territoires += " UNION ALL SELECT DISTINCT 'commune', commune FROM contrat.qpv"
        if i.sur_personnes:
            territoires += " UNION ALL VALUES ('hors_qpv', 'hors_qpv'), ('inconnu', 'inconnu')"
    mailles = ", ".join(f"'{m}'" for m in i.mailles)
    comptes = "0, 0, 0, 0" if i.sur_personnes else "NULL, NULL, NULL, NULL"
    return f"""
    INSERT INTO mart.mesure
    SELECT '{i.id}', maille, periode, type_territoire, territoire, '', '', 0, {"0" if i.ratio else "NULL"}, {comptes}
    FROM core.periode CROSS JOIN ({territoires})
    ANTI JOIN (FROM mart.mesure WHERE indicateur = '{i.id}' AND axe = '') USING (maille, periode, territoire)
    WHERE maille IN ({mailles})
    """
