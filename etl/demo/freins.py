"""What holds people back, when it is lifted, and to whom structures hand them over."""

from __future__ import annotations

import numpy as np

from etl.demo.monde import Monde
from etl.demo.table import JOUR, NAT, Table, Vecteur, count, draw_rows, plus, stack, take, words, worked

# type_frein: share of the people concerned, chance of being lifted in the end, median delay in days
_FREINS = {
    "numerique": (0.21, 0.72, 50),
    "mobilite": (0.38, 0.6, 75),
    "famille": (0.2, 0.6, 70),
    "sante": (0.16, 0.42, 120),
    "lecture_ecriture_calcul": (0.14, 0.44, 115),
    "logement": (0.15, 0.44, 130),
    "difficultes_financieres": (0.23, 0.56, 80),
    "difficultes_administratives_juridiques": (0.23, 0.74, 42),
    "confiance_en_soi": (0.3, 0.68, 75),
    "connaissance_metiers": (0.24, 0.76, 45),
    "discrimination": (0.06, 0.3, 120),
    "langue_francaise": (0.09, 0.5, 115),
}
# type_acteur of the receiver: (attraction, share registered, welcomed, refused, dropped; the rest is unanswered)
_ACCUEIL = {
    "service_public_emploi": (5.0, 0.52, 0.14, 0.05, 0.12),
    "mission_locale": (4.0, 0.56, 0.14, 0.04, 0.11),
    "plie": (2.2, 0.44, 0.16, 0.16, 0.1),
    "cap_emploi": (1.0, 0.42, 0.18, 0.15, 0.1),
    "cite_emploi": (1.5, 0.3, 0.4, 0.05, 0.12),
    "collectivite": (1.5, 0.46, 0.18, 0.12, 0.1),
    "etat": (0.3, 0.25, 0.25, 0.2, 0.1),
    "centre_social": (1.8, 0.22, 0.46, 0.04, 0.14),
    "association": (2.0, 0.22, 0.44, 0.08, 0.14),
    "mediation": (0.8, 0.12, 0.56, 0.03, 0.16),
    "siae": (2.2, 0.4, 0.14, 0.24, 0.1),
    "organisme_formation": (3.0, 0.5, 0.12, 0.16, 0.1),
    "bailleur": (0.3, 0.14, 0.3, 0.26, 0.1),
    "structure_petite_enfance": (0.9, 0.3, 0.12, 0.34, 0.08),
    "mobilite": (1.9, 0.36, 0.3, 0.12, 0.1),
    "autre": (0.7, 0.2, 0.44, 0.08, 0.14),
}
_DISPOSITIFS = {
    "service_public_emploi": "france_travail", "mission_locale": "mission_locale", "plie": "plie",
    "cap_emploi": "cap_emploi", "collectivite": "rsa_accompagnement", "siae": "siae",
    "organisme_formation": "formation_region", "cite_emploi": "o2r", "centre_social": "association_qpv",
    "association": "association_qpv", "mediation": "association_qpv",
}  # fmt: skip
_VARIANTES = {"mission_locale": ("cej", "pacea"), "service_public_emploi": ("france_travail", "creation_activite")}


def make_freins(monde: Monde, rng: np.random.Generator, suivis: Table) -> Table:
    """About two and a half barriers per person supported, some lifted after a while."""
    diagnostiques = take(suivis, ~np.isnat(suivis["diagnostic"]))
    table = stack([_one_kind(monde, rng, diagnostiques, type_frein) for type_frein in _FREINS])
    return take(table, np.argsort(table["date_identification"], kind="stable"))


def _one_kind(monde: Monde, rng: np.random.Generator, suivis: Table, type_frein: str) -> Table:
    """Rows of one kind of barrier."""
    part, levee, mediane = _FREINS[type_frein]
    nombre = count(suivis)
    concernes = take(suivis, rng.random(nombre) < part * _exposure(suivis, type_frein))
    nombre = count(concernes)
    retard = np.where(rng.random(nombre) < 0.75, 0, rng.random(nombre) * 90)
    identifie = worked(plus(concernes["diagnostic"], retard))
    oriente = worked(plus(identifie, 5 + rng.gamma(1.5, 14, nombre)))
    chance = levee * np.where(concernes["femme"], 0.94, 1.04) + 0.05 * concernes["motivation"]
    leve = worked(plus(identifie, np.exp(rng.normal(np.log(mediane), 0.55, nombre))))
    limite = np.where(np.isnat(concernes["actif"]), identifie, concernes["actif"]).astype(JOUR)
    tient = (rng.random(nombre) < chance) & (leve <= plus(limite, np.full(nombre, 30))) & (leve <= monde.fin)
    oriente = np.where((rng.random(nombre) < 0.62) & (oriente <= monde.fin), oriente, NAT).astype(JOUR)
    leve = np.where(tient, leve, NAT).astype(JOUR)
    table: Table = {
        "support": concernes["support"],
        "type_frein": np.full(nombre, type_frein, dtype=object),
        "date_identification": identifie,
        "intensite": words("faible", "moyen", "moyen", "fort", "fort", "")[rng.integers(0, 6, nombre)],
        "date_orientation": np.where(oriente > leve, leve, oriente).astype(JOUR),
        "date_levee": leve,
        "_maj": np.fmax(identifie, np.fmax(oriente, leve)),
    }
    return take(table, identifie <= monde.fin)


def _exposure(suivis: Table, type_frein: str) -> Vecteur:
    """How much more (or less) each person is concerned by one kind of barrier than people are on average."""
    un = np.ones(count(suivis))
    if type_frein == "langue_francaise":
        return np.where(suivis["allophone"] == "oui", 7.5, 0.25)
    if type_frein == "lecture_ecriture_calcul":
        return np.where(suivis["illettrisme"] == "oui", 4.2, 0.4)
    if type_frein == "famille":
        return np.where(suivis["femme"], 1.55, 0.45)
    if type_frein == "sante":
        return np.where(suivis["rqth"] == "oui", 3.0, un) * np.where(suivis["age"] >= 45, 1.5, 0.85)
    if type_frein == "numerique":
        return np.where(suivis["jeune"], 0.6, 1.3)
    if type_frein == "connaissance_metiers":
        return np.where(suivis["jeune"], 1.4, 0.7)
    return un


def make_orientations(monde: Monde, rng: np.random.Generator, suivis: Table, acteurs: Table) -> Table:
    """Hand-overs between structures, answered or not; some pairs of structures never work together."""
    atteints = np.flatnonzero(~np.isnat(suivis["contact"]))
    entres = ~np.isnat(suivis["entree"][atteints])
    combien = rng.poisson(np.where(entres, 1.25, 0.3))
    qui = take(suivis, np.repeat(atteints, combien))
    cible = draw_rows(rng, _attract(monde, acteurs), qui["acteur"])
    nombre = len(cible)
    ouverture = np.where(np.isnat(qui["actif"]), 30, (qui["actif"] - qui["contact"]).astype(float))
    date = worked(plus(qui["contact"], 3 + rng.random(nombre) * np.maximum(ouverture - 5, 5)))
    types = acteurs["type_acteur"][cible]
    statut, date_statut = _answer(monde, rng, types, date)
    table: Table = {
        "support": qui["support"],
        "acteur_cible": acteurs["acteur_id"][cible],
        "dispositif": _name_scheme(rng, types),
        "date": date,
        "nature": np.where(acteurs["champ"][cible] == "specifique_qpv", "specifique_qpv", "droit_commun").astype(
            object
        ),
        "statut": statut,
        "date_statut": date_statut,
        "_maj": np.fmax(date, date_statut),
    }
    return _distinct(take(table, (date <= monde.fin) & (cible != qui["acteur"])))


def _attract(monde: Monde, acteurs: Table) -> Vecteur:
    """Weight of each receiver for each sender: none to itself, none for about a quarter of the pairs."""
    rng = monde.rng("affinites")
    nombre = count(acteurs)
    attrait = np.array([_ACCUEIL[type_acteur][0] for type_acteur in acteurs["type_acteur"].tolist()])
    poids = attrait[None, :] * rng.gamma(1.2, 1.0, (nombre, nombre)) * (rng.random((nombre, nombre)) > 0.25)
    np.fill_diagonal(poids, 0)
    poids[:, 0] += 1e-6
    return poids


def _answer(monde: Monde, rng: np.random.Generator, types: Vecteur, date: Vecteur) -> tuple[Vecteur, Vecteur]:
    """Status of each hand-over and the day it was given: recent ones are often still unanswered."""
    nombre = len(date)
    connus = np.array([_ACCUEIL[type_acteur][1:] for type_acteur in types.tolist()]).reshape(nombre, 4)
    parts = np.column_stack([connus, 1 - connus.sum(axis=1)])
    tirage = draw_rows(rng, parts, np.arange(nombre))
    reponse = worked(plus(date, 2 + rng.gamma(1.4, 14.0, nombre)))
    repondu = (tirage < 4) & (reponse <= monde.fin)
    statut = np.where(
        repondu, words("inscrite", "accueillie", "refusee", "sans_suite", "prescrite")[tirage], "prescrite"
    )
    return statut.astype(object), np.where(repondu, reponse, NAT).astype(JOUR)


def _name_scheme(rng: np.random.Generator, types: Vecteur) -> Vecteur:
    """The scheme a receiver registers people in."""
    principaux = np.array([_DISPOSITIFS.get(t, "autre") for t in types.tolist()], dtype=object)
    autres = [_VARIANTES.get(t) for t in types.tolist()]
    tirage = rng.random(len(types))
    for rang, variantes in enumerate(autres):
        if variantes and tirage[rang] < 0.5:
            principaux[rang] = variantes[int(tirage[rang] * 4)]
    return principaux


def _distinct(table: Table) -> Table:
    """One row per support, receiver, scheme and day."""
    parts = (
        table["support"].tolist(),
        table["acteur_cible"].tolist(),
        table["dispositif"].tolist(),
        table["date"].tolist(),
    )
    vus: dict[tuple[object, ...], int] = {}
    for rang, cle in enumerate(zip(*parts, strict=True)):
        vus.setdefault(cle, rang)
    choisis = take(table, np.fromiter(vus.values(), dtype=int))
    return take(choisis, np.argsort(choisis["date"], kind="stable"))
