"""Lists what the drop folder holds, in the order in which deliveries correct one another."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, count, takewhile
from pathlib import Path

# Written by the demonstration at the root of its folder: invented figures are never shown as real.
MARQUE_DEMONSTRATION = "DONNEES-FICTIVES.txt"
# Where the page Dépôt lays a file for the time of a preview: under the depot, since only the depot may hold identities.
ATTENTE = ".attente"
EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")
_PERIODE = re.compile(r"(?<!\d)(20\d\d)(?:[ _-]?[Tt]([1-4])|[ _-](0[1-9]|1[0-2]))?(?!\d)")

# The quarter before the year, as people say it: «T1 2025», «1er trim. 2025», «3e trimestre 2026».
_TRIMESTRE = re.compile(
    r"(?<![a-z\d])(?:t([1-4])|([1-4])(?:er|e|[eè]me)?[ _-]*trim(?:estre)?\.?)[ _-]*(20\d\d)(?!\d)", re.I
)


@dataclass(frozen=True)
class Periode:
    """What a file's name says of the time it covers."""

    texte: str
    debut: date
    fin: date


@dataclass(frozen=True)
class Recu:
    """One received file; `partenaire` is the folder's name, empty when the file lies outside any partner's folder."""

    chemin: Path
    partenaire: str
    fichier: str  # relative to the depot, with slashes
    sha256: str  # empty when the file cannot be opened
    periode: Periode | None
    rang: int
    refus: str | None = None  # why the file may not even be opened


def period(nom: str) -> Periode | None:
    """The period written in a file's name (2026, 2026-T3, 2026T3, 2026-09); None when it says none."""
    trouve, dit = _PERIODE.search(nom), _TRIMESTRE.search(nom)
    if dit and not (trouve and trouve[2]):
        annee, trimestre, mois = int(dit[3]), dit[1] or dit[2], None
    elif trouve:
        annee, trimestre, mois = int(trouve[1]), trouve[2], trouve[3]
    else:
        return None
    if trimestre:
        dernier = 3 * int(trimestre)
        return Periode(f"{annee}-T{trimestre}", date(annee, dernier - 2, 1), _month_end(annee, dernier))
    if mois:
        return Periode(f"{annee}-{mois}", date(annee, int(mois), 1), _month_end(annee, int(mois)))
    return Periode(str(annee), date(annee, 1, 1), date(annee, 12, 31))


def _month_end(annee: int, mois: int) -> date:
    return date(annee, mois, monthrange(annee, mois)[1])


def rank(periode: Periode | None, fichier: str) -> tuple[date, str, str]:
    """The order of deliveries: end of the period in the name, then the name; never the file's own date."""
    return (periode.fin if periode else date.min, Path(fichier).name.casefold(), fichier)


def list_files(depot: Path) -> list[Recu]:
    """Every file partners left under the depot, in load order; none is skipped, those not to be opened say why."""
    if not depot.is_dir():
        return []
    racine = depot.resolve()
    chemins = sorted(c for c in depot.rglob("*") if c.is_symlink() or not c.is_dir())
    attente = depot / ATTENTE
    chemins = [c for c in chemins if c != depot / MARQUE_DEMONSTRATION and not c.is_relative_to(attente)]
    recus = [_received(chemin, depot, racine) for chemin in chemins]
    recus.sort(key=lambda recu: rank(recu.periode, recu.fichier))
    return [Recu(**{**recu.__dict__, "rang": rang}) for rang, recu in enumerate(recus, 1)]


def drop_path(
    depot: Path, partenaire: str, schema: str, periode: str, extension: str, empreinte: str, tenus: Iterable[str] = ()
) -> str:
    """Where a file sent through a page is dropped: `mission_locale/participants_2026-T3.xlsx`, made of chosen words.

    Nothing of the sender's file name is kept: it can neither lead elsewhere nor carry a person's name. `tenus`: the
    deliveries it must correct, relative to the depot; it sorts after those of its period, however they are named.
    """
    lue = period(periode)
    rangs = (rank(period(Path(tenu).name), tenu) for tenu in tenus)
    dernier = max((rang for rang in rangs if rang[0] == rank(lue, "")[0]), default=None)
    for nom in _names(schema or "envoi", lue.texte if lue else "", dernier[1] if dernier else ""):
        relatif = f"{partenaire}/{nom}{extension}"
        chemin = depot / relatif
        if chemin.exists():
            if sha256(chemin) == empreinte:
                return relatif
        elif dernier is None or rank(lue, relatif) > dernier:
            return relatif
    raise AssertionError("names without end")


def _names(schema: str, periode: str, dernier: str) -> Iterator[str]:
    """Names to try, the plainest first; those of the last form sort after `dernier`, whatever it is."""
    plaines = ("", periode), ("", periode.replace("-T", "T"))
    # «z» goes after any other letter of the alphabet; what `dernier` opens with that goes further (é, zz) is repeated.
    tete = "".join(takewhile(lambda lettre: lettre >= "z", dernier))
    for debut, dite in chain(plaines, ((f"{tete}{'z' * nombre}_", periode) for nombre in count(1))):
        tige = debut + "_".join(mot for mot in (schema, dite) if mot)
        yield tige
        yield from (f"{tige}_v{version:02}" for version in range(2, 100))


def _received(chemin: Path, depot: Path, racine: Path) -> Recu:
    relatif = chemin.relative_to(depot)
    partenaire = relatif.parts[0] if len(relatif.parts) > 1 else ""
    refus = _why_not(chemin, racine, partenaire)
    empreinte = ""
    if refus is None or not partenaire:
        try:
            empreinte = sha256(chemin) if chemin.is_file() else ""
        except OSError as erreur:
            refus = refus or f"Ce fichier ne peut pas être ouvert ({erreur.strerror or 'erreur de lecture'})."
    return Recu(chemin, partenaire, relatif.as_posix(), empreinte, period(chemin.name), 0, refus)


def _why_not(chemin: Path, racine: Path, partenaire: str) -> str | None:
    if chemin.is_symlink() and not chemin.resolve().is_relative_to(racine):
        return "Ce lien mène hors du dépôt : déposez le fichier lui-même."
    if not chemin.is_file():
        return "Ce n'est pas un fichier ordinaire : déposez un classeur ou un fichier CSV."
    if not partenaire:
        return "Ce fichier est à la racine du dépôt : rangez-le dans le dossier de son partenaire."
    return None


def sha256(chemin: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()
