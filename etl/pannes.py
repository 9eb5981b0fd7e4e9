"""Says in one French sentence why a command could not read or write: a full disk, a folder, a damaged base."""

from __future__ import annotations

import errno
from collections.abc import Iterator

_PLEIN = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_INTERDIT = {errno.EACCES, errno.EPERM, errno.EROFS}
_PAS_UN_DOSSIER = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
# What DuckDB passes on of the system's own words.
_MOTS = (
    (("No space left", "File too large", "Disk quota", "disk is full"), _PLEIN),
    (("Permission denied", "Read-only file system", "Operation not permitted"), _INTERDIT),
    (("Not a directory", "Is a directory", "File exists"), _PAS_UN_DOSSIER),
)
_BASE_ABIMEE = {"IOException", "FatalException", "InternalException", "SerializationException", "DataError"}
REMEDE = "remettez sa sauvegarde, ou déplacez-la et redéposez les fichiers"
EN_PLACE = "La version publiée reste en place."
OCCUPEE = f"Un autre chargement est en cours : attendez sa fin, puis recommencez. {EN_PLACE}"


def explain(erreur: BaseException) -> str | None:
    """The sentence for a failure of the disk or of a base, anywhere in the chain of causes; None for anything else."""
    if dite := explain_disk(erreur):
        return dite
    for cause in _chain(erreur):
        if type(cause).__name__ in _BASE_ABIMEE and type(cause).__module__.lstrip("_").startswith("duckdb"):
            return f"La base privée est abîmée ou illisible : {REMEDE}, puis recommencez. {EN_PLACE}"
    return None


def explain_disk(erreur: BaseException) -> str | None:
    """The sentence for a failure of the disk alone: full, read-only, a file in place of a folder."""
    for cause in _chain(erreur):
        if isinstance(cause, OSError) and cause.errno is not None:
            return _sentence(cause.errno, str(cause.filename or "")) or _other(cause)
        for mots, numeros in _MOTS:
            if any(mot in str(cause) for mot in mots):
                return _sentence(min(numeros), "")
    return None


def _chain(erreur: BaseException | None) -> Iterator[BaseException]:
    while erreur is not None:
        yield erreur
        erreur = erreur.__cause__ or erreur.__context__


def _sentence(numero: int, fichier: str) -> str | None:
    ou = f" ({fichier})" if fichier else ""
    if numero in _PLEIN:
        return f"Le disque est plein{ou} : libérez de la place, puis recommencez. {EN_PLACE}"
    if numero in _INTERDIT:
        return f"Ce dossier ne peut pas être écrit{ou} : vérifiez ses droits, puis recommencez. {EN_PLACE}"
    if numero in _PAS_UN_DOSSIER:
        return f"Un fichier se trouve à la place d'un dossier{ou} : déplacez-le, puis recommencez. {EN_PLACE}"
    if numero == errno.ENOENT:
        return f"Un fichier ou un dossier manque{ou} : vérifiez le chemin, puis recommencez. {EN_PLACE}"
    return None


def _other(cause: OSError) -> str:
    return f"Le disque ne répond pas comme prévu ({cause.strerror}, {cause.filename}) : recommencez. {EN_PLACE}"
