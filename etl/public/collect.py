"""Brings public files into the public folder, from the network or from a mirror, never losing the last good copy."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from etl import verrou
from etl.catalog import sources
from etl.catalog.sources import Fichier, Source
from etl.public import content, listes, manifest
from etl.public.download import Impossible, Limites, Telechargeur

OBTENU, CONSERVE, ABSENT, FAUTIF = "obtenu", "conserve", "absent", "fautif"
# Called with a source id, the bytes received of its current file, and those expected when known.
Progression = Callable[[str, int, int | None], None]


class DemandeInvalide(ValueError):
    """A source that the catalogue does not hold, or a mirror that does not exist; the message is a French sentence."""


@dataclass(frozen=True)
class Etat:
    """What became of one source: `etat` is obtenu, conserve (failed, the former copy stands), absent or fautif.

    `date`, `sha256` and `fichier` describe the copy now in service (its first file), None when there is none.
    """

    id: str
    etat: str
    message: str
    date: date | None = None
    sha256: str | None = None
    fichier: str | None = None


@dataclass(frozen=True)
class _Issue:
    """What became of one file; `releve` is the manifest's entry of the copy in service."""

    fichier: Fichier
    etat: str
    phrase: str
    releve: dict[str, Any] | None = None


def update(
    ids: Iterable[str],
    dossier: Path,
    miroir: Path | None = None,
    progress: Progression | None = None,
    departements: Sequence[str] = (),
    limites: Limites | None = None,
) -> list[Etat]:
    """Collect these sources (all when `ids` is empty) and record what happened in the manifest of `dossier`.

    One source failing never stops the others. `departements` names the files that exist once per department;
    with a mirror and no department, every such file of the mirror is taken. Raises DemandeInvalide.
    """
    demandes = list(ids) or [source.id for source in sources.SOURCES]
    for id in demandes:
        if id not in sources.PAR_ID:
            raise DemandeInvalide(f"Source inconnue : « {id} ». Sources connues : {', '.join(sources.PAR_ID)}.")
    if miroir is not None and not miroir.is_dir():
        raise DemandeInvalide(f"Le dossier du miroir n'existe pas : {miroir}.")
    etats = []
    with verrou.held(dossier) as seul, Telechargeur(limites) as telechargeur:
        for id in demandes:
            fichiers = _expand(sources.get(id), departements, miroir)
            collecte = _Collecte(dossier, miroir, telechargeur, id, progress)
            obtain = collecte.obtain if seul else collecte.leave
            etat, releves = _summarize(sources.get(id), [obtain(fichier) for fichier in fichiers])
            if seul:
                _record(dossier, etat, releves)
            etats.append(etat)
    return etats


def _expand(source: Source, departements: Sequence[str], miroir: Path | None) -> list[Fichier]:
    """The files of a source, those declared per department repeated for each of them."""
    fichiers = []
    for fichier in source.fichiers:
        if "{departement}" not in fichier.nom:
            fichiers.append(_within_departments(fichier, departements))
            continue
        numeros = departements or _departments_of(miroir, fichier.nom)
        fichiers += [_for_department(fichier, numero) for numero in numeros]
    return fichiers


def _departments_of(miroir: Path | None, modele: str) -> list[str]:
    debut, fin = modele.split("{departement}")
    noms = [chemin.name for chemin in miroir.glob(f"{debut}*{fin}")] if miroir else []
    return sorted(nom[len(debut) : len(nom) - len(fin)] for nom in noms)


def _for_department(fichier: Fichier, numero: str) -> Fichier:
    adresses = tuple(adresse.replace("{departement}", numero) for adresse in fichier.adresses)
    return replace(fichier, nom=fichier.nom.replace("{departement}", numero), adresses=adresses)


def _within_departments(fichier: Fichier, departements: Sequence[str]) -> Fichier:
    """The addresses asking for these departments only; those that cannot be asked without any are left out."""
    suite = "%7C".join(departements)
    adresses = tuple(a.replace("{departements}", suite) for a in fichier.adresses if suite or "{departements}" not in a)
    return replace(fichier, adresses=adresses)


class _Collecte:
    """Obtains the files of one source."""

    def __init__(
        self, dossier: Path, miroir: Path | None, telechargeur: Telechargeur, id: str, progress: Progression | None
    ) -> None:
        self._dossier, self._miroir, self._telechargeur = dossier, miroir, telechargeur
        self._releves = manifest.read(dossier).get(id, {}).get("fichiers", {})
        self._source = sources.get(id)
        self._progression = (lambda fait, total: progress(id, fait, total)) if progress else None

    def obtain(self, fichier: Fichier) -> _Issue:
        """Bring one file; on any failure the copy already there, if it is good, stays in service."""
        chemin = self._dossier / fichier.nom
        partiel = chemin.with_name(chemin.name + ".partiel")
        try:
            chemin.parent.mkdir(parents=True, exist_ok=True)
            origine = self._bring(fichier, partiel)
            nouveau = {"date": date.today().isoformat(), "sha256": sha256(partiel), "taille": partiel.stat().st_size}
            partiel.replace(chemin)
            return _Issue(fichier, OBTENU, f"obtenu depuis {origine}", nouveau | {"origine": origine})
        except content.FichierFautif as erreur:
            partiel.unlink(missing_ok=True)
            return self._fall_back(fichier, FAUTIF, str(erreur))
        except (Impossible, FileNotFoundError) as erreur:
            return self._fall_back(fichier, ABSENT, str(erreur))
        except OSError as erreur:
            with contextlib.suppress(OSError):
                partiel.unlink(missing_ok=True)  # it may be what fills the disk
            return self._fall_back(fichier, ABSENT, _refusal(erreur))

    def leave(self, fichier: Fichier) -> _Issue:
        """Touch nothing while another collection is at work in the folder."""
        return self._fall_back(fichier, ABSENT, "une autre collecte est en cours dans ce dossier, rien n'est repris.")

    def _bring(self, fichier: Fichier, partiel: Path) -> str:
        """Put a checked copy at `partiel` and say where it comes from."""
        if self._miroir is not None:
            return self._copy(fichier, partiel)
        candidates = [*fichier.listes, *((adresse, "") for adresse in fichier.adresses)]
        if not candidates:
            faute = "aucune adresse ne peut être demandée pour ce contrat."
            raise Impossible(
                self._source.prise or (faute if fichier.requis else "le fichier officiel n'a pu être obtenu.")
            )
        premiere: Impossible | content.FichierFautif | None = None
        for adresse, motif in candidates:
            try:
                if motif:
                    adresse = self._latest(adresse, motif, partiel)
                self._telechargeur.fetch(adresse, partiel, self._progression)
                content.unwrap(partiel, fichier)
                content.check(partiel, fichier)
                return adresse
            except (Impossible, content.FichierFautif) as erreur:
                if isinstance(erreur, content.FichierFautif):
                    partiel.unlink(missing_ok=True)
                premiere = premiere or erreur
        assert premiere is not None
        raise premiere

    def _latest(self, adresse: str, motif: str, partiel: Path) -> str:
        """Address of the current edition, read in the list found at `adresse`."""
        liste = partiel.with_name(partiel.name + ".liste")
        try:
            self._telechargeur.fetch(adresse, liste)
            return listes.latest(adresse, content.decode(liste.read_bytes()), motif)
        finally:
            liste.unlink(missing_ok=True)

    def _copy(self, fichier: Fichier, partiel: Path) -> str:
        assert self._miroir is not None
        modele = self._miroir / fichier.nom
        if not modele.is_file():
            raise Impossible(f"fichier absent du miroir{self._source.prise and f' : {self._source.prise}' or '.'}")
        try:
            modele.open("rb").close()
        except OSError as erreur:
            raise Impossible("le fichier du miroir ne peut pas être lu : vérifiez ses droits.") from erreur
        shutil.copyfile(modele, partiel)
        content.unwrap(partiel, fichier)
        content.check(partiel, fichier)
        if self._progression:
            self._progression(partiel.stat().st_size, partiel.stat().st_size)
        return "miroir"

    def _fall_back(self, fichier: Fichier, etat: str, phrase: str) -> _Issue:
        releve = self._standing(fichier)
        if releve is None:
            return _Issue(fichier, etat, phrase)
        depuis = f" du {date.fromisoformat(releve['date']):%d/%m/%Y}" if releve.get("date") else ""
        garde = f"{phrase} La dernière bonne copie{depuis} reste en service."
        return _Issue(fichier, CONSERVE if etat == ABSENT else etat, garde, releve)

    def _standing(self, fichier: Fichier) -> dict[str, Any] | None:
        """Manifest entry of the copy already there, None when there is none or when it is damaged."""
        chemin = self._dossier / fichier.nom
        try:
            content.check(chemin, fichier)
        except (OSError, content.FichierFautif):
            return None
        return self._releves.get(fichier.nom) or {"sha256": sha256(chemin)}


def _refusal(erreur: OSError) -> str:
    """Why a file could not be written, in French: the system's own words are not."""
    raisons = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "le disque est plein")
    raisons |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "l'écriture y est interdite")
    raisons |= dict.fromkeys((errno.ENOTDIR, errno.EEXIST, errno.EISDIR), "un fichier est à la place d'un dossier")
    raison = raisons.get(erreur.errno or 0, f"erreur {erreur.errno} du système")
    return f"écriture impossible dans le dossier public ({raison})."


def _summarize(source: Source, issues: list[_Issue]) -> tuple[Etat, dict[str, Any]]:
    """State of a source from those of its files: the worst one tells, optional files only add to it."""
    releves = {issue.fichier.nom: issue.releve for issue in issues if issue.releve}
    comptees = _counted(issues)
    obtenus = {_stem(issue.fichier) for issue in comptees if issue.etat == OBTENU}
    manques = [issue for issue in comptees if issue.etat == ABSENT and _stem(issue.fichier) not in obtenus]
    graves = [issue for etat in (FAUTIF, CONSERVE) for issue in comptees if issue.etat == etat]
    if not comptees:
        return Etat(source.id, ABSENT, f"{source.titre} : département du contrat non précisé."), releves
    if graves or len(manques) == len(comptees):
        issue = (graves or manques)[0]
    else:
        issue = next(issue for issue in comptees if issue.etat == OBTENU)
    premier = next((nom for nom in releves), None)
    en_service = releves.get(premier) or {} if premier else {}
    jour = date.fromisoformat(en_service["date"]) if en_service.get("date") else None
    phrase = _sentence(source, issue, issues, manques)
    return Etat(source.id, issue.etat, phrase, jour, en_service.get("sha256"), premier), releves


def _counted(issues: list[_Issue]) -> list[_Issue]:
    """Required files, those found faulty, and an optional one obtained in place of the same table in another format."""
    absents = {_stem(i.fichier) for i in issues if i.fichier.requis and i.etat == ABSENT}
    remplacants = [i for i in issues if i.etat in (OBTENU, CONSERVE) and _stem(i.fichier) in absents]
    return [i for i in issues if i.fichier.requis or i.etat == FAUTIF or i in remplacants]


def _stem(fichier: Fichier) -> str:
    return fichier.nom.split(".")[0]


def _sentence(source: Source, issue: _Issue, issues: list[_Issue], manques: list[_Issue]) -> str:
    if issue.etat != OBTENU:
        precision = f"{issue.fichier.nom}, " if len(issues) > 1 else ""
        return f"{source.titre} : {precision}{issue.phrase}"
    origine = "du miroir" if issue.phrase.endswith("miroir") else f"de {issue.phrase.split('/')[2]}"
    absents = f" Manque : {', '.join(manque.fichier.nom for manque in manques)}." if manques else ""
    return f"{source.titre} : obtenu {origine}.{absents}"


def _record(dossier: Path, etat: Etat, releves: dict[str, Any]) -> None:
    """Keep the state for the page Sources; a folder that cannot be written was already said by the state itself."""
    contenu = manifest.read(dossier)
    contenu[etat.id] = {
        "etat": etat.etat,
        "message": etat.message,
        "date": etat.date.isoformat() if etat.date else None,
        "verifie_le": date.today().isoformat(),
        "fichiers": releves,
    }
    with contextlib.suppress(OSError):
        manifest.save(dossier, contenu)


def sha256(chemin: Path) -> str:
    """Hexadecimal digest of a file."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()
