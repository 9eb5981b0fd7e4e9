"""Which published versions a folder holds, and which one is served."""

import json
from pathlib import Path
from typing import Any

PROFILS = ("diffusion", "gestion")
POINTEUR = "COURANT"


def pointer(sortie: Path) -> dict[str, Any] | None:
    """Return the content of the pointer file, or None when nothing was published."""
    chemin = sortie / "publie" / POINTEUR
    try:
        contenu = json.loads(chemin.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return contenu if isinstance(contenu, dict) and isinstance(contenu.get("version"), str) else None


def current(sortie: Path) -> str | None:
    """Return the identifier of the version now served, cheaply, or None."""
    contenu = pointer(sortie)
    return contenu["version"] if contenu else _plus_recente(sortie)


def _plus_recente(sortie: Path) -> str | None:
    """When the pointer is missing or damaged, the newest complete pair is the last good version."""
    dossier = sortie / "publie"
    tampons = {p: {f.stem.split("-", 1)[1] for f in dossier.glob(f"{p}-*.duckdb")} for p in PROFILS}
    communs = sorted(tampons["diffusion"] & tampons["gestion"])
    return communs[-1] if communs else None


def versions(sortie: Path) -> list[str]:
    """Return the identifiers of the versions kept, the one now served first, then the others from the newest back."""
    dossier = sortie / "publie"
    autres = sorted((f.stem.split("-", 1)[1] for f in dossier.glob("diffusion-*.duckdb")), reverse=True)
    courante = current(sortie)
    return [v for v in dict.fromkeys([courante, *autres]) if v]
