"""For each nature of column: its SQL type, the spellings SQL reads by itself, and the reader of all the others.

A value is normalised once: SQL recognises the canonical spellings row by row; every other *distinct* value is read by
Python, and comes back as a table of values and faults. Clean data therefore never meet a Python loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from etl.catalog.nomenclatures import NON_RENSEIGNE, Nomenclature
from etl.catalog.schemas import Field, Schema
from etl.validate.valeurs import dates, listes, nombres, textes
from etl.validate.valeurs.contexte import Contexte
from etl.validate.valeurs.defaut import Defaut
from etl.validate.valeurs.quartiers import INCONNU, Quartiers

Lue = str | list[str] | None
TYPES = {
    "date": "DATE", "entier": "INTEGER", "annee": "INTEGER", "decimal": "DOUBLE", "montant": "DOUBLE",
    "latitude": "DOUBLE", "longitude": "DOUBLE", "liste": "VARCHAR[]",
}  # fmt: skip
SEPARATEUR = "\x1f"  # between the items of a list on its way back to SQL
_CANONIQUES = {
    "date": (
        "CASE WHEN length({x}) = 10 AND {x}[3] = '/' AND {x}[6:8] = '/20' "
        "THEN try_strptime({x}, '%d/%m/%Y')::DATE "
        "WHEN length({x}) = 10 AND {x}[1:2] = '20' AND {x}[5] = '-' THEN try_strptime({x}, '%Y-%m-%d')::DATE END"
    ),
    "entier": "CASE WHEN regexp_full_match({x}, '-?[0-9]{{1,9}}') THEN {x}::INTEGER END",
    "annee": "CASE WHEN regexp_full_match({x}, '(19|20)[0-9]{{2}}') THEN {x}::INTEGER END",
    "decimal": (
        "CASE WHEN regexp_full_match({x}, '-?[0-9]{{1,12}}([.,][0-9]{{1,9}})?') THEN replace({x}, ',', '.')::DOUBLE END"
    ),
    "montant": (
        "CASE WHEN regexp_full_match({x}, '-?[0-9]{{1,12}}([.,][0-9]{{1,2}})?') THEN replace({x}, ',', '.')::DOUBLE END"
    ),
    "heure": "CASE WHEN regexp_full_match({x}, '([01][0-9]|2[0-3]):[0-5][0-9]') THEN {x} END",
}
# The same once every distinct spelling of a column is known to be canonical: SQL need not look at each row again.
_CONFIRMES = {
    "date": "coalesce(try_strptime({x}, '%d/%m/%Y'), try_strptime({x}, '%Y-%m-%d'))::DATE",
    "entier": "try_cast({x} AS INTEGER)",
    "annee": "try_cast({x} AS INTEGER)",
    "decimal": "try_cast(replace({x}, ',', '.') AS DOUBLE)",
    "montant": "try_cast(replace({x}, ',', '.') AS DOUBLE)",
    "identifiant": "upper({x})",
    **dict.fromkeys(("heure", "texte", "qpv", "enumeration", "booleen"), "{x}"),
}


def literal(texte: str) -> str:
    """A SQL string literal."""
    return "'" + texte.replace("'", "''") + "'"


def one_of(valeurs: list[str]) -> str:
    """A SQL list for IN (…)."""
    return ", ".join(literal(valeur) for valeur in valeurs) or "NULL"


def default_code(champ: Field, listes: Callable[[str], Nomenclature]) -> str | None:
    """The code an empty cell takes, None when it stays empty; `listes` gives a closed list by its name."""
    if champ.nature == "qpv":
        return INCONNU
    if champ.defaut:
        return champ.defaut
    if champ.nomenclature and champ.nature != "liste":
        return NON_RENSEIGNE if NON_RENSEIGNE in listes(champ.nomenclature).codes else None
    return None


@dataclass(frozen=True)
class Lecteur:
    """Reads the columns of one contract."""

    schema: Schema
    contexte: Contexte
    quartiers: Quartiers

    @cached_property
    def _absentes(self) -> frozenset[str]:
        return frozenset(valeur.upper() for valeur in self.schema.missing_values)

    def canonical_sql(self, champ: Field, x: str) -> str:
        """SQL giving the typed value of a canonical spelling of column expression `x`, NULL for any other text."""
        if champ.nature in _CANONIQUES:
            return _CANONIQUES[champ.nature].format(x=x)
        absentes = one_of(sorted(self._absentes))
        if champ.nature == "identifiant":
            return (
                f"CASE WHEN length({x}) <= {champ.max_length or textes.LONGUEUR_IDENTIFIANT} AND "
                f"regexp_full_match({x}, '[0-9A-Za-z][0-9A-Za-z_./-]*') AND upper({x}) NOT IN ({absentes}) "
                f"THEN upper({x}) END"
            )
        if champ.nature == "texte":
            forme = champ.pattern or "[!-~À-ÿ]+( [!-~À-ÿ]+)*"
            return (
                f"CASE WHEN length({x}) <= {champ.max_length or textes.LONGUEUR_TEXTE} AND "
                f"regexp_full_match({x}, {literal(forme)}) AND upper({x}) NOT IN ({absentes}) THEN {x} END"
            )
        if champ.nature == "qpv":
            return f"CASE WHEN {x} IN ({one_of(list(self.quartiers.noms))}) THEN {x} END"
        if champ.nomenclature:
            codes = one_of(list(self.contexte.nomenclature(champ.nomenclature).codes))
            valeur = f"[{x}]" if champ.nature == "liste" else x
            return f"CASE WHEN {x} IN ({codes}) THEN {valeur} END"
        return f"NULL::{TYPES.get(champ.nature, 'VARCHAR')}"

    def confirmed_sql(self, champ: Field, x: str) -> str:
        """The same where no other text is left in the column."""
        sql = _CONFIRMES.get(champ.nature)
        return sql.format(x=x) if sql else self.canonical_sql(champ, x)

    def default(self, champ: Field) -> str | None:
        """The code an empty cell takes, None when it stays empty."""
        return default_code(champ, self.contexte.nomenclature)

    def read(self, champ: Field, texte: str) -> Lue:
        """The value of any text, as SQL casts it; None when it stands for nothing; raises Defaut."""
        nu = textes.clean(texte)
        if not nu or nu.upper() in self._absentes:
            return None
        return _LECTEURS[champ.nature](self, champ, texte if champ.nature in ("texte", "identifiant") else nu)

    def _text(self, champ: Field, texte: str) -> Lue:
        import re

        lu = textes.read_text(texte, champ.max_length or textes.LONGUEUR_TEXTE)
        if champ.pattern and not re.fullmatch(champ.pattern, lu):
            raise Defaut(
                "format_invalide",
                f"n'a pas la forme attendue (exemple : {champ.example}).",
                f"Exemple : {champ.example}.",
            )
        return lu

    def _date(self, champ: Field, texte: str) -> Lue:
        jour = dates.read_date(texte, self.contexte.aujourd_hui)
        if jour not in dates.SANS_FIN:
            return jour.isoformat()
        if champ.required:
            raise Defaut("date_vide", "remplace une date absente.", "Écrivez la vraie date.")
        return None

    def _list(self, champ: Field, texte: str) -> Lue:
        if champ.nomenclature:
            return listes.read_codes(texte, self.contexte.nomenclature(champ.nomenclature))
        items = listes.split_list(texte)
        if champ.element == "qpv":
            return self.quartiers.read_list(items)
        lecteur = textes.read_identifier if champ.element == "identifiant" else textes.read_text
        return list(dict.fromkeys(lecteur(item) for item in items))

    def _code(self, champ: Field, texte: str) -> Lue:
        assert champ.nomenclature is not None
        return listes.read_code(texte, self.contexte.nomenclature(champ.nomenclature))


_LECTEURS: dict[str, Callable[[Lecteur, Field, str], Lue]] = {
    "identifiant": lambda lecteur, champ, texte: textes.read_identifier(texte, champ.max_length),
    "texte": Lecteur._text,
    "date": Lecteur._date,
    "heure": lambda lecteur, champ, texte: dates.read_time(texte),
    "entier": lambda lecteur, champ, texte: nombres.read_integer(texte),
    "decimal": lambda lecteur, champ, texte: nombres.read_decimal(texte),
    "montant": lambda lecteur, champ, texte: nombres.read_amount(texte),
    "annee": lambda lecteur, champ, texte: nombres.read_year(texte),
    "booleen": Lecteur._code,
    "enumeration": Lecteur._code,
    "liste": Lecteur._list,
    "qpv": lambda lecteur, champ, texte: lecteur.quartiers.read(texte),
    "siret": lambda lecteur, champ, texte: textes.read_siret(texte),
    "code_postal": lambda lecteur, champ, texte: textes.read_postcode(texte),
    "code_insee": lambda lecteur, champ, texte: textes.read_insee(texte, lecteur.contexte.codes_insee),
    "courriel": lambda lecteur, champ, texte: textes.read_email(texte),
    "telephone": lambda lecteur, champ, texte: textes.read_phone(texte),
    "url": lambda lecteur, champ, texte: textes.read_url(texte),
    "latitude": lambda lecteur, champ, texte: nombres.read_decimal(texte),
    "longitude": lambda lecteur, champ, texte: nombres.read_decimal(texte),
}
