"""Loads the closed lists of values and the spellings partners use for them (nomenclatures/*.csv)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

DOSSIER = Path(__file__).parent / "nomenclatures"
NON_RENSEIGNE = "non_renseigne"

# A dash before a number or «de», unless it joins two numbers (16-25) or words (aller-vers): replaced by U+2212.
_MOINS = re.compile(r"(?<![\d\s])\s*[-‐‑–—](?=\s*\d|\s*de\s)")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


class NomenclatureInvalide(ValueError):
    """A nomenclature file is wrong; the message is one French sentence naming file and line."""


@dataclass(frozen=True)
class Nomenclature:
    """A closed list: code → label, in the order of the file; canonical spelling → code; code → other spellings."""

    nom: str
    codes: Mapping[str, str]
    graphies: Mapping[str, str]
    autres: Mapping[str, tuple[str, ...]]

    def code(self, texte: str) -> str | None:
        """The code a spelling stands for, None when the list does not know it."""
        return self.graphies.get(canonical(texte))


@lru_cache(65_536)
def canonical(texte: str) -> str:
    """The form under which spellings are compared: no accents, case, punctuation, nor repeated spaces.

    Signs (<, >, +, ≥, and a hyphen meaning minus) are kept as words of their own: «- de 6 mois» must read like
    neither «+ de 6 mois» nor «de 6 mois».
    A lone letter keeps its point: «M.» abbreviates Monsieur, while «M» says nothing certain.
    """
    brut = unicodedata.normalize("NFKD", texte).translate(_LIGATURES).casefold().strip()
    if re.fullmatch(r"[^\W\d_]\.", brut):
        return brut
    return " ".join(_MOINS.sub("−", brut).translate(_SIGNES).split())


class _Signes(dict[int, str]):
    """What each character of a spelling becomes, worked out the first time it is met."""

    def __missing__(self, code: int) -> str:
        self[code] = _spaced(chr(code))
        return self[code]


_SIGNES = _Signes()


def _spaced(signe: str) -> str:
    genre = unicodedata.category(signe)
    if genre == "Mn" or genre == "Cf":  # accents, and invisible marks pasted from web pages
        return ""
    if genre[0] in "LN":
        return signe
    return f" {signe} " if genre[0] == "S" else " "


def names() -> tuple[str, ...]:
    """Every closed list, in alphabetical order."""
    return tuple(sorted(chemin.stem for chemin in DOSSIER.glob("*.csv") if chemin.stem != "frein_thematiques"))


@cache
def load(nom: str) -> Nomenclature:
    """One closed list; its codes and labels are spellings of themselves."""
    chemin = DOSSIER / f"{nom}.csv"
    if not chemin.is_file():
        raise NomenclatureInvalide(f"La nomenclature « {nom} » n'existe pas (attendu : {', '.join(names())}).")
    return parse(nom, chemin.read_text(encoding="utf-8"))


def parse(nom: str, contenu: str) -> Nomenclature:
    """Build a list from the text of its CSV file (columns code, libelle, graphie)."""
    codes: dict[str, str] = {}
    graphies: dict[str, str] = {}
    autres: dict[str, tuple[str, ...]] = {}
    for rang, ligne in enumerate(csv.DictReader(contenu.splitlines()), 2):
        code, libelle, graphie = (ligne.get(cle) or "" for cle in ("code", "libelle", "graphie"))
        if libelle and code in codes:
            raise NomenclatureInvalide(f"{nom}.csv, ligne {rang} : le code « {code} » est déclaré deux fois.")
        if libelle:
            codes[code] = libelle
        elif code not in codes:
            raise NomenclatureInvalide(f"{nom}.csv, ligne {rang} : le code « {code} » n'a pas de libellé.")
        else:
            autres[code] = (*autres.get(code, ()), graphie)
        for texte in (code, libelle) if libelle else (graphie,):
            cle = canonical(texte)
            if not cle:
                raise NomenclatureInvalide(f"{nom}.csv, ligne {rang} : la graphie « {texte} » ne contient rien à lire.")
            if graphies.setdefault(cle, code) != code:
                raise NomenclatureInvalide(
                    f"{nom}.csv, ligne {rang} : « {texte} » mène à deux codes, {graphies[cle]} et {code}."
                )
    return Nomenclature(nom, MappingProxyType(codes), MappingProxyType(graphies), MappingProxyType(autres))


@cache
def frein_thematiques() -> Mapping[str, tuple[str, ...]]:
    """For each type_frein, the data·inclusion themes that answer it (needs against what is on offer)."""
    reponses: dict[str, tuple[str, ...]] = {}
    with (DOSSIER / "frein_thematiques.csv").open(encoding="utf-8", newline="") as flux:
        for ligne in csv.DictReader(flux):
            reponses[ligne["type_frein"]] = (*reponses.get(ligne["type_frein"], ()), ligne["thematique"])
    return MappingProxyType(reponses)
