"""Reads texts and identifiers: labels, references, SIRET, postal and INSEE codes, the contact points of a structure."""

from __future__ import annotations

import re
import unicodedata

from etl.validate.valeurs.defaut import Defaut

LONGUEUR_TEXTE = 200
LONGUEUR_IDENTIFIANT = 80
_INVISIBLES = dict.fromkeys((*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD))
_SENS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TIRETS = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-"})


def clean(texte: str) -> str:
    """A text in composed Unicode, blanks of every kind folded into single spaces, invisible marks dropped."""
    return " ".join(unicodedata.normalize("NFC", texte.translate(_INVISIBLES)).split())


def _check_characters(texte: str) -> None:
    if _SENS.search(texte) or any(unicodedata.category(signe) == "Cc" and not signe.isspace() for signe in texte):
        raise Defaut(
            "caractere_interdit", "contient un caractère invisible interdit.", "Retapez la valeur sans la copier."
        )


def read_text(texte: str, longueur: int = LONGUEUR_TEXTE) -> str:
    """A label, at most `longueur` characters; raises Defaut."""
    _check_characters(texte)
    lu = clean(texte)
    if len(lu) > longueur:
        raise Defaut(
            "texte_trop_long", f"dépasse {longueur} caractères ({len(lu)}).", f"Abrégez à {longueur} caractères."
        )
    return lu


def read_identifier(texte: str, longueur: int | None = None) -> str:
    """A reference: trimmed, upper case, so that «p-001 » and «P-001» are one; raises Defaut."""
    _check_characters(texte)
    lu = clean(texte).translate(_TIRETS).upper()
    longueur = longueur or LONGUEUR_IDENTIFIANT
    if len(lu) > longueur:
        raise Defaut(
            "identifiant_trop_long",
            f"dépasse {longueur} caractères.",
            "Donnez la référence courte de votre outil.",
        )
    if re.fullmatch(r"\d(?:[.,]\d+)?E\+\d+", lu):
        raise Defaut(
            "chiffres_perdus",
            "a perdu des chiffres en passant par un tableur.",
            "Mettez la colonne au format Texte et ressaisissez la référence.",
        )
    return lu


def read_siret(texte: str) -> str:
    """A SIRET of 14 digits whose Luhn key is right; a leading zero lost by a spreadsheet is given back if it proves."""
    chiffres = re.sub(r"[ .\u00a0\u202f-]", "", texte)
    if re.fullmatch(r"\d[.,]?\d*E\+?\d+", chiffres, re.I):
        raise Defaut(
            "chiffres_perdus",
            "a perdu des chiffres en passant par un tableur.",
            "Mettez la colonne au format Texte et ressaisissez les 14 chiffres.",
        )
    for candidat in (chiffres, "0" + chiffres):
        if re.fullmatch(r"[0-9]{14}", candidat) and _siret_key(candidat):
            return candidat
    raise Defaut(
        "siret_invalide", "n'est pas un SIRET (14 chiffres et leur clé).", "Vérifiez le numéro sur un avis Sirene."
    )


def _siret_key(siret: str) -> bool:
    if siret.startswith("356000000"):  # La Poste: its establishments follow a plain sum of digits
        return sum(map(int, siret)) % 5 == 0 or _luhn(siret)
    return _luhn(siret)


def _luhn(chiffres: str) -> bool:
    total = 0
    for rang, chiffre in enumerate(reversed(chiffres)):
        pas = int(chiffre) * (1 + rang % 2)
        total += pas - 9 * (pas > 9)
    return total % 10 == 0


def read_postcode(texte: str) -> str:
    """A French postal code of five digits; raises Defaut (a lost zero cannot be proven)."""
    lu = texte.replace(" ", "")
    if re.fullmatch(r"[0-9]{5}", lu):
        return lu
    raise Defaut(
        "code_postal_invalide",
        "n'est pas un code postal (5 chiffres).",
        "Écrivez les 5 chiffres, zéro de tête compris : mettez la colonne au format Texte.",
    )


def read_insee(texte: str, connus: frozenset[str] = frozenset()) -> str:
    """An INSEE commune code; a lost zero is given back when the contract's communes prove it; raises Defaut."""
    lu = texte.replace(" ", "").upper()
    if re.fullmatch(r"(?:[0-9]{2}|2A|2B)[0-9]{3}", lu):
        return lu
    if re.fullmatch(r"\d{4}", lu) and "0" + lu in connus:
        return "0" + lu
    raise Defaut(
        "code_insee_invalide", "n'est pas un code INSEE de commune.", "Écrivez les 5 caractères du code INSEE."
    )


def read_email(texte: str) -> str:
    """The e-mail address of a structure; raises Defaut."""
    lu = texte.strip().lower()
    if re.fullmatch(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", lu) and len(lu) <= 200:
        return lu
    raise Defaut("courriel_invalide", "n'est pas une adresse de courriel.", "Exemple : accueil@structure.fr.")


def read_phone(texte: str) -> str:
    """A phone number of a structure, as ten digits or an international number; raises Defaut."""
    chiffres = re.sub(r"\(0\)|[ .\u00a0\u202f/()-]", "", texte)
    chiffres = re.sub(r"^(?:\+33|0033)(?=[1-9]\d{8}$)", "0", chiffres)
    if re.fullmatch(r"0[1-9][0-9]{8}|3[0-9]{3}|\+[0-9]{8,15}", chiffres):
        return chiffres
    if re.fullmatch(r"[1-9][0-9]{8}", chiffres):  # a spreadsheet ate the zero: nine digits are nothing else in France
        return "0" + chiffres
    raise Defaut("telephone_invalide", "n'est pas un numéro de téléphone.", "Écrivez les 10 chiffres : 02 47 00 00 00.")


def read_url(texte: str) -> str:
    """A web address, http or https only; the scheme is added when missing; raises Defaut."""
    lu = texte.strip()
    if re.fullmatch(r"(?:https?://)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#][^\s<>\"'`]*)?", lu):
        lu = lu if lu.lower().startswith("http") else f"https://{lu}"
        if len(lu) <= 300:
            return lu
    raise Defaut("adresse_web_invalide", "n'est pas une adresse web.", "Exemple : https://www.structure.fr.")
