"""Reads values of closed lists, alone or several in a cell, and names the nearest labels when it knows none."""

from __future__ import annotations

import re

from etl.catalog.nomenclatures import Nomenclature, canonical
from etl.validate.valeurs.defaut import Defaut

LOCALE = re.compile(r"local--[a-z0-9-]{2,60}")
_SEPARATEURS = re.compile(r"[|;,\n]")


def read_code(texte: str, liste: Nomenclature) -> str:
    """The code a spelling stands for; raises Defaut naming the nearest labels."""
    code = liste.graphies.get(canonical(texte))
    if code is None:
        raise unknown(texte, liste)
    return code


def unknown(texte: str, liste: Nomenclature) -> Defaut:
    """The fault of a value its list does not know: what is accepted is told as the template's drop-downs offer it."""
    proches = nearest(texte, liste)
    indice = f"le plus proche : {_enumerate(proches)}" if proches else f"attendu : {_sample(liste)}"
    return Defaut(
        "code_inconnu",
        f"n'est pas dans la liste ({indice}).",
        f"Choisissez une valeur de la liste : {_sample(liste)}.",
    )


def nearest(texte: str, liste: Nomenclature, nombre: int = 3) -> list[str]:
    """The labels whose spellings resemble a text, nearest first."""
    from difflib import get_close_matches  # slow to import, for faults only

    proches = get_close_matches(canonical(texte)[:80], list(liste.graphies), n=3 * nombre, cutoff=0.6)
    return [liste.codes[code] for code in dict.fromkeys(liste.graphies[graphie] for graphie in proches)][:nombre]


def _sample(liste: Nomenclature) -> str:
    libelles = list(liste.codes.values())
    return _enumerate(libelles) if len(libelles) <= 20 else _enumerate(libelles[:12]) + "…"


def _enumerate(libelles: list[str]) -> str:
    """One after the other; a label may hold commas of its own."""
    return (" ; " if any("," in libelle for libelle in libelles) else ", ").join(libelles)


def split_list(texte: str, liste: Nomenclature | None = None) -> list[str]:
    """The items of a cell: separated by |, else by , or ; — unless the whole cell is itself one spelling."""
    if liste is not None and canonical(texte) in liste.graphies:
        return [texte]
    motif = re.compile(r"\|") if "|" in texte else _SEPARATEURS
    return [item.strip() for item in motif.split(texte) if item.strip()]


def read_codes(texte: str, liste: Nomenclature) -> list[str]:
    """The codes of a cell, in order, once each; local additions keep their prefix; raises Defaut."""
    codes = []
    for item in split_list(texte, liste):
        local = LOCALE.fullmatch(item.casefold())
        codes.append(item.casefold() if local and "local--" in item.casefold() else read_code(item, liste))
    return list(dict.fromkeys(codes))
