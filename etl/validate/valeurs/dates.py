"""Reads dates and times of day: a closed list of French spellings, day first always, never a guess."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from etl.catalog.nomenclatures import canonical
from etl.validate.valeurs.defaut import Defaut

_NOMS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre")
MOIS = {nom: rang for rang, nom in enumerate((*_NOMS, "decembre"), 1)}
SANS_FIN = frozenset({date(9999, 12, 31), date(1900, 1, 1)})  # what software writes for "no end date"
SERIE_MIN, SERIE_MAX = 36526, 73050  # 01/01/2000 and 31/12/2099 as Excel days since 1900
_JOUR = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LETTRES = re.compile(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})")
_HEURE = re.compile(r"(\d{1,2})(?:[hH]|[:hH](\d{2})(?::\d{2}(?:[.,]\d+)?)?)?")
_AVEC_HEURE = re.compile(r"(.+?)(?:T| +à +| +)(\d{1,2}[:hH]\d{2}(?::\d{2}(?:[.,]\d+)?)?)(Z|[+-]\d{2}:?\d{2})?", re.I)
_PARIS = "Europe/Paris"
_CORRECTION = "Écrivez la date sous la forme JJ/MM/AAAA, par exemple 02/03/2025."


def read_date(texte: str, aujourd_hui: date, naissance: bool = False) -> date:
    """The date a cell says; raises Defaut. Two-digit years are read for recent activity only, never for a birth."""
    jour = _with_time(texte, aujourd_hui, naissance) or _day(texte, aujourd_hui, naissance)
    if jour is None:
        raise impossible()
    return jour


def impossible() -> Defaut:
    """The fault of a text that is no date of the calendar."""
    return Defaut("date_invalide", "n'est pas une date du calendrier (attendu JJ/MM/AAAA).", _CORRECTION)


def _with_time(texte: str, aujourd_hui: date, naissance: bool) -> date | None:
    trouve = _AVEC_HEURE.fullmatch(texte)
    if trouve is None:
        return None
    jour = _day(trouve[1], aujourd_hui, naissance)
    try:
        heure = read_time(trouve[2])
    except Defaut:
        return None
    if jour is None or not trouve[3]:
        return jour
    from zoneinfo import ZoneInfo

    decalage = "+00:00" if trouve[3] in "Zz" else trouve[3]
    # A moment given with its offset belongs to the day it is in Paris.
    return datetime.fromisoformat(f"{jour}T{heure}:00{decalage}").astimezone(ZoneInfo(_PARIS)).date()


def _day(texte: str, aujourd_hui: date, naissance: bool) -> date | None:
    if trouve := _ISO.fullmatch(texte):
        return _calendar(int(trouve[1]), int(trouve[2]), int(trouve[3]))
    if trouve := _JOUR.fullmatch(texte):
        annee = int(trouve[4]) if len(trouve[4]) == 4 else _short_year(int(trouve[4]), aujourd_hui, naissance)
        return _calendar(annee, int(trouve[3]), int(trouve[1]))
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", texte) and not naissance and SERIE_MIN <= int(texte[:5]) <= SERIE_MAX:
        return date(1899, 12, 30) + timedelta(days=int(texte[:5]))  # decimals are the time of day
    if trouve := _LETTRES.fullmatch(canonical(texte)):
        return _calendar(int(trouve[3]), MOIS.get(trouve[2], 0), int(trouve[1]))
    return None


def _short_year(deux: int, aujourd_hui: date, naissance: bool) -> int:
    annee = 2000 + deux
    if naissance or not 2015 <= annee <= aujourd_hui.year + 1:
        raise Defaut(
            "annee_sur_deux_chiffres",
            "a une année sur deux chiffres : le siècle ne se devine pas (attendu JJ/MM/AAAA).",
            "Écrivez l'année sur quatre chiffres.",
        )
    return annee


def _calendar(annee: int, mois: int, jour: int) -> date | None:
    try:
        lu = date(annee, mois, jour)
    except ValueError:
        return None
    return lu if lu in SANS_FIN or 1900 <= annee <= 2200 else None


def read_time(texte: str) -> str:
    """The time of day a cell says, as HH:MM; Excel's fraction of a day is accepted."""
    if re.fullmatch(r"0[.,]\d+", texte):
        minutes = round(float(texte.replace(",", ".")) * 1440)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    trouve = _HEURE.fullmatch(texte.replace(" ", ""))
    if trouve is None or int(trouve[1]) > 23 or int(trouve[2] or 0) > 59:
        raise Defaut(
            "heure_invalide", "n'est pas une heure (attendu HH:MM).", "Écrivez l'heure sous la forme HH:MM, 09:30."
        )
    return f"{int(trouve[1]):02d}:{int(trouve[2] or 0):02d}"
