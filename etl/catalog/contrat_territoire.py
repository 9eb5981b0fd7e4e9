"""Reads the territory of a contract: its towns, its priority neighbourhoods, and the names partners give them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from etl.catalog.lecture_toml import ContratInvalide, Table
from etl.catalog.nomenclatures import canonical

CONTOURS = ("identique", "modifie", "nouveau")


@dataclass(frozen=True)
class Commune:
    """A town of the territory; coordinates of its centre in WGS84 degrees."""

    code: str
    nom: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Quartier:
    """A priority neighbourhood; rates in percent, area in hectares, `contour` compared with the 2015 perimeter."""

    code: str
    nom: str
    commune: str
    code_2015: str | None
    contour: str
    population: int | None
    taux_emploi: float | None
    taux_pauvrete: float | None
    latitude: float
    longitude: float
    superficie_ha: float | None


def _centre(table: Table) -> tuple[float, float]:
    return table.nombre("latitude", -90, 90), table.nombre("longitude", -180, 180)


def read_communes(territoire: Table) -> tuple[Commune, ...]:
    """The towns declared under [territoire]; at least one."""
    lues: dict[str, Commune] = {}
    for table in territoire.tables("communes"):
        code = table.code("code", r"(\d{2}|2A|2B)\d{3}", "99001")
        table.refuse_double("code", code, lues)
        lues[code] = Commune(code, table.texte("nom"), *_centre(table))
        table.finish()
    if not lues:
        raise territoire.erreur("communes", "aucune commune n'est déclarée")
    territoire.finish()
    return tuple(lues.values())


def read_quartiers(racine: Table, communes: tuple[Commune, ...]) -> tuple[Quartier, ...]:
    """The neighbourhoods declared as [[qpv]], each in a declared town; at least one."""
    lus: dict[str, Quartier] = {}
    codes_communes = {commune.code for commune in communes}
    for table in racine.tables("qpv"):
        code = table.code("code", r"QN[0-9AB]{3}\d{2}[A-Z]", "QN99901N")
        table.refuse_double("code", code, lus)
        nom = table.texte("nom")
        commune = table.texte("commune")
        if commune not in codes_communes:
            raise table.erreur("commune", f"« {commune} » n'est pas une commune de ce contrat")
        lus[code] = _quartier(table, code, nom, commune)
        table.finish()
    if not lus:
        raise racine.erreur("qpv", "aucun quartier n'est déclaré")
    return tuple(lus.values())


def _quartier(table: Table, code: str, nom: str, commune: str) -> Quartier:
    code_2015 = table.texte_ou_vide("code_2015") or None
    if code_2015 and not re.fullmatch(r"QP[0-9AB]{3}\d{3}", code_2015):
        raise table.erreur("code_2015", f"« {code_2015} » n'a pas la forme attendue (exemple : QP999001)")
    population = table.nombre_ou_rien("population", 0, 1_000_000)
    latitude, longitude = _centre(table)
    return Quartier(
        code=code,
        nom=nom,
        commune=commune,
        code_2015=code_2015,
        contour=table.choix("contour", CONTOURS),
        population=None if population is None else int(population),
        taux_emploi=table.nombre_ou_rien("taux_emploi", 0, 100),
        taux_pauvrete=table.nombre_ou_rien("taux_pauvrete", 0, 100),
        latitude=latitude,
        longitude=longitude,
        superficie_ha=table.nombre_ou_rien("superficie_ha", 0, 100_000),
    )


def read_alias(chemin: Path, quartiers: tuple[Quartier, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs (code, spelling) of nomenclatures/qpv.csv; none when the file does not exist."""
    if not chemin.exists():
        return ()
    codes = {quartier.code for quartier in quartiers}
    lus: dict[str, tuple[str, str]] = {}
    with chemin.open(encoding="utf-8-sig", newline="") as flux:
        for rang, ligne in enumerate(csv.DictReader(flux), 2):
            ici = f"{chemin.name}, ligne {rang}"
            code, graphie = (ligne.get("code") or "").strip(), (ligne.get("graphie") or "").strip()
            if code not in codes:
                raise ContratInvalide(f"{ici}, « code » : « {code} » n'est pas un quartier de ce contrat.")
            connue, _ = lus.setdefault(canonical(graphie), (code, graphie))
            if connue != code:
                raise ContratInvalide(f"{ici}, « graphie » : « {graphie} » mène à deux quartiers, {connue} et {code}.")
    return tuple(lus.values())
