"""Who is behind each published cell, release after release: the base of every indicator, one row per unit and place.

`secret.profil` never leaves the private base. A row says in which periods a unit is in a base, as one number told once
(`secret.quand`), and in which releases it held: what a release changes costs only what changed. A person is there by
number alone.
"""

from dataclasses import dataclass

import duckdb

from etl.catalog.indicateurs import CATALOGUE
from etl.catalog.indicateurs.modele import AXES_PERSONNE
from etl.measures.scan import TERRITOIRES, groupings
from etl.secrecy.lien import base_read, is_audited

LIEUX = tuple(t for t in TERRITOIRES if t)
# Breakdowns of the cross tables beside those of the catalogue.
AXES_CROISES = ("mois", "source")
AXES = tuple(
    dict.fromkeys(a for i in CATALOGUE.values() if i.sur_personnes for a in i.axes_comptes if a not in i.axes_reponse)
)
# What is known of a person is one number, told once; what a fact says of itself is beside it.
ETAT = (*LIEUX, *AXES_PERSONNE)
COLONNES = (*(a for a in AXES if a not in ETAT), *AXES_CROISES)
# Who a row is about, and what is told of them: all but when.
QUI = ("fonds", "unite", "personne", "fois", "etat", *COLONNES)
CLE = ("fonds", "maille", "periode", "territoire", "axe", "modalite")

# The profiles, once per period they hold in; the same with the quarter and answers of each person.
PROFILS = "(FROM secret.profil INNER JOIN secret.quand USING (quand))"
SITUES = f"(FROM {PROFILS} LEFT JOIN secret.etat USING (etat))"

_TYPES = {"fonds": "VARCHAR", "unite": "BIGINT", "personne": "INTEGER", "fois": "BIGINT", "etat": "UBIGINT"}
_QUI = ", ".join(f"{c} {_TYPES.get(c, 'VARCHAR')}" for c in QUI)
_TABLES = f"""
CREATE SCHEMA IF NOT EXISTS secret;
CREATE TABLE IF NOT EXISTS secret.profil ({_QUI}, cle UBIGINT, quand UBIGINT, depuis INTEGER, jusque INTEGER);
CREATE TABLE IF NOT EXISTS secret.etat (etat UBIGINT, {", ".join(f"{c} VARCHAR" for c in ETAT)});
CREATE TABLE IF NOT EXISTS secret.quand (quand UBIGINT, maille VARCHAR, periode VARCHAR);
-- Persons purged, counted without their number: in how many cells' bases somebody stood who is gone for good.
CREATE TABLE IF NOT EXISTS secret.parti (
    {", ".join(f"{c} VARCHAR" for c in CLE)}, depuis INTEGER, jusque INTEGER, nombre BIGINT
);
"""
_MEMES_PERIODES = "hash(string_agg(concat_ws(' ', maille, periode), ',' ORDER BY maille, periode))"
# A base written when each period had its row.
_PLIER = f"""
CREATE OR REPLACE TEMP TABLE _plie AS
SELECT
    {", ".join(QUI)}, hash({", ".join(QUI)}) AS cle, {_MEMES_PERIODES} AS quand,
    list({{'maille': maille, 'periode': periode}}) AS periodes, depuis, jusque
FROM secret.profil GROUP BY ALL;
DROP TABLE secret.profil;
{_TABLES}
INSERT INTO secret.profil SELECT * EXCLUDE (periodes) FROM _plie;
INSERT INTO secret.quand
SELECT quand, unnest(any_value(periodes), recursive := TRUE) FROM _plie GROUP BY quand;
DROP TABLE _plie;
"""
# What is known of each person from one day to another, and the periods by rank, before anyone is placed.
_AVANT = f"""
CREATE OR REPLACE TEMP TABLE _etat AS
SELECT
    *, hash({", ".join(ETAT)}) AS etat,
    lead(depuis, 1, DATE 'infinity') OVER (PARTITION BY personne ORDER BY depuis) AS _avant
FROM core.personne_etat;
INSERT INTO secret.etat BY NAME
SELECT DISTINCT etat, {", ".join(ETAT)} FROM _etat ANTI JOIN secret.etat AS connus USING (etat);
CREATE OR REPLACE TEMP TABLE _periode AS
SELECT maille, periode, CAST(row_number() OVER () - 1 AS INTEGER) AS _rang FROM core.periode;
-- Declared: DuckDB 2.0 loses what is inserted in the transaction of a CREATE TABLE AS that had no row.
CREATE OR REPLACE TEMP TABLE _present ({_QUI}, masque BIT);
"""
# Ranks are those of one release: what is kept of them is which periods they are.
_GARDER = f"""
CREATE OR REPLACE TEMP TABLE _quand AS
SELECT masque, {_MEMES_PERIODES} AS quand
FROM (SELECT DISTINCT masque FROM _present) INNER JOIN _periode ON get_bit(masque, _rang) = 1 GROUP BY masque;
INSERT INTO secret.quand
SELECT quand, maille, periode
FROM (FROM _quand ANTI JOIN secret.quand AS connus USING (quand)) INNER JOIN _periode ON get_bit(masque, _rang) = 1;
CREATE OR REPLACE TEMP VIEW _profil AS
SELECT {", ".join(QUI)}, hash({", ".join(QUI)}) AS cle, quand FROM _present INNER JOIN _quand USING (masque);
INSERT INTO secret.profil BY NAME SELECT *, {{parution}} AS depuis
FROM _profil ANTI JOIN (FROM secret.profil WHERE jusque IS NULL) AS connus USING (cle, quand);
"""
_QUITTER = """
UPDATE secret.profil SET jusque = {parution} WHERE jusque IS NULL AND NOT EXISTS (
    FROM _profil AS actuels WHERE actuels.cle = profil.cle AND actuels.quand = profil.quand
);
"""
_RANGER = """
DROP VIEW _profil; DROP TABLE _etat; DROP TABLE _periode; DROP TABLE _present; DROP TABLE _quand;
"""
# The bases of the cross tables: whole cohorts old enough, orientations of each actor, persons with any barrier.
_CROISES = """
SELECT
    'cohorte' AS fonds, 'trimestre' AS maille, periodes.periode, entrees.personne AS unite, entrees.personne,
    CAST(rangs.mois AS VARCHAR) AS mois, NULL AS source
FROM (SELECT personne, min(date_entree) AS jour FROM core.suivi WHERE date_entree IS NOT NULL GROUP BY 1) AS entrees
INNER JOIN core.periode AS periodes
    ON entrees.jour BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'trimestre'
CROSS JOIN (SELECT unnest([3, 6, 9, 12, 18, 24]) AS mois) AS rangs
CROSS JOIN contrat.parametre AS parametre
WHERE entrees.jour + to_months(CAST(rangs.mois AS INTEGER)) <= parametre.date_donnees
UNION ALL
SELECT 'matrice_orientation', 'annee', periodes.periode, orientations.orientation, orientations.personne,
    NULL, orientations.acteur_source
FROM core.orientation AS orientations
INNER JOIN core.periode AS periodes
    ON orientations.date BETWEEN periodes.debut AND periodes.fin AND periodes.maille = 'annee'
UNION ALL
SELECT DISTINCT 'combinaisons_freins', 'annee', periodes.periode, freins.personne, freins.personne, NULL, NULL
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

    @property
    def dites(self) -> tuple[str, ...]:
        """The columns its facts say of themselves."""
        return tuple(c for c in COLONNES if c in self.axes)

    @property
    def dedans(self) -> str:
        """SQL of the facts that are in it, in the kinds of periods it is read in."""
        mailles = sorted({f"'{maille}'" for maille, *_ in self.lieux})
        return f"maille IN ({', '.join(mailles)}) AND ({self.condition})"


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


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Give the private base its tables of members, in their present form."""
    con.execute(_TABLES)
    if "maille" in {colonne for colonne, *_ in con.execute("DESCRIBE secret.profil").fetchall()}:
        con.execute(_PLIER)


def record(con: duckdb.DuckDBPyConnection, parution: int) -> None:
    """Write who is behind each cell now as release `parution`: only what changed since the one before."""
    create(con)
    con.execute(_AVANT)
    ((dernier,),) = con.execute("SELECT coalesce(max(_rang), 0) FROM _periode").fetchall()
    periodes = f"bitstring_agg(_rang, 0, {dernier})"
    fonds = bases().values()
    lignes = [
        f"""SELECT fonds, unite, personne, 1 AS fois, mois, source, {periodes} AS masque
        FROM ({_CROISES}) INNER JOIN _periode USING (maille, periode) GROUP BY ALL"""
    ]
    lignes += [_counted(f, periodes) for f in fonds if not f.detail]
    passes = {}
    for fait in dict.fromkeys(f.fait for f in fonds if f.detail):
        siens = [f for f in fonds if f.detail and f.fait == fait]
        passes[f"_{fait}"] = _pass(siens, periodes)
        for memes in _alike(siens):
            lignes.append(_units(f"_{fait}", memes))
    avec = ", ".join(f"{nom} AS MATERIALIZED ({requete})" for nom, requete in passes.items())
    con.execute(f"INSERT INTO _present BY NAME WITH {avec} {' UNION ALL BY NAME '.join(lignes)}")
    con.execute(_GARDER.format(parution=parution))
    if parution > 1:  # nobody leaves where nobody was
        con.execute(_QUITTER.format(parution=parution))
    con.execute(_RANGER)


def _facts(fait: str) -> str:
    """SQL of the facts with what is known of each person at the period's end, and the rank of the period."""
    return f"""(
        SELECT faits.*, etats.* EXCLUDE (personne, depuis, _avant), _rang FROM mart.{fait} AS faits
        INNER JOIN _periode AS periodes ON faits.maille = periodes.maille AND faits.periode = periodes.periode
        INNER JOIN _etat AS etats
            ON faits.personne = etats.personne AND faits.fin >= etats.depuis AND faits.fin < etats._avant)"""


def _counted(f: Fonds, periodes: str) -> str:
    """SQL of the persons in a base with how many units are theirs: a unit has one row of the facts a period."""
    qui = ", ".join(("personne", "etat", *f.dites))
    return f"""SELECT '{f.nom}' AS fonds, personne AS unite, fois, {qui}, {periodes} AS masque FROM (
        SELECT {qui}, _rang, count(*) AS fois FROM {_facts(f.fait)} WHERE {f.dedans} GROUP BY ALL
    ) GROUP BY ALL"""


def _pass(fonds: list[Fonds], periodes: str) -> str:
    """SQL of one pass over a table of facts: all that its bases tell apart, with the periods in each base."""
    qui = dict.fromkeys(("personne", "etat", *(f.unite for f in fonds), *(c for f in fonds for c in f.dites)))
    masques = ", ".join(f'{periodes} FILTER ({f.dedans}) AS "{f.nom}"' for f in fonds)
    return f"SELECT {', '.join(qui)}, {masques} FROM {_facts(fonds[0].fait)} GROUP BY ALL"


def _alike(fonds: list[Fonds]) -> list[list[Fonds]]:
    """Group the bases of the same units told apart by the same columns."""
    groupes: dict[tuple[str, tuple[str, ...]], list[Fonds]] = {}
    for f in fonds:
        groupes.setdefault((f.unite, f.dites), []).append(f)
    return list(groupes.values())


def _units(table: str, fonds: list[Fonds]) -> str:
    """SQL of the units in bases alike, from the pass over their facts."""
    qui = ", ".join(("personne", "etat", *fonds[0].dites))
    masques = ", ".join(f'bit_or("{f.nom}")' for f in fonds)
    return f"""SELECT * FROM (
        SELECT unnest({[f.nom for f in fonds]}) AS fonds, unite, 1 AS fois, {qui}, unnest(masques) AS masque FROM (
            SELECT {fonds[0].unite} AS unite, {qui}, [{masques}] AS masques FROM {table} GROUP BY ALL
        )) WHERE masque IS NOT NULL"""


def undo(con: duckdb.DuckDBPyConnection, apres: int) -> None:
    """Forget the releases after `apres`: none of them was published."""
    create(con)
    con.execute(f"""
    DELETE FROM secret.profil WHERE depuis > {apres};
    UPDATE secret.profil SET jusque = NULL WHERE jusque > {apres};
    """)
