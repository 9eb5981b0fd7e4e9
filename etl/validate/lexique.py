"""Reads once each distinct spelling SQL did not recognise, and lays the answers down as a table to join."""

from __future__ import annotations

import duckdb

from etl.catalog.schemas import Field, Schema
from etl.validate.natures import SEPARATEUR, Lecteur, Lue
from etl.validate.stock import insert, quoted
from etl.validate.valeurs.defaut import Defaut, quote
from etl.validate.valeurs.points import inside, read_point

TABLE = "lexique"
PAIRE = "coalesce(r.latitude, '') || chr(31) || coalesce(r.longitude, '')"
_DEGRES = "regexp_full_match({x}, '-?[0-9]{{1,2}}[.][0-9]{{3,9}}')"


def has_points(schema: Schema) -> bool:
    """Whether rows carry coordinates, read two by two."""
    return {"latitude", "longitude"} <= {champ.name for champ in schema.stored_fields}


def is_coordinate(schema: Schema, champ: Field) -> bool:
    """Whether a column is half of a point."""
    return has_points(schema) and champ.name in ("latitude", "longitude")


def canonical_point(lecteur: Lecteur) -> str:
    """SQL telling that both coordinates are plain degrees inside the contract's box."""
    sud, nord, ouest, est = lecteur.contexte.cadre
    formes = " AND ".join(_DEGRES.format(x=f"r.{nom}") for nom in ("latitude", "longitude"))
    return (
        f"CASE WHEN {formes} THEN r.latitude::DOUBLE BETWEEN {sud} AND {nord} "
        f"AND r.longitude::DOUBLE BETWEEN {ouest} AND {est} ELSE false END"
    )


def _unread(nom: str, x: str, condition: str, source: str) -> str:
    """SQL listing the distinct texts of a column that meet a condition, asked of each text once and not of each row.

    A filter inside the aggregate: the optimizer would bring any other one down to the rows.
    """
    return (
        f"SELECT '{nom}' AS champ, list(brut) FILTER (brut IS NOT NULL AND {condition}) AS bruts "
        f"FROM (SELECT DISTINCT {x} AS brut FROM {source})"
    )


class Lexique:
    """The spellings that need reading in the rows `r` of a contract; `champs` names the columns that have any."""

    def __init__(self, con: duckdb.DuckDBPyConnection, lecteur: Lecteur, condition: str) -> None:
        self.con, self.lecteur, self.schema = con, lecteur, lecteur.schema
        self._lignes: list[tuple[object, ...]] = []
        self._read(condition)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {TABLE} (champ VARCHAR, brut VARCHAR, valeur VARCHAR, code VARCHAR, "
            "message VARCHAR, correction VARCHAR)"
        )
        insert(con, TABLE, self._lignes)
        self.champs = {str(ligne[0]) for ligne in self._lignes}

    def _read(self, condition: str) -> None:
        source = f"raw.{quoted(self.schema.name)} r WHERE ({condition})"
        champs = {champ.name: champ for champ in self.schema.stored_fields}
        branches = [
            _unread(nom, f"r.{quoted(nom)}", f"({self.lecteur.canonical_sql(champ, 'brut')}) IS NULL", source)
            for nom, champ in champs.items()
            if not is_coordinate(self.schema, champ)
        ]
        if has_points(self.schema):
            source += f" AND NOT {canonical_point(self.lecteur)} AND coalesce(r.latitude, r.longitude) IS NOT NULL"
            branches.append(_unread("point", PAIRE, "true", source))
        for nom, bruts in self.con.execute(" UNION ALL ".join(branches)).fetchall():
            for brut in bruts or ():
                if nom == "point":
                    self._read_point(brut)
                else:
                    self._read_value(champs[nom], brut)

    def _read_value(self, champ: Field, brut: str, cle: str | None = None) -> bool:
        try:
            self._add(champ.name, cle or brut, self.lecteur.read(champ, brut) if brut else None)
        except Defaut as defaut:
            self._add_fault(champ.name, cle or brut, brut, defaut)
            return False
        return True

    def _read_point(self, brut: str) -> None:
        textes = dict(zip(("latitude", "longitude"), brut.split("\x1f"), strict=True))
        try:
            lus = {nom: self.lecteur.read(self.schema.field(nom), texte) for nom, texte in textes.items() if texte}
        except Defaut:
            lus = {}
        if all(lus.get(nom) for nom in textes):
            try:
                point = read_point(str(lus["latitude"]), str(lus["longitude"]), self.lecteur.contexte.cadre)
            except Defaut as defaut:
                self._add_fault("latitude", brut, f"{textes['latitude']} ; {textes['longitude']}", defaut)
                self._add("longitude", brut, None)
            else:
                for nom, degres in zip(textes, point, strict=True):
                    self._add(nom, brut, repr(degres))
            return
        for nom, texte in textes.items():
            self._read_value(self.schema.field(nom), texte, brut)

    def _add(self, champ: str, brut: str, valeur: Lue) -> None:
        texte = SEPARATEUR.join(valeur) if isinstance(valeur, list) else valeur
        self._lignes.append((champ, brut, texte or None, None, None, None))

    def _add_fault(self, champ: str, cle: str, brut: str, defaut: Defaut) -> None:
        self._lignes.append((champ, cle, None, defaut.code, f"{quote(brut)} {defaut.texte}", defaut.correction))


__all__ = ["Lexique", "canonical_point", "has_points", "inside", "is_coordinate"]
