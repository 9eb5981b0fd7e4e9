"""Outings towards residents, who was met there, and days at the resource places."""

from __future__ import annotations

import numpy as np

from etl.demo.lieux import place
from etl.demo.monde import Monde
from etl.demo.table import JOUR, NAT, Table, Vecteur, blank, count, draw, is_worked, plus, take, weekday, words, worked

_PAR_AN = 1200
_DELAI_NOUVEAUX, _SANS_VISITE = 100, 130  # days before the first visits; without any at the end
_SAISON = np.array([0.75, 0.8, 1.0, 1.05, 1.15, 1.25, 1.1, 0.5, 1.35, 1.2, 0.95, 0.7])
_ROLES = {"mediation": 0.34, "cite_emploi": 0.2, "centre_social": 0.24, "siae": 0.14, "association": 0.08}
# type_intervention: share, people met on average, minutes, places
_TYPES: dict[str, tuple[float, float, int, tuple[str, ...]]] = {
    "pied_immeuble": (0.24, 8, 90, ("Pied d'immeuble", "Hall d'immeuble", "Cour de la résidence")),
    "porte_a_porte": (0.12, 11, 120, ("Porte à porte, tour nord", "Porte à porte, tour sud")),
    "maraude": (0.14, 6, 120, ("Maraude, rues du quartier", "Maraude, arrêt de transport")),
    "stand_marche": (0.12, 21, 180, ("Marché du quartier", "Parvis des commerces")),
    "permanence_itinerante": (0.13, 6, 150, ("Bus itinérant", "Caravane de l'emploi")),
    "cafe_emploi": (0.08, 10, 120, ("Café de l'emploi", "Salle polyvalente")),
    "forum": (0.015, 75, 300, ("Gymnase", "Salle des fêtes")),
    "job_dating": (0.02, 38, 240, ("Salle des fêtes", "Gymnase")),
    "evenement_sport_culture": (0.045, 32, 180, ("Stade du quartier", "Médiathèque")),
    "atelier": (0.08, 9, 120, ("Maison de quartier", "Local associatif")),
    "autre": (0.01, 8, 90, ("Lieu du quartier",)),
}


def make_interventions(monde: Monde, acteurs: Table, fiches: Vecteur, tranche: int, facteur: float) -> Table:
    """About 1 200 outings a year for one slice, with `_q` (position of the territory)."""
    rng = monde.rng("interventions", tranche)
    jours = _days(monde, rng, facteur)
    nombre = len(jours)
    partenaire = monde.delivers("interventions")[draw(rng, _weights(monde), nombre)]
    q = _where(monde, rng, jours)
    qui = _actors(rng, acteurs, partenaire)
    nature = draw(rng, np.array([part for part, *_ in _TYPES.values()]), nombre)
    moyennes = np.array([moyenne for _, moyenne, *_ in _TYPES.values()])[nature]
    rencontres = rng.negative_binomial(2.5, 2.5 / (2.5 + moyennes))
    premieres = rng.binomial(rencontres, rng.beta(3, 3, nombre))
    orientees = rng.binomial(rencontres, rng.beta(2, 9, nombre))
    lieux = words(*(lieu for _, _, _, choix in _TYPES.values() for lieu in choix))
    tailles = np.array([len(choix) for *_, choix in _TYPES.values()])
    debut_lieux = np.cumsum(tailles) - tailles
    minutes = np.array([duree for _, _, duree, _ in _TYPES.values()])[nature] + 15 * rng.integers(-2, 3, nombre)
    table: Table = {
        "intervention_id": _name(monde, partenaire, tranche),
        "date": jours,
        "acteur_id": acteurs["acteur_id"][qui],
        "type_intervention": words(*_TYPES)[nature],
        "lieu": lieux[debut_lieux[nature] + (rng.random(nombre) * tailles[nature]).astype(int)],
        "duree_minutes": blank(rng, minutes.astype(str).astype(object), 0.15),
        "personnes_rencontrees": rencontres.astype(str).astype(object),
        "dont_premieres_rencontres": blank(rng, premieres.astype(str).astype(object), 0.12),
        "personnes_orientees": blank(rng, orientees.astype(str).astype(object), 0.08),
        "partenaires": _companions(rng, acteurs, qui),
        "fiche": blank(rng, fiches[draw(rng, 1 / (1.0 + np.arange(len(fiches))), nombre)], 0.2),
        "_q": q,
        "_partenaire": partenaire,
        "_maj": jours,
    }
    return table | place(monde, rng, q)


def _days(monde: Monde, rng: np.random.Generator, facteur: float) -> Vecteur:
    """Days of outings: by season, mostly on working days, a few on Saturdays; a little more each year."""
    tous = monde.debut + np.arange(monde.jours)
    semaine = np.array([1.0, 1.0, 1.25, 1.0, 0.85, 0.35, 0.03])[weekday(tous)] * np.where(
        is_worked(tous) | (weekday(tous) >= 5), 1, 0.02
    )
    poids = _SAISON[tous.astype("datetime64[M]").astype(int) % 12] * semaine * (1 + np.arange(monde.jours) / 3000)
    return np.sort(tous[draw(rng, poids, round(_PAR_AN * facteur * monde.jours / 365.25))])


def _where(monde: Monde, rng: np.random.Generator, jours: Vecteur) -> Vecteur:
    """Territory of each outing: new neighbourhoods come in after a few months, the smallest was left aside lately."""
    qpv, nombre = monde.contrat.qpv, len(jours)
    poids = np.array([_weight(quartier.population, quartier.contour) for quartier in qpv])
    q, ailleurs = draw(rng, poids, nombre), draw(rng, poids, nombre)
    nouveaux = np.flatnonzero([quartier.contour == "nouveau" for quartier in qpv])
    absents = np.isin(q, nouveaux) & (jours < monde.debut + _DELAI_NOUVEAUX)
    if len(qpv) >= 5:
        petit = int(np.argmin([quartier.population or 2500 for quartier in qpv]))
        absents |= (q == petit) & (jours > monde.fin - _SANS_VISITE)
        ailleurs = np.where(ailleurs == petit, int(np.argmax(poids)), ailleurs)
    q = np.where(absents & ~np.isin(ailleurs, nouveaux), ailleurs, np.where(absents, int(np.argmax(poids)), q))
    return np.where(rng.random(nombre) < 0.04, len(qpv), q)


def _weights(monde: Monde) -> Vecteur:
    """Share of the outings each delivering partner makes."""
    roles = [monde.partenaires[rang].role for rang in monde.delivers("interventions")]
    return np.array([_ROLES.get(role, 0.05) / roles.count(role) for role in roles])


def _weight(population: int | None, contour: str) -> float:
    """Attention a neighbourhood gets: by its people, a little less when it is new."""
    return ((population or 2500) ** 0.8) * (0.75 if contour == "nouveau" else 1.0)


def _actors(rng: np.random.Generator, acteurs: Table, partenaire: Vecteur) -> Vecteur:
    """One structure of each row's partner."""
    choix = np.zeros(len(partenaire), dtype=int)
    for rang in np.unique(partenaire):
        siens = np.flatnonzero(acteurs["_foyer"] == rang)
        lignes = np.flatnonzero(partenaire == rang)
        choix[lignes] = siens[rng.integers(0, len(siens), len(lignes))]
    return choix


def _name(monde: Monde, partenaire: Vecteur, tranche: int) -> Vecteur:
    """Identifiers unique in each partner's folder."""
    prefixes = [p.prefixe for p in monde.partenaires]
    premier = tranche * 100_000 + 1
    return np.array(
        [f"{prefixes[p]}-INT-{premier + rang:06d}" for rang, p in enumerate(partenaire.tolist())], dtype=object
    )


def _companions(rng: np.random.Generator, acteurs: Table, qui: Vecteur) -> Vecteur:
    """Lists of the structures that came along with `qui` (positions): none, one or two others."""
    noms, nombre = acteurs["acteur_id"].tolist(), len(qui)
    combien, tirage = rng.integers(0, 4, nombre), rng.integers(0, len(noms), (nombre, 2))
    listes = (
        "|".join(dict.fromkeys(noms[i] for i in paire[: max(0, n - 1)] if i != seul))
        for n, paire, seul in zip(combien.tolist(), tirage.tolist(), qui.tolist(), strict=True)
    )
    return np.array(list(listes), dtype=object)


def meet(monde: Monde, gens: Table, interventions: Table) -> Table:
    """Tie each person met in the street to the last outing of the same partner in the same neighbourhood.

    Adds `intervention_id` ("" when none fits) and moves the spotting to the day of that outing.
    """
    base = 1 + len(monde.codes)

    def key(qui: Vecteur, ou: Vecteur, jours: Vecteur) -> Vecteur:
        return (qui.astype(np.int64) * base + ou) * 100_000 + jours.astype(int)

    cles = key(interventions["_partenaire"], interventions["_q"], interventions["date"])
    ordre = np.argsort(cles, kind="stable")
    cles, voulues = cles[ordre], key(gens["partenaire"], gens["q"], gens["reperage"])
    rang = np.searchsorted(cles, voulues, side="right") - 1
    ecart = np.where(rang >= 0, voulues - cles[rang], 10**9)
    trouve = (gens["mode_reperage"] == "intervention") & (ecart <= 45)
    choix = ordre[np.where(trouve, rang, 0)]
    reperage = np.where(trouve, interventions["date"][choix], gens["reperage"]).astype(JOUR)
    return gens | {
        "intervention_id": np.where(trouve, interventions["intervention_id"][choix], ""),
        "reperage": reperage,
    }


def make_frequentation(monde: Monde, acteurs: Table) -> Table:
    """Visits each working day at each resource place, closed two weeks in August and one at the year's end."""
    rng = monde.rng("frequentation")
    jours = monde.debut + np.arange(monde.jours)
    mois, quantieme = (
        jours.astype("datetime64[M]").astype(int) % 12,
        (jours - jours.astype("datetime64[M]")).astype(int),
    )
    jours = jours[is_worked(jours) & ~((mois == 7) & (quantieme < 15)) & ~((mois == 11) & (quantieme > 23))]
    partenaires = monde.delivers("frequentation")
    lieux = _actors(rng, acteurs, partenaires)
    saison = _SAISON[jours.astype("datetime64[M]").astype(int) % 12] ** 0.4
    passages = rng.poisson(np.linspace(11, 16, len(jours)) * saison, (len(lieux), len(jours)))
    return {
        "acteur_id": np.repeat(acteurs["acteur_id"][lieux], len(jours)),
        "date": np.tile(jours, len(lieux)),
        "passages": passages.ravel().astype(str).astype(object),
        "_partenaire": np.repeat(partenaires, len(jours)),
        "_maj": np.tile(jours, len(lieux)),
    }


def make_parrainages(monde: Monde, rng: np.random.Generator, suivis: Table, entreprises: Table) -> Table:
    """One mentoring for a part of the people supported by the partners who organise it; when these support nobody,
    for a few of everybody's, and the first of them delivers the rows."""
    porteurs = monde.delivers("parrainages")
    siens = np.isin(suivis["partenaire"], np.intersect1d(porteurs, monde.delivers("participants")))
    part = np.where(siens, 0.45, 0.0) if siens.any() else np.full(count(suivis), 0.025)
    parraines = take(suivis, ~np.isnat(suivis["entree"]) & (rng.random(count(suivis)) < part))
    nombre = count(parraines)
    debut = worked(plus(parraines["entree"], 20 + 60 * rng.random(nombre)))
    fin = worked(plus(debut, 60 + 150 * rng.random(nombre)))
    fin = np.where(fin <= monde.fin, fin, NAT).astype(JOUR)
    table: Table = {
        "support": parraines["support"],
        "date_debut": debut,
        "entreprise_id": blank(rng, entreprises["entreprise_id"][rng.integers(0, count(entreprises), nombre)], 0.35),
        "date_fin": fin,
        "_maj": np.fmax(debut, fin),
        "_partenaire": np.where(siens.any(), parraines["partenaire"], porteurs[0]),
    }
    return take(table, debut <= monde.fin)
