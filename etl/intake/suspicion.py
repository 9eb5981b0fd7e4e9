"""Recognises values that look like a person's identity: e-mail, phone, NIR, names in a column of references."""

from __future__ import annotations

import re

# Written without look-around so that the same text runs in Python and in DuckDB's regular expressions.
COURRIEL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
TELEPHONE = r"(?:(?:\+33|\b0033)[ .-]?(?:\(0\))?[ .-]?[1-9]|\b0[1-9])(?:[ .-]?[0-9]{2}){4}\b"
NIR = (
    r"\b[12][ .-]?[0-9]{2}[ .-]?(?:0[1-9]|1[0-2]|20)[ .-]?(?:[0-9]{2}|2[ABab])"
    r"[ .-]?[0-9]{3}[ .-]?[0-9]{3}(?:[ .-]?[0-9]{2})?\b"
)
IDENTITE = f"{COURRIEL}|{TELEPHONE}|{NIR}"
# Natures whose normal content looks like one of these (a structure's own phone, a SIRET, a coordinate).
EXEMPTES = frozenset({"courriel", "telephone", "siret", "url", "latitude", "longitude"})

_IDENTITE = re.compile(IDENTITE)
_COURRIEL, _NUMERO = re.compile(COURRIEL), re.compile(f"{TELEPHONE}|{NIR}")
# A phone number and a NIR are nine digits in a row at least, but for what may stand between them.
_ENTRE = str.maketrans("", "", " .-()ABab")
_CHIFFRES = re.compile("[0-9]{9}")
_SANS_DOUTE = re.compile(f"{COURRIEL}|{NIR}|\\+33|\\b0[67]|[ .-]")
DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}")
_MOT = re.compile(r"[^\W\d_]{2,}")
_CIVILITE = re.compile(r"(?:M|Mme|Mlle|Monsieur|Madame|Mademoiselle)\b\.?", re.I)
COURTE = 10  # characters: no phone number nor NIR is shorter
PART_DE_NOMS = 0.1  # of a reference column: beyond, the whole file is refused


def looks_personal(texte: str) -> bool:
    """Whether a value holds an e-mail, a French phone number or a NIR."""
    return (len(texte) >= COURTE or "@" in texte) and _IDENTITE.search(texte) is not None


def any_personal(textes: str) -> bool:
    """Whether one of these many texts (one a line) holds any of them: the same answer, found faster."""
    if "@" in textes and _COURRIEL.search(textes):
        return True
    return _CHIFFRES.search(textes.translate(_ENTRE)) is not None and _NUMERO.search(textes) is not None


def surely_personal(texte: str) -> bool:
    """Same, leaving out bare ten-digit numbers that some partners use as references (not mobile numbers)."""
    trouve = _IDENTITE.search(texte)
    return trouve is not None and _SANS_DOUTE.search(trouve[0]) is not None


def looks_like_name(texte: str) -> bool:
    """Whether a reference reads like somebody's name: two words or more, no digit but those of a birth date."""
    sans_date = DATE.sub(" ", texte) if len(texte) >= 10 else texte
    if any(signe.isdigit() for signe in sans_date):
        return False
    mots = _MOT.findall(sans_date)
    if _CIVILITE.match(sans_date.strip()) and len(mots) >= 1:
        return True
    return len(mots) >= 2 and sum(len(mot) for mot in mots) >= 5


def looks_like_word(texte: str) -> bool:
    """Whether a reference is one bare word of letters, as a surname alone would be."""
    return texte.isalpha() and len(texte) >= 4
