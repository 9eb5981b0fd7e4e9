"""Counts every indicator of the catalogue into `mart.mesure`: one pass of grouping sets per table of facts."""

from collections.abc import Callable, Iterable
from itertools import groupby

import duckdb

from etl.catalog import nomenclatures
from etl.catalog.indicateurs import CATALOGUE, Indicateur

TERRITOIRES = ("qpv", "commune", "ensemble")

_CREATE = """
CREATE OR REPLACE TABLE mart.mesure (
    indicateur VARCHAR, maille VARCHAR, periode VARCHAR, type_territoire VARCHAR, territoire VARCHAR,
    axe VARCHAR, modalite VARCHAR, numerateur DOUBLE, denominateur DOUBLE,
    x BIGINT, n BIGINT, personnes BIGINT, concernes BIGINT
);
COMMENT ON TABLE mart.mesure IS
    'Each indicator by period, territory and breakdown: exact numerator, denominator, units counted (x), base (n).'
"""


def build(
    con: duckdb.DuckDBPyConnection,
    catalogue: Iterable[Indicateur] = tuple(CATALOGUE.values()),
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Fill `mart.mesure` from the mart.fait_* tables; `progress(fait, rang, total)` precedes each table of facts."""
    con.execute(_CREATE)
    calcules = sorted((i for i in catalogue if i.classe != "contexte"), key=lambda i: i.fait)
    faits = {fait: tuple(indicateurs) for fait, indicateurs in groupby(calcules, key=lambda i: i.fait)}
    for rang, (fait, indicateurs) in enumerate(faits.items(), start=1):
        if progress:
            progress(fait, rang, len(faits))
        _count(con, fait, indicateurs)
    con.execute("DROP TABLE mart._compte")


def _count(con: duckdb.DuckDBPyConnection, fait: str, indicateurs: tuple[Indicateur, ...]) -> None:
    """Count the indicators of one table of facts in one scan, then store them as long rows."""
    con.execute(f"CREATE OR REPLACE TABLE mart._compte AS {scan(fait, indicateurs)}")
    colonnes = [*_territoires(indicateurs), *_axes(indicateurs)]
    for indicateur in indicateurs:
        con.execute(f"INSERT INTO mart.mesure {_unpivot(indicateur, colonnes)}")
        con.execute(_grille(indicateur))
        for axe in indicateur.axes_reponse:
            _complete_answers(con, indicateur.id, axe)


def scan(fait: str, indicateurs: tuple[Indicateur, ...]) -> str:
    """Return the SELECT that counts `indicateurs` over `mart.<fait>`, in every grouping the catalogue can publish.

    Persons take the quarter and answers known of them at the period's end (core.personne_etat).
    """
    axes, territoires = _axes(indicateurs), _territoires(indicateurs)
    ensembles = [("maille", "periode")]
    ensembles += [("maille", "periode", t) for t in territoires]
    ensembles += [("maille", "periode", a) for a in axes]
    ensembles += [("maille", "periode", t, a) for t in territoires for a in axes]
    colonnes = [*territoires, *axes]
    groupe = f"grouping_id({', '.join(colonnes)})" if colonnes else "0"
    source = f"mart.{fait} AS faits"
    if indicateurs[0].sur_personnes:
        source += (
            " ASOF JOIN core.personne_etat AS etats ON faits.personne = etats.personne AND faits.fin >= etats.depuis"
        )
    agregats = ", ".join(a for i in indicateurs for a in _agregats(i))
    sets = ", ".join(f"({', '.join(e)})" for e in ensembles)
    entete = ", ".join(["maille", "periode", *colonnes, f"{groupe} AS groupe"])
    return f"SELECT {entete}, {agregats} FROM {source} GROUP BY GROUPING SETS ({sets})"


def _axes(indicateurs: tuple[Indicateur, ...]) -> list[str]:
    return list(dict.fromkeys(axe for i in indicateurs for axe in i.axes))


def _territoires(indicateurs: tuple[Indicateur, ...]) -> tuple[str, ...]:
    return TERRITOIRES if any(i.territoires for i in indicateurs) else ()


def _agregats(i: Indicateur) -> list[str]:
    if not i.sur_personnes:
        return [f"{i.numerateur} AS {i.id}__num", f"{i.denominateur or 'NULL'} AS {i.id}__den"]
    unite = "faits.personne" if i.unite_comptee == "personne" else i.unite_comptee
    compte = f"({i.base}) AND ({i.compte})" if i.ratio else i.compte
    return [
        f"count(DISTINCT {unite}) FILTER (WHERE {compte}) AS {i.id}__x",
        f"count(DISTINCT {unite}) FILTER (WHERE {i.base}) AS {i.id}__n",
        f"count(DISTINCT faits.personne) FILTER (WHERE {i.base}) AS {i.id}__p",
        f"count(DISTINCT {unite}) FILTER (WHERE {i.base_totale}) AS {i.id}__tous",
    ]


def _unpivot(i: Indicateur, colonnes: list[str]) -> str:
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


def _complete_answers(con: duckdb.DuckDBPyConnection, indicateur: str, axe: str) -> None:
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


# When the breakdown is itself the answer (which scheme? which exit?), those concerned are all those of the cell.
_BASE_DU_PARENT = """
UPDATE mart.mesure AS cellule
SET n = parent.n, personnes = parent.personnes
FROM mart.mesure AS parent
WHERE cellule.indicateur = ? AND cellule.axe = ? AND parent.axe = ''
    AND parent.indicateur = cellule.indicateur AND parent.maille = cellule.maille
    AND parent.periode = cellule.periode AND parent.territoire = cellule.territoire
"""


def _grille(i: Indicateur) -> str:
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
