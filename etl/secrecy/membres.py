"""Who is behind each published cell, release after release: the base of every indicator, one row per unit and place.

`secret.profil` never leaves the private base. A row says in which releases it held, so what a release changes costs
only what changed; a person is there by number alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.modele import AXES_PERSONNE
from etl.measures.scan import TERRITOIRES, groupings
from etl.secrecy.lien import base_read, is_audited

LIEUX = tuple(t for t in TERRITOIRES if t)
# Breakdowns of the cross tables beside those of the catalogue.
AXES_CROISES = ("mois", "source")
AXES = tuple(dict.fromkeys(a for i in CATALOGUE.values() for a in i.axes_comptes if a not in i.axes_reponse))
# What is known of a person is one number, told once; what a fact says of itself is beside it.
ETAT = (*LIEUX, *AXES_PERSONNE)
COLONNES = (*(a for a in AXES if a not in ETAT), *AXES_CROISES)
CLE = ("fonds", "maille", "periode", "territoire", "axe", "modalite")

# The profiles with the quarter and answers of each person.
SITUES = "(FROM secret.profil LEFT JOIN secret.etat USING (etat))"

_TABLES = f"""
CREATE SCHEMA IF NOT EXISTS secret;
CREATE TABLE IF NOT EXISTS secret.profil (
    fonds VARCHAR, maille VARCHAR, periode VARCHAR, unite BIGINT, personne INTEGER, fois BIGINT,
    etat UBIGINT, {", ".join(f"{c} VARCHAR" for c in COLONNES)}, cle UBIGINT, depuis INTEGER, jusque INTEGER
);
CREATE TABLE IF NOT EXISTS secret.etat (etat UBIGINT, {", ".join(f"{c} VARCHAR" for c in ETAT)});
-- Persons purged, counted without their number: in how many cells' bases somebody stood who is gone for good.
CREATE TABLE IF NOT EXISTS secret.parti (
    {", ".join(f"{c} VARCHAR" for c in CLE)}, depuis INTEGER, jusque INTEGER, nombre BIGINT
);
"""
# The bases of the cross tables: whole cohorts old enough, orientations of each actor, persons with any barrier.
_CROISES = """
SELECT
    'cohorte' AS fonds, 'trimestre' AS maille, periodes.periode, entrees.personne AS unite, entrees.personne, 1 AS fois,
    NULL AS etat, CAST(rangs.mois AS VARCHAR) AS mois, NULL AS source
FROM (SELECT personne, min(date_entree) AS jour FROM core.suivi WHERE date_entree IS NOT NULL GROUP BY 1) AS entrees
INNER JOIN core.periode AS periodes
    ON entrees.jour BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'trimestre'
CROSS JOIN (SELECT unnest([3, 6, 9, 12, 18, 24]) AS mois) AS rangs
CROSS JOIN contrat.parametre AS parametre
WHERE entrees.jour + to_months(CAST(rangs.mois AS INTEGER)) <= parametre.date_donnees
UNION ALL
SELECT 'matrice_orientation', 'annee', periodes.periode, orientations.orientation, orientations.personne,
    1, NULL, NULL, orientations.acteur_source
FROM core.orientation AS orientations
INNER JOIN core.periode AS periodes
    ON orientations.date BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'annee'
UNION ALL
SELECT DISTINCT 'combinaisons_freins', 'annee', periodes.periode, freins.personne, freins.personne, 1, NULL, NULL, NULL
FROM core.frein AS freins
INNER JOIN core.periode AS periodes
    ON freins.date_identification BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'annee'
"""


@dataclass(frozen=True)
class Fonds:
    """The base of one or several indicators: the rows of a table of facts that meet a condition."""

    nom: str
    fait: str
    unite: str
    condition: str
    detail: bool  # one row per unit, for the audit; else one per person, with how many units are theirs
    lieux: frozenset[tuple[str, str, str]]  # maille, territory column, breakdown

    @property
    def axes(self) -> set[str]:
        """The columns its cells are told apart by."""
        return {c for _, *paire in self.lieux for c in paire if c}


def bases() -> dict[str, Fonds]:
    """Return every base of the catalogue by name."""
    trouves: dict[str, Fonds] = {}
    audites = {base_read(i) for i in CATALOGUE.values() if is_audited(i)}
    for i in CATALOGUE.values():
        if not i.sur_personnes or i.derive:
            continue
        lieux = {(m, *e) for m in i.mailles for e in groupings((i,), m) if e[1] not in i.axes_reponse}
        # When the answer told by a breakdown is all that is not known, those who count are known too.
        noms = [(i.nom_base, i.connus)]
        if is_audited(i) and base_read(i) != i.nom_base:
            noms.append((base_read(i), f"({i.base}) AND ({i.compte})"))
        for nom, condition in noms:
            avant = trouves[nom].lieux if nom in trouves else frozenset()
            detail = i.unite_comptee == "personne" or nom in audites
            trouves[nom] = Fonds(nom, i.fait, i.unite_comptee, condition, detail, avant | lieux)
    return trouves


def record(con: duckdb.DuckDBPyConnection, parution: int) -> None:
    """Write who is behind each cell now as release `parution`: only what changed since the one before."""
    con.execute(_TABLES)
    con.execute("CREATE OR REPLACE TEMP TABLE _profil AS SELECT * EXCLUDE (depuis, jusque) FROM secret.profil LIMIT 0")
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE _etat AS SELECT *, hash({", ".join(ETAT)}) AS etat FROM core.personne_etat;
    INSERT INTO secret.etat BY NAME
    SELECT DISTINCT etat, {", ".join(ETAT)} FROM _etat ANTI JOIN secret.etat AS connus USING (etat);
    """)
    fonds = bases()
    for fait in dict.fromkeys(f.fait for f in fonds.values()):
        _spread(con, fait, [f for f in fonds.values() if f.fait == fait])
    con.execute(f"INSERT INTO _profil BY NAME {_keyed(_CROISES, AXES_CROISES)}")
    con.execute(f"""
    CREATE OR REPLACE TEMP TABLE _vivante AS SELECT cle FROM secret.profil WHERE jusque IS NULL;
    CREATE OR REPLACE TEMP TABLE _partie AS FROM _vivante ANTI JOIN _profil USING (cle);
    UPDATE secret.profil SET jusque = {parution} FROM _partie
        WHERE jusque IS NULL AND secret.profil.cle = _partie.cle;
    INSERT INTO secret.profil BY NAME SELECT *, {parution} AS depuis FROM _profil ANTI JOIN _vivante USING (cle);
    DROP TABLE _etat; DROP TABLE _profil; DROP TABLE _vivante; DROP TABLE _partie;
    """)


def _keyed(lignes: str, dites: Collection[str]) -> str:
    """SQL of profiles that tell the columns `dites` alone, each with the hash of its values, in the table's types."""
    entiers = {"unite": "BIGINT", "personne": "INTEGER", "fois": "BIGINT", "etat": "UBIGINT"}
    types = ", ".join(f"CAST({nom} AS {genre}) AS {nom}" for nom, genre in entiers.items())
    colonnes = (c if c in dites else "CAST(NULL AS VARCHAR)" for c in COLONNES)
    valeurs = ", ".join(("fonds", "maille", "periode", *entiers, *colonnes))
    return f"SELECT *, hash({valeurs}) AS cle FROM (SELECT * REPLACE ({types}) FROM ({lignes}))"


def _spread(con: duckdb.DuckDBPyConnection, fait: str, fonds: list[Fonds]) -> None:
    """Add the rows of the bases of one table of facts, each person as known at the period's end."""
    con.execute(f"""CREATE OR REPLACE TEMP TABLE _faits AS
        SELECT faits.*, etats.* EXCLUDE (personne, depuis) FROM mart.{fait} AS faits
        ASOF JOIN _etat AS etats ON faits.personne = etats.personne AND faits.fin >= etats.depuis""")
    for f in fonds:
        colonnes = ", ".join(("etat", *(c for c in COLONNES if c in f.axes)))
        mailles = ", ".join(sorted({f"'{m}'" for m, *_ in f.lieux}))
        unite, fois = (f.unite, "1") if f.detail else ("personne", f"count(DISTINCT {f.unite})")
        lignes = f"""SELECT '{f.nom}' AS fonds, maille, periode, {unite} AS unite, personne,
                {fois} AS fois, {colonnes}
            FROM _faits WHERE maille IN ({mailles}) AND ({f.condition}) GROUP BY ALL"""
        con.execute(f"INSERT INTO _profil BY NAME {_keyed(lignes, f.axes)}")
    con.execute("DROP TABLE _faits")


def undo(con: duckdb.DuckDBPyConnection, apres: int) -> None:
    """Forget the releases after `apres`: none of them was published."""
    con.execute(_TABLES)
    con.execute(f"""
    DELETE FROM secret.profil WHERE depuis > {apres};
    UPDATE secret.profil SET jusque = NULL WHERE jusque > {apres};
    """)


def changes(con: duckdb.DuckDBPyConnection, parutions: list[int]) -> None:
    """Fill `_ecart`: for each cell, how many persons entered or left its base since each of `parutions`.

    Persons, not facts: who has one more barrier in the base counts as one who changed.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE _ecart ({', '.join(f'{c} VARCHAR' for c in CLE)}, parution INTEGER, "
                "personnes BIGINT)")  # fmt: skip
    for parution in parutions:
        avant = f"(depuis <= {parution} AND coalesce(jusque > {parution}, TRUE))"
        con.execute(f"""CREATE OR REPLACE TEMP TABLE _touche AS
            SELECT profils.*, {avant} AS avant, jusque IS NULL AS maintenant FROM {SITUES} AS profils
            SEMI JOIN (FROM secret.profil WHERE {avant} <> (jusque IS NULL)) AS touches
                ON profils.fonds = touches.fonds AND profils.maille = touches.maille
                AND profils.periode = touches.periode AND profils.unite = touches.unite
            WHERE {avant} OR jusque IS NULL""")
        con.execute(f"""INSERT INTO _ecart
            SELECT {", ".join(CLE)}, {parution}, sum(personnes) FROM (
                SELECT {", ".join(CLE)}, count(DISTINCT personne) AS personnes FROM (
                    {places("_touche", ", unite, any_value(personne) AS personne", _BOUGE)}
                ) GROUP BY ALL
                UNION ALL
                SELECT {", ".join(CLE)}, sum(nombre) FROM secret.parti
                WHERE depuis <= {parution} AND coalesce(jusque > {parution}, TRUE) GROUP BY ALL
            ) GROUP BY ALL""")
    con.execute("DROP TABLE IF EXISTS _touche")


# A person's facts are told apart by their number only where they are not kept one by one.
_BOUGE = """HAVING bool_or(avant) <> bool_or(maintenant)
    OR coalesce(sum(fois) FILTER (avant), 0) <> coalesce(sum(fois) FILTER (maintenant), 0) AND max(fois) > 1"""


def places(table: str, valeurs: str, suite: str = "") -> str:
    """SQL of the rows of `table` (columns of secret.profil) once per cell they stand in: the columns of CLE."""
    paires: dict[tuple[str, str], list[str]] = {}
    for f in bases().values():
        for lieu, axe in dict.fromkeys((lieu, axe) for _, lieu, axe in sorted(f.lieux)):
            paires.setdefault((lieu, axe), []).append(f.nom)
    paires |= {("", "mois"): ["cohorte"], ("", "source"): ["matrice_orientation"]}
    paires["", ""] = [*paires["", ""], "combinaisons_freins"]
    return " UNION ALL ".join(
        f"""SELECT fonds, maille, periode, {lieu or "'total'"} AS territoire, '{axe}' AS axe,
            {axe or "''"} AS modalite{valeurs}
        FROM {table} WHERE fonds IN ({", ".join(f"'{nom}'" for nom in noms)})
            {f"AND {lieu} IS NOT NULL" if lieu else ""} {f"AND {axe} IS NOT NULL" if axe else ""}
        GROUP BY ALL {suite}"""
        for (lieu, axe), noms in paires.items()
    )


def forget(con: duckdb.DuckDBPyConnection, personne: int) -> None:
    """Delete a person's number from every base kept; each cell they stood in counts one departure."""
    con.execute(_TABLES)
    siennes = f"(FROM {SITUES} WHERE personne = {int(personne)})"
    con.execute(f"""
    INSERT INTO secret.parti
    SELECT {", ".join(CLE)}, depuis, jusque, 1 FROM ({places(siennes, ", depuis, jusque")});
    DELETE FROM secret.profil WHERE personne = {int(personne)};
    """)
