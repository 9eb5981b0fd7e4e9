"""A large clean text file, from its bytes to the accepted rows: what SQL reads by itself is typed at once.

The rows it does not recognise, or finds at fault, are laid down as text, to be judged as those of any other file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from etl.catalog.schemas import Field, Schema
from etl.intake.rapide import Direct
from etl.validate.acceptees import columns, table_name, text_sql
from etl.validate.fautes import cell_faults, contradictions
from etl.validate.lexique import has_points
from etl.validate.natures import TYPES, Lecteur, literal
from etl.validate.references import filled, unmet
from etl.validate.stock import quoted
from etl.validate.typage import final_values
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.quartiers import Quartiers

ECARTEE = "ligne_ecartee"  # the temporary table of the rows of one file not to type


@dataclass(frozen=True)
class Attente:
    """The lines of one file, laid in a temporary table as text until their contract is judged."""

    lecteur: Lecteur
    lot: int
    partenaire: str
    table: str
    ligne: str  # SQL of a line's number
    colonnes: dict[str, _Colonne]
    distinctes: dict[frozenset[str], str]  # tables of the distinct texts of references, by their columns

    def lay(self, con: duckdb.DuckDBPyConnection, schemas: dict[str, Schema]) -> None:
        """Type the faultless rows, keep the others as text; `schemas`: those judged, in which references are looked up.

        Nothing is typed of a contract with points, which geocoding completes.
        """
        if has_points(self.lecteur.schema):
            self._keep_text(con, "")
        else:
            ecartees, total = self._set_apart(con, schemas), _count(con, self.table)
            typees = self._type(con, f"ANTI JOIN {ECARTEE} USING (rang)" if ecartees else "")
            if typees + ecartees == total and ecartees:
                self._keep_text(con, f"SEMI JOIN {ECARTEE} USING (rang)")
            elif typees < total:  # some rows contradict themselves
                valide = table_name(self.lecteur.schema)
                self._keep_text(con, f"ANTI JOIN (SELECT ligne FROM {valide} WHERE lot = {self.lot}) v USING (ligne)")
        for table in (self.table, *self.distinctes.values()):
            con.execute(f"DROP TABLE {table}")

    def _set_apart(self, con: duckdb.DuckDBPyConnection, schemas: dict[str, Schema]) -> int:
        """List the rows with a cell not to type, or a reference that no accepted row meets; returns how many."""
        textes = [colonne.set_apart(con) for colonne in self.colonnes.values() if not colonne.reconnue]
        listes = [liste for liste in (*textes, *self._orphans(con, schemas)) if liste]
        if not listes:
            return 0
        rangs = [f"SELECT rowid AS rang FROM {self.table} SEMI JOIN {liste}" for liste in listes]
        return _lay(con, ECARTEE, " UNION ".join(rangs))

    def _orphans(self, con: duckdb.DuckDBPyConnection, schemas: dict[str, Schema]) -> Iterator[str]:
        """List the references, of those every row has, that no accepted row meets; SQL joining the lists not empty.

        Asked of each distinct reference: a person has many steps.
        """
        for rang, reference in enumerate(filled(self.lecteur.schema)):
            if cible := schemas.get(reference.ressource):
                siennes = [self.colonnes[nom] for nom in reference.colonnes]
                valeurs = [f"{colonne.valeur} AS valeur{n}" for n, colonne in enumerate(siennes)]
                textes = ", ".join(colonne.x for colonne in siennes)
                table = next(self.distinctes[noms] for noms in self.distinctes if noms.issuperset(reference.colonnes))
                distinctes = (
                    f"SELECT DISTINCT {textes}, {', '.join(valeurs)}, {literal(self.partenaire)} AS partenaire "
                    f"FROM {table}"
                )
                if _lay(con, f"orpheline_{rang}", f"SELECT {textes} {unmet(distinctes, reference, cible)}"):
                    yield f"orpheline_{rang} USING ({textes})"

    def _type(self, con: duckdb.DuckDBPyConnection, retenues: str) -> int:
        """Lay down as values the faultless rows that a SQL join retains; returns how many they are."""
        lecteur, colonnes = self.lecteur, self.colonnes
        presentes = {nom: [self.lot] for nom in colonnes}
        garde = " OR ".join(f"({faute.condition})" for faute in contradictions(lecteur, set(), presentes))
        tete = [f"{self.lot} AS lot", f"{self.ligne} AS ligne", "NULL::VARCHAR AS constats",
                f"{literal(self.partenaire)} AS partenaire"]  # fmt: skip
        if lecteur.schema.identite:
            tete += ["NULL::VARCHAR AS personne", "false AS identite"]
        for champ in lecteur.schema.stored_fields:
            lue = colonnes.get(champ.name)
            tete.append(
                f"{lue.valeur if lue else 'NULL::' + TYPES.get(champ.nature, 'VARCHAR')} AS {quoted(champ.name)}"
            )
        return con.execute(
            f"""INSERT INTO {table_name(lecteur.schema)}
            ({", ".join(quoted(nom) for nom, _ in columns(lecteur.schema))})
            WITH b AS (SELECT {", ".join(tete)} FROM (SELECT rowid AS rang, * FROM {self.table}) {retenues})
            SELECT {", ".join(final_values(lecteur))}, b.partenaire, b.lot, b.ligne
            FROM b WHERE {f"({garde}) IS NOT TRUE" if garde else "true"}"""
        ).fetchall()[0][0]

    def _keep_text(self, con: duckdb.DuckDBPyConnection, retenues: str) -> None:
        """Lay down as text the rows that a SQL join retains."""
        schema = self.lecteur.schema
        fixes = {"lot": str(self.lot), "ligne": "ligne"} | ({"identite": "false"} if schema.identite else {})
        textes = {nom: colonne.x for nom, colonne in self.colonnes.items()}
        con.execute(
            f"""INSERT INTO raw.{quoted(schema.name)} ({", ".join(map(quoted, [*fixes, *textes]))})
            SELECT {", ".join([*fixes.values(), *textes.values()])}
            FROM (SELECT *, {self.ligne} AS ligne FROM (SELECT rowid AS rang, * FROM {self.table})) {retenues}"""
        )


def read(
    con: duckdb.DuckDBPyConnection, direct: Direct, lot: int, partenaire: str, contexte: Contexte
) -> Attente | None:
    """Read a large clean file; None, and nothing kept, when one of its lines calls for a closer look."""
    table = f"lue_{lot}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS FROM {direct.source}",
        {"chemin": str(direct.chemin), "separateur": direct.separateur},
    )
    entete, lecteur = direct.entete, Lecteur(direct.entete.schema, contexte, Quartiers(contexte.contrat))
    colonnes = {
        c.name: _Colonne(lecteur, c, f"c{entete.positions[c.name]}", table)
        for c in lecteur.schema.stored_fields
        if c.name in entete.positions
    }
    distinctes = _gather(con, table, lecteur.schema, colonnes)
    reponses = direct.look(con, table, {entete.positions[nom]: c.questions for nom, c in colonnes.items()}, {
        entete.positions[nom]: c.source for nom, c in colonnes.items()
    })  # fmt: skip
    if reponses is None:
        for laissee in (table, *distinctes.values()):
            con.execute(f"DROP TABLE {laissee}")
        return None
    for nom, colonne in colonnes.items():
        colonne.reconnue, colonne.telle_quelle = reponses[entete.positions[nom]]
    guichet = direct.guichet
    guichet.bilan.lues += direct.attendues
    guichet.bilan.gardees = direct.attendues
    for rang in (*guichet.libres, *guichet.sans_titre):
        guichet.abandonnees[rang] = con.execute(f"SELECT count(c{rang}) FROM {table}").fetchall()[0][0]
    guichet.warn()
    # A numbering of rows would read the file with one processor only; the table keeps their order.
    premiere = con.execute(f"SELECT min(rowid) FROM {table}").fetchall()[0][0] or 0
    return Attente(
        lecteur, lot, partenaire, table, f"(rang - {premiere} + {direct.saut + 1})::INTEGER", colonnes, distinctes
    )


def _gather(
    con: duckdb.DuckDBPyConnection, table: str, schema: Schema, colonnes: dict[str, _Colonne]
) -> dict[frozenset[str], str]:
    """Lay down the distinct texts of the references that every row has: tables by the columns they hold."""
    tables: dict[frozenset[str], str] = {}
    for noms in sorted({frozenset(reference.colonnes) for reference in filled(schema)}, key=lambda noms: -len(noms)):
        if not any(noms <= autres for autres in tables):
            rangs = sorted(colonnes[nom].x for nom in noms)
            tables[noms] = "_".join([table, *rangs])
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {tables[noms]} AS SELECT DISTINCT {', '.join(rangs)} FROM {table}"
            )
            for nom in noms:
                colonnes[nom].source = tables[noms]
    return tables


def _lay(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> int:
    """Lay rows down in a temporary table; returns how many there are."""
    return con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}").fetchall()[0][0]


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]


class _Colonne:
    """One column of the file, `x` in SQL: how its texts are typed. `source` holds them all.

    `reconnue`: SQL reads all its texts by itself, none is at fault, and their values say all of them.
    `telle_quelle`: each text is its value.
    """

    def __init__(self, lecteur: Lecteur, champ: Field, x: str, source: str) -> None:
        self.lecteur, self.champ, self.x, self.source = lecteur, champ, x, source
        self.genre = TYPES.get(champ.nature, "VARCHAR")
        self.reconnue = self.telle_quelle = False

    @property
    def questions(self) -> tuple[str, str]:
        """What to ask of its distinct texts."""
        return self._form(self.x), f"({self.lecteur.canonical_sql(self.champ, self.x)})::VARCHAR = {self.x}"

    @property
    def valeur(self) -> str:
        """SQL of the typed value of a cell to type."""
        if self.telle_quelle and self.genre == "VARCHAR":
            return self.x
        return self.lecteur.confirmed_sql(self.champ, self.x)

    def set_apart(self, con: duckdb.DuckDBPyConnection) -> str:
        """List the texts not to type; SQL joining the list, empty when there are none."""
        # A filter inside the aggregate: the optimizer would bring any other one down to the rows.
        textes = (
            f"SELECT unnest(list(x) FILTER (NOT {self._form('x')})) AS {self.x} "
            f"FROM (SELECT DISTINCT {self.x} AS x FROM {self.source} WHERE {self.x} IS NOT NULL)"
        )
        return f"meconnu_{self.x} USING ({self.x})" if _lay(con, f"meconnu_{self.x}", textes) else ""

    def _form(self, x: str) -> str:
        """SQL telling that a filled cell is one to type: what its value does not say, only the text keeps."""
        lecteur, champ = self.lecteur, self.champ
        canonique = lecteur.canonical_sql(champ, x)
        rendue = canonique
        if self.genre != "VARCHAR":
            rendue = lecteur.canonical_sql(champ, f"({text_sql(canonique, self.genre)})")
        conditions = [f"({rendue}) = ({canonique})"]
        if (defaut := lecteur.default(champ)) is not None:
            conditions.append(f"{x} <> {literal(defaut)}")
        for faute in cell_faults(lecteur, champ, lu=False):
            condition = faute.condition.replace(f"b.{quoted(champ.name)}", f"({canonique})")
            conditions.append(f"NOT ({condition.replace('b.constats', 'NULL::VARCHAR')})")
        return f"coalesce({' AND '.join(conditions)}, false)"
