"""Where and when the invented structures can be met each week, and the neighbourhoods where nobody comes."""

from __future__ import annotations

import numpy as np

from etl.demo.lieux import place
from etl.demo.monde import Monde
from etl.demo.table import JOUR, NAT, Table, Vecteur, first, pick, words

_TENUES_PAR = (
    "service_public_emploi", "mission_locale", "plie", "cite_emploi", "centre_social", "mediation", "association",
)  # fmt: skip
_PAR_QUARTIER = 4
_LIEUX = words("Local du quartier", "Centre social", "Pied d'immeuble", "Médiathèque", "Marché")
_JOURS = words("lundi", "mardi", "mercredi", "jeudi", "vendredi", "mardi|jeudi", "lundi|mercredi|vendredi")
_FREQUENCES = {"hebdomadaire": 0.5, "bimensuelle": 0.25, "mensuelle": 0.25}


def make_permanences(monde: Monde, acteurs: Table) -> Table:
    """Recurring presences; the two smallest neighbourhoods (where there are five or more) have none."""
    rng = monde.rng("permanences")
    ou = np.tile(_served(monde), _PAR_QUARTIER)
    nombre = len(ou)
    qui = rng.choice(np.flatnonzero(np.isin(acteurs["type_acteur"], _TENUES_PAR)), nombre)
    debut = (monde.debut + rng.integers(0, monde.jours // 2, nombre)).astype(JOUR)
    fin = np.where(rng.random(nombre) < 0.15, debut + rng.integers(90, 300, nombre), NAT).astype(JOUR)
    heures = rng.integers(8, 15, nombre)
    livreurs, foyer = monde.delivers("permanences"), acteurs["_foyer"][qui]
    table: Table = {
        "acteur_id": acteurs["acteur_id"][qui],
        "lieu": _LIEUX[rng.integers(0, len(_LIEUX), nombre)],
        "jours": _JOURS[rng.integers(0, len(_JOURS), nombre)],
        "heure_debut": _hours(heures, rng.choice([0, 30], nombre)),
        "heure_fin": _hours(heures + 3, np.zeros(nombre, dtype=int)),
        "frequence": pick(rng, _FREQUENCES, nombre),
        "itinerante": np.where(rng.random(nombre) < 0.3, "oui", "non").astype(object),
        "date_debut": debut,
        "date_fin": np.where(fin > monde.fin, NAT, fin).astype(JOUR),
        "_maj": debut,
        "_partenaire": np.where(np.isin(foyer, livreurs), foyer, livreurs[0]),
    }
    return first(table | place(monde, rng, ou), ("acteur_id", "lieu", "jours", "heure_debut", "date_debut"))


def _hours(heures: Vecteur, minutes: Vecteur) -> Vecteur:
    textes = [f"{h:02d}:{m:02d}" for h, m in zip(heures.tolist(), minutes.tolist(), strict=True)]
    return np.array(textes, dtype=object)


def _served(monde: Monde) -> Vecteur:
    """Positions of the neighbourhoods where somebody holds a permanence."""
    populations = [qpv.population or 2500 for qpv in monde.contrat.qpv]
    blancs = 2 if len(populations) >= 5 else 0
    return np.sort(np.argsort(populations, kind="stable")[blancs:])
