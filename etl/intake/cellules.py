"""Looks at the cells of one column at the gate: what looks personal or cannot be stored never goes further."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from etl.intake import suspicion
from etl.intake.refus import FichierRefuse

REFERENCE = "participant_ref"  # the one identifier that stands for a person
DOUBLE_ENCODAGE = ("Ã", "â€", "Å“")
LONGUEUR_CELLULE = 1000
MARGE = 40  # characters looked at beyond those kept: an identity may straddle the cut
MEMOIRE = 10_000  # distinct harmless values remembered by column
ERREUR = re.compile(r"#(?:REF!|N/A|DIV/0!|VALEUR!|VALUE!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!|RESULTAT_ABSENT!)")
_CONTROLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Written so that the same text runs in Python and in DuckDB's regular expressions.
A_REGARDER = rf"[#\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|{'|'.join(DOUBLE_ENCODAGE)}"
DOUTEUX = f"{A_REGARDER}|{suspicion.IDENTITE}"
_A_REGARDER = re.compile(A_REGARDER)
_SANS_CHIFFRE = re.compile(r"^[^0-9]*$", re.M)


@dataclass
class References:
    """What was seen in the columns of references, cell by cell: enough to know a file that names people."""

    toutes: int = 0
    noms: int = 0
    mots: int = 0
    surs: int = 0
    douteux: int = 0

    def check(self, gardees: int, schema: str) -> None:
        """Raise FichierRefuse when a column of references holds identities."""
        total = max(self.toutes, 1)
        noms = self.noms > 0 and self.noms >= suspicion.PART_DE_NOMS * total
        mots = self.mots > 0 and 2 * self.mots >= total
        douteux = self.douteux > 0 and 2 * self.douteux >= gardees
        if self.surs or noms or mots or douteux:
            raise FichierRefuse(
                "Une colonne de références semble contenir des noms, des courriels, des téléphones ou des numéros de "
                "sécurité sociale : le fichier n'est ni chargé ni copié. Remplacez-les par votre numéro de dossier.",
                schema,
                identites=True,
            )


@dataclass
class Colonne:
    """One stored column of a table: gives back its cells emptied of what may not be kept."""

    nom: str
    position: int | None
    nature: str
    references: References
    reparees: int = 0
    _vus: dict[str, str | None] = field(default_factory=lambda: {"": None})

    def keep(self, cellules: list[str]) -> tuple[list[str | None], dict[str, str]]:
        """The cells to store (None when empty), and the remark that each value turned down deserves."""
        nouvelles = set(cellules).difference(self._vus)
        table, remarques = self._vus, {}
        if nouvelles and self._harmless(nouvelles):
            table = {**table, **dict(zip(nouvelles, nouvelles, strict=True))}
        elif nouvelles:
            comptes, table = Counter(cellules), dict(table)
            for valeur in nouvelles:
                table[valeur], code = self._looked_at(valeur, comptes[valeur])
                if code:
                    remarques[valeur] = code
        gardees = [*map(table.__getitem__, cellules)]
        if self.nom == REFERENCE:
            self.references.toutes += len(gardees) - gardees.count(None)
        elif not remarques and len(table) < MEMOIRE and self.nature != "identifiant" and not self.reparees:
            self._vus = table
        return gardees, remarques

    def _harmless(self, valeurs: Collection[str]) -> bool:
        """Whether nothing in these values calls for a closer look, as nearly always: one search over all together."""
        if max(map(len, valeurs)) > LONGUEUR_CELLULE:  # first: searching a cell of a million signs takes hours
            return False
        ensemble = "\n".join(valeurs)
        if _A_REGARDER.search(ensemble):
            return False
        if self.nature not in suspicion.EXEMPTES and suspicion.any_personal(ensemble):
            return False
        # A reference with digits, none of them in a date, is neither a name nor a word.
        return self.nom != REFERENCE or not (_SANS_CHIFFRE.search(ensemble) or suspicion.DATE.search(ensemble))

    def _looked_at(self, valeur: str, fois: int) -> tuple[str | None, str | None]:
        """A value as it may be stored, or None with the code of what is wrong; `fois`: the cells that hold it."""
        valeur = valeur[: LONGUEUR_CELLULE + MARGE]
        if any(marque in valeur for marque in DOUBLE_ENCODAGE):
            valeur = self._repaired(valeur, fois)
        if self.nature not in suspicion.EXEMPTES and suspicion.looks_personal(valeur):
            sur = self.nature != "identifiant" or suspicion.surely_personal(valeur)
            if self.nature == "identifiant":
                self.references.surs += fois * sur
                self.references.douteux += fois * (not sur)
            if sur:
                return None, "identite_suspectee"
        elif self.nom == REFERENCE and suspicion.looks_like_name(valeur):
            self.references.noms += fois
            self.references.toutes += fois
            return None, "identite_suspectee"
        elif _CONTROLE.search(valeur):
            return None, "caractere_interdit"
        elif valeur[0] == "#" and ERREUR.fullmatch(valeur):
            return None, "erreur_de_formule"
        self.references.mots += fois * (self.nom == REFERENCE and suspicion.looks_like_word(valeur))
        return valeur[:LONGUEUR_CELLULE], None

    def _repaired(self, valeur: str, fois: int) -> str:
        """A cell with «Ã©» read back as «é» where the round trip is exact."""
        try:
            rendu = valeur.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return valeur
        self.reparees += fois
        return rendu
