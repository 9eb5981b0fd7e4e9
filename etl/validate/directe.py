"""A large clean text file, from its bytes to the accepted rows: what SQL reads by itself is typed at once.

The rows it does not recognise, or finds at fault, are laid down as text, to be judged as those of any other file.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from etl.catalog.schemas import Field
from etl.intake.rapide import Direct
from etl.validate.acceptees import columns, table_name, text_sql
from etl.validate.fautes import cell_faults, contradictions
from etl.validate.lexique import has_points
from etl.validate.natures import TYPES, Lecteur, literal
from etl.validate.stock import quoted
from etl.validate.typage import final_values
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.quartiers import Quartiers


@dataclass(frozen=True)
class Attente:
    """The lines of one file, laid in a temporary table as text until their contract is judged."""

    lecteur: Lecteur
    lot: int
    partenaire: str
    table: str
    ligne: str  # SQL of a line's number
    colonnes: dict[str, _Colonne]

    def lay(self, con: duckdb.DuckDBPyConnection, met: str) -> None:
        """Type the faultless rows, keep the others as text; `met`: SQL joins keeping the rows `b` whose references are.

        Nothing is typed of a contract with points, which geocoding completes.
        """
        if has_points(self.lecteur.schema) or self._type(con, met) < _count(con, self.table):
            self._keep_text(con)
        con.execute(f"DROP TABLE {self.table}")

    def _type(self, con: duckdb.DuckDBPyConnection, met: str) -> int:
        """Lay down as values the faultless rows whose every cell SQL recognises; returns how many they are."""
        lecteur, colonnes = self.lecteur, self.colonnes
        presentes = {nom: [self.lot] for nom in colonnes}
        garde = " OR ".join(f"({faute.condition})" for faute in contradictions(lecteur, set(), presentes))
        a_part = " ".join(colonne.set_apart(con, self.table) for colonne in colonnes.values())
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
            WITH b AS (SELECT {", ".join(tete)} FROM {self.table} {a_part})
            SELECT {", ".join(final_values(lecteur))}, b.partenaire, b.lot, b.ligne
            FROM b {met} WHERE {f"({garde}) IS NOT TRUE" if garde else "true"}"""
        ).fetchall()[0][0]

    def _keep_text(self, con: duckdb.DuckDBPyConnection) -> None:
        """Lay down as text the rows that were not typed."""
        schema = self.lecteur.schema
        fixes = {"lot": str(self.lot), "ligne": "ligne"} | ({"identite": "false"} if schema.identite else {})
        textes = {nom: colonne.x for nom, colonne in self.colonnes.items()}
        con.execute(
            f"""INSERT INTO raw.{quoted(schema.name)} ({", ".join(map(quoted, [*fixes, *textes]))})
            SELECT {", ".join([*fixes.values(), *textes.values()])}
            FROM (SELECT *, {self.ligne} AS ligne FROM {self.table}) t
            ANTI JOIN (SELECT ligne FROM {table_name(schema)} WHERE lot = {self.lot}) v USING (ligne)"""
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
        c.name: _Colonne(lecteur, c, f"c{entete.positions[c.name]}")
        for c in lecteur.schema.stored_fields
        if c.name in entete.positions
    }
    reponses = direct.look(con, table, {entete.positions[nom]: c.questions for nom, c in colonnes.items()})
    if reponses is None:
        con.execute(f"DROP TABLE {table}")
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
    return Attente(lecteur, lot, partenaire, table, f"(rowid - {premiere} + {direct.saut + 1})::INTEGER", colonnes)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]


class _Colonne:
    """One column of the file, `x` in SQL: how its texts are typed.

    `reconnue`: SQL reads all its texts by itself, none is at fault, and their values say all of them.
    `telle_quelle`: each text is its value.
    """

    def __init__(self, lecteur: Lecteur, champ: Field, x: str) -> None:
        self.lecteur, self.champ, self.x = lecteur, champ, x
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

    def set_apart(self, con: duckdb.DuckDBPyConnection, table: str) -> str:
        """List the texts of a table not to type; SQL leaving their rows out, empty when there are none."""
        if self.reconnue:
            return ""
        # A filter inside the aggregate: the optimizer would bring any other one down to the rows.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE meconnu_{self.x} AS SELECT unnest(list(x) FILTER (NOT {self._form('x')})) "
            f"AS {self.x} FROM (SELECT DISTINCT {self.x} AS x FROM {table} WHERE {self.x} IS NOT NULL)"
        )
        return f"ANTI JOIN meconnu_{self.x} USING ({self.x})"

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
