"""Works out the indicators that follow from the published cells of others: quotients, differences, the gender gap.

Done after protection and for each profile apart, so these cells say nothing that their terms do not already say.
"""

import duckdb

from etl.catalog.contrat import Secret
from etl.catalog.indicateurs import CATALOGUE, Indicateur
from etl.catalog.indicateurs.modele import AXE_DEFINITIONS
from etl.secrecy.protection import exact_cells

PROFILS = ("gestion", "diffusion")
SORTIES_PAR_SEXE = 30
# Without one of its terms a cell has no value either, for the same reason.
_ETAT = "CASE WHEN haut.etat <> 'valeur' THEN haut.etat WHEN bas.etat <> 'valeur' THEN bas.etat"
_CASE = "maille, periode, type_territoire, territoire, axe, modalite"


def derive(con: duckdb.DuckDBPyConnection, secret: Secret) -> None:
    """Create `gestion.mesure` (exact), then add the derived cells to it and to `diffusion.mesure`.

    Reads diffusion.mesure as `secrecy.protect` leaves it. Fills `<profil>.ecart` too.
    """
    exact(con)
    for profil in PROFILS:
        add(con, profil, secret.taux_min if profil == "diffusion" else 1)


def exact(con: duckdb.DuckDBPyConnection) -> None:
    """Create `gestion.mesure`, the cells as they were counted."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS gestion; CREATE OR REPLACE TABLE gestion.mesure AS {exact_cells()}")


def add(con: duckdb.DuckDBPyConnection, profil: str, minimum: int) -> None:
    """Add the derived cells of one profile; no quotient by a rounded count under `minimum`."""
    for i in CATALOGUE.values():
        if i.calcul in ("quotient", "difference"):
            requete = _quotient(i, profil, minimum) if i.calcul == "quotient" else _difference(i, profil)
            con.execute(f"INSERT INTO {profil}.mesure BY NAME {requete}")
        elif i.calcul == "ecart":
            _gap(con, i, profil)
        elif i.calcul == "couverture":
            con.execute(f"INSERT INTO {profil}.mesure BY NAME {_coverage(i, profil, minimum)}")
        if i.definitions:
            con.execute(f"INSERT INTO {profil}.mesure BY NAME {_definitions(i, profil)}")


def _terms(i: Indicateur, profil: str) -> str:
    """SQL of the pairs of cells, `haut` then `bas`, that stand at the same place and that the indicator has."""
    axes = ", ".join(f"'{axe}'" for axe in ("", *i.axes))
    mailles = ", ".join(f"'{maille}'" for maille in i.mailles)
    total = "" if i.territoires else " AND haut.type_territoire = 'total'"
    return f"""
    FROM {profil}.mesure AS haut
    INNER JOIN {profil}.mesure AS bas USING ({_CASE})
    WHERE haut.indicateur = '{i.termes[0]}' AND bas.indicateur = '{i.termes[1]}'
        AND axe IN ({axes}) AND maille IN ({mailles}){total}
    """


def _quotient(i: Indicateur, profil: str, minimum: int) -> str:
    brut = f"{i.facteur} * numerateur / denominateur"
    borne, valeur = "NULL", f"round({brut}, {i.decimales})" if profil == "diffusion" else brut
    if profil == "diffusion" and i.unite == "%":
        borne = f"CASE WHEN {brut} <= 5 THEN '≤' WHEN {brut} >= 95 THEN '≥' END"
        valeur = f"greatest(5, least(95, {valeur}))"
    return f"""
    SELECT
        *, CASE WHEN etat = 'valeur' THEN {valeur} END AS valeur, CASE WHEN etat = 'valeur' THEN {borne} END AS borne
    FROM (
        SELECT
            '{i.id}' AS indicateur, {_CASE},
            {_ETAT} WHEN bas.valeur = 0 THEN 'non_applicable'
                WHEN bas.arrondi IS NOT NULL AND bas.valeur < {minimum} THEN 'secret' ELSE 'valeur' END AS etat,
            haut.valeur AS numerateur, bas.valeur AS denominateur, haut.exact AND bas.exact AS exact,
            greatest(haut.arrondi, bas.arrondi) AS arrondi
        {_terms(i, profil)}
    )
    """


def _coverage(i: Indicateur, profil: str, minimum: int) -> str:
    """SQL of the rates of a published count over a public one, quarter by quarter.

    A quarter whose contour changed has no rate: the public figure counts other streets.
    """
    rate = f"{i.facteur} * suivis / cherchent"
    valeur = f"round({rate}, {i.decimales})" if profil == "diffusion" else rate
    return f"""
    SELECT
        * EXCLUDE (suivis, cherchent),
        CASE WHEN etat = 'valeur' THEN suivis END AS numerateur,
        CASE WHEN etat = 'valeur' THEN cherchent END AS denominateur,
        CASE WHEN etat = 'valeur' THEN {valeur} END AS valeur
    FROM (
        SELECT
            '{i.id}' AS indicateur, haut.maille, haut.periode, haut.type_territoire, haut.territoire, '' AS axe,
            '' AS modalite, haut.exact, haut.arrondi, haut.valeur AS suivis, publics.valeur AS cherchent,
            CASE WHEN quartiers.contour <> 'identique' THEN 'non_applicable'
                WHEN haut.etat <> 'valeur' THEN haut.etat WHEN publics.etat <> 'valeur' THEN publics.etat
                WHEN publics.valeur IS NULL THEN 'non_renseigne'
                WHEN haut.arrondi IS NOT NULL AND publics.valeur < {minimum} THEN 'secret' ELSE 'valeur' END AS etat
        FROM {profil}.mesure AS haut
        INNER JOIN contrat.qpv AS quartiers ON haut.territoire = quartiers.code
        LEFT JOIN (
            FROM mart.contexte WHERE indicateur = '{i.termes[1]}' AND maille = 'depuis_debut' AND axe = ''
        ) AS publics ON quartiers.code_2015 = publics.territoire
        WHERE haut.indicateur = '{i.termes[0]}' AND haut.axe = '' AND haut.maille IN {i.mailles}
    )
    """


def _definitions(i: Indicateur, profil: str) -> str:
    """SQL of the breakdown by definition: the very cells of the indicators that answer by each of them."""
    codes = ", ".join(f"('{code}', '{ident}')" for code, ident in i.definitions)
    return f"""
    SELECT mesures.* REPLACE ('{i.id}' AS indicateur, '{AXE_DEFINITIONS}' AS axe, codes.code AS modalite)
    FROM {profil}.mesure AS mesures INNER JOIN (VALUES {codes}) AS codes (code, ident) ON indicateur = codes.ident
    WHERE axe = '' AND type_territoire = 'total' AND maille IN ('annee', 'depuis_debut')
    """


def _difference(i: Indicateur, profil: str) -> str:
    # Each term may be off by its base less one: together they may be off by the sum of both.
    return f"""
    SELECT
        '{i.id}' AS indicateur, {_CASE}, {_ETAT} ELSE 'valeur' END AS etat,
        haut.valeur - bas.valeur AS valeur, haut.exact AND bas.exact AS exact,
        CASE WHEN haut.arrondi IS NOT NULL THEN haut.arrondi + coalesce(bas.arrondi, 1) - 1 ELSE bas.arrondi END
            AS arrondi
    {_terms(i, profil)}
    """


def _gap(con: duckdb.DuckDBPyConnection, i: Indicateur, profil: str) -> None:
    """Fill `<profil>.ecart` with both rates, their difference and its interval, then the cells that show them."""
    cellules = con.execute(f"""
        SELECT maille, periode, any_value(arrondi),
            any_value({{'taux': valeur, 'x': numerateur, 'n': denominateur}}) FILTER (modalite = 'femme'),
            any_value({{'taux': valeur, 'x': numerateur, 'n': denominateur}}) FILTER (modalite = 'homme')
        FROM {profil}.mesure
        WHERE indicateur = '{i.termes[0]}' AND axe = 'sexe' AND type_territoire = 'total'
            AND maille IN {i.mailles} GROUP BY ALL ORDER BY ALL""").fetchall()
    con.execute(f"""CREATE OR REPLACE TABLE {profil}.ecart (maille VARCHAR, periode VARCHAR, taux_femmes DOUBLE,
        taux_hommes DOUBLE, ecart DOUBLE, bas DOUBLE, haut DOUBLE, etat VARCHAR)""")
    for maille, periode, arrondi, femmes, hommes in cellules:
        ligne = [maille, periode, *compare_sexes(femmes or {}, hommes or {}, arrondi or 1)]
        con.execute(f"INSERT INTO {profil}.ecart VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ligne)
    place = f"""'{i.id}' AS indicateur, maille, periode, 'total' AS type_territoire, 'total' AS territoire"""
    con.execute(f"""
    INSERT INTO {profil}.mesure BY NAME
    SELECT {place}, '' AS axe, '' AS modalite, ecart AS valeur, etat, '{profil}' = 'gestion' AS exact
    FROM {profil}.ecart
    UNION ALL BY NAME
    SELECT * REPLACE ('{i.id}' AS indicateur) FROM {profil}.mesure
    WHERE indicateur = '{i.termes[0]}' AND axe = 'sexe' AND type_territoire = 'total' AND maille IN {i.mailles}
    """)


def compare_sexes(femmes: dict, hommes: dict, arrondi: int) -> tuple:
    """Return (women's rate, men's rate, difference, low, high, state): percents, points, 95 % interval by Newcombe.

    `femmes` and `hommes` hold taux, x and n as published; the interval is widened by what rounding to `arrondi` may
    hide. Under 30 exits of either sex there is no difference.
    """
    termes = (femmes.get("x"), femmes.get("n"), hommes.get("x"), hommes.get("n"))
    taux = (femmes.get("taux"), hommes.get("taux"))
    if taux[0] is None or taux[1] is None or None in termes:
        return (*taux, None, None, None, "secret" if arrondi > 1 else "non_applicable")
    x1, n1, x2, n2 = (float(t) for t in termes if t is not None)
    if min(n1, n2) < SORTIES_PAR_SEXE:
        return (*taux, None, None, None, "non_applicable")
    from statsmodels.stats.proportion import confint_proportions_2indep

    bas, haut = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb")
    marge = sum(100 * (arrondi - 1) / n for n in (n1, n2))
    return (*taux, taux[0] - taux[1], 100 * bas - marge, 100 * haut + marge, "valeur")
