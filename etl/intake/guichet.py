"""The gate: each row leaves it without any identity, or not at all; what is ignored is counted with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from etl.catalog.nomenclatures import canonical
from etl.catalog.nomenclatures import load as load_list
from etl.catalog.schemas import header_key
from etl.intake import identite, suspicion
from etl.intake.entete import JETON, Entete, is_free_text, resembling
from etl.intake.refus import FichierRefuse
from etl.intake.totaux import Totaux
from etl.validate.valeurs.dates import read_date
from etl.validate.valeurs.defaut import Defaut

REFERENCE = "participant_ref"  # the one identifier that stands for a person
_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)\b|total general\b")
_NOTE = re.compile(r"[*†‡]|\(?\d\)|(?:source|note|nb|n\.b|lecture|champ|dont|remarque)\b", re.I)
_MARQUES = frozenset("-_=*.~")
TOTAL = "ligne de total"
_TRAIT = re.compile(r"[-_=*.~\s]+")
_ERREUR = re.compile(r"#(?:REF!|N/A|DIV/0!|VALEUR!|VALUE!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!|RESULTAT_ABSENT!)")
_CONTROLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
DOUBLE_ENCODAGE = ("Ã", "â€", "Å“")
LONGUEUR_CELLULE = 1000
MEMOIRE = 10_000  # distinct harmless values remembered by column
PREMIERES = 1000  # rows after which the references of a large file are looked at a first time
Ligne = tuple[object, ...]


@dataclass
class Bilan:
    """What happened to the lines of one table: `lues` = `gardees` + the ignored ones, by reason."""

    lues: int = 0
    gardees: int = 0
    ignorees: Counter[str] = field(default_factory=Counter)
    avertissements: list[str] = field(default_factory=list)


class Guichet:
    """Reads the rows of one table after its header; give it each row in turn, then call `close`."""

    def __init__(self, entete: Entete, cle: bytes, aujourd_hui: date) -> None:
        self.entete, self.schema = entete, entete.schema
        self.cle, self.aujourd_hui = cle, aujourd_hui
        self.bilan = Bilan()
        self.stockees: list[tuple[str, int | None, str, dict[str, str]]] = [
            (champ.name, entete.positions.get(champ.name), champ.nature, {}) for champ in self.schema.stored_fields
        ]
        self.personnes = bool(self.schema.identite)
        self._identifies = any(n in entete.positions for n in (*self.schema.identite, JETON)) and self.personnes
        self._largeur = len(entete.titres)
        self._cles = [entete.positions[n] for n in self.schema.primary_key if n in entete.positions]
        self._requises = [entete.positions[c.name] for c in self.schema.fields
                          if c.required and c.name in entete.positions]  # fmt: skip
        self._totaux = Totaux(entete)
        self._entete = entete.cles
        self._titre = entete.titres[0] if entete.titres else ""
        self.libres = [p for p in entete.non_conservees if is_free_text(entete.titres[p])]
        self.abandonnees: Counter[int] = Counter()
        self._reparees = 0
        self._references: Counter[str] = Counter()
        self._rang_reference = next((r for r, (nom, *_) in enumerate(self.stockees) if nom == REFERENCE), None)
        self._rang_tranche = next((r for r, (nom, *_) in enumerate(self.stockees) if nom == "tranche_age"), None)

    def admit(self, ligne: int, cellules: Sequence[str], ecarts: bool = True) -> Ligne | None:
        """The row to store (line, remarks[, pseudonym, identified], fields…), None when the line is ignored.

        `ecarts` says whether a row of another width than the header is at fault (text files).
        """
        self.bilan.lues += 1
        cellules = [cellule.strip() for cellule in cellules]
        if self._special(cellules) and (motif := self._ignored(cellules)):
            self.bilan.ignorees[motif] += 1
            if motif == TOTAL:
                self.bilan.avertissements += self._totaux.check(cellules)
            return None
        constats: list[str] = []
        if ecarts and len(cellules) != self._largeur:
            if len(cellules) < self._largeur:
                constats.append(":champs_manquants")
            elif any(cellules[self._largeur :]):
                constats.append(":champs_en_trop")
        cellules += [""] * (self._largeur - len(cellules))
        self._totaux.add(cellules)
        for position in self.libres:
            self.abandonnees[position] += bool(cellules[position])
        valeurs = self._values(cellules, constats)
        self.bilan.gardees += 1
        if self.bilan.gardees == PREMIERES:
            self._check_references()  # before anything of a large file is written
        if not self.personnes:
            return (ligne, " ".join(constats) or None, *valeurs)
        personne = self._consume(cellules, valeurs, constats) if self._identifies else None
        return (ligne, " ".join(constats) or None, personne, personne is not None, *valeurs)

    def _values(self, cellules: list[str], constats: list[str]) -> list[str | None]:
        """The cells to store, in the contract's order, emptied of what looks personal or cannot be stored."""
        valeurs: list[str | None] = []
        for nom, position, nature, vus in self.stockees:
            valeur = cellules[position] if position is not None else ""
            # Most cells repeat one already looked at and found harmless.
            valeurs.append(vus.get(valeur) or self._looked_at(nom, nature, valeur, vus, constats) if valeur else None)
        if self._rang_reference is not None:
            self._references["toutes"] += valeurs[self._rang_reference] is not None
        return valeurs

    def _looked_at(self, nom: str, nature: str, valeur: str, vus: dict[str, str], constats: list[str]) -> str | None:
        """A cell as it may be stored, None with a remark when it may not."""
        if any([marque in valeur for marque in DOUBLE_ENCODAGE]):
            valeur = self._repaired(valeur)
        if nature not in suspicion.EXEMPTES and suspicion.looks_personal(valeur):
            sur = nature != "identifiant" or suspicion.surely_personal(valeur)
            if nature == "identifiant":
                self._references["sur" if sur else "douteux"] += 1
            if sur:
                constats.append(f"{nom}:identite_suspectee")
                return None
        elif nom == REFERENCE and suspicion.looks_like_name(valeur):
            self._references.update(("noms", "toutes"))
            constats.append(f"{nom}:identite_suspectee")
            return None
        elif _CONTROLE.search(valeur):
            constats.append(f"{nom}:caractere_interdit")
            return None
        elif valeur[0] == "#" and _ERREUR.fullmatch(valeur):
            constats.append(f"{nom}:erreur_de_formule")
            return None
        elif nom != REFERENCE and len(vus) < MEMOIRE:
            vus[valeur] = valeur[:LONGUEUR_CELLULE]
        self._references["mots"] += nom == REFERENCE and suspicion.looks_like_word(valeur)
        return valeur[:LONGUEUR_CELLULE]

    def _special(self, cellules: list[str]) -> bool:
        """Whether a line may be something else than data: it lacks a required cell, or opens like a rule or header."""
        if len(cellules) < self._largeur or cellules[0][:1] in _MARQUES or cellules[0] == self._titre:
            return True
        return not all([cellules[p] for p in self._requises])

    def _ignored(self, cellules: list[str]) -> str | None:
        """Why a line is not data (blank, rule, repeated header, total, footnote), None when it is."""
        remplies = [cellule for cellule in cellules if cellule]
        if not remplies:
            return "ligne vide"
        if all(_TRAIT.fullmatch(cellule) for cellule in remplies):
            return "ligne de séparation"
        requises = [cellules[p] if p < len(cellules) else "" for p in self._requises]
        if len(remplies) > 1 and [header_key(c) for c in cellules[: self._largeur]] == self._entete[: len(cellules)]:
            return "en-tête répété"
        if len(remplies[0]) < 60 and not all(requises) and _TOTAL.match(canonical(remplies[0])):
            return TOTAL
        if len(remplies) == 1 and len(requises) > 1 and self._is_note(cellules, remplies[0]):
            return "note"
        return None

    def _is_note(self, cellules: list[str], seule: str) -> bool:
        cle_vide = not any(cellules[p] for p in self._cles if p < len(cellules))
        return bool(_NOTE.match(seule)) or len(seule.split()) >= 4 or (cle_vide and not self._in_field(cellules))

    def _in_field(self, cellules: list[str]) -> bool:
        return any(cellules[p] for p in self.entete.positions.values() if p < len(cellules))

    def _repaired(self, valeur: str) -> str:
        """A cell with «Ã©» read back as «é» where the round trip is exact."""
        try:
            rendu = valeur.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return valeur
        self._reparees += 1
        return rendu

    def _consume(self, cellules: list[str], valeurs: list[str | None], constats: list[str]) -> str | None:
        """The pseudonym of the row's identity; the age band is put in place, faults are noted without the value."""
        lu = {nom: cellules[p] for nom in (*self.schema.identite, JETON)
              if (p := self.entete.positions.get(nom)) is not None}  # fmt: skip
        if lu.get(JETON):
            personne = identite.unseal(self.cle, lu[JETON])
            if personne is None:
                constats.append(f"{JETON}:jeton_illisible")
            return personne
        if not lu.get("date_naissance"):
            return None
        try:
            naissance = read_date(lu["date_naissance"], self.aujourd_hui, naissance=True)
        except Defaut as defaut:
            constats.append(f"date_naissance:{defaut.code}")
            return None
        self._age(naissance, cellules, valeurs, constats)
        if not lu.get("nom") or not lu.get("prenom"):
            return None
        return identite.pseudonym(self.cle, lu["nom"], lu["prenom"], naissance) or None

    def _age(self, naissance: date, cellules: list[str], valeurs: list[str | None], constats: list[str]) -> None:
        annee = self._cell(cellules, "annee_naissance")[:4]
        if annee.isdigit() and int(annee) != naissance.year:
            constats.append("date_naissance:naissance_contradictoire")
        entree = self._entry_year(cellules)
        if naissance > self.aujourd_hui:
            constats.append("date_naissance:date_future")
        elif entree is None and self._rang_tranche is not None and not valeurs[self._rang_tranche]:
            valeurs[self._rang_tranche] = "non_renseigne"  # the row will be refused for its dates, not for its age
        elif entree is not None and self._rang_tranche is not None:
            age = entree - naissance.year
            if not identite.AGE_MIN <= age <= identite.AGE_MAX:
                constats.append("date_naissance:age_hors_bornes")
                return
            dite = load_list("tranche_age").code(self._cell(cellules, "tranche_age"))
            if dite in (None, "non_renseigne"):
                valeurs[self._rang_tranche] = identite.age_band(age)
            elif dite not in {identite.age_band(age), identite.age_band(age - 1)}:
                constats.append("date_naissance:naissance_contradictoire")

    def _cell(self, cellules: list[str], nom: str) -> str:
        position = self.entete.positions.get(nom)
        return cellules[position] if position is not None else ""

    def _entry_year(self, cellules: list[str]) -> int | None:
        for nom in ("date_entree", "date_reperage"):
            if texte := self._cell(cellules, nom):
                try:
                    return read_date(texte, self.aujourd_hui).year
                except Defaut:
                    return None
        return None

    def close(self) -> None:
        """End of the table: raises FichierRefuse when a column of references holds identities, else warns."""
        self._check_references()
        self.warn()

    def _check_references(self) -> None:
        comptes = self._references
        total = max(comptes["toutes"], 1)
        noms = comptes["noms"] > 0 and comptes["noms"] >= suspicion.PART_DE_NOMS * total
        mots = comptes["mots"] > 0 and 2 * comptes["mots"] >= total
        douteux = comptes["douteux"] > 0 and 2 * comptes["douteux"] >= self.bilan.gardees
        if comptes["sur"] or noms or mots or douteux:
            raise FichierRefuse(
                "Une colonne de références semble contenir des noms, des courriels, des téléphones ou des numéros de "
                "sécurité sociale : le fichier n'est ni chargé ni copié. Remplacez-les par votre numéro de dossier.",
                self.schema.name,
                identites=True,
            )

    def warn(self) -> None:
        """Say which columns were dropped, and what was mended."""
        titres = self.entete.titres
        for position in self.libres:
            nombre = self.abandonnees[position]
            self.bilan.avertissements.append(
                f'Colonne "{titres[position]}" ignorée : {nombre} cellules non conservées.'
            )
        autres = [resembling(self.entete, p) for p in self.entete.non_conservees if p not in self.libres]
        if autres:
            self.bilan.avertissements.append(f"Colonnes inconnues, non conservées : {', '.join(autres)}.")
        if self._reparees:
            self.bilan.avertissements.append(
                f"{self._reparees} cellules mal encodées (« Ã© » pour « é ») ont été rétablies."
            )
