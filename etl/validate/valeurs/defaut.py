"""The fault of one cell: a stable code, the French words that follow the quoted value, and how to correct."""

from __future__ import annotations

EXTRAIT = 60  # characters of a value quoted in a sentence


class Defaut(ValueError):
    """A value its column does not accept; `texte` continues the sentence after the quoted value."""

    def __init__(self, code: str, texte: str, correction: str) -> None:
        super().__init__(texte)
        self.code = code
        self.texte = texte
        self.correction = correction


def quote(valeur: str) -> str:
    """A value between double quotes, on one line, cut when long, control characters shown as a middle dot."""
    propre = "".join(signe if signe.isprintable() else "·" if not signe.isspace() else " " for signe in valeur)
    propre = propre.strip().replace('"', "'")
    return f'"{propre[:EXTRAIT]}…"' if len(propre) > EXTRAIT else f'"{propre}"'
