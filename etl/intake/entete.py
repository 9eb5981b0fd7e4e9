"""Finds the header of a table among its first rows, names its contract, and says what is missing or twice there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from etl.catalog.schemas import Field, Schema, header_key
from etl.intake.refus import FichierRefuse

LIGNES_CHERCHEES = 20
JETON = "jeton"
DEFAUTS = "Défauts constatés"
FICHIER_ORIGINE = "Fichier d'origine"
# What a refused-lines workbook adds to the partner's own columns; ignored without a word when it comes back.
COLONNES_DU_RETOUR = ("N° de ligne d'origine", FICHIER_ORIGINE, DEFAUTS, "Comment corriger")
_RETOUR = {header_key(titre) for titre in COLONNES_DU_RETOUR}
_NOM_DE_NAISSANCE = {"nomdenaissance", "nomnaissance", "nomdejeunefille", "nompatronymique"}
_TEXTE_LIBRE = re.compile(
    r"observation|commentaire|remarque|notes?$|^notes?|divers|precision|textelibre|memo|blocnote|avis|historique"
)
Lignes = Sequence[Sequence[str]]


@dataclass
class Entete:
    """Where each column of a contract stands in a table; `rang` is the index of the (last) header row."""

    schema: Schema
    rang: int
    titres: tuple[str, ...]
    positions: dict[str, int]
    hauteur: int = 1
    doubles: dict[str, list[int]] = field(default_factory=dict)

    @property
    def cles(self) -> list[str]:
        """The header as compared, to recognise it when it is repeated further down."""
        return [header_key(titre) for titre in self.titres]

    @property
    def non_conservees(self) -> list[int]:
        """Positions of titled columns that no field takes: they are never stored."""
        prises = set(self.positions.values())
        return [p for p, cle in enumerate(self.cles) if cle and p not in prises and cle not in _RETOUR]

    @property
    def sans_titre(self) -> list[int]:
        """Positions of columns without a title: what they hold is never stored."""
        return [p for p, cle in enumerate(self.cles) if not cle]

    def is_return(self) -> bool:
        """Whether the table is one of our own workbooks of refused lines, sent back."""
        return header_key(DEFAUTS) in self.cles

    def missing(self) -> list[str]:
        """What the contract requires and the table lacks, in the contract's words."""
        requis = [colonne.name for colonne in self.schema.fields if colonne.required]
        manques = [_title(self.schema, nom) for nom in requis if nom not in self.positions]
        for alternatives in self.schema.au_moins_un:
            if not any(all(nom in self.positions for nom in choix) for choix in alternatives):
                manques.append(
                    " ou ".join(" + ".join(_title(self.schema, nom) for nom in choix) for choix in alternatives)
                )
        return manques


def is_free_text(titre: str) -> bool:
    """Whether a column no contract knows holds free text, whose cells are counted as dropped."""
    return _TEXTE_LIBRE.search(header_key(titre)) is not None


def named_contracts(nom: str, schemas: Sequence[Schema]) -> list[Schema]:
    """The contracts whose name is a word of the file's name (participants_2026T3.xlsx), in the singular too."""
    composee = unicodedata.normalize("NFC", nom)  # some systems part letters from their accents
    mots = {header_key(mot) for mot in re.split(r"[\W_\d]+", composee)}
    return [schema for schema in schemas if schema.name in mots or schema.name.rstrip("s") in mots]


def find(lignes: Lignes, nom: str, schemas: Sequence[Schema]) -> Entete:
    """The header of a table whose file is called `nom`; raises FichierRefuse naming what is missing or twice there."""
    nommes = named_contracts(nom, schemas) or list(schemas)
    essais = [essai for schema in nommes if (essai := _best(lignes, schema, 2 - (len(nommes) == 1)))]
    complets = [essai for essai in essais if not essai.missing()]
    if not essais:
        seul = nommes[0].name if len(nommes) == 1 else None
        raise FichierRefuse(
            "Aucune ligne d'en-tête n'a été reconnue dans les 20 premières lignes : "
            "gardez les noms de colonnes du modèle.",
            seul,
        )
    meilleurs = sorted(complets or essais, key=lambda essai: len(essai.positions), reverse=True)
    if complets and len(meilleurs) > 1 and len(meilleurs[0].positions) == len(meilleurs[1].positions):
        noms = " ou ".join(essai.schema.name for essai in meilleurs[:2])
        raise FichierRefuse(f"Ce fichier peut être lu comme {noms} : écrivez le contrat dans le nom du fichier.")
    entete = meilleurs[0]
    _check_doubles(entete)
    if entete.missing():
        reconnu = entete.schema.name if len(nommes) == 1 or _mostly(entete) else None
        raise FichierRefuse(_missing_sentence(entete), reconnu)
    return entete


def _mostly(entete: Entete) -> bool:
    requis = [colonne.name for colonne in entete.schema.fields if colonne.required]
    return 2 * sum(nom in entete.positions for nom in requis) >= len(requis)


def _best(lignes: Lignes, schema: Schema, minimum: int) -> Entete | None:
    cles = {cle: colonne for colonne in schema.fields for cle in reversed(colonne.headers)}
    debut = lignes[:LIGNES_CHERCHEES]
    meilleur: Entete | None = None
    for rang, ligne in enumerate(debut):
        essai = _match(ligne, rang, schema, cles)
        if essai.positions and (meilleur is None or len(essai.positions) > len(meilleur.positions)):
            meilleur = essai
            if not essai.missing():
                return essai
    if meilleur is None or len(meilleur.positions) < minimum:
        return None
    return _two_rows(debut, meilleur, cles) or meilleur


def _two_rows(lignes: Lignes, essai: Entete, cles: dict[str, Field]) -> Entete | None:
    """The same header spread over two rows, when reading both together completes it."""
    for haut in (essai.rang - 1, essai.rang):
        if haut >= 0 and haut + 1 < len(lignes):
            paires = zip_longest(lignes[haut], lignes[haut + 1], fillvalue="")
            fondu = _match([bas.strip() or dessus for dessus, bas in paires], haut + 1, essai.schema, cles)
            if not fondu.missing():
                fondu.hauteur = 2
                return fondu
    return None


def _match(ligne: Sequence[str], rang: int, schema: Schema, cles: dict[str, Field]) -> Entete:
    trouves: dict[str, list[int]] = {}
    lues = [header_key(cellule) if len(cellule) < 200 else "" for cellule in ligne]
    for position, cle in enumerate(lues):
        if cle in cles:
            trouves.setdefault(cles[cle].name, []).append(position)
        elif cle == JETON and schema.identite:
            trouves.setdefault(JETON, []).append(position)
        elif cle in _NOM_DE_NAISSANCE and "nom" in schema.identite:
            trouves.setdefault("nom", []).append(position)
    doubles = {}
    for nom, positions in trouves.items():
        if len(positions) > 1:
            trouves[nom] = preferes = _preferred(nom, positions, lues, schema)
            if len(preferes) > 1:
                doubles[nom] = preferes
    titres = tuple(" ".join(cellule.split()) for cellule in ligne)
    return Entete(schema, rang, titres, {nom: p[0] for nom, p in trouves.items()}, doubles=doubles)


def _preferred(nom: str, positions: list[int], lues: list[str], schema: Schema) -> list[int]:
    """Among columns that all read as one field, the one that carries the contract's own name, if only one does."""
    if nom in schema.identite and nom == "nom":
        naissance = [p for p in positions if lues[p] in _NOM_DE_NAISSANCE]
        return naissance or positions
    if nom == JETON:
        return positions
    propres = {header_key(schema.field(nom).title), header_key(nom)}
    exactes = [p for p in positions if lues[p] in propres]
    return exactes or positions


def _check_doubles(entete: Entete) -> None:
    for nom, positions in entete.doubles.items():
        titres = ", ".join(f'"{entete.titres[p]}"' for p in positions)
        raise FichierRefuse(
            f'La colonne "{_title(entete.schema, nom)}" est présente plusieurs fois ({titres}) : gardez-en une seule.',
            entete.schema.name,
        )


def _missing_sentence(entete: Entete) -> str:
    from difflib import get_close_matches  # slow to import, for faults only

    manques = entete.missing()
    libres = {header_key(entete.titres[p]): entete.titres[p] for p in entete.non_conservees}
    proches = []
    for manque in manques:
        for cle in get_close_matches(header_key(manque), libres, n=1, cutoff=0.7):
            proches.append(f'"{libres[cle]}" ressemble à "{manque}"')
    debut = "Colonne obligatoire absente" if len(manques) == 1 else "Colonnes obligatoires absentes"
    noms = ", ".join(f'"{manque}"' for manque in manques)
    suite = f" ({' ; '.join(proches)})" if proches else ""
    return f"{debut} pour le contrat {entete.schema.name} : {noms}{suite}."


def resembling(entete: Entete, position: int) -> str:
    """The title of a column no field takes, between quotes, with the missing column it resembles if any."""
    from difflib import get_close_matches  # slow to import, for faults only

    libres = {header_key(c.title): c.title for c in entete.schema.fields if c.name not in entete.positions}
    libres |= {header_key(c.name): c.title for c in entete.schema.fields if c.name not in entete.positions}
    proches = get_close_matches(entete.cles[position], libres, n=1, cutoff=0.8)
    return f'"{entete.titres[position]}"' + (f' (ressemble à "{libres[proches[0]]}")' if proches else "")


def _title(schema: Schema, nom: str) -> str:
    return JETON if nom == JETON else schema.field(nom).title
