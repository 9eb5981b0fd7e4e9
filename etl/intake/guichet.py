"""The gate: each row leaves it without any identity, or not at all; what is ignored is counted with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress

from etl.catalog.nomenclatures import canonical
from etl.catalog.schemas import header_key
from etl.intake.cellules import Colonne, References
from etl.intake.entete import Entete, is_free_text, resembling
from etl.intake.personnes import Personnes
from etl.intake.totaux import Totaux

_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)\b|total general\b")
_NOTE = re.compile(r"[*†‡]|\(?\d\)|(?:source|note|nb|n\.b|lecture|champ|dont|remarque)\b", re.I)
_MARQUES = frozenset("-_=*.~")
TOTAL = "ligne de total"
_TRAIT = re.compile(r"[-_=*.~\s]+")
Rangees = Sequence[Sequence[str]]
# Rows column by column: line numbers, remarks[, pseudonyms, whether identified], then the contract's stored fields.
Bloc = list[list[object]]


@dataclass
class Bilan:
    """What happened to the lines of one table: `lues` = `gardees` + the ignored ones, by reason."""

    lues: int = 0
    gardees: int = 0
    ignorees: Counter[str] = field(default_factory=Counter)
    avertissements: list[str] = field(default_factory=list)


class Guichet:
    """Reads the rows of one table after its header; give it the rows in order, then call `close`."""

    def __init__(self, entete: Entete, cle: bytes, aujourd_hui: date) -> None:
        self.entete, self.schema = entete, entete.schema
        self.bilan = Bilan()
        self._vues = References()
        self.stockees = [
            Colonne(champ.name, entete.positions.get(champ.name), champ.nature, self._vues)
            for champ in self.schema.stored_fields
        ]
        self._personnes = Personnes(entete, cle, aujourd_hui)
        self._largeur = len(entete.titres)
        self._cles = [entete.positions[n] for n in self.schema.primary_key if n in entete.positions]
        self._requises = [entete.positions[c.name] for c in self.schema.fields
                          if c.required and c.name in entete.positions]  # fmt: skip
        self._totaux = Totaux(entete)
        self._entete = entete.cles
        self._titre = entete.titres[0] if entete.titres else ""
        self.libres = [p for p in entete.non_conservees if is_free_text(entete.titres[p])]
        self.sans_titre = entete.sans_titre
        self.abandonnees: Counter[int] = Counter()

    def admit(self, premiere: int, rangees: Rangees, ecarts: bool = True) -> Bloc:
        """The rows to store among `rangees`, the first of which is line `premiere`; raises FichierRefuse.

        `ecarts` says whether a row of another width than the header is at fault (text files).
        """
        self.bilan.lues += len(rangees)
        droites, constats = self._straighten(rangees, ecarts)
        colonnes = [[*map(str.strip, colonne)] for colonne in zip(*droites, strict=True)]
        ignorees = self._set_aside(rangees, colonnes)
        lignes = list(range(premiere, premiere + len(rangees)))
        if ignorees:
            gardes = [rang not in ignorees for rang in range(len(rangees))]
            colonnes = [list(compress(colonne, gardes)) for colonne in colonnes]
            lignes = list(compress(lignes, gardes))
        self.bilan.gardees += len(lignes)
        for position in (*self.libres, *self.sans_titre):
            self.abandonnees[position] += len(lignes) - colonnes[position].count("")
        places = {ligne: rang for rang, ligne in enumerate(lignes)} if constats else {}
        dits = {places[premiere + rang]: dit for rang, dit in constats.items() if premiere + rang in places}
        return self._stored(lignes, colonnes, dits)

    def _straighten(self, rangees: Rangees, ecarts: bool) -> tuple[Rangees, dict[int, list[str]]]:
        """The rows, all as wide as the header, and the remark that each one of another width deserves."""
        largeur = self._largeur
        constats: dict[int, list[str]] = {}
        if {*map(len, rangees)} == {largeur}:
            return rangees, constats
        autres = [rang for rang, rangee in enumerate(rangees) if len(rangee) != largeur]
        droites = list(rangees)
        for rang in autres:
            rangee = rangees[rang]
            droites[rang] = [*rangee[:largeur], *[""] * (largeur - len(rangee))]
            if ecarts and len(rangee) < largeur:
                constats[rang] = [":champs_manquants"]
            elif ecarts and any(cellule.strip() for cellule in rangee[largeur:]):
                constats[rang] = [":champs_en_trop"]
        return droites, constats

    def _set_aside(self, rangees: Rangees, colonnes: list[list[str]]) -> set[int]:
        """The rows that are no data, counted with their reason; totals are checked against the rows above them."""
        if not colonnes:
            return set()
        ignorees: set[int] = set()
        debut = 0
        for rang in self._specials(rangees, colonnes):
            motif = self._ignored([cellule.strip() for cellule in rangees[rang]])
            if motif is None:
                continue
            self.bilan.ignorees[motif] += 1
            ignorees.add(rang)
            if motif == TOTAL:
                self._totaux.add(colonnes, [r for r in range(debut, rang) if r not in ignorees])
                debut = rang + 1
                self.bilan.avertissements += self._totaux.check([cellule.strip() for cellule in rangees[rang]])
        self._totaux.add(colonnes, [r for r in range(debut, len(rangees)) if r not in ignorees])
        return ignorees

    def _specials(self, rangees: Rangees, colonnes: list[list[str]]) -> list[int]:
        """The rows that may be something else than data: short, without a required cell, like a rule or a header."""
        trouvees: set[int] = set()
        if min(map(len, rangees)) < self._largeur:
            trouvees = {rang for rang, rangee in enumerate(rangees) if len(rangee) < self._largeur}
        for position in self._requises:
            if "" in colonnes[position]:
                trouvees |= {rang for rang, cellule in enumerate(colonnes[position]) if not cellule}
        suspectes = {c for c in set(colonnes[0]) if c[:1] in _MARQUES or c == self._titre}
        if suspectes:
            trouvees |= {rang for rang, cellule in enumerate(colonnes[0]) if cellule in suspectes}
        return sorted(trouvees)

    def _stored(self, lignes: list[int], colonnes: list[list[str]], constats: dict[int, list[str]]) -> Bloc:
        """The block of rows to store, emptied of what looks personal; the references seen so far are checked."""
        stockees: Bloc = []
        for colonne in self.stockees:
            if colonne.position is None:
                stockees.append([None] * len(lignes))
                continue
            gardees, remarques = colonne.keep(colonnes[colonne.position])
            stockees.append(list[object](gardees))
            if remarques:
                for rang, cellule in enumerate(colonnes[colonne.position]):
                    if cellule in remarques:
                        constats.setdefault(rang, []).append(f"{colonne.nom}:{remarques[cellule]}")
        tete: Bloc = []
        if self.schema.identite:
            personnes = self._consume(colonnes, stockees, constats) if self._personnes.presentes else None
            personnes = personnes or [None] * len(lignes)
            tete = [personnes, [personne is not None for personne in personnes]]
        self._vues.check(self.bilan.gardees, self.schema.name)
        dits: list[object] = [None] * len(lignes)
        for rang, siens in constats.items():
            dits[rang] = " ".join(siens)
        return [list[object](lignes), dits, *tete, *stockees]

    def _consume(self, colonnes: list[list[str]], stockees: Bloc, constats: dict[int, list[str]]) -> list[object]:
        """The pseudonym of each row; age bands are put in place, faults are noted without the value."""
        tranches = next((stockees[r] for r, c in enumerate(self.stockees) if c.nom == "tranche_age"), [])
        personnes: list[object] = []
        for rang, rangee in enumerate(zip(*colonnes, strict=True)):
            personne, tranche, dits = self._personnes.read(rangee)
            personnes.append(personne)
            if tranche is not None:
                tranches[rang] = tranche
            if dits:
                constats.setdefault(rang, []).extend(dits)
        return personnes

    def _ignored(self, cellules: list[str]) -> str | None:
        """Why a line is not data (blank, rule, repeated header, total, footnote), None when it is."""
        remplies = [cellule for cellule in cellules if cellule]
        if not remplies:
            return "ligne vide"
        if all(_TRAIT.fullmatch(cellule) for cellule in remplies):
            return "ligne de séparation"
        requises = [cellules[p] if p < len(cellules) else "" for p in self._requises]
        cles = [header_key(cellule[:200]) for cellule in cellules[: self._largeur]]
        if len(remplies) > 1 and cles == self._entete[: len(cellules)]:
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

    def close(self) -> None:
        """End of the table: raises FichierRefuse when a column of references holds identities, else warns."""
        self._vues.check(self.bilan.gardees, self.schema.name)
        self.warn()

    def warn(self) -> None:
        """Say which columns were dropped, and what was mended."""
        titres = self.entete.titres
        for position in self.libres:
            nombre = self.abandonnees[position]
            self.bilan.avertissements.append(
                f'Colonne "{titres[position]}" ignorée : {nombre} cellules non conservées.'
            )
        for position in self.sans_titre:
            if nombre := self.abandonnees[position]:
                self.bilan.avertissements.append(
                    f"La colonne {position + 1} n'a pas de titre : {nombre} cellules non conservées."
                )
        autres = [resembling(self.entete, p) for p in self.entete.non_conservees if p not in self.libres]
        if autres:
            self.bilan.avertissements.append(f"Colonnes inconnues, non conservées : {', '.join(autres)}.")
        reparees = sum(colonne.reparees for colonne in self.stockees)
        if reparees:
            self.bilan.avertissements.append(f"{reparees} cellules mal encodées (« Ã© » pour « é ») ont été rétablies.")
