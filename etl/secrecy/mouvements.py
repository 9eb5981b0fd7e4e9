"""Who entered or left the base of each cell since a release; who is gone for good is counted without their number."""

from collections.abc import Collection, Mapping

import duckdb

from etl.secrecy.membres import CLE, SITUES, bases, create

_CELLULE = ", ".join(CLE)
_TABLES = f"CREATE OR REPLACE TEMP TABLE _ecart ({' VARCHAR, '.join(CLE)} VARCHAR, parution INTEGER, personnes BIGINT)"
# A row holds in many periods: who it is about is looked at where they entered or left, in the periods shown then.
_TOUCHE = """
CREATE OR REPLACE TEMP TABLE _mouvement AS
WITH modifies AS (
    SELECT
        fonds, unite, list(quand ORDER BY quand) FILTER ({avant}) AS anciens,
        list(quand ORDER BY quand) FILTER (jusque IS NULL) AS actuels
    FROM secret.profil WHERE {avant} <> (jusque IS NULL) GROUP BY cle, fonds, unite
),
ecarts AS (
    SELECT anciens, actuels, maille, periode
    FROM (SELECT DISTINCT anciens, actuels, unnest(list_concat(anciens, actuels)) AS quand FROM modifies)
    INNER JOIN secret.quand USING (quand)
    SEMI JOIN (VALUES {montrees}) AS montrees (maille, periode) USING (maille, periode)
    GROUP BY ALL HAVING count(*) = 1
)
SELECT DISTINCT fonds, unite, maille, periode FROM modifies INNER JOIN ecarts
    ON modifies.anciens IS NOT DISTINCT FROM ecarts.anciens AND modifies.actuels IS NOT DISTINCT FROM ecarts.actuels;
CREATE OR REPLACE TEMP TABLE _ou AS
SELECT CAST(row_number() OVER () AS INTEGER) AS ou, sorte, fonds, maille, periode
FROM (SELECT DISTINCT fonds, maille, periode FROM _mouvement) INNER JOIN {sortes} USING (fonds, maille);
CREATE OR REPLACE TEMP TABLE _touche AS
SELECT ou, sorte, profils.* EXCLUDE (fonds, etat, cle, quand, depuis, jusque), etats.* EXCLUDE (etat),
    {avant} AS avant, jusque IS NULL AS maintenant
FROM _mouvement
INNER JOIN _ou USING (fonds, maille, periode)
INNER JOIN secret.profil AS profils ON _mouvement.fonds = profils.fonds AND _mouvement.unite = profils.unite
INNER JOIN secret.quand AS periodes
    ON profils.quand = periodes.quand AND _ou.maille = periodes.maille AND _ou.periode = periodes.periode
LEFT JOIN secret.etat AS etats ON profils.etat = etats.etat
WHERE {avant} OR jusque IS NULL;
"""
# A person's facts are told apart by their number only where they are not kept one by one.
_BOUGE = """HAVING bool_or(avant) <> bool_or(maintenant)
    OR coalesce(sum(fois) FILTER (avant), 0) <> coalesce(sum(fois) FILTER (maintenant), 0) AND max(fois) > 1"""
_ECARTS = f"""
INSERT INTO _ecart
SELECT {_CELLULE}, {{parution}}, sum(personnes) FROM (
    SELECT {_CELLULE}, personnes FROM _ou INNER JOIN (
        SELECT ou, territoire, axe, modalite, count(DISTINCT personne) AS personnes FROM ({{touchees}}) GROUP BY ALL
    ) USING (ou)
    UNION ALL
    SELECT {_CELLULE}, sum(nombre) FROM secret.parti WHERE {{avant}} GROUP BY ALL
) GROUP BY ALL
"""
# A person in a cell by several rows, one after the other or at once, leaves it once.
_PARTIR = f"""
INSERT INTO secret.parti
WITH suites AS (
    SELECT
        *, coalesce(depuis > max(jusque) OVER (
            PARTITION BY {_CELLULE} ORDER BY depuis, jusque ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), TRUE) AS neuve
    FROM ({{siennes}})
),
sejours AS (
    SELECT *, count(*) FILTER (neuve) OVER (PARTITION BY {_CELLULE} ORDER BY depuis, jusque) AS sejour FROM suites
)
SELECT {_CELLULE}, min(depuis), max(jusque), 1 FROM sejours GROUP BY {_CELLULE}, sejour;
DELETE FROM secret.profil WHERE personne = {{personne}};
"""


def changes(con: duckdb.DuckDBPyConnection, montrees: Mapping[int, Collection[tuple[str, str]]]) -> None:
    """Fill `_ecart`: for each cell, how many persons entered or left its base since each of the releases `montrees`.

    Each release comes with the (maille, periode) it showed: what was shown of no other can be kept. Persons, not
    facts: who has one more barrier in the base counts as one who changed.
    """
    con.execute(_TABLES)
    sortes, paires = _kinds()
    touchees = _places("_touche", "ou", "any_value(personne) AS personne", paires, "unite", _BOUGE)
    for parution, periodes in montrees.items():
        avant = f"(depuis <= {parution} AND coalesce(jusque > {parution}, TRUE))"
        valeurs = ", ".join(f"('{maille}', '{periode}')" for maille, periode in periodes)
        con.execute(_TOUCHE.format(avant=avant, montrees=valeurs, sortes=sortes))
        con.execute(_ECARTS.format(avant=avant, parution=parution, touchees=touchees))
    for table in ("_mouvement", "_ou", "_touche"):
        con.execute(f"DROP TABLE IF EXISTS {table}")


def forget(con: duckdb.DuckDBPyConnection, personne: int, dernier: int) -> None:
    """Delete a person's number from every base kept; each cell they stood in counts one departure.

    `dernier` is the last release published: they are in none that follows.
    """
    create(con)
    sortes, paires = _kinds()
    siennes = f"""(SELECT * REPLACE (coalesce(least(jusque, {dernier + 1}), {dernier + 1}) AS jusque)
        FROM {SITUES} INNER JOIN {sortes} USING (fonds, maille) WHERE personne = {personne})"""
    lieux = _places(siennes, "fonds, maille, periode", "depuis, jusque", paires, "depuis, jusque")
    con.execute(_PARTIR.format(siennes=lieux, personne=personne))


def _kinds() -> tuple[str, dict[tuple[str, str], list[int]]]:
    """Bases and kinds of periods that have the same groupings are of one kind.

    Returns SQL of the kind of each (fonds, maille, sorte), and the kinds that have each (territory column, breakdown).
    """
    lieux: dict[tuple[str, str], set[tuple[str, str]]] = {
        ("cohorte", "trimestre"): {("", "mois")},
        ("matrice_orientation", "annee"): {("", "source")},
        ("combinaisons_freins", "annee"): {("", "")},
    }
    for f in bases().values():
        for maille, lieu, axe in sorted(f.lieux):
            lieux.setdefault((f.nom, maille), set()).add((lieu, axe))
    sortes = {ensemble: rang for rang, ensemble in enumerate(dict.fromkeys(map(frozenset, lieux.values())))}
    paires: dict[tuple[str, str], list[int]] = {}
    for ensemble, rang in sortes.items():
        for paire in sorted(ensemble):
            paires.setdefault(paire, []).append(rang)
    lignes = ", ".join(f"('{nom}', '{maille}', {sortes[frozenset(e)]})" for (nom, maille), e in lieux.items())
    return f"(VALUES {lignes}) AS sortes (fonds, maille, sorte)", paires


def _places(
    table: str, base: str, valeurs: str, paires: dict[tuple[str, str], list[int]], groupe: str, suite: str = ""
) -> str:
    """SQL of the rows of `table`, of each `sorte`, once per cell they stand in and `groupe`."""
    return " UNION ALL ".join(
        f"""SELECT {base}, {lieu or "'total'"} AS territoire, '{axe}' AS axe, {axe or "''"} AS modalite, {valeurs}
        FROM {table} WHERE sorte IN ({", ".join(map(str, sortes))})
            {f"AND {lieu} IS NOT NULL" if lieu else ""} {f"AND {axe} IS NOT NULL" if axe else ""}
        GROUP BY {", ".join(filter(None, (base, lieu, axe, groupe)))} {suite}"""
        for (lieu, axe), sortes in paires.items()
    )
