"""Loads the Table Schemas of the partner contracts and of the steering tables (schemas/*.json)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cache, cached_property, lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from etl.catalog.nomenclatures import canonical

DOSSIER = Path(__file__).parent / "schemas"
PILOTAGE = ("objectifs", "cibles", "evenements", "commentaires", "decisions")
# How a title tells what to write below it: "Date (JJ/MM/AAAA)", "Année (AAAA)", "Heure (HH:MM)".
_PARTIE = "(?:jj?|dd?|mm?|hh?|ss|aaaa|yyyy|aa|yy)"
_FORME = re.compile(rf"[(\[]\s*(?:{_PARTIE}(?:\s*[/.: -]\s*{_PARTIE}){{1,2}}|aaaa|yyyy)\s*[)\]]", re.I)
_NI_ESPACE_NI_MOINS = str.maketrans("", "", " −")
NATURES = (
    "identifiant", "texte", "date", "heure", "entier", "decimal", "montant", "annee", "booleen", "enumeration",
    "liste", "qpv", "siret", "code_postal", "code_insee", "latitude", "longitude", "courriel", "telephone", "url",
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One column: its Table Schema properties, and what the loader needs beyond them.

    `nature` says how the column is read; `nomenclature` names its closed list (of the items, for a list);
    a list without one holds items of nature `element`; `reference` is the contract its items must exist in;
    `defaut` is the code an empty cell takes.
    """

    name: str
    title: str
    description: str
    example: str | int | float
    type: str
    nature: str
    format: str = "default"
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    nomenclature: str | None = None
    element: str | None = None
    reference: str | None = None
    defaut: str | None = None
    alias: tuple[str, ...] = ()

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """Every header accepted for this column, as `header_key` compares them."""
        return tuple(dict.fromkeys(header_key(texte) for texte in (self.title, self.name, *self.alias)))


@dataclass(frozen=True)
class ForeignKey:
    """Columns of a row that must exist, together, as `cible_fields` of the contract `resource`."""

    fields: tuple[str, ...]
    resource: str
    cible_fields: tuple[str, ...]


@dataclass(frozen=True)
class Regle:
    """A contradiction inside one row: `sql`, over its typed columns, is TRUE when the row is at fault."""

    code: str
    colonnes: tuple[str, ...]
    sql: str
    message: str
    correction: str


@dataclass(frozen=True)
class Schema:
    """One contract of data. `portee_cle` says where its key is unique: "contrat", or "dossier" (partner folder).

    `au_moins_un`: each requirement lists alternatives, each a set of columns to be filled together.
    """

    name: str
    title: str
    description: str
    version: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    missing_values: tuple[str, ...]
    portee_cle: str
    au_moins_un: tuple[tuple[tuple[str, ...], ...], ...]
    identite: tuple[str, ...]
    regles: tuple[Regle, ...]
    date_principale: str | None
    _by_name: dict[str, Field] = attribute(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({colonne.name: colonne for colonne in self.fields})

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def field(self, name: str) -> Field:
        """One column by name; KeyError when the contract has none such."""
        return self._by_name[name]

    @cached_property
    def stored_fields(self) -> tuple[Field, ...]:
        """The columns that may be written down: all but the identity columns."""
        return tuple(colonne for colonne in self.fields if colonne.name not in self.identite)


@lru_cache(16_384)
def header_key(texte: str) -> str:
    """The form under which headers are compared: without case, accents, punctuation, spaces, nor form to write in."""
    return canonical(_FORME.sub(" ", texte)).translate(_NI_ESPACE_NI_MOINS).rstrip(".")


@cache
def names() -> tuple[str, ...]:
    """The partner contracts, each after those its foreign keys point to (acteurs first)."""
    noms = sorted(chemin.stem for chemin in DOSSIER.glob("*.json") if chemin.stem not in PILOTAGE)
    ordre: TopologicalSorter[str] = TopologicalSorter({nom: _references(load(nom)) for nom in noms})
    return tuple(ordre.static_order())


def _references(schema: Schema) -> set[str]:
    listes = {colonne.reference for colonne in schema.fields if colonne.reference}
    return listes | {cle.resource for cle in schema.foreign_keys}


def steering_names() -> tuple[str, ...]:
    """The tables kept by the metropolis in the contract's folder."""
    return PILOTAGE


@cache
def load(nom: str) -> Schema:
    """One contract by name; KeyError when there is none such."""
    chemin = DOSSIER / f"{nom}.json"
    if not chemin.is_file():
        raise KeyError(nom)
    brut = json.loads(chemin.read_text(encoding="utf-8"))
    return Schema(
        name=brut["name"],
        title=brut["title"],
        description=brut["description"],
        version=brut["version"],
        fields=tuple(_field(colonne) for colonne in brut["fields"]),
        primary_key=tuple(brut["primaryKey"]),
        foreign_keys=tuple(_foreign_key(cle) for cle in brut.get("foreignKeys", [])),
        missing_values=tuple(brut["missingValues"]),
        portee_cle=brut["portee_cle"],
        au_moins_un=tuple(tuple(tuple(choix) for choix in exigence) for exigence in brut["au_moins_un"]),
        identite=tuple(brut["identite"]),
        regles=tuple(Regle(**{**regle, "colonnes": tuple(regle["colonnes"])}) for regle in brut["regles"]),
        date_principale=brut["date_principale"],
    )


def _field(brut: dict[str, Any]) -> Field:
    contraintes = brut.get("constraints", {})
    libres = {cle: brut[cle] for cle in ("nomenclature", "element", "reference", "defaut", "format") if cle in brut}
    return Field(
        **{cle: brut[cle] for cle in ("name", "title", "description", "example", "type", "nature")},
        **libres,
        required=contraintes.get("required", False),
        unique=contraintes.get("unique", False),
        minimum=contraintes.get("minimum"),
        maximum=contraintes.get("maximum"),
        min_length=contraintes.get("minLength"),
        max_length=contraintes.get("maxLength"),
        pattern=contraintes.get("pattern"),
        enum=tuple(contraintes.get("enum", ())),
        alias=tuple(brut["alias"]),
    )


def _foreign_key(brut: dict[str, Any]) -> ForeignKey:
    cible = brut["reference"]
    return ForeignKey(tuple(brut["fields"]), cible["resource"], tuple(cible["fields"]))
