"""The one way a received file is turned down: an exception carrying the French sentence its sender will read."""

from __future__ import annotations


class FichierRefuse(Exception):
    """A whole file is refused; `motif` is one French sentence, which never quotes a personal value."""

    def __init__(self, motif: str, schema: str | None = None, identites: bool = False) -> None:
        super().__init__(motif)
        self.motif = motif
        self.schema = schema  # the contract the file was recognised as, if it was
        self.identites = identites  # refused because of identities where none may be
