"""Progress towards a target: three readings of one series, a status, the pace still required. Pure functions.

The rate is the one of the State's steering tool (PILOTE, Direction interministérielle de la transformation publique,
« Comprendre le taux d'avancement »): (valeur actuelle - valeur initiale) / (valeur cible - valeur initiale).
"""

from etl.targets.avancement import Avancement, evaluate
from etl.targets.formule import SEUILS, STATUTS, Seuils, Statut, bounded, expected, progress, required_pace, status
from etl.targets.lectures import Lecture, is_additive, read
from etl.targets.series import Cellule, Mesure, Valeur

__all__ = [
    "SEUILS",
    "STATUTS",
    "Avancement",
    "Cellule",
    "Lecture",
    "Mesure",
    "Seuils",
    "Statut",
    "Valeur",
    "bounded",
    "evaluate",
    "expected",
    "is_additive",
    "progress",
    "read",
    "required_pace",
    "status",
]
