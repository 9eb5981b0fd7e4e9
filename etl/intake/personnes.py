"""Consumes the identity columns of a table: what comes out is a pseudonym, an age band, and remarks without values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from etl.catalog.nomenclatures import load as load_list
from etl.intake import identite
from etl.intake.entete import JETON, Entete
from etl.validate.valeurs.dates import read_date
from etl.validate.valeurs.defaut import Defaut

Cellule = Callable[[str], str]  # the cell of a row by the name of its field, empty when the table lacks the column
Personne = tuple[str | None, str | None, list[str]]  # pseudonym, age band to write down, remarks
_TRANCHE = "tranche_age"


class Personnes:
    """Reads who each row of one table is about, without keeping it."""

    def __init__(self, entete: Entete, cle: bytes, aujourd_hui: date) -> None:
        self.cle, self.aujourd_hui = cle, aujourd_hui
        self._positions = entete.positions
        colonnes = (*entete.schema.identite, JETON)
        self.presentes = bool(entete.schema.identite) and any(nom in entete.positions for nom in colonnes)
        self._avec_tranche = _TRANCHE in {champ.name for champ in entete.schema.stored_fields}
        self._date = lru_cache(4096)(self._read_date)

    def read(self, rangee: Sequence[str]) -> Personne:
        """What may be known of one row of stripped cells."""

        def cellule(nom: str) -> str:
            position = self._positions.get(nom)
            return rangee[position] if position is not None else ""

        if jeton := cellule(JETON):
            personne = identite.unseal(self.cle, jeton)
            return personne, None, [] if personne else [f"{JETON}:jeton_illisible"]
        if not cellule("date_naissance"):
            return None, None, []
        naissance = self._date(cellule("date_naissance"), True)
        if isinstance(naissance, str):
            return None, None, [f"date_naissance:{naissance}"]
        tranche, constats = self._age(naissance, cellule)
        if not cellule("nom") or not cellule("prenom"):
            return None, tranche, constats
        return identite.pseudonym(self.cle, cellule("nom"), cellule("prenom"), naissance) or None, tranche, constats

    def _read_date(self, texte: str, naissance: bool) -> date | str:
        """The date a text says, or the code of what is wrong with it."""
        try:
            return read_date(texte, self.aujourd_hui, naissance)
        except Defaut as defaut:
            return defaut.code

    def _age(self, naissance: date, cellule: Cellule) -> tuple[str | None, list[str]]:
        """The age band to write down, None to leave what the row says, and what contradicts the birth date."""
        annee, constats = cellule("annee_naissance")[:4], []
        if annee.isdigit() and int(annee) != naissance.year:
            constats.append("date_naissance:naissance_contradictoire")
        if naissance > self.aujourd_hui:
            return None, [*constats, "date_naissance:date_future"]
        entree = self._date(cellule("date_entree") or cellule("date_reperage"), False)
        if not self._avec_tranche:
            return None, constats
        if isinstance(entree, str):  # the row will be refused for its dates, not for its age
            return None if cellule(_TRANCHE) else "non_renseigne", constats
        age = entree.year - naissance.year
        if not identite.AGE_MIN <= age <= identite.AGE_MAX:
            return None, [*constats, "date_naissance:age_hors_bornes"]
        dite = load_list(_TRANCHE).code(cellule(_TRANCHE))
        if dite in (None, "non_renseigne"):
            return identite.age_band(age), constats
        if dite not in {identite.age_band(age), identite.age_band(age - 1)}:
            constats.append("date_naissance:naissance_contradictoire")
        return None, constats
