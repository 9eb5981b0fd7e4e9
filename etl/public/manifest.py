"""Remembers, beside the public files, where each came from, when, and whether the last attempt succeeded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl.catalog import sources

NOM = "manifeste.json"
ABSENT = "absent"
OBTENU = "obtenu"


def read(dossier: Path) -> dict[str, Any]:
    """Content of the manifest by source id; empty when there is none or when it cannot be read."""
    try:
        contenu = json.loads((dossier / NOM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return contenu if isinstance(contenu, dict) else {}


def save(dossier: Path, contenu: dict[str, Any]) -> None:
    """Write the manifest in one move: a reader sees the former one or the new one."""
    dossier.mkdir(parents=True, exist_ok=True)
    provisoire = dossier / (NOM + ".partiel")
    provisoire.write_text(json.dumps(contenu, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    provisoire.replace(dossier / NOM)


def describe(dossier: Path) -> list[dict[str, Any]]:
    """One row per source of the catalogue, with the state of its last collection in this folder."""
    connu = read(dossier)
    return [_describe_one(source, connu.get(source.id, {}), dossier) for source in sources.SOURCES]


def _describe_one(source: sources.Source, releve: dict[str, Any], dossier: Path) -> dict[str, Any]:
    motifs = [fichier.nom.replace("{departement}", "*") for fichier in source.fichiers]
    presents = [chemin.relative_to(dossier).as_posix() for motif in motifs for chemin in sorted(dossier.glob(motif))]
    etat = releve.get("etat") or (OBTENU if presents else ABSENT)
    defaut = "Fichier présent, collecté sans relevé." if presents else "Source non collectée."
    return {
        "id": source.id,
        "titre": source.titre,
        "producteur": source.producteur,
        "licence": source.licence,
        "millesime": source.millesime,
        "geographie": source.geographie,
        "etat": etat,
        "message": releve.get("message") or defaut,
        "date_obtention": (releve.get("date") or "")[:10] or None,
        "fichier": ", ".join(presents) or None,
        "periodicite": source.periodicite,
        "page": source.page,
        "mention": source.mention or None,
        "interdits": "\n".join(source.interdits),
    }
