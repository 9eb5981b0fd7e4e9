"""Reads French numbers: decimal comma, spaces of every width as thousands, a currency sign; nothing approximate."""

from __future__ import annotations

import re

from etl.validate.valeurs.defaut import Defaut

_BLANCS = "\u0020\u00a0\u202f\u2009\u2007'\u2019"  # thousands separators used in France and Switzerland
_GROUPES = re.compile(rf"[+-]?\d{{1,3}}(?:[{_BLANCS}]\d{{3}})+(?:[.,]\d+)?")
_SIMPLE = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_POINT_PUIS_VIRGULE = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_VIRGULE_PUIS_POINT = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+")
_AMBIGU = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})+")


def _number(texte: str) -> str | None:
    """The plain decimal spelling of a number, None when it is not one."""
    if _POINT_PUIS_VIRGULE.fullmatch(texte):
        return texte.replace(".", "").replace(",", ".")
    if _VIRGULE_PUIS_POINT.fullmatch(texte):
        return texte.replace(",", "")
    if _GROUPES.fullmatch(texte):
        texte = texte.translate({ord(blanc): None for blanc in _BLANCS})
    if _SIMPLE.fullmatch(texte):
        return texte.replace(",", ".")
    return None


def read_decimal(texte: str) -> str:
    """A number with or without decimals, as DuckDB reads it; raises Defaut."""
    lu = _number(texte)
    if lu is None:
        raise Defaut(
            "nombre_invalide", "n'est pas un nombre (exemple : 12,5).", "Écrivez un nombre seul, sans unité ni texte."
        )
    return lu


def read_amount(texte: str) -> str:
    """An amount in euros; «12k€», «env. 300» and three digits after one separator are refused, never guessed."""
    nu = re.sub(r"\s*(?:€|EUR|euros?)$", "", texte, flags=re.I).strip()
    if _AMBIGU.fullmatch(nu):
        raise Defaut(
            "nombre_ambigu",
            "peut se lire comme des milliers ou comme des décimales.",
            "Écrivez le montant sans séparateur de milliers, avec deux décimales au plus : 1234,50.",
        )
    lu = _number(nu)
    if lu is None:
        raise Defaut(
            "montant_invalide",
            "n'est pas un montant en euros (exemple : 1234,50).",
            "Écrivez le montant en euros, en chiffres seuls : ni k€, ni approximation.",
        )
    return lu


def read_integer(texte: str) -> str:
    """A whole number; «12,0» is one, «12,5» and «1.234» are not; raises Defaut."""
    lu = None if _AMBIGU.fullmatch(texte) else _number(texte)
    nombre = float(lu) if lu is not None else 0.5
    if abs(nombre) >= 2**31:
        raise Defaut(
            "entier_trop_grand",
            "est trop grand : aucun nombre n'atteint ici deux milliards.",
            "Vérifiez le nombre : deux cellules ont pu être collées l'une à l'autre.",
        )
    if nombre.is_integer():
        return str(int(nombre))
    raise Defaut("entier_attendu", "n'est pas un nombre entier.", "Écrivez un nombre entier, en chiffres seuls.")


def read_year(texte: str) -> str:
    """A year on four digits; raises Defaut."""
    if re.fullmatch(r"(?:19|20|21)\d\d(?:[.,]0+)?", texte):
        return texte[:4]
    raise Defaut("annee_invalide", "n'est pas une année sur quatre chiffres (attendu AAAA).", "Écrivez l'année, 1998.")
