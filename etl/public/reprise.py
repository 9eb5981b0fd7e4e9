"""Goes on with an interrupted download, only when the server still holds the version whose beginning we have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


class Reprise:
    """What is needed to go on after an interruption: the validator of the version whose beginning we hold."""

    def __init__(self, adresse: str, partiel: Path) -> None:
        self._adresse, self._partiel = adresse, partiel
        self._note = partiel.with_name(partiel.name + ".json")
        self._depart = partiel.stat().st_size if partiel.exists() else 0
        self._validateur = self._read_validator() if self._depart else None

    def _read_validator(self) -> str | None:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return note["validateur"] if note["adresse"] == self._adresse else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def headers(self) -> dict[str, str]:
        """Range request, valid only if the server still holds the same version."""
        if not self._validateur:
            return {}
        return {"Range": f"bytes={self._depart}-", "If-Range": self._validateur}

    def accept(self, reponse: httpx.Response) -> int | None:
        """Offset from which this response continues (0: from the beginning), noting its validator.

        None when it continues something else: what was held is then dropped.
        """
        etag, modifie = reponse.headers.get("ETag", ""), reponse.headers.get("Last-Modified", "")
        if reponse.status_code == 206:
            # Some servers ignore If-Range: the end of another version must not be sewn to our beginning.
            autre = (etag or modifie) and self._validateur not in (etag, modifie)
            plage = reponse.headers.get("Content-Range", "")
            if self._validateur and plage.startswith(f"bytes {self._depart}-") and not autre:
                return self._depart
            self.forget(supprimer=True)
            return None
        # A compressed transfer cannot be resumed at a byte of the decoded file; a weak ETag does not name bytes.
        validateur = etag if etag and not etag.startswith("W/") else modifie
        if validateur and "Content-Encoding" not in reponse.headers:
            self._note.write_text(json.dumps({"adresse": self._adresse, "validateur": validateur}), encoding="utf-8")
        else:
            self._note.unlink(missing_ok=True)
        return 0

    def abandon(self) -> None:
        """After a failure, keep the beginning only when a later run can go on from it."""
        if not self._validateur:
            self.forget(supprimer=True)

    def forget(self, supprimer: bool = False) -> None:
        """Drop the note, and the beginning held when it is of no use."""
        self._note.unlink(missing_ok=True)
        if supprimer:
            self._partiel.unlink(missing_ok=True)
