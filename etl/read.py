"""The only door from the published files to screens, exports and the command line."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from etl.axes import (
    MAILLES,
    SANS_TERRITOIRE,
    TERRITOIRES,
    AxeInconnu,
    HorsCatalogue,
    axe_lu,
    colonne,
    indicateur_de,
    maille_lue,
    types_lus,
)
from etl.pointeur import POINTEUR as POINTEUR
from etl.pointeur import PROFILS as PROFILS
from etl.pointeur import current as current
from etl.pointeur import versions as versions

if TYPE_CHECKING:
    import pandas as pd

TABLES = (
    "acteur",
    "adresse",
    "annuaire",
    "avancement",
    "chargement",
    "cible",
    "cohorte",
    "combinaisons_freins",
    "commentaire",
    "comparaison",
    "completude",
    "contexte",
    "decision",
    "donnee_publique",
    "doublon",
    "ecart",
    "entonnoir",
    "evenement",
    "flux",
    "fond",
    "indicateur",
    "intervention_point",
    "journal",
    "matrice_freins",
    "matrice_orientation",
    "mesure",
    "offre",
    "offre_par_frein",
    "permanence",
    "projection",
    "qpv",
    "refus",
    "regle_detail",
    "regle_resultat",
    "source",
    "territoire",
    "version",
)
RESERVEES = ("journal", "refus", "regle_detail")  # what the exact profile alone may read
# read_only alone still reads and writes other files: no file access, no extension, no setting may change.
_DURCI: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "lock_configuration": "true",
    "memory_limit": "1GB",
    "threads": "2",
    "max_temp_directory_size": "0B",
}


class AucuneBase(Exception):
    """No published version can be read; the message is a French sentence for the screen."""


class ProfilInsuffisant(Exception):
    """What is asked is reserved to the exact profile; the message is a French sentence for the screen."""


@dataclass(frozen=True)
class Version:
    """What the published file says of itself."""

    version: str
    date_donnees: date
    construit_le: datetime
    profil: str
    demonstration: bool
    cibles_exemple: bool
    contrat_nom: str
    contrat_nom_court: str
    debut: date
    fin: date
    perimetres: str
    partenaires_attendus: int
    partenaires_recus: int
    part_identite: float | None
    tuiles: str
    tuiles_attribution: str


@dataclass(frozen=True)
class Base:
    """One published version opened read-only for one profile; safe to share between threads."""

    connexion: duckdb.DuckDBPyConnection
    version: Version
    remplace: bool = False  # whether the version that should be served did not open

    @property
    def secours(self) -> str | None:
        """The sentence to print beside the figures when they are those of a former version; None otherwise."""
        if not self.remplace:
            return None
        return (
            "La dernière base publiée est abîmée : ces chiffres viennent d'une version précédente, du "
            f"{self.version.construit_le:%d/%m/%Y à %H:%M}. Pour la remplacer, lancez « python -m etl build »."
        )

    def frame(self, sql: str, valeurs: Sequence[Any] = ()) -> "pd.DataFrame":
        """Run one query on a cursor of its own: a connection shared by threads answers wrongly, without error."""
        return self.connexion.cursor().execute(sql, list(valeurs)).df()

    def table(self, nom: str) -> "pd.DataFrame":
        """Return a whole published table; `nom` must be one of TABLES, and open to this profile."""
        if nom not in TABLES:
            raise AxeInconnu(f"La table « {nom} » n'existe pas.")
        if nom in RESERVEES:
            require_exact(self.version.profil)
        return self.frame(f"SELECT * FROM {nom}")

    def axes(self, indicateur: str) -> tuple[str, ...]:
        """Return the axes an indicator may be read by."""
        return (*MAILLES, "qpv", "commune", *indicateur_de(indicateur).axes)

    def cells(self, indicateur: str, par: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return the cells of one indicator as plain dictionaries, one key per axis then valeur… etat.

        A combination outside the catalogue gives its cells `secret` in diffusion, `non_applicable` in gestion.
        """
        gardees = [*par, "valeur", "numerateur", "denominateur", "etat"]
        try:
            frame = self.mesures((indicateur,), par)
        except HorsCatalogue:
            return self._outside(indicateur, par)
        frame = frame[gardees].astype(object)
        lignes = frame.where(frame.notna(), None).to_dict("records")
        presentes: list[dict[str, Any]] = [{str(cle): valeur for cle, valeur in ligne.items()} for ligne in lignes]
        return presentes + self._missing(indicateur, par, presentes)

    def _missing(self, indicateur: str, par: Sequence[str], presentes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the cells asked for of territories that have none: the catalogue leaves them out."""
        if not presentes:
            return self._outside(indicateur, par)
        territoire = next((axe for axe in par if axe in TERRITOIRES), None)
        if territoire is None or not indicateur_de(indicateur).sur_personnes:
            return []
        connus = {cellule[territoire] for cellule in presentes}
        return [cellule for cellule in self._outside(indicateur, par) if cellule[territoire] not in connus]

    def _outside(self, indicateur: str, par: Sequence[str]) -> list[dict[str, Any]]:
        contexte = indicateur_de(indicateur).classe == "contexte"
        etat = "secret" if self.version.profil == "diffusion" and not contexte else "non_applicable"
        if contexte and self.reason(indicateur):
            etat = "non_renseigne"
        valeurs = [self._values(axe, contexte) for axe in par]
        vide = {"valeur": None, "numerateur": None, "denominateur": None, "etat": etat}
        return [{**dict(zip(par, combinaison, strict=True)), **vide} for combinaison in product(*valeurs)]

    def reason(self, indicateur: str) -> str | None:
        """Return the French sentence that says why an indicator has no figure in this version, or None."""
        requete = "SELECT motif_indisponible FROM indicateur WHERE id = ? AND NOT disponible"
        return next((motif for (motif,) in self.connexion.cursor().execute(requete, [indicateur]).fetchall()), None)

    def _values(self, axe: str, contexte: bool) -> list[Any]:
        """Return the values an axis takes in the published cells: those of public figures are theirs alone."""
        if axe in TERRITOIRES:
            choix, ou = "territoire", f"type_territoire IN ({', '.join(repr(t) for t in TERRITOIRES[axe])})"
        elif axe in MAILLES:
            choix, ou = colonne(axe, axe, None), f"maille = '{axe}'"
        else:
            choix, ou = "modalite", f"axe = '{axe}'"
        requete = f"""
        SELECT DISTINCT {choix} FROM mesure INNER JOIN indicateur AS i ON mesure.indicateur = i.id
        WHERE {ou} AND (i.classe = 'contexte') = ? ORDER BY ALL
        """
        return [v for (v,) in self.connexion.cursor().execute(requete, [contexte]).fetchall()]

    def mesures(
        self,
        indicateurs: Sequence[str],
        par: Sequence[str] = (),
        periode: str | None = None,
        territoires: Sequence[str] | None = None,
    ) -> "pd.DataFrame":
        """Return the published cells of `indicateurs`, one row per combination of the axes of `par`.

        Axes: one of qpv, commune; one of mois, trimestre, annee; one breakdown of the indicators. Without a period
        axis the cells are those of `periode` ("2025", "2025-T1", "2025-01") or since the start. Without a territory
        axis they are the total, or those of `territoires` (codes or words), then with a column `territoire`.
        Columns: indicateur, the axes, valeur, numerateur, denominateur, etat, exact, arrondi, borne; rates in percent.
        """
        maille, axe = maille_lue(par, periode), axe_lu(indicateurs, par)
        types = types_lus(par)
        conditions = ["maille = ?", "axe = ?"]
        valeurs: list[Any] = [maille, axe or ""]
        conditions.append(f"indicateur IN ({', '.join('?' * len(indicateurs))})")
        valeurs += indicateurs
        if maille not in par:
            conditions.append("periode = ?")
            valeurs.append(periode or "depuis_debut")
        if territoires is not None:
            conditions.append(f"territoire IN ({', '.join('?' * len(territoires)) or 'NULL'})")
            valeurs += territoires
        elif types:
            conditions.append(f"type_territoire IN ({', '.join('?' * len(types))})")
            valeurs += types
        else:
            conditions.append(SANS_TERRITOIRE)
        colonnes = [colonne(a, maille, axe) for a in par]
        if territoires is not None and not types:
            colonnes.append("territoire")
        entete = ", ".join(["indicateur", *colonnes])
        cellules = "valeur, numerateur, denominateur, etat, exact, arrondi, borne"
        return self.frame(
            f"SELECT {entete}, {cellules} FROM mesure WHERE {' AND '.join(conditions)} ORDER BY ALL", valeurs
        )


def require_exact(profil: str) -> None:
    """Raise ProfilInsuffisant unless `profil` is the exact one."""
    if profil != "gestion":
        raise ProfilInsuffisant(
            "Cette page est réservée au profil « Gestion » : elle montre les fichiers des partenaires. "
            "Si vous y êtes habilité, choisissez ce profil sous le menu."
        )


def connect(sortie: Path, profil: str = "diffusion", version: str | None = None) -> Base:
    """Open a version, by default the current; a damaged one gives way to the others. Raises AucuneBase."""
    if profil not in PROFILS:
        raise AucuneBase(f"Le profil « {profil} » n'existe pas : choisissez diffusion ou gestion.")
    gardees = versions(sortie)
    servie, remplace = (gardees[0] if gardees else None), False
    for candidate in dict.fromkeys([*([version] if version else []), *gardees]):
        try:
            return replace(_open(sortie / "publie" / f"{profil}-{candidate}.duckdb"), remplace=remplace)
        except (duckdb.Error, OSError, IndexError):
            remplace = remplace or candidate == servie
    if gardees:
        raise AucuneBase(
            f"La base publiée dans {os.fspath(sortie)} est abîmée : aucune de ses versions ne s'ouvre. "
            "Pour la reconstruire, lancez « python -m etl build »."
        )
    raise AucuneBase(
        f"Aucune base publiée dans {os.fspath(sortie)} : déposez des fichiers puis lancez « python -m etl build »."
    )


def _open(chemin: Path) -> Base:
    connexion = duckdb.connect(str(chemin), read_only=True, config=_DURCI)
    ligne = connexion.cursor().execute("SELECT * FROM version").fetchall()[0]
    noms = [f.name for f in fields(Version)]
    return Base(connexion, Version(**dict(zip(noms, ligne, strict=True))))
