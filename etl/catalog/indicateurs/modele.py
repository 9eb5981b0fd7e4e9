"""What an indicator declares: its words for readers, and how its cells are counted."""

from dataclasses import dataclass
from typing import Literal

Famille = Literal["realisation", "resultat", "impact", "contexte"]
Sens = Literal["hausse", "baisse"]
Nature = Literal["flux", "stock", "cumul", "ratio"]
Classe = Literal["population", "attribut", "resultat", "hors_personnes", "contexte"]
# How a cell is worked out: counted (alone or over a base), a median of days, or from the cells of other indicators.
Calcul = Literal["decompte", "mediane", "quotient", "difference", "ecart", "couverture"]
AXE_DEFINITIONS = "definition_sortie"
DERIVES = ("quotient", "difference", "ecart", "couverture")

AXES_PERSONNE = ("sexe", "tranche_age", "niveau_formation", "situation_entree")
TOUTES_MAILLES = ("mois", "trimestre", "annee", "depuis_debut")


@dataclass(frozen=True)
class Indicateur:
    """One indicator, declared once; the build, the pages, the exports and the method page read it here.

    Counting persons, or facts about persons: `unite_comptee` is the column of `fait` whose distinct values are counted
    (when it is not the person, `fait` has one row of it a period), `compte` the SQL condition of the rows counted,
    `base` the condition of the rows known to be concerned. The secrecy threshold and clamp bear on the base, never on
    what is counted. A ratio of this kind is count / base x `facteur`, not given when the base is under `seuil_connu` of
    `base_totale`. When being in the base is an answer itself (exits to employment, for those still employed),
    `base_connue` is the condition of those known to be concerned: threshold, clamp, freeze and audit bear on them, and
    the base is protected like an answer. It is the sum of published counts (`base_publiee`, "-" before one taken away),
    else a number of its own, proven with the count of `base_avec`, which asks the same answer. `totale_publiee` is the
    number that then stands for `base_totale`.
    `maturite_jours` is the age under which a fact is not judged yet: a quarter with younger days enters no trend.
    `axes_reponse` are the breakdowns that tell the answer itself: their base is the whole cell's. `definitions` are the
    indicators that answer the same question by other definitions, (code, id), shown as breakdown `definition_sortie`.
    With `calcul` mediane the value is the Kaplan-Meier median of `duree`, days until `compte` is true; a unit of the
    base for which it is not true yet is followed that long without an end. Its base, when it is an answer, is told by
    the first count of `base_publiee` that has the breakdown.
    Otherwise (`classe` hors_personnes) `numerateur` and `denominateur` are SQL aggregates over the rows of `fait`.
    With `calcul` quotient, difference or ecart there is no `fait`: the cell follows from the published cells of the
    two `termes` (ecart: women's rate less men's of one indicator), so it says nothing that they do not; with couverture
    the second term is a public figure of the quarter, its latest vintage, where the 2015 and 2024 contours are one.
    """

    id: str
    libelle: str
    question: str
    famille: Famille
    definition: str
    unite: str
    sens: Sens
    nature: Nature
    classe: Classe
    sources: tuple[str, ...]
    limites: str
    fait: str = ""
    axes: tuple[str, ...] = ()
    decimales: int = 0
    sensible: bool = False
    fiche: str = "3.2.1"
    unite_comptee: str = "personne"
    compte: str = "TRUE"
    base: str = "TRUE"
    base_totale: str = "TRUE"
    base_connue: str = ""
    base_id: str = ""
    base_publiee: tuple[str, ...] = ()
    base_avec: str = ""
    totale_publiee: str = ""
    numerateur: str = ""
    denominateur: str = ""
    facteur: float = 1.0
    axes_reponse: tuple[str, ...] = ()
    calcul: Calcul = "decompte"
    duree: str = ""
    termes: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    mailles: tuple[str, ...] = TOUTES_MAILLES
    territoires: bool = True
    seuil_connu: float = 0.0
    maturite_jours: int = 0
    periodicite: str = "trimestre"
    delai_jours: int = 30
    version_definition: str = "1"

    @property
    def ratio(self) -> bool:
        """True when the value is a numerator over a denominator."""
        return self.nature == "ratio" and self.calcul in ("decompte", "quotient", "couverture")

    @property
    def axes_comptes(self) -> tuple[str, ...]:
        """The breakdowns counted from facts; that by definition is put together from other indicators' cells."""
        return tuple(axe for axe in self.axes if not (axe == AXE_DEFINITIONS and self.definitions))

    @property
    def derive(self) -> bool:
        """True when the cells follow from the published cells of other indicators."""
        return self.calcul in DERIVES

    @property
    def sur_personnes(self) -> bool:
        """True when the cells tell something about persons, so fall under statistical secrecy."""
        return self.classe in ("population", "attribut", "resultat")

    @property
    def connus(self) -> str:
        """Condition of the rows whose units are known to be concerned, whatever they answered."""
        return self.base_connue or self.base

    @property
    def nom_compte(self) -> str:
        """Name of what is counted in keyed labels; a population is its own base."""
        return self.nom_base if self.classe == "population" else self.id

    @property
    def nom_base(self) -> str:
        """Name of the base in keyed labels: the same base is the same number for every indicator."""
        return self.base_id or f"{self.id}#base"
