"""Unemployment rate of each employment zone, quarter by quarter (INSEE)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.public.content import FichierFautif, read_json
from etl.public.fichiers import present

if TYPE_CHECKING:
    import pandas

    from etl.catalog.contrat import Contrat

ID = "chomage_zone_emploi"
# The workbook goes back to 2003: both files are read from the same quarter on.
_DEPUIS = "2021-T1"
_TRIMESTRE = re.compile(r"\d{4}-T[1-4]")


def load(dossier: Path, zone: str | None = None) -> pandas.DataFrame:
    """Columns zone, nom, trimestre ('2021-T1'), taux (percent, seasonally adjusted): one row per zone and quarter.

    `zone` keeps that zone. Raises FileNotFoundError, or FichierFautif.
    """
    import pandas

    chemin = present(dossier, ID)
    lignes = _workbook(chemin) if chemin.suffix == ".xlsx" else _extract(chemin)
    retenues = [ligne for ligne in lignes if zone in (None, ligne[0]) and ligne[2] >= _DEPUIS]
    return pandas.DataFrame(retenues, columns=["zone", "nom", "trimestre", "taux"]).astype({"taux": "Float64"})


def _extract(chemin: Path) -> list[tuple[Any, ...]]:
    """The file a mirror may hold; its national series is a plain mean of the zones, not the producer's: left out."""
    contenu = read_json(chemin)
    return [
        (code, zone["label"], trimestre, taux)
        for code, zone in contenu["zes"].items()
        for trimestre, taux in zip(contenu["quarters"], zone["rate_pct"], strict=True)
    ]


def _workbook(chemin: Path) -> list[tuple[Any, ...]]:
    """The producer's workbook: the header is the line that holds ZE2020, under a title."""
    from python_calamine import CalamineWorkbook

    classeur = CalamineWorkbook.from_path(str(chemin))
    for nom in classeur.sheet_names:
        lignes = classeur.get_sheet_by_name(nom).to_python()
        rang = next((i for i, ligne in enumerate(lignes) if "ZE2020" in ligne), None)
        if rang is not None and any(_TRIMESTRE.fullmatch(str(cellule)) for cellule in lignes[rang]):
            return _series([str(cellule).strip() for cellule in lignes[rang]], lignes[rang + 1 :])
    raise FichierFautif("aucune feuille n'a de trimestres (« 2021-T1 ») à côté de « ZE2020 ».")


def _series(entete: list[str], lignes: list[list[Any]]) -> list[tuple[Any, ...]]:
    """One row per zone and quarter; a cell that holds no number is a rate not published."""
    code = entete.index("ZE2020")
    nom = entete.index("LIBZE2020") if "LIBZE2020" in entete else code
    trimestres = [(i, texte) for i, texte in enumerate(entete) if _TRIMESTRE.fullmatch(texte)]
    return [
        (_code(ligne[code]), str(ligne[nom]), texte, ligne[i] if isinstance(ligne[i], int | float) else None)
        for ligne in lignes
        if _code(ligne[code]).isalnum()
        for i, texte in trimestres
    ]


def _code(cellule: Any) -> str:
    """Code of a zone: four characters, whose leading zero a number has lost; nothing on a blank line."""
    texte = str(int(cellule) if isinstance(cellule, float) else cellule).strip()
    return texte and texte.zfill(4)


def select(dossier: Path, contrat: Contrat) -> pandas.DataFrame:
    """The series of the contract's employment zone."""
    return load(dossier, contrat.zone_emploi)
