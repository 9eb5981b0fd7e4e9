"""Turns an identity into what may be kept: a keyed pseudonym, an age band, and the encrypted token of refused lines."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
from datetime import date

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
AGE_MIN, AGE_MAX = 14, 99
_NONCE = 12


def canonical_name(texte: str) -> str:
    """The compared form of a name: no accents, upper case, hyphens and apostrophes read as spaces."""
    if texte.isascii() and texte.isalpha():
        return texte.upper()
    brut = unicodedata.normalize("NFKD", texte.translate(_LIGATURES)).upper()
    lettres = (signe if signe.isalnum() else " " for signe in brut if unicodedata.category(signe) not in ("Mn", "Cf"))
    return " ".join("".join(lettres).split())


def pseudonym(cle: bytes, nom: str, prenom: str, naissance: date) -> str:
    """HMAC-SHA-256 of nom|first given name|AAAA-MM-JJ, in hexadecimal; empty when a part reads as nothing."""
    famille, prenoms = canonical_name(nom), canonical_name(prenom).split()
    if not famille or not prenoms:
        return ""
    message = f"{famille}|{prenoms[0]}|{naissance.isoformat()}"
    return hmac.digest(cle, message.encode(), "sha256").hex()


def age_band(age: int) -> str:
    """The code of tranche_age for an age in years."""
    return "moins_26" if age < 26 else "26_49" if age < 50 else "50_et_plus"


def seal(cle: bytes, personne: str) -> str:
    """The `jeton` of a pseudonym: encrypted, so that a workbook sent around says nothing about who is who."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE)
    scelle = AESGCM(_token_key(cle)).encrypt(nonce, bytes.fromhex(personne), None)
    return base64.urlsafe_b64encode(nonce + scelle).decode().rstrip("=")


def unseal(cle: bytes, jeton: str) -> str | None:
    """The pseudonym inside a `jeton`; None when it was altered or sealed with another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        brut = base64.b64decode(jeton + "=" * (-len(jeton) % 4), altchars=b"-_", validate=True)
        clair = AESGCM(_token_key(cle)).decrypt(brut[:_NONCE], brut[_NONCE:], None)
    except (ValueError, InvalidTag):
        return None
    return clair.hex() if len(clair) == 32 else None


def _token_key(cle: bytes) -> bytes:
    return hmac.new(cle, b"jeton des lignes refusees", hashlib.sha256).digest()
