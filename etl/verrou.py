"""One process at a time in one folder; the system lifts the lock of a process that was killed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

NOM = ".verrou"


@contextlib.contextmanager
def held(dossier: Path) -> Iterator[bool]:
    """Whether this process alone works in `dossier`; True where no lock can be had (the folder says why later)."""
    try:
        dossier.mkdir(parents=True, exist_ok=True)
        descripteur = os.open(dossier / NOM, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        yield True
        return
    try:
        yield _lock(descripteur)
    finally:
        os.close(descripteur)


def _lock(descripteur: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descripteur, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
