"""The pseudonym key: 256 bits kept outside the repository and away from the published files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

VARIABLE = "QPV_CLE"
LONGUEUR = 64  # hexadecimal digits: 256 bits


class CleInvalide(ValueError):
    """The key is unusable; the message is one French sentence."""


def path() -> Path:
    """Where the key lives when the environment does not carry it: the user's own configuration folder."""
    import platformdirs

    return Path(platformdirs.user_config_dir("contrat-de-ville")) / "cle"


def load(create: bool = True) -> bytes:
    """The key as bytes: QPV_CLE, else the user's file, created with owner-only rights on first use.

    Raises CleInvalide when the key is missing (and `create` is false), short, or not hexadecimal.
    """
    texte = os.environ.get(VARIABLE)
    if texte is not None:
        return _parse(texte, f"la variable {VARIABLE}")
    fichier = path()
    if not fichier.exists():
        if not create:
            raise CleInvalide(f"La clé de pseudonymisation est absente : {fichier} n'existe pas.")
        _create(fichier)
    return _parse(fichier.read_text(encoding="ascii", errors="replace"), str(fichier))


def _create(fichier: Path) -> None:
    fichier.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        poignee = os.open(fichier, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another first run won the race: its key stands
        return
    with os.fdopen(poignee, "w", encoding="ascii") as flux:
        flux.write(secrets.token_hex(LONGUEUR // 2) + "\n")


def _parse(texte: str, origine: str) -> bytes:
    texte = texte.strip()
    if len(texte) < LONGUEUR:
        raise CleInvalide(
            f"La clé de pseudonymisation lue dans {origine} est trop courte : "
            f"{len(texte)} caractères au lieu de {LONGUEUR} chiffres hexadécimaux."
        )
    try:
        return bytes.fromhex(texte)
    except ValueError:
        raise CleInvalide(
            f"La clé de pseudonymisation lue dans {origine} contient autre chose que des chiffres hexadécimaux."
        ) from None
